"""Shares, counts and standards of single projects, worked out by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

from monitor.assess.answer import ClauseAnswer
from monitor.assess.answer_words import figure_of
from monitor.model import Period
from monitor.policy.policy import Policy

from .conftest import Answer

NANJING, JIANGXI, FUJIAN, XIAMEN = "320100", "360000", "350000", "350200"


def permit(on: date, *, new: bool, issue: str = "new", **more: Any) -> dict[str, Any]:
    return {
        "permit_no": f"N{on}",
        "issued_on": on,
        "issue": issue,
        "division": NANJING,
        "is_new_energy": new,
        "energy_is_undetermined": False,
    } | more


def of_year(answers: list[ClauseAnswer], year: int) -> ClauseAnswer:
    (found,) = [one for one in answers if one.period == str(year) and one.binding]
    return found


def test_until_2020_only_new_permits_are_looked_at(answer: Answer) -> None:
    answers = answer(
        "NJ-R01",
        "permit",
        permit(date(2019, 3, 1), new=True),
        permit(date(2019, 4, 1), new=False),
        permit(date(2019, 5, 1), new=False, issue="renewal"),
        permit(date(2020, 2, 1), new=True),
        as_of=date(2021, 6, 30),
    )
    nineteen, twenty = of_year(answers, 2019), of_year(answers, 2020)
    assert (nineteen.numerator, nineteen.denominator, nineteen.misses) == (1, 2, 1)
    assert (nineteen.status, nineteen.consequence) == ("not_met", "violation")
    assert (twenty.numerator, twenty.denominator, twenty.status) == (1, 1, "met")


def test_from_2021_all_permits_in_force_are(answer: Answer) -> None:
    answers = answer(
        "NJ-R01",
        "permit",
        permit(date(2019, 5, 1), new=False, issue="renewal", valid_until=date(2021, 4, 30)),
        permit(date(2020, 5, 1), new=False, issue="renewal", valid_until=date(2022, 4, 30)),
        permit(date(2020, 6, 1), new=False, revoked_on=date(2021, 1, 5)),
        permit(date(2021, 2, 1), new=True),
        as_of=date(2022, 12, 31),
    )
    one, two = of_year(answers, 2021), of_year(answers, 2022)
    assert (one.numerator, one.denominator, one.status) == (1, 2, "not_met")
    assert (two.numerator, two.denominator, two.status) == (1, 1, "met")
    assert one.name.zh == "所有的禁区通行证"


def test_a_permit_that_may_be_of_a_new_energy_vehicle_leaves_it_open(answer: Answer) -> None:
    answers = answer(
        "NJ-R01",
        "permit",
        permit(date(2019, 3, 1), new=True),
        permit(date(2019, 4, 1), new=False, energy_is_undetermined=True),
    )
    found = of_year(answers, 2019)
    assert (found.status, found.misses, found.undetermined) == ("undetermined", 0, 1)


def test_permits_without_the_whole_year_are_no_violation(answer: Answer) -> None:
    answers = answer(
        "NJ-R01",
        "permit",
        permit(date(2019, 4, 1), new=False),
        covered=Period(date(2019, 4, 1), date(2019, 4, 30)),
    )
    found = of_year(answers, 2019)
    assert (found.status, found.consequence, found.incomplete_data) == ("not_met", "explain", True)
    assert of_year(answers, 2020).status == "no_data"


def pile(on: date, division: str, **more: Any) -> dict[str, Any]:
    return {"facility": "pile", "opened_on": on, "division": division} | more


def test_piles_are_those_that_stand_on_the_day(answer: Answer) -> None:
    answers = answer(
        "JX-I05",
        "facility",
        pile(date(2018, 6, 1), "360100", access="public"),
        pile(date(2019, 6, 1), "360400", access="private", closed_on=date(2020, 1, 1)),
        pile(date(2020, 6, 1), "360400"),
        pile(date(2021, 6, 1), "360400"),
        {"facility": "station", "opened_on": date(2019, 1, 1), "division": "360100", "piles": 20},
        as_of=date(2020, 12, 31),
    )
    told = {
        (one.period, one.name.zh): (one.value, one.status)
        for one in answers
        if one.division == JIANGXI
    }
    assert told["2019", "充电桩"] == ("2", "trend")
    assert told["2020", "充电桩"] == ("2", "not_met")
    assert told["2020", "充电站"] == ("1", "not_met")
    assert told["2020", "其中公共充电桩"] == ("1", "trend")
    # How 100,000 vehicles are provided for has no formula, and that is said.
    assert told["2020", "可满足充电需求的电动汽车"] == (None, "not_computable")


def test_about_has_no_tolerance_of_ours(answer: Answer) -> None:
    few = [pile(date(2020, 1, 1), NANJING) for _ in range(3)]
    found = of_year(answer("NJ-I01", "facility", *few), 2025)
    assert (found.value, found.status, found.consequence) == ("3", "trend", "report")
    assert "约" in found.notes[0].zh


def area(on: date, spaces: int, reserved: int | None, powered: int | None) -> dict[str, Any]:
    return {
        "project_no": f"P{on}",
        "accepted_on": on,
        "division": "350100",
        "spaces": spaces,
        "reserved_spaces": reserved,
        "powered_spaces": powered,
    }


def test_each_residential_area_is_judged_by_itself(answer: Answer, policy: Policy) -> None:
    areas = (
        area(date(2023, 1, 1), 100, 100, 20),
        area(date(2023, 2, 1), 100, 99, 19),
        area(date(2023, 3, 1), 101, 101, None),
        area(date(2023, 4, 1), 0, 0, 0),
        area(date(2024, 4, 1), 7, 7, 2),
    )
    kept = of_year(answer("FJ-R02", "building", *areas), 2023)
    assert (kept.numerator, kept.denominator, kept.misses, kept.status) == (2, 3, 1, "not_met")
    powered = of_year(answer("FJ-R03", "building", *areas), 2023)
    # 20 of 100 reach 20 %, 19 do not; one says nothing.
    assert (powered.numerator, powered.undetermined, powered.misses) == (1, 1, 1)
    assert powered.status == "not_met"
    assert figure_of(powered, policy).zh == "3 个中 1–2 个达到"
    assert of_year(answer("FJ-R03", "building", *areas), 2024).status == "met"


def test_a_city_stands_beside_its_province_and_binds_nothing(answer: Answer) -> None:
    tender = {
        "tender_no": "T1",
        "announced_on": date(2023, 5, 1),
        "subject": "sanitation_service",
        "division": XIAMEN,
        "factor": "no",
    }
    found = {
        one.division: one for one in answer("FJ-R01", "tender", tender) if one.period == "2023"
    }
    assert (found[FUJIAN].binding, found[XIAMEN].binding) == (True, False)
    assert (found[FUJIAN].misses, found[XIAMEN].misses) == (1, 1)
    assert found["350100"].status == "no_additions"


def test_no_city_owes_what_its_province_is_to_build(answer: Answer) -> None:
    city = "360100"
    station = {
        "facility_no": "F1",
        "facility": "充电站",
        "opened_on": date(2019, 3, 1),
        "division": city,
    }
    answers = [
        one
        for one in answer("JX-I05", "facility", station, as_of=date(2020, 12, 31))
        if one.line == 0 and one.period == "2020"
    ]
    whole, part = (next(one for one in answers if one.division == code) for code in (JIANGXI, city))
    assert (whole.value, whole.status) == ("1", "not_met")
    assert whole.target is not None
    assert (part.value, part.target, part.status) == ("1", None, "trend")
    assert part.consequence == "report"


def test_nothing_that_came_is_no_verdict(answer: Answer) -> None:
    answers = answer("FJ-R02", "building", covered=None)
    assert {one.status for one in answers} == {"no_data"}
    assert {one.consequence for one in answers} == {"report"}
