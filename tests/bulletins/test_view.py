"""What a bulletin says, apart from how it is set."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from monitor.bulletins.bulletin_view import Provincial
from monitor.bulletins.facts import BulletinFacts
from monitor.bulletins.quality import finding_title
from monitor.bulletins.view import build_view
from monitor.bulletins.words import load_words
from monitor.model import Assessment, Period, Text
from monitor.policy.policy import Policy


def only(facts: BulletinFacts, *rows: Assessment) -> BulletinFacts:
    return replace(facts, assessments=rows, previous_as_of=None)


def provincial(facts: BulletinFacts, policy: Policy) -> Provincial:
    shown = build_view(facts, policy, "zh").provincial
    assert shown is not None
    return shown


def bus(facts: BulletinFacts) -> Assessment:
    return next(
        row
        for row in facts.assessments
        if row.mandate == "JX-F01" and row.period == "2020" and row.role == "finding"
    )


def test_headline_names_the_gravest_shortfall(policy: Policy, city: BulletinFacts) -> None:
    assert build_view(city, policy, "zh").headline == (
        "南昌市 2020 年度有指标的 2 项要求中，1 项未达标、1 项无法判定；"
        "最需关注：公交车新能源比例 72.50 %，要求 ≥ 75 %，差 6 辆。"
    )


def test_headline_without_a_mandate_in_force(policy: Policy, city: BulletinFacts) -> None:
    view = build_view(replace(city, as_of=date(2021, 6, 30)), policy, "zh")
    assert view.headline == "2021 年没有适用于南昌市的有效要求，以下只列往年结果。"
    assert not view.blocks
    assert {row.mandate for row in view.past} == {"JX-F01", "JX-F02"}


def test_silence_is_said_and_is_no_breach(policy: Policy, city: BulletinFacts) -> None:
    silent = replace(
        bus(city), status="no_data", denominator=0, numerator=0, share=None, consequence="report"
    )
    facts = replace(
        only(city, silent), silent=("360100",), uncovered={}, submissions=(), to_mend={}
    )
    view = build_view(facts, policy, "zh")
    assert view.headline == "南昌市 2020 年度没有报送数据，所有要求均无法评判。"
    row = view.blocks[0].rows[0]
    assert (row.counted, row.new_energy, row.share) == ("—", "—", "—")
    assert row.verdict.tone == "quiet"
    assert "不是违反政策" in row.remarks[0]
    assert view.actions[0].text.startswith("请报送本年度登记数据")


def test_a_file_of_which_no_row_counts_is_not_told_as_silence(
    policy: Policy, city: BulletinFacts
) -> None:
    silent = replace(bus(city), status="no_data", denominator=0, numerator=0, share=None)
    view = build_view(replace(only(city, silent), silent=("360100",), uncovered={}), policy, "zh")
    assert view.headline.startswith("南昌市 2020 年度报送的数据没有一行可以计入")
    assert view.actions[0].text.startswith("更正并重报被剔除的行")


@pytest.mark.parametrize(
    ("status", "end"), [("met", "目前没有缺口。"), ("not_computable", "1 项暂不能计算。")]
)
def test_headline_claims_no_more_than_is_known(
    policy: Policy, city: BulletinFacts, status: str, end: str
) -> None:
    row = replace(bus(city), status=status, short_by=0, needed_next=0, consequence="none")
    assert build_view(only(city, row), policy, "zh").headline.endswith(end)


def test_behind_tells_how_many_in_a_row(policy: Policy, city: BulletinFacts) -> None:
    behind = replace(bus(city), status="behind", complete=False, needed_next=12, binding=True)
    actions = build_view(only(city, behind), policy, "zh").actions
    assert actions[0].text == ("JX-F01 公交车：再新增 12 辆须全部为新能源，比例方可达到 75 %。")


def test_incomplete_data_is_never_told_as_a_breach(policy: Policy, city: BulletinFacts) -> None:
    partly = replace(
        bus(city),
        binding=True,
        incomplete_data=True,
        covered=Period(date(2020, 1, 1), date(2020, 10, 31)),
    )
    view = build_view(only(city, partly), policy, "zh")
    said = [*view.blocks[0].rows[0].remarks, *(action.text for action in view.actions)]
    assert "数据不完整，只涵盖2020年1月至10月；不作违规论。" in said
    assert not any("违反强制性要求" in words for words in said)
    assert "数据补齐之前不作违规论。" in view.actions[0].text


def test_actions_come_in_order_of_weight(policy: Policy, province: BulletinFacts) -> None:
    said = [action.text for action in build_view(province, policy, "zh").actions]
    assert [text[:6] for text in said] == [
        "FJ-F04",
        "催报：南平市",
        "补报：平潭综",
        "FJ-F07",
        "更正并重报被",
        "督促落后的市",
        "督促落后的市",
        "查明 8 辆",
        "FJ-F02",
    ]


def test_a_check_that_did_not_run_is_loud(policy: Policy, province: BulletinFacts) -> None:
    checks = build_view(province, policy, "zh").quality.lines[-1]
    assert checks.tone == "bad"
    assert "有 1 项未执行" in checks.value


def test_range_is_shown_from_least_to_most(policy: Policy, city: BulletinFacts) -> None:
    row = replace(bus(city), numerator=22, undetermined=1, status="undetermined")
    assert build_view(only(city, row), policy, "zh").blocks[0].rows[0].new_energy == "22 至 23"
    assert build_view(only(city, row), policy, "en").blocks[0].rows[0].new_energy == "22 to 23"


def test_standard_vehicles_keep_their_decimals(policy: Policy, city: BulletinFacts) -> None:
    row = replace(
        bus(city),
        mandate="JX-F03",
        measure="cumulative_count",
        denominator=None,
        share=None,
        numerator="49999.6",
        undetermined="0.8",
        short_by="0.4",
        needed_next=None,
        status="undetermined",
    )
    shown = build_view(only(city, row), policy, "zh").blocks[0].rows[0]
    assert shown.new_energy == "49,999.6 至 50,000.4"
    assert shown.short_by == "0.4"
    assert shown.counted == "—"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_change_is_said(policy: Policy, city: BulletinFacts, language: str) -> None:
    same = replace(city, attributions=())
    changes = build_view(same, policy, "en" if language == "en" else "zh").changes
    assert not changes.items
    assert changes.summary


def test_first_issue_has_nothing_to_compare(policy: Policy, city: BulletinFacts) -> None:
    assert build_view(only(city, bus(city)), policy, "zh").changes.summary.startswith("这是首期")


def test_changes_tell_status_and_figures(policy: Policy, city: BulletinFacts) -> None:
    change = next(
        item
        for item in build_view(city, policy, "zh").changes.items
        if item.subject == "JX-F01 公交车"
    )
    assert change.before is not None
    assert change.after is not None
    assert (change.before.word, change.after.word) == ("进度落后", "未达标")
    assert [(f.name, f.before, f.after) for f in change.figures][:2] == [
        ("计数", "225", "240"),
        ("新能源", "160", "174"),
    ]


def test_province_tells_who_lacks_how_many(policy: Policy, province: BulletinFacts) -> None:
    laggards = provincial(province, policy).laggards
    assert [(one.subject, one.divisions) for one in laggards] == [
        ("FJ-F04 公交车", "福州市差 2 辆、莆田市差 1 辆"),
        ("FJ-F07 巡游出租车", "泉州市差 5 辆"),
    ]


def test_province_hears_of_members_that_turned(policy: Policy, province: BulletinFacts) -> None:
    changes = build_view(province, policy, "zh").changes
    assert [item.subject for item in changes.items] == ["FJ-F01 公务用车", "莆田市 FJ-F04 公交车"]
    assert "另有 1 行市级数字有变而结论未变" in changes.summary


def test_each_taxi_kind_has_its_own_table(policy: Policy, province: BulletinFacts) -> None:
    block = next(
        block for block in build_view(province, policy, "zh").blocks if block.mandate == "FJ-F07"
    )
    assert [row.label for row in block.rows] == ["巡游出租车", "网约出租车"]
    assert [group.title for group in block.members] == ["巡游出租车", "网约出租车"]
    assert all(len(group.rows) == 10 for group in block.members)


def test_a_finding_title_holds_no_row_value(policy: Policy, city: BulletinFacts) -> None:
    zh, en = load_words(policy.project, "zh"), load_words(policy.project, "en")
    assert finding_title("vin_malformed", city, policy, zh).startswith("车辆识别代号不是 17 位")
    assert finding_title("energy_undetermined", city, policy, en).startswith("fuel does not tell")
    assert finding_title("no_such_rule", city, policy, zh) == "no_such_rule"


def test_notes_of_an_assessment_are_kept(policy: Policy, city: BulletinFacts) -> None:
    row = replace(bus(city), notes=(Text("起点数字未列", "no opening figure"),))
    assert "起点数字未列" in build_view(only(city, row), policy, "zh").blocks[0].rows[0].remarks
