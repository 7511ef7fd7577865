"""The small print on what the texts leave open: what is taken, and what else would follow."""

from __future__ import annotations

import json
from dataclasses import replace

from monitor.assess.otherwise import OtherVerdicts, Pair
from monitor.bulletins.document import make_json
from monitor.bulletins.facts import BulletinFacts
from monitor.bulletins.parts import ReadingNote
from monitor.bulletins.view import build_view
from monitor.model import Assessment, Excluded, Language
from monitor.policy.policy import Policy

from .examples import otherwise, turned


def noted(
    facts: BulletinFacts, policy: Policy, mandate: str, language: Language = "zh"
) -> list[ReadingNote]:
    notes = build_view(facts, policy, language).readings
    return [note for note in notes if note.mandate == mandate]


def with_turns(facts: BulletinFacts, *pairs: Pair) -> BulletinFacts:
    return replace(facts, otherwise=otherwise(nearest_percent=list(pairs)))


def rounding(
    facts: BulletinFacts, policy: Policy, *pairs: Pair, language: Language = "zh"
) -> tuple[str, ...]:
    (note,) = noted(with_turns(facts, *pairs), policy, "JX-F01、JX-F02", language)
    return note.otherwise


def buses(facts: BulletinFacts) -> list[Assessment]:
    return [row for row in facts.assessments if row.mandate == "JX-F01"]


def test_who_took_a_reading_and_when_is_said(policy: Policy, city: BulletinFacts) -> None:
    (note,) = noted(city, policy, "JX-F01、JX-F02")
    assert note.what == "不四舍五入：以辆数的精确比值与目标比较。"
    assert note.taken == "fleetmon 项目组，2026年11月21日"


def test_years_of_the_same_change_are_told_once(policy: Policy, city: BulletinFacts) -> None:
    missed = [replace(row, status="not_met") for row in buses(city)]
    (said,) = rounding(city, policy, *(turned(row, "met", "none") for row in missed))
    assert said == (
        "若读作“比例四舍五入到整百分点后再比较”，"
        "JX-F01 公交车 2018、2019、2020 年度由未达标变为达标。"
    )


def test_that_none_turns_is_said_too(policy: Policy, city: BulletinFacts) -> None:
    assert rounding(city, policy) == (
        "另有 1 种读法（fleetmon readings rounding），本期的结论都不变。",
    )


def test_of_what_was_not_worked_out_nothing_is_claimed(policy: Policy, city: BulletinFacts) -> None:
    notes = noted(replace(city, otherwise=()), policy, "JX-F01、JX-F02")
    assert [note.otherwise for note in notes] == [()]


def test_what_cannot_be_told_is_said_with_its_reason(policy: Policy, city: BulletinFacts) -> None:
    notes = [note for note in noted(city, policy, "JX-F01") if note.otherwise]
    assert (
        notes[0].otherwise[-1] == "若读作“以线路是否进村为准”，现有数据算不出：报送数据没有线路。"
    )
    assert "‘农村客运车’也是公交车" in notes[0].otherwise[0]


def test_where_the_verdict_stays_what_follows_is_told(policy: Policy, city: BulletinFacts) -> None:
    (row,) = [row for row in buses(city) if row.status == "not_met"]
    (said,) = rounding(city, policy, turned(row, "not_met", "violation"))
    assert said == (
        "若读作“比例四舍五入到整百分点后再比较”，JX-F01 公交车 2020 年度仍为未达标，"
        "后果由提示变为违反强制性要求。"
    )


def test_vehicles_of_unknown_scope_are_no_missing_additions(
    policy: Policy, city: BulletinFacts
) -> None:
    row = buses(city)[-1]
    unknown = turned(row, "no_additions", "none")
    assert unknown.after is not None
    unknown = replace(unknown, after=replace(unknown.after, excluded=Excluded(scope_unknown=26)))
    (said,) = rounding(city, policy, unknown)
    assert said.endswith("由未达标变为无从判定（26 辆范围不明）。")
    (told,) = rounding(city, policy, turned(row, "no_additions", "none"))
    assert told.endswith("由未达标变为无新增。")
    (gone,) = rounding(city, policy, Pair(row, None))
    assert gone.endswith("由未达标变为不作判定。")


def test_a_province_names_whose_verdict_turns(policy: Policy, province: BulletinFacts) -> None:
    (note,) = noted(province, policy, "FJ-F01、FJ-F04、FJ-F07、FJ-F12", "zh")
    (said,) = note.otherwise
    assert said == (
        "若读作“比例四舍五入到整百分点后再比较”，"
        "福建省、福州市、莆田市 FJ-F04 公交车 2025 年度由已无法达标变为进度达标。"
    )
    (note,) = noted(province, policy, "FJ-F01, FJ-F04, FJ-F07, FJ-F12", "en")
    (said,) = note.otherwise
    assert said == (
        "If it is read as “A share is rounded to the nearest per cent before it is compared” – "
        "Fujian, Fuzhou, Putian: FJ-F04 buses in 2025 would go from out of reach to on track."
    )


def test_readings_that_turn_something_come_first(policy: Policy, city: BulletinFacts) -> None:
    first = build_view(city, policy, "zh").readings[0]
    assert first.mandate == "JX-F01"  # village_bus, which comes after rounding by its name
    other = with_turns(city, turned(buses(city)[-1], "met", "none"))
    assert build_view(other, policy, "zh").readings[0].mandate == "JX-F01、JX-F02"


def test_a_reading_of_no_mandate_that_is_shown_is_left_out(
    policy: Policy, city: BulletinFacts
) -> None:
    facts = replace(city, assessments=tuple(r for r in city.assessments if r.mandate == "JX-F05"))
    assert all("四舍五入" not in note.what for note in build_view(facts, policy, "zh").readings)


def test_programs_get_it_too(policy: Policy, city: BulletinFacts) -> None:
    document = json.loads(make_json(build_view(city, policy, "zh")))
    told = {note["what"]: note["otherwise"] for note in document["readings"]}
    assert told["以车辆用途“公交车”为准。"][0].startswith("若读作")
    assert [] in told.values()  # the readings of single mandates have no other


def test_an_option_that_went_is_not_told(policy: Policy, city: BulletinFacts) -> None:
    facts = replace(city, otherwise=(OtherVerdicts("rounding", "upwards"),))
    (note,) = noted(facts, policy, "JX-F01、JX-F02")
    assert note.otherwise == ()
