"""`fleetmon exemptions`: seen, decided and argued for by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest
from attribution.weeks import FUZHOU, Weeks, vin
from click.testing import CliRunner, Result

from exemptions.official import EMERGENCY, OFFICIAL, send_claims
from monitor.cli.exemptions import exemptions
from monitor.cli.session import make_session
from monitor.errors import WrongUse
from monitor.store.home import Home
from monitor.store.opening import open_store


@pytest.fixture
def weeks(tmp_path: Any, policy: Any) -> Weeks:
    """A home that nobody holds."""
    with open_store(Home(tmp_path / "home"), write=True, waiting=lambda _words: None) as store:
        made = Weeks(store, policy, tmp_path)
        send_claims(made)
    return made


def asked(weeks: Weeks, *arguments: str, language: str = "zh") -> Result:
    session = make_session(weeks.folder / "home", None, language, debug=False)
    return CliRunner().invoke(exemptions, arguments, obj=session)


def document(weeks: Weeks, *arguments: str) -> dict[str, Any]:
    told = asked(weeks, "--as-of", "2023-06-12", "--division", FUZHOU, "--json", *arguments)
    assert told.exit_code == 0, told.output
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def test_a_group_is_seen_decided_and_seen_again(weeks: Weeks) -> None:
    before = document(weeks)
    group = next(one for one in before["exemptions"] if one["exemption"] == "emergency")
    assert group["states"] == {"undecided": 3, "approved": 0, "refused": 0, "expired": 0}
    assert group["claims"][0]["vin"] == vin(15)[:3] + "*" * 10 + vin(15)[-4:]
    assert [row["mandate"] for row in before["effects"]] == [OFFICIAL]
    told = asked(
        *(weeks, "decide", "refused", "--division", FUZHOU, "--group", group["group"]),
        *("--reason", "无核定文件", "--by", "赵敏"),
    )
    assert told.exit_code == 0, told.output
    assert "3 辆" in told.output
    after = document(weeks, "--unmask")
    group = next(one for one in after["exemptions"] if one["exemption"] == "emergency")
    assert group["states"]["refused"] == 3
    assert group["claims"][0]["vin"] == vin(15)
    assert group["claims"][0]["by"] == "赵敏"
    effect = after["effects"][0]
    assert effect["decided"]["denominator"] == 17
    assert effect["all_claimed"]["denominator"] == 14
    assert effect["none_claimed"]["denominator"] == 19


def test_tables_are_told_in_both_languages_without_whole_vins(weeks: Weeks) -> None:
    zh = asked(weeks, "--as-of", "2023-06-12", "--list")
    en = asked(weeks, "--as-of", "2023-06-12", "--list", language="en")
    assert EMERGENCY in zh.output
    assert "Exemptions claimed" in en.output
    assert vin(15) not in zh.output + en.output
    assert vin(15)[-4:] in zh.output
    assert "12 / 14" in zh.output


def test_evidence_is_kept_by_hand(weeks: Weeks) -> None:
    file = weeks.folder / "证明.jpg"
    file.write_bytes(b"\xff\xd8\xff")
    told = asked(
        *(weeks, "evidence", "--division", FUZHOU, "--vin", vin(15), "--file", str(file)),
        *("--words", "行驶证与核定表", "--by", "王芳"),
    )
    assert told.exit_code == 0, told.output
    (one,) = next(g for g in document(weeks)["exemptions"] if g["exemption"] == "emergency")[
        "evidence"
    ]
    assert (one["id"], one["file"], one["words"]) == ("E000001", "证明.jpg", "行驶证与核定表")


def test_what_cannot_be_meant_is_told(weeks: Weeks) -> None:
    told = asked(
        *(weeks, "decide", "approved", "--division", FUZHOU, "--vin", vin(1)),
        *("--reason", "核对", "--by", "赵敏"),
    )
    assert isinstance(told.exception, WrongUse)
