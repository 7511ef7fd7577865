"""Weeks hold the assessment's own figures, whatever the day, and end where the year does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.assess.assess import assess
from monitor.assess.weekly import HeldWeeks, Weekly, week_ends, weekly_of
from monitor.corridor.judge import hold
from monitor.model import Assessment
from monitor.policy.baselines import Baseline
from monitor.policy.policy import Policy
from monitor.store.store import Store
from monitor.store.weeks import weeks

from .makers import count_row, fleet_row, share_row

DAYS = [
    date(2018, 1, 3),  # before the first Sunday; nothing is held of the year before
    date(2019, 6, 30),  # a Sunday
    date(2020, 2, 29),
    date(2020, 12, 31),
    date(2021, 2, 28),  # no mandate of Jiangxi is left
    date(2022, 10, 31),
    date(2025, 12, 31),
]


@pytest.mark.parametrize("as_of", DAYS, ids=str)
def test_the_last_point_is_the_assessment(samples: Store, policy: Policy, as_of: date) -> None:
    held = hold(samples, as_of, None)
    rows = {row.key: row for row in assess(policy, held)}
    found = weekly_of(policy, HeldWeeks(*samples.weeks(as_of), as_of), tuple(rows.values()))
    due = [
        row
        for row in rows.values()
        if row.period == str(as_of.year)
        and row.measure != "rank"
        and policy.mandates[row.mandate].unit != "standard_vehicle"
    ]
    assert [weekly.key for weekly in found] == [row.key for row in due]
    for weekly in found:
        row, last = rows[weekly.key], weekly.this_year[-1]
        assert last == (as_of, row.denominator, row.numerator, row.undetermined)


def test_last_year_ends_as_it_was_judged(samples: Store, policy: Policy) -> None:
    before = {row.key: row for row in assess(policy, hold(samples, date(2019, 12, 31), None))}
    as_of = date(2020, 8, 15)
    rows = assess(policy, hold(samples, as_of, None))
    found = weekly_of(policy, HeldWeeks(*samples.weeks(as_of), as_of), rows)
    compared = 0
    for weekly in found:
        mandate, division, _, categories, role = weekly.key
        row = before[mandate, division, "2019", categories, role]
        if weekly.last_year:
            last = weekly.last_year[-1]
            assert last == (date(2019, 12, 31), row.denominator, row.numerator, row.undetermined)
            compared += 1
        else:
            assert not row.denominator
            assert not row.numerator
    assert compared > 80


@given(st.dates(date(1999, 1, 1), date(2100, 12, 31)))
def test_weeks_end_on_sundays_and_on_the_last_day(last: date) -> None:
    ends = week_ends(date(last.year, 1, 1), last)
    assert ends[-1] == last
    assert all(end.isoweekday() == 7 for end in ends[:-1])
    assert all(0 < (after - before).days <= 7 for before, after in pairwise(ends))
    assert (ends[0] - date(last.year, 1, 1)).days < 7


# --- against a count by hand, vehicle by vehicle -------------------------------------------------


@dataclass(frozen=True)
class Vehicle:
    division: str
    category: str
    energy: str
    registered_on: date
    retired_on: date | None
    is_addition: bool


DATES = st.dates(date(2017, 6, 1), date(2021, 12, 31))
VEHICLES = st.lists(
    st.builds(
        Vehicle,
        division=st.sampled_from(["360100", "360300"]),
        category=st.sampled_from(["bus", "official"]),
        energy=st.sampled_from(["bev", "diesel", "hybrid"]),
        registered_on=DATES,
        retired_on=st.none() | DATES,
        is_addition=st.booleans(),
    ),
    max_size=25,
)


@cache
def database() -> duckdb.DuckDBPyConnection:
    """One for all: to open one takes longer than to ask."""
    return duckdb.connect(":memory:")


@pytest.fixture(scope="module", autouse=True)
def _database_is_closed() -> Iterator[None]:
    yield
    database().close()
    database.cache_clear()


def asked(vehicles: list[Vehicle], as_of: date) -> HeldWeeks:
    """The weekly question over these vehicles alone, one facet each."""
    connection = database()
    connection.execute(
        "CREATE OR REPLACE TABLE live_facet (id INTEGER, division VARCHAR, county VARCHAR, "
        "category VARCHAR, use VARCHAR, energy VARCHAR, owner_kind VARCHAR, area VARCHAR, "
        "exemption VARCHAR, "
        "is_addition BOOLEAN, is_deregistration BOOLEAN)"
    )
    connection.execute(
        "CREATE OR REPLACE TABLE live (facet INTEGER, registered_on DATE, retired_on DATE, "
        "loses_addition BOOLEAN, loses_holding BOOLEAN, is_spent BOOLEAN)"
    )
    facets = [
        [n, v.division, None, v.category, None, v.energy, "government", None, None, v.is_addition]
        for n, v in enumerate(vehicles)
    ]
    live = [
        [n, v.registered_on, v.retired_on if v.retired_on and v.retired_on <= as_of else None]
        for n, v in enumerate(vehicles)
        if v.registered_on <= as_of
    ]
    if live:
        _insert(connection, "live_facet", facets, "false")
        _insert(connection, "live", live, "false, false, false")
    return HeldWeeks(*weeks(connection, as_of), as_of)


def _insert(
    connection: duckdb.DuckDBPyConnection, table: str, rows: list[list[Any]], rest: str
) -> None:
    """All at once: each statement takes as long as the question."""
    line = f"({', '.join('?' * len(rows[0]))}, {rest})"
    connection.execute(
        f"INSERT INTO {table} VALUES {', '.join([line] * len(rows))}",  # noqa: S608  # our own
        [value for row in rows for value in row],
    )


def counted(vehicles: list[Vehicle], policy: Policy) -> tuple[int, int, int]:
    new, unclear = policy.energies("yes"), policy.energies("undetermined")
    return (
        len(vehicles),
        sum(v.energy in new for v in vehicles),
        sum(v.energy in unclear for v in vehicles),
    )


@given(VEHICLES, st.dates(date(2019, 1, 1), date(2021, 12, 31)))
def test_weeks_are_what_counting_by_hand_gives(
    policy: Policy, vehicles: list[Vehicle], as_of: date
) -> None:
    year = str(as_of.year)
    rows = tuple(
        replace(row, division=division, period=year)
        for row in (share_row(0, 0), fleet_row("", ""), count_row(0, 0, "9"))
        for division in ("360000", "360300")
    )
    for weekly in weekly_of(policy, asked(vehicles, as_of), rows):
        members = policy.divisions.members(weekly.key[1])
        mine = [v for v in vehicles if v.division in members and v.registered_on <= as_of]
        _compare(weekly, mine, policy, as_of)


def _compare(weekly: Weekly, mine: list[Vehicle], policy: Policy, as_of: date) -> None:
    mandate = weekly.key[0]
    for point in (*weekly.this_year, *weekly.last_year):
        if mandate == "JX-F01":  # buses added in the year
            chosen = [
                v
                for v in mine
                if v.is_addition
                and v.category == "bus"
                and date(point.on.year, 1, 1) <= v.registered_on <= point.on
            ]
        elif mandate == "JX-F04":  # official vehicles in use at the end of the day
            chosen = [
                v
                for v in mine
                if v.category == "official"
                and v.registered_on <= point.on
                and not (v.retired_on and v.retired_on <= point.on)
            ]
        else:  # everything added since the clause's first year, if it has one
            since = policy.mandates[mandate].counted_from
            chosen = [
                v
                for v in mine
                if v.is_addition
                and v.registered_on <= point.on
                and (since is None or v.registered_on.year >= since.year)
            ]
        denominator, *others = counted(chosen, policy)
        assert point[1:] == (None if mandate == "JX-F03" else denominator, *others)
    for point in weekly.ahead:  # what last year added from the day judged to the same day
        chosen = [
            v
            for v in mine
            if v.is_addition
            and (mandate == "JX-F03" or v.category == "bus")
            and v.registered_on.year == as_of.year - 1
            and as_of < same_day(v.registered_on, as_of.year) <= point.on
        ]
        denominator, *others = counted(chosen, policy)
        assert point[1:] == (None if mandate == "JX-F03" else denominator, *others)


def same_day(day: date, year: int) -> date:
    """The same month and day of another year; 29 February is 1 March where there is none."""
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


# --- edges ---------------------------------------------------------------------------------------


def bus(registered_on: date) -> Vehicle:
    return Vehicle("360300", "bus", "bev", registered_on, None, is_addition=True)


def one(policy: Policy, vehicles: list[Vehicle], as_of: date, row: Assessment) -> Weekly:
    (weekly,) = weekly_of(policy, asked(vehicles, as_of), (replace(row, period=str(as_of.year)),))
    return weekly


def test_a_week_across_the_new_year_is_cut_in_two(policy: Policy) -> None:
    # Monday 30 December 2019 to Sunday 5 January 2020 is one week; its buses are of two years.
    vehicles = [bus(date(2019, 12, 30)), bus(date(2019, 12, 31)), bus(date(2020, 1, 1))]
    weekly = one(policy, vehicles, date(2020, 12, 31), share_row(0, 0))
    assert weekly.last_year[-2:] == (
        (date(2019, 12, 29), 0, 0, 0),
        (date(2019, 12, 31), 2, 2, 0),
    )
    assert weekly.this_year[0] == (date(2020, 1, 5), 1, 1, 0)
    assert weekly.this_year[-1].on == date(2020, 12, 31)
    assert weekly.ahead == ()


def test_weeks_without_change_stand_in_the_line(policy: Policy) -> None:
    weekly = one(policy, [bus(date(2020, 1, 2))], date(2020, 3, 3), share_row(0, 0))
    assert [point.on for point in weekly.this_year] == [
        *(date(2020, 1, 5) + timedelta(days=7 * n) for n in range(9)),
        date(2020, 3, 3),
    ]
    assert {point.numerator for point in weekly.this_year} == {1}
    assert weekly.last_year == ()


def test_the_leap_day_comes_after_the_end_of_february(policy: Policy) -> None:
    # 2020 had a 29 February: seen from 28 February 2021 it is still to come, as 1 March.
    vehicles = [bus(date(2020, 2, 28)), bus(date(2020, 2, 29)), bus(date(2020, 3, 1))]
    weekly = one(policy, vehicles, date(2021, 2, 28), share_row(0, 0))
    assert weekly.ahead[0] == (date(2021, 3, 7), 2, 2, 0)
    on_march_first = one(policy, vehicles, date(2021, 3, 1), share_row(0, 0))
    assert on_march_first.ahead[-1] == (date(2021, 12, 31), 0, 0, 0)
    # 2024 has one and 2023 had none: on 29 February what came after 28 February is to come.
    vehicles = [bus(date(2023, 2, 28)), bus(date(2023, 3, 1))]
    weekly = one(policy, vehicles, date(2024, 2, 29), share_row(0, 0))
    assert weekly.ahead[0] == (date(2024, 3, 3), 1, 1, 0)


def test_a_count_starts_from_its_opening_figure(policy: Policy) -> None:
    opened = replace(
        policy,
        baselines=(
            Baseline(
                mandate="JX-F03",
                division="360000",
                on=date(2019, 6, 30),
                count=Decimal(500),
                source="江西省工信委 2019 年第 7 期简报",
            ),
        ),
    )
    # What was added in the year of the opening figure is in it already.
    vehicles = [bus(date(2019, 3, 1)), bus(date(2019, 9, 1)), bus(date(2020, 2, 1))]
    weekly = one(opened, vehicles, date(2020, 3, 31), count_row(0, 0, "9"))
    assert weekly.this_year[0] == (date(2020, 1, 5), None, 500, 0)
    assert weekly.this_year[-1] == (date(2020, 3, 31), None, 501, 0)
    assert weekly.last_year[0] == (date(2019, 6, 30), None, 500, 0)
    assert weekly.last_year[-1] == (date(2019, 12, 31), None, 500, 0)


def test_standard_vehicles_have_no_weeks(policy: Policy) -> None:
    row = replace(count_row(0, 0, "9"), mandate="NJ-F01", division="320100", measure="added_count")
    assert weekly_of(policy, asked([], date(2020, 6, 30)), (row,)) == ()
