"""The first page: figures as they are judged, one's own division and no other's, judged once."""

from __future__ import annotations

import html
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from monitor.assess.assess import assess
from monitor.bulletins import formats
from monitor.corridor.declared import Declared
from monitor.corridor.division_page import current_rows
from monitor.corridor.judge import hold
from monitor.corridor.judged import Judged, judge_day
from monitor.corridor.reception import receive
from monitor.door.database import open_door
from monitor.door.draft import Asked, NewDraft
from monitor.door.drafts import add_draft
from monitor.door.rights import Role, Verb
from monitor.model import Assessment
from monitor.policy.policy import Policy
from monitor.site import picture
from monitor.store.opening import open_store
from monitor.store.store import Store
from site_pages.conftest import JIUJIANG, NANCHANG, NOW, Site

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
TODAY = NOW.date()
SILENT = "360500"  # 新余 never sent anything here
ONE_BUS = (
    "车辆识别代号,燃料种类,初次登记日期,行政区划代码,车辆用途\n"
    "LZYTBGCW9L1000016,纯电动,2020-05-05,360100,公交车\n"
)


def _said(text: str) -> str:
    return html.unescape(text)


def _rows(site: Site, policy: Policy, division: str) -> list[Assessment]:
    with open_store(site.home, write=False, waiting=lambda _words: None) as store:
        return current_rows(assess(policy, hold(store, TODAY, None), divisions=(division,)))


@pytest.mark.parametrize(("name", "division"), [("wangfang", NANCHANG), ("liqiang", JIUJIANG)])
def test_the_figures_are_those_of_assess(
    read_site: Site, policy: Policy, name: str, division: str
) -> None:
    page = _said(read_site.browser(name).get("/").text)
    shares = [row for row in _rows(read_site, policy, division) if row.share is not None]
    assert {row.mandate for row in shares} >= {"JX-F01", "JX-F02"}
    for row in shares:
        counted = f"计入 {formats.number(row.denominator or 0)} 辆"
        told = f"{counted}，其中新能源 {formats.number(row.numerator)} 辆，占"
        asked = f"，要求 {formats.target_sign(row.target)}。" if row.target else "。"
        assert f"{told} {formats.percent(row.share or '')}{asked}" in page


def test_a_year_without_a_mandate_is_told_and_no_verdict_made_up(read_site: Site) -> None:
    page = _said(read_site.browser("wangfang").get("/").text)
    assert "2021 年没有适用于本地区的要求。最近的考核年度是 2020 年" in page
    assert "2021 年度" not in page
    assert "此项要求已于 2020年12月31日 到期" in page


def test_a_year_in_force_is_told_as_such(site: Site) -> None:
    site.now = NOW.replace(year=2020, month=7)
    page = _said(site.browser("wangfang").get("/").text)
    assert "没有适用于本地区的要求" not in page
    assert "2020 年度" in page
    assert "到期" not in page


def test_earlier_years_are_folded_away(read_site: Site) -> None:
    page = _said(read_site.browser("wangfang").get("/").text)
    folded = page[page.index("以前年度") :]
    assert "2018" in folded
    assert "2019" in folded


def test_nobody_sees_anothers_division(read_site: Site) -> None:
    browser = read_site.browser("wangfang")
    page = browser.get("/").text
    assert "南昌市" in page
    assert "九江" not in page
    for code in (JIUJIANG, "360000", "350100", "999999", "x", "360100 "):
        assert browser.get(f"/divisions/{code}").status_code == 404
    assert browser.get(f"/divisions/{NANCHANG}").status_code == 200


@pytest.mark.parametrize("name", ["chenjing", "sunwei"])
def test_stewards_and_auditors_see_all(read_site: Site, policy: Policy, name: str) -> None:
    page = read_site.browser(name).get("/").text
    for code in (*policy.divisions.provinces, *policy.divisions.divisions):
        assert f'href="/divisions/{code}"' in page
    assert "从未报送" in page
    assert "仅列趋势" not in page  # a trend hides no verdict


