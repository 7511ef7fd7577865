"""Clauses that are no fleet mandates: what each asks, what is known of it, and to whom."""

from __future__ import annotations

import csv
import html
import io
import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from monitor.assess.answer import ClauseAnswer
from monitor.assess.answer_words import target_of
from monitor.assess.clause_status import wanted_of
from monitor.bulletins.words import load_words
from monitor.corridor.answering import Answers, answer
from monitor.corridor.declared import Declared
from monitor.corridor.reception import receive
from monitor.policy.mandates import Document
from monitor.policy.policy import Policy
from monitor.settings import Settings
from monitor.site import picture
from monitor.site.clause_list import STANDING_WORDS
from monitor.site.clause_standing import gravest, tally_of
from monitor.site.clause_view import line_views
from monitor.store.home import Home
from monitor.store.opening import open_store
from monitor.store.store import Store
from site_pages.clause_files import PERMITS
from site_pages.conftest import JIUJIANG, LATER, NANCHANG, NANJING, Browser, Site, running

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

JIANGXI = "360000"
ROOT = Path(__file__).resolve().parents[2]
TEMPLATES, SITE = ROOT / "templates" / "site", ROOT / "monitor" / "site"
CodeOf = Callable[[str, str, str], str]
TODAY = LATER.date()
_TAG = re.compile(r"<[^>]+>")


def said(browser: Browser, path: str) -> str:
    """The words of a page, without its marks."""
    found = browser.get(path)
    assert found.status_code == 200, path
    return " ".join(html.unescape(_TAG.sub(" ", found.text)).split())


@pytest.fixture(scope="module")
def answers(answering_home: Path, policy: Policy) -> tuple[ClauseAnswer, ...]:
    with open_store(Home(answering_home), write=False, waiting=lambda _words: None) as store:
        return answer(store, policy, TODAY, None).rows


def entry(page: str, clause: str) -> str:
    """What the list says of one clause."""
    text = page.split(f'id="m-{clause}"')[1].split("</article>", maxsplit=1)[0]
    return " ".join(html.unescape(_TAG.sub(" ", text)).split())


# --- one clause ---------------------------------------------------------------------------------


def test_each_clause_has_its_page(
    answering_site: Site, policy: Policy, answers: tuple[ClauseAnswer, ...]
) -> None:
    browser = answering_site.browser("chenjing")
    assert len(policy.clauses) == 69
    for clause in policy.clauses.values():
        page = said(browser, f"/mandates/{clause.id}")
        assert isinstance(clause.document, Document)
        told = [clause.words, clause.meaning.zh, clause.section, clause.document.title]
        told += [clause.evidence.needs.zh, clause.strength_word]
        told += [clause.evidence.limits.zh] if clause.evidence.limits else []
        told += [reading.what.zh for reading in clause.readings]
        told += [one.name.zh for one in answers if one.clause == clause.id]
        told += [target_of(wanted_of(target), policy).zh for target in clause.targets]
        for name in clause.responsible:
            body = policy.bodies.get(clause.jurisdiction, name)
            assert body is not None
            told += [name, body.full_name.zh, body.now_called or ""]
        for words in told:
            assert " ".join(words.split()) in page, (clause.id, words)
        assert ("已到期，今天不适用" in page) is (clause.valid_to < TODAY)


def test_a_figure_stands_with_its_target_and_its_verdict_in_words(answering_site: Site) -> None:
    page = said(answering_site.browser("zhouning"), "/mandates/NJ-R01")
    assert "2020 ✓ 达标 1 / 1，100% 不低于 100%" in page
    assert "2019 ✕ 未达标" in page
    assert "2 / 3，66.66% 不低于 100%" in page
    assert "发给其他车辆的通行证 1" in page
    assert "强制性要求（ “只向” ）" in page


def test_a_report_stands_with_its_source(answering_site: Site) -> None:
    page = said(answering_site.browser("chenjing"), "/mandates/JX-I01")
    assert "2020 ✕ 未达标" in page
    assert "317,000 辆" in page
    assert "出处：江西省工业和信息化厅（截至 2020-12-31）" in page


def test_a_division_stands_beside_its_province(answering_site: Site) -> None:
    browser = answering_site.browser("chenjing")
    page = said(browser, "/mandates/JX-I05")
    assert "5 根 不低于 100,000 根" in page
    assert "南昌市 2020 – 仅列趋势" in page
    assert "未报：景德镇市、萍乡市、新余市等 10 个地区" in page


