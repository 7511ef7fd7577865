"""Receipts: printed by those whose they are, verified by whoever holds one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.cli.session import make_session
from monitor.cli.verify import verify
from monitor.corridor.verifying import Verified, verify_receipt
from monitor.store.archive import stored_at
from monitor.store.home import Home
from monitor.store.opening import open_store
from site_pages.conftest import NANCHANG, Site

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def _unheard(_words: object) -> None:
    """Nobody waits."""


def _verified(home: Home, text: str) -> Verified:
    with open_store(home, write=False, waiting=_unheard) as store:
        return verify_receipt(store, text)


def _first(site: Site) -> tuple[str, str, str]:
    """The first submission of 南昌: its number, receipt and content."""
    with open_store(site.home, write=False, waiting=_unheard) as store:
        found = store.summaries("division = ?", [NANCHANG])[0]
    assert found.sha256 is not None
    return found.submission, found.receipt, found.sha256


def test_every_receipt_that_was_given_is_genuine(read_site: Site) -> None:
    with open_store(read_site.home, write=False, waiting=_unheard) as store:
        given = [one.receipt for one in store.summaries()]
        assert given
        assert {verify_receipt(store, code).outcome for code in given} == {"genuine"}


def test_how_it_is_typed_does_not_matter_but_every_letter_does(read_site: Site) -> None:
    number, code, _ = _first(read_site)
    typed = f" {code.lower().replace('-', ' ')} "
    found = _verified(read_site.home, typed)
    assert found.outcome == "genuine"
    assert found.submission is not None
    assert found.submission.submission == number
    other = code[:-1] + ("A" if code[-1] != "A" else "B")
    for wrong in (other, code[:-1], "", "S000001", code.replace(number, "S999999"), "甲" * 24):
        assert _verified(read_site.home, wrong).outcome == "unknown"


@pytest.mark.parametrize(
    "change",
    ["rows_accepted = rows_accepted + 1", "division = '360400'", "ruleset = 'x'", "mode = 'nil'"],
)
def test_what_was_altered_is_told(site: Site, change: str) -> None:
    number, code, _ = _first(site)
    with open_store(site.home, write=True, waiting=_unheard, actor="cli:test") as store:
        store.connection.execute(f"UPDATE submission SET {change} WHERE id = ?", [number])  # noqa: S608  # our own
    assert _verified(site.home, code).outcome == "altered"


@pytest.mark.parametrize("is_gone", [True, False])
def test_bytes_that_are_gone_or_changed_are_told(site: Site, *, is_gone: bool) -> None:
    _, code, sha256 = _first(site)
    kept = stored_at(site.home, sha256)
    if is_gone:
        kept.unlink()
    else:
        kept.chmod(0o600)
        kept.write_bytes(kept.read_bytes() + b"x")
    assert _verified(site.home, code).outcome == "bytes_missing"


def test_a_receipt_is_printed_with_all_that_it_vouches_for(read_site: Site) -> None:
    number, code, sha256 = _first(read_site)
    page = read_site.browser("wangfang").get(f"/submissions/{number}/receipt").text
    for part in (code, number, sha256, "南昌市", f"fleetmon verify {code}", "现在为准", "打印"):
        assert part in page
    assert read_site.browser("liqiang").get(f"/submissions/{number}/receipt").status_code == 404


def test_anyone_signed_in_verifies_and_only_its_own_see_more(read_site: Site) -> None:
    number, code, _ = _first(read_site)
    mine = read_site.browser("wangfang").get(f"/verify?code={code}").text
    assert "回执真实" in mine
    assert f"/submissions/{number}" in mine
    for name in ("liqiang", "zhoulan"):
        foreign = read_site.browser(name).get(f"/verify?code={code}").text
        assert "回执真实" in foreign
        assert f"/submissions/{number}" not in foreign
        assert "南昌" not in foreign
    assert "没有这个回执" in read_site.browser("liqiang").get("/verify?code=S1-ABCD").text
    assert read_site.browser().get("/verify").status_code == 303


def test_a_receipt_is_verified_from_the_command_line(read_site: Site) -> None:
    number, code, _ = _first(read_site)
    session = make_session(Path(read_site.home.root), None, "zh", debug=False)
    good = CliRunner().invoke(verify, [code], obj=session)
    assert (good.exit_code, "回执真实" in good.output, number in good.output) == (0, True, True)
    bad = CliRunner().invoke(verify, [code[:-2] + "AA"], obj=session)
    assert (bad.exit_code, "没有这个回执" in bad.output) == (1, True)
    told = json.loads(CliRunner().invoke(verify, [code, "--json"], obj=session).stdout)
    assert told["receipts"][0]["outcome"] == "genuine"
    assert told["receipts"][0]["submission"]["submission"] == number
