"""Exemptions over HTTP: seen by whom they concern, decided by a steward, argued for by a city."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.door.database import open_door
from monitor.door.rights import Role, Verb
from monitor.settings import Settings
from monitor.store.locking import writing
from monitor.store.opening import open_store
from site_pages.conftest import FUZHOU, LATER, Browser, Site, running

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
_GROUP = re.compile(r"/exemptions/350100/[0-9a-f]{12}")
_VIN = re.compile(r"\b[A-HJ-NPR-Z0-9]{17}\b")


@pytest.fixture
def site(claiming_home: Path, tmp_path: Path, settings: Settings) -> Iterator[Site]:
    home = tmp_path / "home"
    shutil.copytree(claiming_home, home)
    for running_site in running(home, settings):
        running_site.now = LATER
        yield running_site


def _groups(browser: Browser) -> list[str]:
    page = browser.get(f"/exemptions?division={FUZHOU}&show=open")
    assert page.status_code == 200
    return list(dict.fromkeys(_GROUP.findall(page.text)))


def _decide(browser: Browser, group: str, **fields: object) -> str:
    browser.get(group)
    given = {"scope": "group", "seen": "1", "decision": "refused", "reason": "文号不符"} | fields
    page = browser.post(f"{group}/decision", given)
    assert page.status_code == 200, page.text
    return page.text


def _vins(browser: Browser, group: str) -> list[str]:
    return list(dict.fromkeys(_VIN.findall(browser.get(group).text)))


def test_a_refusal_counts_at_once_and_can_be_taken_back(site: Site) -> None:
    browser = site.browser("chenjing")
    group = _groups(browser)[0]
    seen = str(len(_vins(browser, group)))
    before = browser.get(group).text
    assert ("95.23 %" in before, "未审定" in before) == (True, True)
    after = _decide(browser, group, seen=seen)
    assert "文号不符" in after
    assert "陈静" in after
    assert "按审定（现行）" in after
    current = re.findall(r'<td class="n">([0-9.]+ %)', after)
    assert current[0] != current[1]  # as decided, and with all claims granted
    assert group not in _groups(browser)
    assert "撤销" in _decide(browser, group, seen=seen, decision="withdrawn", reason="重新核查")
    assert group in _groups(browser)
    with open_store(site.home, write=False, waiting=lambda _words: None) as store:
        lines = store.rows("SELECT actor, action FROM audit WHERE action = 'exemption_decision'")
    assert lines == [("user:chenjing", "exemption_decision")] * 2


def test_some_vehicles_are_decided_and_the_others_left(site: Site) -> None:
    browser = site.browser("chenjing")
    group = next(one for one in _groups(browser) if len(_vins(browser, one)) > 1)
    vins = _vins(browser, group)
    page = _decide(browser, group, scope="vehicles", vin=vins[:1], decision="approved")
    assert f"未审定 {len(vins) - 1} · 同意 1" in page


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"seen": "99"}, "与您看到的不同"),
        ({"reason": " "}, "请写明作出这一决定的理由"),
        ({"decision": "perhaps"}, "请选择同意、不同意或撤销"),
        ({"until": "2022-13-01", "decision": "approved"}, "日期应写作"),
        ({"until": "2022-06-30"}, "截止日期只用于同意豁免"),
        ({"scope": "vehicles"}, "请在清单中勾选车辆"),
        ({"scope": "vehicles", "vin": ["LVGBE40K28G000000"]}, "没有申报豁免的现行记录"),
        ({"vin": ["LVGBE40K28G000000"]}, "又选择了整组"),
        ({"reason": "长" * 2001}, "最多 2000 个字"),
    ],
)
def test_what_cannot_be_meant_is_told_and_nothing_decided(
    site: Site, fields: dict[str, object], told: str
) -> None:
    browser = site.browser("chenjing")
    group = _groups(browser)[0]
    browser.get(group)
    given = {"scope": "group", "seen": "1", "decision": "refused", "reason": "文号不符"} | fields
    page = browser.post(f"{group}/decision", given)
    assert (page.status_code, told in page.text) == (422, True), page.text
    assert group in _groups(browser)


def test_a_city_sees_its_own_claims_and_argues_for_them(site: Site) -> None:
    clerk = site.browser("linwei")
    group = _groups(clerk)[0]
    page = clerk.get(group).text
    assert ("/decision" in page, "/evidence" in page) == (False, True)
    content = b"%PDF-1.7 \x00 evidence"
    answer = clerk.post(
        f"{group}/evidence",
        {"words": "省机关事务局批复 <2022>3 号"},
        files={"file": ("../批复<1>.pdf", content, "text/html")},
    )
    assert answer.status_code == 200, answer.text
    assert "省机关事务局批复 &lt;2022&gt;3 号" in answer.text
    (link,) = re.findall(r'href="(/exemptions/350100/evidence/E\d+)"', answer.text)
    file = site.browser("chenjing").get(link)
    assert file.content == content
    assert file.headers["content-type"] == "application/octet-stream"
    assert file.headers["x-content-type-options"] == "nosniff"
    assert file.headers["content-disposition"].startswith("attachment; ")
    assert "/" not in file.headers["content-disposition"].replace("UTF-8''", "")
    assert site.browser("huangli").get(link).status_code == 404
    with open_door(site.home) as door:
        acts = door.rows("SELECT actor, object, detail FROM act WHERE action = 'rows_seen'")
    assert any(actor == "user:chenjing" and "evidence/E" in detail for actor, _, detail in acts)


def test_words_alone_are_evidence_and_a_file_alone_is_not(site: Site) -> None:
    clerk = site.browser("linwei")
    group = _groups(clerk)[0]
    clerk.get(group)
    empty = {"file": ("", b"", "application/octet-stream")}
    bare = clerk.post(f"{group}/evidence", {"words": " "}, files=empty)
    assert (bare.status_code, "请写明材料说明了什么" in bare.text) == (422, True)
    page = clerk.post(f"{group}/evidence", {"words": "见 2022 年批复"}, files=empty)
    assert "见 2022 年批复" in page.text
    assert "/evidence/E" not in page.text


def test_each_city_is_alone(site: Site) -> None:
    steward, other = site.browser("chenjing"), site.browser("huangli")
    group = _groups(steward)[0]
    assert FUZHOU not in other.get("/exemptions").text
    assert other.get(f"/exemptions?division={FUZHOU}").status_code == 404
    assert other.get(group).status_code == 404
    other.get("/exemptions")
    for act in ("decision", "evidence"):
        assert other.post(f"{group}/{act}", {"words": "x"}).status_code == 404
    clerk = site.browser("linwei")
    clerk.get(group)
    assert clerk.post(f"{group}/decision", {"decision": "approved"}).status_code == 404
    auditor = site.browser("sunwei")
    page = auditor.get(group)
    assert page.status_code == 200
    assert auditor.post(f"{group}/evidence", {"words": "x"}).status_code == 404
    assert auditor.post(f"{group}/decision", {"decision": "approved"}).status_code == 404
    administrator = site.browser("zhoulan")
    assert administrator.get("/exemptions").status_code == 404
    assert administrator.get(group).status_code == 404


def test_vehicles_are_shown_to_those_who_may_see_rows_and_that_is_noted(site: Site) -> None:
    browser = site.browser("chenjing")
    group = _groups(browser)[0]
    assert not _VIN.search(browser.get("/exemptions").text)
    assert _vins(browser, group)
    with open_door(site.home) as door:
        (act,) = door.rows("SELECT actor, object, detail FROM act WHERE action = 'rows_seen'")
    assert act[:2] == ("user:chenjing", FUZHOU)
    assert group.rpartition("/")[2] in act[2]
    program = site.program(Role.CLERK, FUZHOU, Verb.SEE)  # programs have the API, and no pages
    assert program.get(group).status_code == 404


def test_a_group_that_is_gone_is_not_there(site: Site) -> None:
    browser = site.browser("chenjing")
    assert browser.get(f"/exemptions/{FUZHOU}/000000000000").status_code == 404
    assert browser.get(f"/exemptions/{FUZHOU}/evidence/E000001").status_code == 404
    assert browser.get("/exemptions?show=nothing").status_code == 404


def test_beside_a_writer_what_was_typed_stays(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.site.writing.PATIENCE_SECONDS", 0.3)
    browser = site.browser("chenjing")
    group = _groups(browser)[0]
    given = {"scope": "group", "seen": "1", "decision": "refused", "reason": "文号不符"}
    browser.get(group)
    with writing(site.home, what="job:weekly_bulletins", waiting=lambda _words: None):
        page = browser.post(f"{group}/decision", given)
    assert page.status_code == 422
    assert "没有保存。请稍后再试" in page.text
    assert "文号不符" in page.text
    many = browser.post(f"{group}/decision", given | {"seen": "1" * 5000})
    assert many.status_code == 422
    assert group in _groups(browser)
