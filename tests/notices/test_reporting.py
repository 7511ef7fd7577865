"""Lateness in bulletins: who is late and by how much, what is due next, in every form."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date, datetime

import pytest
from bulletins.examples import example_policy, fujian, nanchang
from python_calamine import CalamineWorkbook

from monitor.bulletins.forms import make_forms
from monitor.bulletins.reporting import reporting_lines
from monitor.bulletins.reporting_facts import Standing, State
from monitor.bulletins.words import load_words
from monitor.corridor.lateness import reporting_of
from monitor.model import Language, Period
from monitor.policy.due_dates import DueItem
from monitor.policy.policy import Policy
from monitor.policy.project import Project
from monitor.store.store import Store

from .conftest import moment, receive

LATE = "南昌市 2019 年度机动车登记：期限2020年1月15日，2020年2月3日报齐，迟 19 天"
MISSING = "南昌市 2020年11月机动车登记：期限2020年12月10日，已逾期 21 天，尚未收到"
NEXT = "2020年12月机动车登记 2021年1月11日"


def stands(
    period: Period, due_on: date, state: State, received_at: datetime | None = None
) -> Standing:
    return Standing(DueItem("JX", "registration", "360100", period, due_on), state, received_at)


def standings() -> tuple[Standing, ...]:
    year = Period(date(2019, 1, 1), date(2019, 12, 31))
    november = Period(date(2020, 11, 1), date(2020, 11, 30))
    december = Period(date(2020, 12, 1), date(2020, 12, 31))
    return (
        stands(year, date(2020, 1, 15), "late", moment(date(2020, 2, 3))),
        stands(november, date(2020, 12, 10), "missing"),
        stands(december, date(2021, 1, 11), "waiting"),
    )


def test_every_form_tells_it() -> None:
    policy = example_policy()
    facts = replace(nanchang(policy), reporting=standings())
    made = make_forms(facts, policy, "zh")
    files = {file.file_name: file.content for file in made.files}
    for said in (LATE, MISSING, NEXT):
        assert said in made.letter.html
        assert said in files["bulletin.html"].decode()
        assert "".join(said.split()) in "".join(made.letter.text.split())
        lines = json.loads(files["bulletin.json"])["quality"]["lines"]
        assert any(said == line["value"] for line in lines)
        book = CalamineWorkbook.from_filelike(io.BytesIO(files["bulletin.xlsx"]))
        cells = {
            str(cell)
            for name in book.sheet_names
            for row in book.get_sheet_by_name(name).to_python()
            for cell in row
        }
        assert said in cells
    plain = make_forms(nanchang(policy), policy, "zh")
    papers = [
        f.content for form in (made, plain) for f in form.files if f.file_name.endswith("pdf")
    ]
    assert papers[0] != papers[1]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_lateness_is_a_state_and_no_breach(language: Language) -> None:
    policy = example_policy()
    facts = replace(nanchang(policy), reporting=standings())
    lines = reporting_lines(facts, policy, load_words(policy.project, language))
    assert [line.tone for line in lines] == ["warn", "warn", "quiet"]


def test_the_longest_overdue_comes_first_and_old_ones_end() -> None:
    policy = example_policy()
    year = Period(date(2017, 1, 1), date(2017, 12, 31))
    month = Period(date(2020, 10, 1), date(2020, 10, 31))
    facts = replace(
        nanchang(policy),
        reporting=(
            stands(year, date(2018, 1, 15), "missing"),
            *standings(),
            stands(month, date(2020, 11, 10), "missing"),
        ),
    )
    said = [line.value for line in reporting_lines(facts, policy, load_words(Project(), "zh"))]
    assert [value[:12] for value in said[:3]] == [
        "南昌市 2020年10月",
        "南昌市 2020年11月",
        "南昌市 2019 年度机",
    ]
    assert not any("2017" in value for value in said)


def test_all_in_time_is_said_and_nothing_due_is_not() -> None:
    policy = example_policy()
    words = load_words(Project(), "zh")
    year = Period(date(2019, 1, 1), date(2019, 12, 31))
    whole = stands(year, date(2020, 1, 15), "on_time", moment(date(2020, 1, 7)))
    facts = replace(nanchang(policy), reporting=(whole,))
    (line,) = reporting_lines(facts, policy, words)
    assert (line.name, line.tone) == ("是否按期报送", "good")
    assert reporting_lines(fujian(policy), policy, words) == []


def test_what_was_due_and_what_is_next_of_each_kind(store: Store, policy: Policy) -> None:
    year = Period(date(2019, 1, 1), date(2019, 12, 31))
    receive(store, "360100", year, moment(date(2020, 1, 20)))
    found = reporting_of(store, policy, date(2020, 12, 31))
    mine = [
        (one.item.period_name, one.state, one.days_late(date(2020, 12, 31)))
        for one in found
        if one.item.division == "360100"
    ]
    assert mine == [("2018", "missing", 716), ("2019", "late", 5), ("2020", "waiting", 0)]
    # The province sends the contracts itself; nobody is asked for years still to come.
    own = [one.item for one in found if one.item.division == "360000"]
    assert {item.kind for item in own} == {"procurement"}
    assert max(one.item.period.start for one in found) <= date(2020, 12, 31)