def test_a_list_set_against_the_register_has_its_parts(answering_site: Site) -> None:
    page = said(answering_site.browser("chenjing"), "/mandates/JX-S01")
    assert "2020 年的分项" in page
    assert "有车辆接入的市 0 / 2" in page
    assert "用途“公交车”：" in page
    assert "不列出车辆" in page
    assert "LA60DSBZ" not in page


def test_where_nothing_came_no_number_is_told(answering_site: Site) -> None:
    page = said(answering_site.browser("chenjing"), "/mandates/JX-S04")
    assert "未报数据" in page
    assert "报来 0 项" not in page
    assert "/mandates/rows/" not in answering_site.browser("chenjing").get("/mandates/JX-S04").text


# --- whose figures ------------------------------------------------------------------------------


def test_a_city_sees_its_own_figures_and_no_others(answering_site: Site) -> None:
    browser = answering_site.browser("wangfang")
    page = said(browser, "/mandates/JX-I05")
    assert "南昌市" in page
    assert "2 根" in page
    assert "供参考，不约束本级" in page
    assert "5 根" not in page
    assert "九江" not in page
    told = "由江西省回答，您的账户看不到它的数字"
    assert told in said(browser, "/mandates/JX-I01")
    assert "317,000" not in said(browser, "/mandates/JX-I01")
    listed = browser.get("/mandates").text
    assert told in entry(listed, "JX-I01")
    assert "没有收到本地区的报表：退役动力电池" in entry(listed, "JX-S04")
    fujian = browser.get("/mandates?place=350000").text
    assert "由福建省回答" in entry(fujian, "FJ-I01")


def test_an_account_without_figures_reads_the_clauses_alone(answering_site: Site) -> None:
    browser = answering_site.browser("zhoulan")
    assert "没有收到" not in said(browser, "/mandates")
    page = said(browser, "/mandates/NJ-R01")
    assert "2020年底前新增的禁区通行证" in page
    assert "由南京市回答，您的账户看不到它的数字" in page
    assert "66.66%" not in page
    assert "/templates#" not in browser.get("/mandates/NJ-R01").text


def test_what_is_compared_is_told_to_who_sees_both_sides(answering_site: Site) -> None:
    told = "前者 109,000 辆，后者 103,000 辆，不符，请核对报数"
    for clause in ("NJ-I05", "JS-I01"):
        assert told in said(answering_site.browser("chenjing"), f"/mandates/{clause}")
    assert "南京是江苏的一部分" in said(answering_site.browser("chenjing"), "/mandates/NJ-I05")
    nanjing = said(answering_site.browser("zhouning"), "/mandates/NJ-I05")
    assert "98,000 辆" in nanjing
    assert "103,000" not in nanjing


# --- the list -----------------------------------------------------------------------------------


def test_the_list_has_every_clause_with_what_is_known(answering_site: Site, policy: Policy) -> None:
    browser = answering_site.browser("chenjing")
    page = browser.get("/mandates?place=all").text
    meanings = {one.id: one.meaning for one in policy.mandates.values()}
    meanings |= {one.id: one.meaning for one in policy.clauses.values()}
    for name, meaning in meanings.items():
        assert meaning.zh in entry(page, name)
    told = entry(page, "NJ-R01")
    assert "✕ 未达标" not in told.split("✓")[0]  # 2020 decides the first line
    assert "✓ 达标 2020 新增的禁区通行证 1 / 1，100% 要求 不低于 100%" in told
    assert "此前另有 1 年未达标" in told
    assert "– 未报数据 2023 所有的禁区通行证 2022 年达标" in told
    assert "计算：禁区通行证" in told
    assert "强制性要求" in told
    assert "凭文件：文件与事项" in entry(page, "NJ-S06")
    assert "✓ 达标 2020 52 / 64，81.25 % 要求 ≥ 75 %" in entry(
        answering_site.browser("wangfang").get("/mandates").text, "JX-F01"
    )


def test_clauses_are_chosen_by_class_and_by_how_they_stand(answering_site: Site) -> None:
    browser = answering_site.browser("chenjing")
    rules = browser.get("/mandates?place=320100&sort=rule").text
    assert 'id="m-NJ-R01"' in rules
    assert 'id="m-NJ-I05"' not in rules
    failed = browser.get("/mandates?place=360000&state=failed").text
    assert set(re.findall(r'id="m-([A-Z-]+\d+)"', failed)) == {"JX-I01", "JX-I05", "JX-S01"}
    everything = browser.get("/mandates?place=360000").text
    assert "未达标 3 条" in everything
    for wrong in ("sort=kites", "state=lost", "view=upside", "place=", "place=999999"):
        assert browser.get(f"/mandates?{wrong}").status_code == 404, wrong


