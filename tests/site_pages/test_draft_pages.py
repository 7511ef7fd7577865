"""The page of a draft: whose it is, what is said of it, what is decided, what moves under it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.corridor.draft_result import read_result
from monitor.door.drafts import held_draft
from monitor.door.rights import Role, Verb, Visitor
from monitor.settings import Settings
from monitor.site import draft_actions, draft_pages
from monitor.site.draft_view import draft_view
from monitor.site.routing import Way
from site_pages.conftest import NANCHANG, Site
from site_pages.sending import (
    CHECKED,
    acts,
    asked,
    busy_site,
    decide,
    extract,
    file_of,
    row,
    state_of,
    submit,
    vin,
)

pytestmark = [pytest.mark.allow_hosts(["127.0.0.1"]), pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def site(held_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    yield from busy_site(held_home, tmp_path_factory.mktemp("drafts"), Settings())


@pytest.fixture(scope="module")
def draft(site: Site) -> str:
    """The address of a draft of 南昌 with a row set aside and a warning that asks why."""
    page = submit(site.browser("wangfang"), file_of(_spoiled(500), "南昌.csv"))
    assert state_of(page) == CHECKED
    return page.url.path


def _spoiled(first: int) -> bytes:
    broken = row(first).replace(vin(first), vin(first)[:-1])
    contradicts = row(first + 1).replace("纯电动", "汽油")
    return extract(broken, contradicts, row(first + 2))


@pytest.mark.parametrize(
    "way", [*draft_pages.WAYS, *draft_actions.WAYS], ids=lambda way: f"{way.method} {way.path}"
)
@pytest.mark.parametrize("name", ["liqiang", "zhoulan"])
def test_a_draft_is_nobody_elses(site: Site, draft: str, way: Way, name: str) -> None:
    browser = site.browser(name)
    path = way.path.format(draft=draft.rpartition("/")[2])
    answer = browser.get(path) if way.method == "GET" else browser.post(path, {"seen": "x"})
    assert answer.status_code == 404
    assert "南昌.csv" not in answer.text
    missing = way.path.format(draft="UAAAAAAAAAA")
    nothing = browser.get(missing) if way.method == "GET" else browser.post(missing, {"seen": "x"})
    assert nothing.status_code == 404


def test_a_look_at_rows_is_written_down(site: Site, draft: str) -> None:
    shown = site.browser("sunwei").get(draft)
    assert vin(500)[:-1] in shown.text
    seen = acts(site, "rows_seen")
    assert ("user:sunwei", draft.rpartition("/")[2]) in [one[:2] for one in seen]
    assert not any(vin(500)[:-1] in detail for *_who, detail in seen)


def test_cells_are_for_who_may_see_rows(site: Site, draft: str) -> None:
    number = draft.rpartition("/")[2]
    with site.desk.door() as door:
        held = held_draft(door, number)
    for verbs, is_shown in ((None, True), (frozenset({Verb.SEE}), False)):
        view = draft_view(
            held,
            read_result(site.home, number),
            (),
            visitor=Visitor("token:t1", Role.CLERK, NANCHANG, verbs=verbs),
            policy=site.desk.policy(),
            words=site.desk.words("zh"),
            needs_second=False,
        )
        assert (vin(500)[:-1] in repr((view.errors, view.warnings))) is is_shown
        assert view.errors[0].lines[0].line == 2


def test_an_auditor_looks_and_decides_nothing(site: Site, draft: str) -> None:
    auditor = site.browser("sunwei")
    page = auditor.get(draft)
    assert "确认，使之生效" not in page.text
    assert "放弃这份上传" not in page.text
    for deed in ("confirm", "discard", "change", "explain", "sign", "give-back"):
        assert auditor.post(f"{draft}/{deed}", {"seen": "x"}).status_code == 404


def test_progress_is_told_to_the_page(site: Site, draft: str) -> None:
    answer = site.browser("wangfang").get(f"{draft}/progress")
    assert answer.json()["is_done"] is True
    assert set(answer.json()) == {"is_done", "words"}


def test_warnings_are_explained_where_they_ask(site: Site) -> None:
    browser = site.browser("wangfang")
    draft = submit(browser, file_of(_spoiled(510))).url.path
    code = "energy_contradicts_plate"
    vague = decide(browser, draft, **{f"reason-{code}": "other", f"until-{code}": "明年"})
    assert vague.status_code == 422
    assert "选择“其他”时请写明情况" in vague.text
    assert 'value="明年"' in vague.text
    assert state_of(browser.get(draft)) == CHECKED
    said = {
        f"reason-{code}": "plate_not_renewed",
        f"words-{code}": "旧牌未换",
        f"until-{code}": "2021-06-30",
    }
    kept = decide(browser, draft, "explain", **said)
    assert kept.url.path == draft
    assert "旧牌未换</textarea>" in kept.text
    done = decide(browser, draft, **said)
    number = int(done.url.path.rpartition("S")[2])
    held = "SELECT code, reason, words, until::VARCHAR, made_by FROM explanation WHERE submission=?"
    assert asked(site, held, number) == [
        (code, "plate_not_renewed", "旧牌未换", "2021-06-30", "user:wangfang")
    ]
    assert "旧牌未换" in done.text
    assert "号牌尚未换发" in done.text


def test_what_is_discarded_counts_nowhere(site: Site) -> None:
    browser = site.browser("wangfang")
    draft = submit(browser, file_of(extract(row(520)), "不要.csv")).url.path
    gone = decide(browser, draft, "discard")
    assert gone.url.path == "/submissions"
    assert "已放弃，没有生效" in gone.text
    assert "不要.csv" not in gone.text
    page = browser.get(draft)
    assert state_of(page) == "已放弃，未生效"
    assert decide(browser, draft).status_code == 409
    assert asked(site, "SELECT count(*) FROM submission WHERE file_name = '不要.csv'") == [(0,)]


def test_what_was_recognised_can_be_corrected(site: Site) -> None:
    browser = site.browser("wangfang")
    draft = submit(browser, file_of(extract(row(531)))).url.path
    wrong = decide(browser, draft, "change", kind="registration", period="去年", mode="add")
    assert wrong.status_code == 422
    assert 'value="去年"' in wrong.text
    page = decide(browser, draft, "change", kind="registration", period="2018", mode="add")
    assert page.url.path != draft
    assert state_of(page) == CHECKED
    assert "2018年1月至12月" in page.text
    assert state_of(browser.get(draft)) == "已放弃，未生效"


def test_figures_that_moved_are_looked_at_again(site: Site) -> None:
    browser = site.browser("wangfang")
    first = submit(browser, file_of(extract(row(540), row(541)), "甲.csv")).url.path
    other = submit(browser, file_of(extract(row(541), row(542)), "乙.csv")).url.path
    decide(browser, other)
    page = decide(browser, first)
    assert page.url.path == first
    assert state_of(page) == CHECKED
    assert "请重新核对" in page.text
    assert re.search(r"<dt>不变</dt><dd>1</dd>", page.text)
    done = decide(browser, first)
    assert "已确认，已生效" in done.text


def test_what_was_not_seen_is_not_confirmed(site: Site) -> None:
    browser = site.browser("wangfang")
    draft = submit(browser, file_of(extract(row(550)))).url.path
    page = decide(browser, draft, seen="0" * 64)
    assert (page.status_code, "您打开页面之后结果有变" in page.text) == (409, True)
    assert state_of(browser.get(draft)) == CHECKED


def test_pressed_twice_it_is_confirmed_once(site: Site) -> None:
    browser = site.browser("wangfang")
    draft = submit(browser, file_of(extract(row(560)), "一次.csv")).url.path
    seen = re.search(r'name="seen" value="([^"]+)"', browser.get(draft).text)
    assert seen is not None
    csrf = re.search(r'name="csrf" value="([^"]+)"', browser.get(draft).text)
    assert csrf is not None
    fields = {"seen": seen[1], "csrf": csrf[1]}
    answers = [browser.client.post(f"{draft}/confirm", data=fields) for _ in range(2)]
    assert answers[0].status_code == 303
    assert answers[1].status_code in {303, 409}
    decide(browser, draft)
    assert asked(site, "SELECT count(*) FROM submission WHERE file_name = '一次.csv'") == [(1,)]
