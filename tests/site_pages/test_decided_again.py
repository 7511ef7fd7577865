"""A decision said once more by a program, and whose figures a draft's page shows to whom."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.corridor.draft_result import read_result
from monitor.door.draft_states import DraftState
from monitor.door.drafts import move
from monitor.door.rights import Role, Verb
from monitor.door.tokens import visitor_of_token
from monitor.settings import Settings
from site_pages.conftest import NANCHANG, NOW, Site
from site_pages.sending import busy_site, extract, file_of, row, submit

pytestmark = [pytest.mark.allow_hosts(["127.0.0.1"]), pytest.mark.timeout(300)]
SEEN = "5" * 64
CLERK = (Verb.SEE, Verb.SEE_ROWS, Verb.SUBMIT, Verb.CONFIRM)


@pytest.fixture(scope="module")
def site(held_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    yield from busy_site(held_home, tmp_path_factory.mktemp("again"), Settings())


@pytest.mark.parametrize(
    ("what", "good"),
    [
        ("confirm", {"awaiting": 200, "confirming": 202, "confirmed": 200}),
        ("sign", {"confirming": 202, "confirmed": 200}),
    ],
)
def test_a_step_said_again_is_answered_while_it_stands(
    site: Site, monkeypatch: pytest.MonkeyPatch, what: str, good: dict[str, int]
) -> None:
    for queue in ("check", "confirm"):
        monkeypatch.setattr(site.desk.workers, queue, lambda _draft: None)
    clerk = site.program(Role.CLERK, NANCHANG, *CLERK)
    signer = site.program(Role.SIGNER, NANCHANG, Verb.SEE, Verb.SIGN)
    program = clerk if what == "confirm" else signer
    with site.desk.door() as door:
        text = program.headers["authorization"].removeprefix("Bearer ")
        visitor = visitor_of_token(door, text, NOW)
    assert visitor is not None
    upload = clerk.post("/api/v1/uploads", content=extract(row(800))).json()["upload"]
    told = {}
    for state in DraftState:
        by = {"confirmed_by" if what == "confirm" else "signed_by": visitor.name}
        with site.desk.door() as door:
            move(door, upload, [*DraftState], state, at=NOW, seen=SEEN, **by)  # type: ignore[arg-type]
        answer = program.post(f"/api/v1/uploads/{upload}/{what}", json={"fingerprint": SEEN})
        told[state.value] = answer.status_code
        if answer.status_code == 409:
            assert set(answer.json()["error"]) == {"code", "zh", "en"}
    if what == "sign":  # it waits for a signature, and gets one
        assert told.pop("awaiting") == 202
    assert told == dict.fromkeys(told, 409) | good


def test_a_city_sees_its_own_figures_and_how_many_others_turn(site: Site) -> None:
    clerk = site.browser("wangfang")
    page = submit(clerk, file_of(extract(*(row(number) for number in range(820, 824)))))
    draft = page.url.path
    result = read_result(site.home, draft.rpartition("/")[2])
    assert result is not None
    above = site.desk.policy().divisions.province_of(NANCHANG)
    assert any(one.row.division == above and one.differs for one in result.figures)
    turned = [one for one in result.figures if one.differs and not one.is_own]
    assert not re.search(r"<h3>[^<]*省", page.text)
    assert f"另有 {len(turned)} 项其他单位或全省的数字随之变化" in page.text
    steward = site.browser("chenjing").get(draft)
    assert re.search(r"<h3>[^<]*省", steward.text)
    others = [one for one in turned if one.row.division != above]
    assert ("另有" in steward.text) == bool(others)
    seen = site.program(Role.CLERK, NANCHANG, Verb.SEE).get(f"/api/v1/uploads/{draft[-11:]}")
    assert seen.json()["result"]["elsewhere"] == len(turned)