def test_what_each_needs_and_who_answers_for_it(answering_site: Site, policy: Policy) -> None:
    browser = answering_site.browser("chenjing")
    page = browser.get("/mandates?view=coverage&place=all").text
    ids = re.findall(r'href="/mandates/([A-Z]+-[A-Z]\d+)">', page)
    assert sorted(ids) == sorted([*policy.mandates, *policy.clauses])
    row = page.split('href="/mandates/JX-S04"')[1].split("</tr>")[0]
    assert "退役动力电池流向" in row
    assert "尚未收到：退役动力电池" in row
    assert "省环保厅（现江西省生态环境厅）" in row
    assert 'href="/templates#battery"' in row
    assert "尚未收到" not in page.split('href="/mandates/NJ-R01"')[1].split("</tr>")[0]
    assert (
        "/templates#"
        not in answering_site.browser("sunwei").get("/mandates?view=coverage&place=all").text
    )
    assert browser.get("/templates").text.count('id="battery"') == 1


# --- the rows behind ----------------------------------------------------------------------------


@pytest.fixture
def code_of(answers: tuple[ClauseAnswer, ...]) -> CodeOf:
    def find(clause: str, division: str, period: str) -> str:
        return next(
            one.explain
            for one in answers
            if (one.clause, one.division, one.period) == (clause, division, period)
        )

    return find


def test_the_wrong_permits_come_first(answering_site: Site, code_of: CodeOf) -> None:
    browser = answering_site.browser("zhouning")
    code = code_of("NJ-R01", NANJING, "2019")
    assert f'href="/mandates/rows/{code}"' in browser.get("/mandates/NJ-R01").text
    page = browser.get(f"/mandates/rows/{code}").text
    shown = re.findall(r"宁货证0000\d", page)
    assert shown == ["宁货证00002", "宁货证00001", "宁货证00004"]  # renewals are not looked at
    assert "第 3 行" in page
    assert "苏A" not in page
    wrong = browser.get(f"/mandates/rows/{code}?counts_as=against").text
    assert re.findall(r"宁货证0000\d", wrong) == ["宁货证00002"]
    assert browser.get(f"/mandates/rows/{code}?counts_as=kites").status_code == 404


def test_no_way_to_rows_is_told_to_who_may_not_see_them(
    policy: Policy, answers: tuple[ClauseAnswer, ...]
) -> None:
    mine = [one for one in answers if one.clause == "NJ-R01"]
    words = load_words(policy.project, "zh")
    seen, unseen = (
        line_views(mine, NANJING, policy, words, shows_rows=shows_rows)
        for shows_rows in (lambda _code: True, lambda _code: False)
    )
    assert [one.code for one in seen[0].own if one.missed] != [""]
    assert {one.code for view in unseen for one in view.own} == {""}


def test_the_rows_are_downloaded_as_they_are_shown(answering_site: Site, code_of: CodeOf) -> None:
    browser = answering_site.browser("zhouning")
    code = code_of("NJ-R01", NANJING, "2019")
    file = browser.get(f"/mandates/rows/{code}/lines.csv?counts_as=against")
    assert 'filename="NJ-R01-320100-against-2019.csv"' in file.headers["content-disposition"]
    head, *rows = csv.reader(io.StringIO(file.content.decode("utf-8-sig")))
    assert head == ["计作", "通行证编号", "发证日期", "批次", "文件", "行号"]
    (row,) = rows
    assert (row[0], row[1], row[5]) == ("不符", "宁货证00002", "3")
    everything = browser.get(f"/mandates/rows/{code}/lines.csv").text
    assert everything.count("宁货证") == 3


def test_rows_are_shown_of_ones_own_divisions(answering_site: Site, code_of: CodeOf) -> None:
    province = code_of("JX-I05", JIANGXI, "2020")
    nanchang = code_of("JX-I05", NANCHANG, "2020")
    jiujiang = code_of("JX-I05", JIUJIANG, "2020")
    clerk, steward = (answering_site.browser(name) for name in ("wangfang", "chenjing"))
    assert "NC-00003" in clerk.get(f"/mandates/rows/{nanchang}").text
    for code in (province, jiujiang):
        assert clerk.get(f"/mandates/rows/{code}").status_code == 404
        assert clerk.get(f"/mandates/rows/{code}/lines.csv").status_code == 404
        assert steward.get(f"/mandates/rows/{code}").status_code == 200
    assert answering_site.browser("zhoulan").get(f"/mandates/rows/{nanchang}").status_code == 404
    assert f"/mandates/rows/{nanchang}" in clerk.get("/mandates/JX-I05").text
    later = re.sub(r"\.(\d+)\.([0-9a-f]{8})$", r".999999.\2", nanchang)
    for odd in ("x", later, nanchang.replace("line_a", "line_z"), nanchang.replace("-I05", "-F01")):
        assert steward.get(f"/mandates/rows/{odd}").status_code == 404, odd


