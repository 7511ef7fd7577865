"""Figures with their units and sources, and things that were reported to have happened."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from monitor.assess.answer import ClauseAnswer
from monitor.assess.clause_answers import answer_clauses
from monitor.assess.clause_evidence import ClauseEvidence
from monitor.assess.clause_reports import in_unit
from monitor.assess.consistency import Consistency, consistency_of
from monitor.corridor.answering import Answers
from monitor.policy.policy import Policy

from .conftest import Answer, Frame

JIANGXI, FUJIAN, NANJING, JIANGSU = "360000", "350000", "320100", "320000"


def figure(
    clause: str, item: str, on: date, value: str, unit: str, division: str, **more: Any
) -> dict[str, Any]:
    return {
        "clause": clause,
        "item": item,
        "as_at_on": on,
        "value": Decimal(value),
        "unit": unit,
        "division": division,
        "source": "统计年报",
    } | more


def last(answers: list[ClauseAnswer], name: str) -> ClauseAnswer:
    return [one for one in answers if one.name.zh == name][-1]


END_2020, END_2025 = date(2020, 12, 31), date(2025, 12, 31)


@pytest.mark.parametrize(
    ("value", "unit", "wanted"),
    [
        ("6.5", "万辆", "65000"),
        ("65000", "辆", "65000"),
        ("0.06", "万亿元", None),
        ("12", "家", None),
    ],
)
def test_a_figure_is_turned_into_the_unit_of_its_line(
    policy: Policy, value: str, unit: str, wanted: str | None
) -> None:
    code = policy.codes["reported_unit"].by_writing[unit]
    found = in_unit(policy, Decimal(value), code, "辆")
    assert found == (Decimal(wanted) if wanted else None)


def test_energy_is_exact_in_every_writing(policy: Policy) -> None:
    codes = policy.codes["reported_unit"].by_writing
    told = {
        in_unit(policy, Decimal(value), codes[unit], "GWh")
        for unit, value in (("GWH", "40"), ("MWH", "40000"), ("万千瓦时", "4000"))
    }
    assert told == {Decimal(40)}


def test_a_reported_figure_is_set_against_its_target(answer: Answer) -> None:
    item = "锂离子动力电池产能"
    rows = [
        figure("JX-I02", item, date(2019, 12, 31), "25", "GWh", JIANGXI),
        figure("JX-I02", item, END_2020, "40", "GWh", JIANGXI),
    ]
    before, then = answer("JX-I02", "figure", *rows, as_of=END_2020)
    assert (before.period, before.value, before.status) == ("2019", "25", "trend")
    assert (then.value, then.status, then.unit) == ("40", "met", "GWh")
    assert "统计年报" in then.sources[0].zh


def test_more_than_is_not_as_much_as(answer: Answer) -> None:
    on = figure("FJ-I04", "全产业链产值", END_2025, "6000", "亿元", FUJIAN)
    assert last(answer("FJ-I04", "figure", on), "全产业链产值").status == "not_met"


def test_an_aim_that_is_missed_is_told_as_an_aim(answer: Answer) -> None:
    on = figure("FJ-I03", "新能源汽车生产企业产值", END_2025, "900", "亿元", FUJIAN)
    found = last(answer("FJ-I03", "figure", on), "新能源汽车生产企业产值")
    assert (found.strength, found.status, found.consequence) == ("aim", "not_met", "advise")


def test_sources_that_differ_make_a_range(answer: Answer) -> None:
    item = "新能源汽车产能"
    rows = [
        figure("JX-I01", item, END_2020, "49", "万辆", JIANGXI, source="省统计局"),
        figure("JX-I01", item, END_2020, "51", "万辆", JIANGXI, source="省工信厅"),
    ]
    found = last(answer("JX-I01", "figure", *rows, as_of=END_2020), item)
    assert (found.value, found.value_most, found.status) == ("490000", "510000", "undetermined")
    assert any("出处" in note.zh for note in found.notes)


def test_a_range_and_an_about_stay_what_they_are(answer: Answer) -> None:
    item = "重点骨干新能源乘用车企业"
    on = figure("NJ-I03", item, END_2020, "2", "家", NANJING, value_most=Decimal(4), about="yes")
    found = last(answer("NJ-I03", "figure", on, as_of=END_2020), item)
    assert (found.value, found.value_most, found.status) == ("2", "4", "undetermined")
    assert any("约" in note.zh for note in found.notes)
    above = figure("NJ-I03", item, END_2020, "6", "家", NANJING)
    found = last(answer("NJ-I03", "figure", above, as_of=END_2020), item)
    assert (found.status, found.notes[0].en) == ("met", "above the upper end of the range")


def test_a_place_is_better_the_lower_its_number(answer: Answer) -> None:
    item = "在全国城市中的排名"
    for place, status in (("5", "met"), ("6", "not_met")):
        on = figure("NJ-I02", item, END_2020, place, "位", NANJING)
        assert last(answer("NJ-I02", "figure", on, as_of=END_2020), item).status == status


def test_makers_that_pass_the_threshold_are_counted(answer: Answer) -> None:
    item = "整车企业销售收入"

    def sales(who: str, value: str, on: date = END_2020) -> dict[str, Any]:
        return figure("JX-I04", item, on, value, "亿元", JIANGXI, who=who)

    rows = [sales("甲", "100"), sales("乙", "99"), sales("丙", "101", date(2019, 12, 31))]
    assert last(answer("JX-I04", "figure", *rows, as_of=END_2020), item).status == "not_met"
    rows.append(sales("甲", "100.5"))
    found = last(answer("JX-I04", "figure", *rows, as_of=END_2020), item)
    assert (found.value, found.unit, found.status) == ("1", "家", "met")


def document(clause: str, item: str, on: date, division: str, **more: Any) -> dict[str, Any]:
    return {
        "clause": clause,
        "item": item,
        "happened_on": on,
        "title": "通知",
        "division": division,
    } | more


def test_what_is_to_be_there_is_there_once_it_is_reported(answer: Answer) -> None:
    item = "公共充电设施布局专项规划"
    plan = document("FJ-R04", item, date(2023, 2, 1), FUJIAN, issuer="省发展改革委")
    (found,) = answer("FJ-R04", "document", plan, as_of=date(2024, 5, 1))
    assert (found.period, found.status) == ("2024", "on_track")
    assert "省发展改革委" in found.sources[0].zh
    (early,) = answer("FJ-R04", "document", plan, as_of=date(2022, 5, 1))
    assert early.status == "no_data"


def test_a_policy_that_has_expired_is_not_there_any_more(answer: Answer) -> None:
    item = "有效的充电设施电价优惠政策"
    relief = document("NJ-R03", item, date(2019, 1, 1), NANJING, until=date(2023, 12, 31))
    (found,) = answer("NJ-R03", "document", relief)
    assert (found.value, found.status) == ("0", "not_met")


def test_a_yearly_duty_has_every_whole_year(answer: Answer) -> None:
    item = "评选的推广应用示范区"
    rows = [
        document("NJ-S02", item, date(2019, 11, 1), NANJING, number=2),
        document("NJ-S02", item, date(2020, 11, 1), NANJING),
        document("NJ-S02", item, date(2021, 11, 1), NANJING, number=4),
    ]
    told = {one.period: one for one in answer("NJ-S02", "document", *rows)}
    assert list(told) == [str(year) for year in range(2019, 2026)]
    assert told["2019"].status == "met"
    assert (told["2020"].value, told["2020"].status) == ("1", "not_met")
    assert told["2021"].status == "met"
    assert told["2022"].status == "no_data"


def test_a_rate_that_falls_breaks_the_promise(answer: Answer) -> None:
    item = "充电设施建设与运营补贴标准"

    def rates(*values: str) -> ClauseAnswer:
        rows = [
            document("NJ-R04", item, date(2019 + n, 1, 1), NANJING, rate=Decimal(value))
            for n, value in enumerate(values)
        ]
        (found,) = answer("NJ-R04", "document", *rows, as_of=END_2020)
        return found

    assert rates("600", "600").status == "met"
    assert rates("600", "599.5").status == "not_met"
    assert rates("600").status == "not_computable"


def test_projects_are_a_share(answer: Answer) -> None:
    item = "同步建设研发中心的新建整车项目"
    rows = [
        document("JS-R01", item, date(2020, 1, n), JIANGSU, done=done)
        for n, done in enumerate(("yes", "yes", None), start=1)
    ]
    found = answer("JS-R01", "document", *rows)[-1]
    assert (found.numerator, found.denominator, found.undetermined) == (2, 3, 1)
    assert found.status == "undetermined"


def compared(
    policy: Policy, frame: Frame, *rows: dict[str, Any], as_of: date = END_2025
) -> dict[str, Consistency]:
    held = ClauseEvidence(
        as_of=as_of, known_at=None, history=1, records={"figure": frame("figure", *rows)}
    )
    found = consistency_of(policy, answer_clauses(policy, held))
    return {one.check: one for one in found}


PARTS = {"动力和储能电池产值": "3200", "产业核心材料配套产值": "2200", "智能装备制造产值": "600"}


@pytest.mark.parametrize(("total", "verdict"), [("6000", "True"), ("6001", "False")])
def test_parts_add_up_to_their_whole(
    policy: Policy, frame: Frame, total: str, verdict: str
) -> None:
    rows = [
        figure("FJ-I05", item, END_2025, value, "亿元", FUJIAN) for item, value in PARTS.items()
    ]
    whole = figure("FJ-I04", "全产业链产值", END_2025, total, "亿元", FUJIAN)
    found = compared(policy, frame, *rows, whole)
    assert {check: str(one.holds) for check, one in found.items()} == {"FJ-chain": verdict}
    assert compared(policy, frame, *rows[:2], whole) == {}


def test_a_city_builds_no_more_than_its_province(policy: Policy, frame: Frame) -> None:
    def told(cars: str, province: str) -> bool | None:
        rows = [
            figure("NJ-I05", "乘用车产量", END_2025, cars, "万辆", NANJING),
            figure("NJ-I05", "商用车产量", END_2025, "5", "万辆", NANJING),
            figure("JS-I02", "新能源汽车产量", END_2025, province, "万辆", JIANGSU),
        ]
        return compared(policy, frame, *rows)["NJ-within-JS-2025"].holds

    assert told("95", "100") is True
    assert told("95.0001", "100") is False


def test_the_targets_of_the_documents_go_together(policy: Policy) -> None:
    """The parts of 福建 二（三） are its total; Nanjing's aim is the whole of Jiangsu's target."""

    def target(clause: str, item: str) -> Decimal:
        (found,) = [
            Decimal(one.value or 0)
            for one in policy.clauses[clause].targets
            if one.item is not None and one.item.zh == item and one.period == END_2025.year
        ]
        return found

    assert sum(target("FJ-I05", item) for item in PARTS) == target("FJ-I04", "全产业链产值")
    cars = target("NJ-I05", "乘用车产量和销量，各自")
    assert cars == target("JS-I02", "新能源汽车产量")


def test_a_city_is_told_nothing_of_what_its_province_reported(policy: Policy, frame: Frame) -> None:
    rows = [
        figure("NJ-I05", "乘用车产量", END_2025, "95", "万辆", NANJING),
        figure("NJ-I05", "商用车产量", END_2025, "5", "万辆", NANJING),
        figure("JS-I02", "新能源汽车产量", END_2025, "90", "万辆", JIANGSU),
    ]
    answers = Answers((), tuple(compared(policy, frame, *rows).values()))
    assert [one.check for one in answers.about(policy, JIANGSU)] == ["NJ-within-JS-2025"]
    assert answers.about(policy, NANJING) == ()
