"""Each option changes what it says it changes, on vehicles that can be counted by hand."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from fractions import Fraction
from math import floor
from typing import Any, NamedTuple

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.assess.arithmetic import as_rounded, reaches
from monitor.assess.assess import assess
from monitor.assess.otherwise import judge_otherwise, set_against, verdicts_otherwise
from monitor.model import Assessment
from monitor.policy.policy import load_policy
from monitor.policy.rereading import read_otherwise

from .vehicles import (
    FUJIAN,
    FUZHOU,
    JIANGXI,
    JIUJIANG,
    NANCHANG,
    NANJING,
    PINGTAN,
    Car,
    counted,
    held,
)

POLICY = load_policy(None)
AS_OF = date(2025, 12, 31)

FJ: dict[str, Any] = {"division": FUZHOU, "county": "350102", "on": date(2023, 5, 8)}
OFFICIAL: dict[str, Any] = FJ | {"category": "official"}
SWEEPER: dict[str, Any] = FJ | {"category": "sanitation", "area": "urban_core"}
POLICE: dict[str, Any] = FJ | {"category": "law_enforcement"}
VAN: dict[str, Any] = {"category": "logistics"}
NJ: dict[str, Any] = {"division": NANJING, "county": "320102", "category": "private"}
NJ |= {"vehicle_class": "passenger_car", "range_km": 300}  # one standard vehicle each
EARLY, LATE = date(2022, 4, 17), date(2022, 4, 18)


def cars(new: int, other: int, **said: Any) -> list[Car]:
    """So many battery vehicles and so many on diesel."""
    made = []
    if new:
        made.append(Car(count=new, **said))
    if other:
        made.append(Car("diesel", count=other, **said))
    return made


class Case(NamedTuple):
    """One row of one mandate by the reading taken and by another: verdict, numerator, denominator
    (None for a count); the consequence where that alone is another.
    """

    reading: str
    vehicles: list[Car]
    row: tuple[str, str, str]
    taken: tuple[object, ...]
    otherwise: tuple[object, ...]


CASES = [
    # 中心城区: a village of 福清 (a county-level city) is no district, 鼓楼 is one.
    Case(
        "urban_core=city_districts",
        [
            *cars(3, 0, **SWEEPER),
            *cars(0, 1, **SWEEPER | {"area": "rural"}),
            *cars(0, 2, **SWEEPER | {"county": "350181"}),
        ],
        ("FJ-F12", FUZHOU, "2023"),
        ("not_met", 3, 5),
        ("not_met", 3, 4),
    ),
    # Where the city alone is named, the district is not known: one more miss is possible.
    Case(
        "urban_core=city_districts",
        [*cars(3, 0, **SWEEPER), *cars(0, 1, **SWEEPER | {"county": FUZHOU, "area": "rural"})],
        ("FJ-F12", FUZHOU, "2023"),
        ("met", 3, 3),
        ("undetermined", 3, 3),
    ),
    Case(
        "urban_core=everywhere",
        [*cars(3, 0, **SWEEPER), *cars(0, 1, **SWEEPER | {"area": "rural"})],
        ("FJ-F12", FUZHOU, "2023"),
        ("met", 3, 3),
        ("not_met", 3, 4),
    ),
    Case(
        "official_owners=any_owner",
        [*cars(4, 0, **OFFICIAL), *cars(0, 1, **OFFICIAL | {"owner_kind": "enterprise"})],
        ("FJ-F01", FUZHOU, "2023"),
        ("met", 4, 4),
        ("not_met", 4, 5),
    ),
    Case(
        "public_service_list=with_taxis",
        [*cars(3, 7, **VAN), *cars(0, 1, category="cruising_taxi"), *cars(1, 0, category="scenic")],
        ("JX-F02", NANCHANG, "2018"),
        ("met", 3, 10),
        ("not_met", 3, 11),
    ),
    Case(
        "public_service_list=all_public_services",
        [*cars(3, 7, **VAN), *cars(0, 1, category="cruising_taxi"), *cars(1, 0, category="scenic")],
        ("JX-F02", NANCHANG, "2018"),
        ("met", 3, 10),
        ("met", 4, 12),
    ),
    Case(
        "yearly_ratio=since_2018",
        [*cars(1, 9), *cars(13, 7, on=date(2019, 3, 1))],
        ("JX-F01", NANCHANG, "2019"),
        ("met", 13, 20),
        ("not_met", 14, 30),
    ),
    Case(
        "law_enforcement_jiangxi=left_out",
        [*cars(3, 7, **VAN), *cars(0, 2, category="law_enforcement")],
        ("JX-F02", NANCHANG, "2018"),
        ("not_met", 3, 12),
        ("met", 3, 10),
    ),
    Case(
        "law_enforcement_fujian=only_claimed",
        [
            *cars(4, 0, **OFFICIAL),
            *cars(0, 1, **POLICE),
            *cars(0, 2, **POLICE | {"exemption": "law_enforcement"}),
        ],
        ("FJ-F01", FUZHOU, "2023"),
        ("met", 4, 4),
        ("not_met", 4, 5),
    ),
    # Of the two whose reason is not said, both may be none of the clause's: 11 of 20 or 11 of 22.
    Case(
        "replacement=reason_stated",
        [*cars(11, 9, reason="replaced"), *cars(2, 0, reason=None)],
        ("JX-F01", NANCHANG, "2018"),
        ("met", 13, 22),
        ("met", 11, 20),
    ),
    Case(
        "replacement=reason_stated",
        [*cars(11, 9, reason="replaced"), *cars(0, 2, reason=None)],
        ("JX-F01", NANCHANG, "2018"),
        ("not_met", 11, 22),
        ("undetermined", 11, 20),
    ),
    Case(
        "q1_2022=from_issue",
        [*cars(0, 1, **FJ | {"on": EARLY}), *cars(1, 0, **FJ | {"on": LATE})],
        ("FJ-F04", FUZHOU, "2022"),
        ("not_met", 1, 2),
        ("met", 1, 1),
    ),
    Case(
        "early_2018=from_issue",
        [*cars(10, 1, on=date(2018, 5, 19)), *cars(1, 8, on=date(2018, 5, 20))],
        ("JX-F01", NANCHANG, "2018"),
        ("met", 11, 20),
        ("not_met", 1, 9),
    ),
    Case(
        "village_bus=with_rural_passenger",
        [*cars(11, 9), *cars(0, 1, category="rural_passenger")],
        ("JX-F01", NANCHANG, "2018"),
        ("met", 11, 20),
        ("not_met", 11, 21),
    ),
    Case(
        "village_bus=without_villages",
        [*cars(11, 9, area="other"), *cars(0, 1), *cars(0, 2, area="rural")],
        ("JX-F01", NANCHANG, "2018"),
        ("not_met", 11, 23),
        ("not_met", 11, 21),
    ),
    Case(
        "urban_taxi=without_villages",
        [
            *cars(5, 0, **FJ | {"category": "ride_hailing"}),
            *cars(0, 1, **FJ | {"category": "ride_hailing", "area": "rural"}),
        ],
        ("FJ-F07", FUZHOU, "2023"),
        ("not_met", 5, 6),
        ("met", 5, 5),
    ),
    # Without an opening figure 8 + 5 are a lower bound; counted from 2018 they are all there is.
    Case(
        "cumulative_start=from_2018",
        [*cars(8, 3, on=date(2017, 6, 1)), *cars(5, 1)],
        ("JX-F03", JIANGXI, "2020"),
        ("not_computable", 13, None),
        ("not_met", 5, None),
    ),
    Case(
        "cumulative_start=from_2013",
        [*cars(4, 0, on=date(2012, 6, 1)), *cars(8, 0, on=date(2013, 1, 1))],
        ("JX-F03", JIANGXI, "2020"),
        ("not_computable", 12, None),
        ("not_computable", 8, None),
    ),
    Case(
        "nanjing_start=from_issue",
        [Car(**NJ, on=date(2018, 12, 25)), Car(**NJ, on=date(2018, 12, 26), count=2)],
        ("NJ-F01", NANJING, "2018"),
        ("trend", 0, None),
        ("trend", 2, None),
    ),
    Case(
        "nanjing_start=from_2018",
        [Car(**NJ, on=date(2018, 12, 25)), Car(**NJ, on=date(2018, 12, 26), count=2)],
        ("NJ-F01", NANJING, "2018"),
        ("trend", 0, None),
        ("trend", 3, None),
    ),
    # 109 of 200 are 54.5 %, which is 55 % to the nearest; to the nearest tenth it is not.
    Case(
        "rounding=nearest_percent",
        cars(109, 91),
        ("JX-F01", NANCHANG, "2018"),
        ("not_met", 109, 200),
        ("met", 109, 200),
    ),
    Case(
        "rounding=nearest_percent",
        cars(217, 183),
        ("JX-F01", NANCHANG, "2018"),
        ("not_met", 217, 400),
        ("not_met", 217, 400),
    ),
    Case(
        "rounding=nearest_tenth",
        cars(1099, 901),
        ("JX-F01", NANCHANG, "2018"),
        ("not_met", 1099, 2000),
        ("met", 1099, 2000),
    ),
    # A rise from 35.0 % to 35.4 % is none to the nearest per cent.
    Case(
        "rounding=nearest_percent",
        [
            *cars(350, 650, **POLICE | {"on": date(2021, 5, 1)}),
            *cars(4, 0, **POLICE | {"on": date(2022, 5, 1)}),
        ],
        ("FJ-F02", FUZHOU, "2022"),
        ("met", 354, 1004),
        ("not_met", 354, 1004),
    ),
    Case(
        "undetermined_hybrids=as_new_energy",
        [*cars(10, 9), Car("hybrid")],
        ("JX-F01", NANCHANG, "2018"),
        ("undetermined", 10, 20),
        ("met", 11, 20),
    ),
    Case(
        "undetermined_hybrids=as_conventional",
        [*cars(10, 9), Car("hybrid")],
        ("JX-F01", NANCHANG, "2018"),
        ("undetermined", 10, 20),
        ("not_met", 10, 20),
    ),
    Case(
        "level_jiangxi=cities_too",
        cars(1, 9),
        ("JX-F01", NANCHANG, "2018"),
        ("not_met", 1, 10, "advise"),
        ("not_met", 1, 10, "violation"),
    ),
    Case(
        "level_fujian=province_only",
        cars(1, 9, **FJ),
        ("FJ-F04", FUZHOU, "2023"),
        ("not_met", 1, 10, "violation"),
        ("not_met", 1, 10, "advise"),
    ),
    Case(
        "in_principle=direction_only",
        cars(3, 1, **SWEEPER),
        ("FJ-F12", FUZHOU, "2023"),
        ("not_met", 3, 4),
        ("trend", 3, 4),
    ),
    # Held: 1 of 4, then 3 of 8. Added: 1 of 4, then 2 of 4, then 1 of 4 again.
    Case(
        "equipment_share=of_additions",
        [
            *cars(1, 3, **POLICE | {"on": date(2021, 5, 1)}),
            *cars(2, 2, **POLICE | {"on": date(2022, 5, 1)}),
            *cars(2, 3, **POLICE | {"on": date(2023, 5, 1)}),
        ],
        ("FJ-F02", FUZHOU, "2023"),
        ("met", 5, 13),
        ("not_met", 2, 5),
    ),
    Case(
        "pingtan=within_fuzhou",
        [*cars(4, 0, **FJ), *cars(0, 1, **FJ | {"division": PINGTAN, "county": PINGTAN})],
        ("FJ-F04", FUZHOU, "2023"),
        ("met", 4, 4),
        ("not_met", 4, 5),
    ),
    Case(
        "other_logistics_area=core_only",
        [
            *cars(2, 0, **FJ | VAN | {"area": "urban_core"}),
            *cars(0, 3, **FJ | VAN | {"area": "port"}),
        ],
        ("FJ-F10", FUZHOU, "2023"),
        ("trend", 2, 5),
        ("trend", 2, 2),
    ),
    Case(
        "islands=marked_islands",
        [*cars(2, 0, **FJ | {"area": "island"}), *cars(0, 3, **FJ | {"area": "rural"})],
        ("FJ-F13", FUJIAN, "2023"),
        ("no_additions", 0, 0),
        ("trend", 2, 2),
    ),
]
POOLED = [*cars(3, 2, **VAN), *cars(1, 4, category="sanitation")]


def told(row: Assessment, like: tuple[object, ...]) -> tuple[object, ...]:
    numerator = row.numerator if isinstance(row.numerator, int) else int(float(row.numerator))
    return (row.status, numerator, row.denominator, row.consequence)[: len(like)]


def row_of(rows: tuple[Assessment, ...], key: tuple[str, str, str]) -> Assessment:
    found = [row for row in rows if (row.mandate, row.division, row.period) == key]
    judged = [row for row in found if row.role == "finding" and row.status != "no_additions"]
    return (judged or found)[0]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.reading)
def test_an_option_changes_what_it_says(case: Case) -> None:
    name, _, option = case.reading.partition("=")
    mandate, division, _ = case.row
    owned = held(POLICY, case.vehicles, AS_OF)
    ours = assess(POLICY, owned, mandates=(mandate,), divisions=(division,))
    theirs, pairs = judge_otherwise(
        POLICY, owned, {name: option}, mandates=(mandate,), divisions=(division,)
    )
    before, after = row_of(ours, case.row), row_of(theirs, case.row)
    assert told(before, case.taken) == case.taken
    assert told(after, case.otherwise) == case.otherwise
    # Its code would be looked up by the rules of ours: it has none. What is official keeps its own.
    assert (before.explain != "", after.explain) == (True, "")
    mine = [pair for pair in pairs if pair.after == after]
    assert [pair.is_other_figure for pair in mine] == [True] * (
        told(before, ("",) * 4) != told(after, ("",) * 4) or before.short_by != after.short_by
    )


def test_every_option_that_can_be_worked_out_is() -> None:
    worked = {case.reading for case in CASES} | {"pooled_ratio=each_category"}
    there = {
        f"{one.id}={option.word}"
        for one in POLICY.readings.values()
        for option in one.others
        if option.not_computable is None
    }
    assert worked == there


def test_one_ratio_falls_into_three() -> None:
    owned = held(POLICY, POOLED, AS_OF)
    rows, pairs = judge_otherwise(
        POLICY,
        owned,
        {"pooled_ratio": "each_category"},
        mandates=("JX-F02",),
        divisions=(NANCHANG,),
    )
    mine = [pair for pair in pairs if pair.row.period == "2018"]
    assert all(pair.before is not None and len(pair.before.categories) == 3 for pair in mine)
    assert [(pair.row.categories, pair.row.status) for pair in mine if pair.is_other_verdict] == [
        (("sanitation",), "not_met")
    ]
    assert {row.role for row in rows} == {"finding"}
    # The other way round each of the three stands against the one.
    back = set_against(rows, assess(POLICY, owned, mandates=("JX-F02",), divisions=(NANCHANG,)))
    whole = [pair for pair in back if pair.row.period == "2018" and pair.row.role == "finding"]
    assert [pair.before and pair.before.categories for pair in whole] == [
        ("official",),
        ("sanitation",),
        ("logistics",),
    ]
    assert {len(pair.row.categories) for pair in whole} == {3}


@pytest.mark.parametrize("status", ["not_computable", "no_data"])
def test_what_cannot_be_told_has_no_figure(status: str) -> None:
    owned = held(POLICY, cars(3, 1, **SWEEPER), AS_OF)
    owned = replace(owned, coverage={}) if status == "no_data" else owned
    rows, _ = judge_otherwise(POLICY, owned, {"urban_core": "built_up_area"}, divisions=(FUZHOU,))
    row = row_of(rows, ("FJ-F12", FUZHOU, "2023"))
    assert (row.numerator, row.denominator, row.share, row.target) == (0, 0, None, None)
    assert row.status == status
    assert "建成区" in row.missing[0].zh
    buses = row_of(rows, ("FJ-F04", FUZHOU, "2023"))
    assert buses.explain


def test_all_divisions_are_judged_once_for_each_option() -> None:
    vehicles = [
        *cars(11, 9),
        *cars(0, 1, category="rural_passenger"),
        *cars(9, 1, division=JIUJIANG, county="360402"),
    ]
    owned = held(POLICY, vehicles, date(2018, 12, 31))
    rows = assess(POLICY, owned)
    asked: list[date] = []

    def early(day: date) -> pl.DataFrame:
        asked.append(day)
        return owned.evidence.early(day)

    listening = replace(owned, evidence=replace(owned.evidence, early=early))
    found = verdicts_otherwise(POLICY, listening, rows, divisions=(NANCHANG, JIUJIANG))
    assert asked == [date(2018, 5, 20)]
    turned = {(o.reading, o.option): [p.row.division for p in o.turned] for o in found if o.turned}
    assert turned == {
        ("public_service_list", "all_public_services"): [NANCHANG],  # nothing was added before
        ("village_bus", "with_rural_passenger"): [NANCHANG],
    }
    unknown = {(o.reading, o.option) for o in found if not o.is_computable}
    assert unknown == {("ganjiang", "within_the_cities"), ("replacement", "with_used_cars")}
    assert not [o for o in found if o.reading in {"urban_core", "pingtan", "nanjing_start"}]
    again = verdicts_otherwise(POLICY, owned, rows, divisions=(JIUJIANG,))
    assert [o.option for o in again] == [o.option for o in found]
    assert not any(o.turned for o in again)


@given(
    st.integers(1, 400),
    st.fractions(0, 1, max_denominator=1000),
    st.sampled_from(["percent", "tenth"]),
    st.data(),
)
def test_a_share_is_rounded_half_up_before_it_is_compared(
    whole: int, target: Fraction, rounding: str, data: st.DataObject
) -> None:
    unit = Fraction(1, 100 if rounding == "percent" else 1000)

    def rounded(share: Fraction) -> Fraction:
        return floor(share / unit + Fraction(1, 2)) * unit

    share = Fraction(data.draw(st.integers(0, whole)), whole)
    assert reaches(share, *as_rounded(target, ">=", rounding)) == (rounded(share) >= target)
    rises = rounded(share) > rounded(target) or rounded(share) == rounded(target) == 1
    assert reaches(share, *as_rounded(target, ">", rounding)) == rises
    assert as_rounded(target, ">", "none") == (target, ">")


def test_a_target_between_two_percents_is_not_met_by_the_lower() -> None:
    assert as_rounded(Fraction("0.5555"), ">=", "percent") == (Fraction("0.555"), ">=")
    assert as_rounded(Fraction("0.55"), ">=", "percent") == (Fraction("0.545"), ">=")
    assert as_rounded(Fraction(1), ">=", "percent") == (Fraction("0.995"), ">=")
    assert as_rounded(Fraction("0.9961"), ">", "percent") == (Fraction("0.995"), ">=")


@given(
    st.lists(
        st.tuples(
            st.dates(date(2021, 12, 1), date(2023, 1, 31)), st.sampled_from(["bev", "diesel"])
        ),
        max_size=12,
    ),
    st.dates(date(2022, 1, 1), date(2022, 12, 31)),
)
def test_a_year_is_cut_by_taking_away_what_came_before(
    made: list[tuple[date, str]], first_day: date
) -> None:
    vehicles = [Car(energy, on=on) for on, energy in made]
    whole = held(POLICY, vehicles, AS_OF).evidence
    cut = whole.since(first_day).counts.filter("counts_added")
    left = [car for car in vehicles if car.on.year != first_day.year or car.on >= first_day]

    def sums(frame: pl.DataFrame) -> dict[tuple[int, str], int]:
        found: Counter[tuple[int, str]] = Counter()
        for row in frame.iter_rows(named=True):
            found[row["registered_year"], row["energy"]] += row["vehicles"]
        return {key: count for key, count in found.items() if count}

    assert sums(cut) == sums(counted(left))
    assert whole.since(None) is whole
    held_still = whole.since(first_day).counts.filter("counts_held")
    assert held_still.equals(whole.counts)


def test_a_joined_division_touches_no_province() -> None:
    other = read_otherwise(POLICY, {"pingtan": "within_fuzhou"})
    owned = held(POLICY, [*cars(4, 0, **FJ), *cars(1, 1, **FJ | {"division": PINGTAN})], AS_OF)
    for code in (FUJIAN, PINGTAN):
        ours, theirs = (
            assess(rules, owned, mandates=("FJ-F04",), divisions=(code,))
            for rules in (POLICY, other)
        )
        assert [replace(row, explain="") for row in ours] == list(theirs)