# --- the first page -----------------------------------------------------------------------------


def test_the_first_page_counts_how_clauses_stand(
    answering_site: Site, policy: Policy, answers: tuple[ClauseAnswer, ...]
) -> None:
    tally = tally_of(answers, NANJING, policy, TODAY)
    assert tally is not None
    assert sum(count for _, count in tally.standings) == tally.clauses == 23
    page = said(answering_site.browser("zhouning"), "/")
    assert "规则、指标和机制共 23 条：" in page
    assert dict(tally.standings).keys() >= {"met", "unknown"}
    for standing, count in tally.standings:
        assert f"{STANDING_WORDS[standing].zh} {count} 条" in page
        address = f"/mandates?place={NANJING}&sort=other&state={standing}"
        listed = answering_site.browser("zhouning").get(address).text
        assert listed.count('id="m-') == count
    nanchang = said(answering_site.browser("wangfang"), "/")
    assert "省级条文中有 2 条列有本地区的数字" in nanchang
    assert "规则、指标和机制共" not in nanchang
    province = said(answering_site.browser("chenjing"), f"/divisions/{JIANGXI}")
    assert "规则、指标和机制共 12 条：" in province
    assert 'href="/mandates?place=360000&amp;sort=other"' in (
        answering_site.browser("wangfang").get("/").text
    )


@pytest.mark.parametrize(
    ("statuses", "word"),
    [
        (("met", "not_met"), "failed"),
        (("met", "behind"), "behind"),
        (("met", "no_data"), "unknown"),
        (("met", "trend"), "met"),
        (("on_track", "no_additions"), "met"),
        (("trend",), "listed"),
        ((), "unknown"),
    ],
)
def test_what_weighs_most_decides_how_a_clause_stands(statuses: tuple[str, ...], word: str) -> None:
    assert gravest(statuses) == word


@pytest.fixture
def own_site(answering_home: Path, tmp_path: Path) -> Iterator[Site]:
    """A site of its own for the test that changes something."""
    home = tmp_path / "home"
    shutil.copytree(answering_home, home)
    for site in running(home, Settings()):
        site.now = LATER
        yield site


def test_answers_are_worked_out_once_until_something_comes(
    own_site: Site, policy: Policy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked_out = []

    def counted(store: Store, rules: Policy, as_of: date, known_at: Any) -> Answers:
        worked_out.append(as_of)
        return answer(store, rules, as_of, known_at)

    monkeypatch.setattr(picture, "answer", counted)
    browsers = [own_site.browser("zhouning") for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        pages = list(pool.map(lambda one: said(one, "/mandates/NJ-R01"), browsers))
    assert worked_out == [TODAY]
    assert all("2 / 3，66.66%" in page for page in pages)
    file = tmp_path / "more.csv"
    head = PERMITS.splitlines()[0]
    file.write_text(f"{head}\n宁货证00007,2019-12-01,新办,,苏AD11223,纯电动,320102\n", "utf-8")
    with open_store(own_site.home, write=True, waiting=lambda _: None, actor="test") as store:
        receive(store, policy, file, Declared(received_at=LATER, division=NANJING), now=LATER)
    assert "3 / 4，75%" in said(browsers[0], "/mandates/NJ-R01")
    assert worked_out == [TODAY, TODAY]


def test_every_word_of_the_site_has_its_english(policy: Policy) -> None:
    english = load_words(policy.project, "en").catalog
    spoken = [
        *((path, r'\b(?:_|ngettext)\(\s*"([^"]+)"') for path in TEMPLATES.glob("*.j2")),
        *((path, r'\bwords(?:\.plural)?\(\s*"([^"]+)"') for path in SITE.rglob("*.py")),
    ]
    missing = {
        f"{path.name}: {word}"
        for path, pattern in spoken
        for word in re.findall(pattern, path.read_text("utf-8"))
        if word not in english
    }
    assert not missing


def test_a_tally_says_nothing_where_no_clause_speaks(policy: Policy) -> None:
    assert tally_of((), NANCHANG, policy, TODAY) is None
    assert tally_of((), NANJING, policy, date(2018, 1, 1)) is None
