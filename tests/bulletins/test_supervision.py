"""The follow-up section: the same in every form, overdue by the day, told of once when settled."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from monitor.bulletins.bulletin_view import BulletinView
from monitor.bulletins.circular import set_circular
from monitor.bulletins.document import make_json
from monitor.bulletins.flat import make_csv
from monitor.bulletins.render import render_view
from monitor.bulletins.supervision import supervision_of
from monitor.bulletins.supervision_facts import SupervisionFacts
from monitor.bulletins.supervision_parts import FollowUpRow, ScorecardRow, Supervision
from monitor.bulletins.view import build_view
from monitor.bulletins.words import Words
from monitor.bulletins.workbook import make_workbook
from monitor.model import SHANGHAI
from monitor.policy.policy import Policy
from monitor.policy.project import Project

from .example_supervision import follow_ups_of, supervision_of_fujian, supervision_of_fuzhou
from .examples import fujian
from .supervision_readers import (
    lost_in_numbers,
    lost_in_words,
    lost_on_paper,
    read_html,
    read_json,
    read_text,
    read_workbook,
)

PROJECT = Project()
ZH = Words("zh")
DAY = date(2025, 10, 31)
FORMS: dict[str, Callable[[BulletinView, BulletinView], list[str]]] = {
    "html": lambda set_, asked: lost_in_words(
        read_html(render_view(set_, PROJECT, "zh").html, asked), asked
    ),
    "text": lambda set_, asked: lost_in_words(
        read_text(render_view(set_, PROJECT, "zh").text, asked), asked
    ),
    "pdf": lambda set_, asked: lost_on_paper(set_circular(set_, PROJECT, "zh"), asked),
    "xlsx": lambda set_, asked: lost_in_numbers(read_workbook(make_workbook(set_), asked), asked),
    "json": lambda set_, asked: lost_in_numbers(read_json(make_json(set_), asked), asked),
}


@pytest.fixture(scope="module")
def view(policy: Policy) -> BulletinView:
    return build_view(fujian(policy), policy, "zh")


def other_total(row: ScorecardRow) -> ScorecardRow:
    values = replace(row.values, least=Decimal("83.34"), most=Decimal("83.34"))
    return replace(row, total="83.34", values=values)


def other_rank(row: ScorecardRow) -> ScorecardRow:
    return replace(row, rank="5", values=replace(row.values, best=5, worst=5))


def other_day(row: FollowUpRow) -> FollowUpRow:
    values = replace(row.values, due_on=date(2025, 10, 21))
    return replace(row, due="2025年10月21日", values=values)


def with_item(view: BulletinView, item: FollowUpRow) -> BulletinView:
    assert view.supervision is not None
    section = view.supervision
    rows = tuple(item if one.code == item.code else one for one in section.still_open)
    return replace(view, supervision=replace(section, still_open=rows))


@pytest.mark.parametrize("form", FORMS)
def test_every_form_holds_the_same_scorecard_and_items(view: BulletinView, form: str) -> None:
    assert FORMS[form](view, view) == []


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("change", [other_total, other_rank])
def test_another_rank_or_total_in_one_form_is_noticed(
    view: BulletinView, form: str, change: Callable[[ScorecardRow], ScorecardRow]
) -> None:
    assert view.supervision is not None
    card = view.supervision.scorecard
    assert card is not None
    rows = tuple(change(row) if row.place == "泉州市" else row for row in card.rows)
    changed = replace(view.supervision, scorecard=replace(card, rows=rows))
    assert FORMS[form](replace(view, supervision=changed), view) == ["泉州市"]


@pytest.mark.parametrize("form", FORMS)
def test_another_day_or_state_of_an_item_is_noticed(view: BulletinView, form: str) -> None:
    assert view.supervision is not None
    item = view.supervision.still_open[0]
    assert FORMS[form](with_item(view, other_day(item)), view) == [item.code]
    assert FORMS[form](with_item(view, replace(item, state="未到期")), view) == [item.code]


def test_the_table_file_holds_the_figures_of_demands_only(view: BulletinView) -> None:
    heads, *rows = csv.reader(io.StringIO(make_csv(view).decode("utf-8-sig"), newline=""))
    assert not any("F000001" in cell for row in rows for cell in row)
    assert view.headings["total"] not in heads


# --- what is carried on ------------------------------------------------------------------------


def section(
    facts: SupervisionFacts | None, policy: Policy, day: date = DAY, *, is_province: bool = True
) -> Supervision | None:
    return supervision_of(facts, day, is_province=is_province, policy=policy, words=ZH)


def told(facts: SupervisionFacts, policy: Policy, day: date = DAY) -> Supervision:
    found = section(facts, policy, day)
    assert found is not None
    return found


def test_open_items_come_by_the_day_they_are_due_and_settled_ones_once(policy: Policy) -> None:
    facts = supervision_of_fujian(policy)
    found = told(facts, policy)
    assert [(row.code, row.state) for row in found.still_open] == [
        ("F000001", "逾期 11 天"),
        ("F000002", "未到期"),
    ]
    assert [row.code for row in found.settled] == ["F000003"]  # F000004 was told of before
    assert found.summary == "未办结 2 项，其中逾期 1 项，上期以来办结或不再督办 1 项。"
    later = replace(facts, told_until=datetime(2025, 10, 31, 9, tzinfo=SHANGHAI))
    assert told(later, policy).settled == ()
    first = replace(facts, told_until=None)
    assert told(first, policy).settled == ()


@pytest.mark.parametrize(
    ("day", "state", "late"),
    [
        (date(2025, 10, 19), "未到期", 0),
        (date(2025, 10, 20), "未到期", 0),  # the last day is in time
        (date(2025, 10, 21), "逾期 1 天", 1),
    ],
)
def test_overdue_is_worked_out_from_the_day(
    policy: Policy, day: date, state: str, late: int
) -> None:
    found = told(supervision_of_fujian(policy), policy, day)
    row = next(one for one in found.still_open if one.code == "F000001")
    assert (row.state, row.values.days_late) == (state, late)


def test_a_day_put_off_is_told_with_the_first(policy: Policy) -> None:
    found = told(supervision_of_fujian(policy), policy)
    assert found.still_open[1].moved == "原定 2025年10月31日，改期 1 次"
    assert found.still_open[1].due == "2025年11月28日"


def test_a_city_sees_what_names_it_and_else_no_section(policy: Policy) -> None:
    facts = supervision_of_fuzhou()
    found = section(facts, policy, is_province=False)
    assert found is not None
    assert (found.scorecard, [row.code for row in found.still_open]) == (None, ["F000001"])
    bare = SupervisionFacts(None, None, (), None)
    assert section(bare, policy, is_province=False) is None
    assert section(None, policy) is None


def test_a_province_without_items_says_so(policy: Policy) -> None:
    found = told(SupervisionFacts(None, None, (), None), policy)
    assert found.summary == "没有督办事项。"


@pytest.mark.parametrize(
    ("code", "items"),
    [
        ("350000", ["F000001", "F000002", "F000003", "F000004"]),  # its list
        ("350100", ["F000001"]),  # to be done by it
        ("350500", ["F000002"]),  # about it
        ("350300", []),
    ],
)
def test_an_item_names_whose_list_it_is_on_who_does_it_and_whom_it_is_about(
    code: str, items: list[str]
) -> None:
    assert [item.id for item in follow_ups_of() if item.names(code)] == items


def test_a_hostile_item_is_shown_and_adds_nothing(policy: Policy) -> None:
    facts = supervision_of_fujian(policy)
    first, *others = facts.items
    hostile = replace(first, item=first.item._replace(what="=HYPERLINK(1)<script>x</script>"))
    made = replace(fujian(policy), supervision=replace(facts, items=(hostile, *others)))
    view = build_view(made, policy, "zh")
    page = render_view(view, PROJECT, "zh").html
    assert "<script" not in page
    assert read_workbook(make_workbook(view), view)["F000001"][1] == hostile.item.what
