"""What a steward should look at: each reason fires on its own file, and a clean one is silent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from attribution.weeks import FUZHOU, NANJING, NOW, XIAMEN, Weeks, car, cars

from monitor.corridor.declared import Declared
from monitor.corridor.reception import receive
from monitor.corridor.review import to_look_at
from monitor.door.database import open_door
from monitor.door.looks import Look, looked, mark
from monitor.model import SHANGHAI, Mode, Period, Status
from monitor.store.explanations import NewExplanation, add_explanations
from monitor.store.home import Home

YEAR = Period(date(2023, 1, 1), date(2023, 12, 31))
HERE = {"行政区划代码": "350203"}


def reasons(weeks: Weeks, *divisions: str) -> dict[str, list[str]]:
    """The codes of what is to be looked at, by submission, newest first."""
    found = to_look_at(weeks.store, weeks.policy, divisions or (FUZHOU, XIAMEN))
    return {one.submission.submission: [why.code for why in one.reasons] for one in found}


def refuse(weeks: Weeks, sender: str | None = FUZHOU, period: Period | None = None) -> None:
    """A file that is no table."""
    file = weeks.folder / "坏.csv"
    file.write_text("报表\n", "utf-8")
    declared = Declared(
        received_at=weeks.day, kind="registration", division=sender, period=period, backfill=True
    )
    told = receive(weeks.store, weeks.policy, file, declared, now=NOW)
    assert told.status is Status.REFUSED


def test_clean_files_need_no_look(weeks: Weeks) -> None:
    weeks.send(cars(1, 12, 8))
    weeks.send(cars(101, 12, 8, **HERE), XIAMEN)
    assert reasons(weeks) == {}


def test_vehicles_claimed_by_another_division(weeks: Weeks) -> None:
    weeks.send(cars(1, 12, 8))
    weeks.send(cars(1, 3, 0, **HERE), XIAMEN)
    (one,) = to_look_at(weeks.store, weeks.policy, (FUZHOU, XIAMEN))
    (why,) = one.reasons
    assert (one.submission.division, why.code, why.rows) == (XIAMEN, "claimed_elsewhere", 3)
    assert "3 辆" in why.words.zh
    assert "3" in why.words.en
    assert reasons(weeks, FUZHOU) == {}


def test_many_rows_set_aside_until_they_come_again(weeks: Weeks) -> None:
    weeks.send(cars(1, 40, 4), period=YEAR)
    wrong = [replace_fuel(row) for row in cars(101, 5, 0)]
    weeks.send([*cars(201, 40, 0), *wrong], period=YEAR)
    assert reasons(weeks) == {"S000002": ["rejected_rows"]}
    weeks.send([*cars(201, 40, 0), *cars(101, 5, 0)], period=YEAR)
    assert reasons(weeks) == {}


def replace_fuel(row: dict[str, str]) -> dict[str, str]:
    """A fuel that is in no table."""
    return row | {"燃料种类": "木炭"}


@pytest.mark.parametrize(("wrong", "good"), [(4, 5), (5, 46)])
def test_a_few_rows_set_aside_are_no_reason(weeks: Weeks, wrong: int, good: int) -> None:
    weeks.send([*cars(201, good, 0), *(replace_fuel(row) for row in cars(101, wrong, 0))])
    assert reasons(weeks) == {}


def test_a_jump_and_a_heap_are_findings_on_the_whole_file(weeks: Weeks) -> None:
    months = [
        Period(date(2023, 1, 1), date(2023, 1, 31)),
        Period(date(2023, 3, 1), date(2023, 3, 31)),
    ]
    days = [date(2023, 1, 2 + n) for n in range(25)]
    weeks.send([car(n, 初次登记日期=str(day)) for n, day in enumerate(days, 1)], period=months[0])
    heap = [car(100 + n, 初次登记日期="2023-03-03") for n in range(150)]
    weeks.send([*heap, car(300, 初次登记日期="2023-03-06")], period=months[1])
    assert reasons(weeks) == {"S000002": ["count_jump", "count_implausible"]}


def test_a_replacement_that_takes_much_away(weeks: Weeks) -> None:
    weeks.send(cars(1, 12, 8))
    weeks.send(cars(1, 12, 4), mode=Mode.REPLACE, period=YEAR)
    assert reasons(weeks) == {}
    weeks.send(cars(1, 10, 0), mode=Mode.REPLACE, period=YEAR)
    assert reasons(weeks) == {"S000003": ["withdrawn"]}


def test_a_correction_of_much(weeks: Weeks) -> None:
    weeks.send(cars(1, 12, 8))
    weeks.send(cars(1, 16, 4))
    assert reasons(weeks) == {}
    weeks.send(cars(1, 10, 10))
    assert reasons(weeks) == {"S000003": ["corrected"]}


def test_what_was_explained_is_looked_at_with_the_words(weeks: Weeks) -> None:
    weeks.send(cars(1, 12, 8))
    said = NewExplanation("count_jump", "season", "公交公司集中更新", None, "user:wangfang")
    add_explanations(weeks.store, 1, [said], NOW)
    (one,) = to_look_at(weeks.store, weeks.policy, (FUZHOU,))
    assert [why.code for why in one.reasons] == ["explained"]
    assert [tuple(why)[1:6] for why in one.explanations] == [tuple(said)]


@pytest.mark.parametrize("period", [None, YEAR], ids=["no_period", "period"])
def test_a_refused_file_until_a_good_one_follows(weeks: Weeks, period: Period | None) -> None:
    weeks.send(cars(1, 12, 8), period=period)
    refuse(weeks, period=period)
    assert reasons(weeks) == {"S000002": ["refused"]}
    weeks.send(cars(201, 3, 0, **HERE), XIAMEN, period=period)
    assert reasons(weeks) == {"S000002": ["refused"]}
    weeks.send(cars(1, 12, 7), period=period)
    assert reasons(weeks) == {}


def test_the_newest_comes_first_and_each_sees_its_own(weeks: Weeks) -> None:
    refuse(weeks)
    refuse(weeks, XIAMEN)
    refuse(weeks, sender=None)
    assert list(reasons(weeks)) == ["S000002", "S000001"]
    assert list(reasons(weeks, XIAMEN)) == ["S000002"]
    assert list(reasons(weeks, NANJING)) == []
    everyone = tuple(weeks.policy.divisions.divisions)
    assert list(reasons(weeks, *everyone)) == ["S000003", "S000002", "S000001"]
    later = datetime(2026, 11, 21, 10, tzinfo=SHANGHAI)
    assert to_look_at(weeks.store, weeks.policy, everyone, since=later) == ()
    known = {"S000002": None}
    found = to_look_at(weeks.store, weeks.policy, everyone, since=NOW, known=known)
    assert [one.submission.submission for one in found] == ["S000003", "S000001"]


# --- that it was looked at ----------------------------------------------------------------------


def test_a_look_is_noted_once_and_renewed(weeks: Weeks) -> None:
    home: Home = weeks.store.home
    with open_door(home) as door:
        mark(door, "S000001", "user:zhao", " 已电话核实 ", NOW)
        mark(door, "S000002", "user:zhao", " ", NOW)
        first = Look("S000001", "user:zhao", NOW, "已电话核实")
        assert looked(door, ["S000001", "S000009"]) == {"S000001": first}
        assert looked(door)["S000002"].note is None
        later = NOW.replace(hour=10)
        mark(door, "S000001", "user:chen", None, later)
        assert looked(door)["S000001"] == replace(
            first, made_by="user:chen", made_at=later, note=None
        )
        assert looked(door, []) == {}
        acts = door.rows("SELECT actor, action, object, detail FROM act ORDER BY seq")
    assert acts == [
        ("user:zhao", "look", "S000001", '{"noted":true}'),
        ("user:zhao", "look", "S000002", '{"noted":false}'),
        ("user:chen", "look", "S000001", '{"noted":false}'),
    ]