def test_a_province_has_its_own_page(read_site: Site) -> None:
    page = _said(read_site.browser("chenjing").get("/divisions/360000").text)
    assert "江西省 今日" in page
    assert f'href="/divisions/{JIUJIANG}"' in page
    assert "福州" not in page


def test_an_administrator_is_led_to_accounts(read_site: Site) -> None:
    answer = read_site.browser("zhoulan").get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/accounts")
    assert read_site.browser("zhoulan").get(f"/divisions/{NANCHANG}").status_code == 404
    assert read_site.browser().get("/").headers["location"].startswith("/sign-in")
    program = read_site.program(Role.CLERK, NANCHANG, Verb.ENTER)
    assert program.get("/").status_code == 404


def test_what_is_owed_is_told_with_its_days(read_site: Site) -> None:
    page = _said(read_site.browser("chenjing").get(f"/divisions/{SILENT}").text)
    late = (TODAY - date(2021, 1, 15)).days
    assert f"已逾期 {late} 天" in page
    assert "尚未收到" in page
    assert "没有应报未报的报表" in _said(read_site.browser("wangfang").get("/").text)


def test_uploads_that_wait_are_their_own_divisions(site: Site) -> None:
    asked = Asked(kind="registration")
    new = NewDraft("user:wangfang", None, NANCHANG, asked, file_name="本月.csv")
    with open_door(site.home) as door:
        made, _ = add_draft(door, new, most_waiting=9, at=NOW)
    page = site.browser("wangfang").get("/").text
    assert f'href="/submissions/drafts/{made.id}"' in page
    assert "已上传，等待校验" in page
    assert made.id not in site.browser("liqiang").get("/").text
    row = site.browser("chenjing").get("/").text.split(f'href="/divisions/{NANCHANG}"')[1]
    assert '<td class="n">1</td>' in row.split("</tr>")[0]


def test_fifty_who_come_at_once_share_one_judgement(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = []

    def counted(store: Store, policy: Policy, as_of: date) -> Judged:
        judged.append(as_of)
        return judge_day(store, policy, as_of)

    monkeypatch.setattr(picture, "judge_day", counted)
    names = ["wangfang", "liqiang"] * 25
    browsers = [site.browser(name) for name in names]
    with ThreadPoolExecutor(25) as pool:
        pages = list(pool.map(lambda browser: browser.get("/").text, browsers))
    assert judged == [TODAY]
    for name, page in zip(names, pages, strict=True):
        own, other = ("南昌", "九江") if name == "wangfang" else ("九江", "南昌")
        assert own in page
        assert other not in page


def test_a_page_of_one_language_is_not_served_in_the_other(site: Site) -> None:
    browser = site.browser("wangfang")
    browser.get("/")
    english = browser.post("/language", {"language": "en", "back": "/"})
    assert "Nanchang" in english.text
    assert "南昌市 今日" in _said(site.browser("zhaomin").get("/").text)


def test_what_came_in_is_seen_at_once(site: Site, policy: Policy) -> None:
    browser = site.browser("wangfang")
    (before,) = [row for row in _rows(site, policy, NANCHANG) if row.mandate == "JX-F01"]
    assert f"计入 {before.denominator} 辆" in _said(browser.get("/").text)
    file = site.home.root.parent / "one.csv"
    file.write_text(ONE_BUS, "utf-8")
    with open_store(site.home, write=True, waiting=lambda _words: None, actor="test") as store:
        receive(store, policy, file, Declared(received_at=NOW, division=NANCHANG), now=NOW)
    assert f"计入 {(before.denominator or 0) + 1} 辆" in _said(browser.get("/").text)


def test_the_day_turns(site: Site) -> None:
    browser = site.browser("wangfang")
    assert "截至 2021年2月1日" in _said(browser.get("/").text)
    site.now = NOW.replace(day=2, hour=8)
    assert "截至 2021年2月2日" in _said(site.browser("wangfang").get("/").text)
