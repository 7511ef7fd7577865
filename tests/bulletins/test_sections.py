"""The sections round the figures: overview, weeks, ranks, outlook, causes, contracts, cities."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.assess.attribution import Attribution, Part
from monitor.assess.reconciliation import Mismatch, OpenLine, Reconciliation, Unmatched
from monitor.assess.weekly import Weekly, WeekPoint
from monitor.bulletins.bulletin_view import Comparison
from monitor.bulletins.causes import cause_rows
from monitor.bulletins.comparison import comparisons_of
from monitor.bulletins.curves import curve_of
from monitor.bulletins.facts import BulletinFacts
from monitor.bulletins.outlook import outlook_of
from monitor.bulletins.overview import places_of
from monitor.bulletins.reconciled import reconciled_of
from monitor.bulletins.view import build_view
from monitor.bulletins.words import Words
from monitor.model import Assessment, Excluded, Target
from monitor.policy.policy import Policy

from .examples import Rows

ZH = Words("zh")


def row(policy: Policy, division: str, counted: int, new: int, **more: object) -> Assessment:
    """JX-F01 of 2020, over and settled."""
    rows = Rows(policy, 2020, complete=True)
    rows.add("JX-F01", division, "met", counted, new, **more)  # type: ignore[arg-type]  # as there
    return rows.made[0]


# --- ranks -------------------------------------------------------------------------------------


def ranked(policy: Policy, own: Assessment, *cities: Assessment) -> Comparison:
    whole = row(policy, "360000", 1000, 700)
    (found,) = comparisons_of([own], [whole, *cities], "360000", policy, ZH)
    return found


def test_a_city_is_ranked_among_the_settled_ones_and_equals_share_a_place(policy: Policy) -> None:
    own = row(policy, "360100", 8, 6)
    others = (row(policy, "360200", 4, 3), row(policy, "360400", 10, 9))
    found = ranked(policy, own, *others)
    assert (found.own, found.province) == ("75.00 %", "70.00 %")
    assert found.rank == "并列第 2 位（3 个可比的市）"


@pytest.mark.parametrize(
    "unsettled",
    [
        {"undetermined": 1},
        {"incomplete": True},
        {"excluded": Excluded(scope_unknown=1)},
    ],
)
def test_a_figure_that_may_still_move_has_no_rank(
    policy: Policy, unsettled: dict[str, object]
) -> None:
    settled = [row(policy, code, 4, 3) for code in ("360200", "360400", "360500")]
    assert "不排位次" in ranked(policy, row(policy, "360100", 8, 6, **unsettled), *settled).rank
    moving = row(policy, "360600", 8, 8, **unsettled)
    assert ranked(policy, row(policy, "360100", 8, 8), moving, *settled).rank.startswith(
        "第 1 位（4"
    )


def test_where_all_are_equal_there_is_no_first(policy: Policy) -> None:
    cities = [row(policy, code, 4, 4) for code in ("360200", "360400", "360500")]
    assert ranked(policy, row(policy, "360100", 8, 8), *cities).rank == "与其他可比的市相同"


def test_two_cities_make_no_ranking(policy: Policy) -> None:
    assert "太少" in ranked(policy, row(policy, "360100", 8, 6), row(policy, "360200", 4, 3)).rank


# --- pictures ----------------------------------------------------------------------------------


def test_places_are_cut_so_that_a_bar_never_reaches_a_floor_it_missed(policy: Policy) -> None:
    assert places_of(row(policy, "360100", 10_000, 7_499)) == (749, 749, 750)
    assert places_of(row(policy, "360100", 240, 174, undetermined=12)) == (725, 775, 750)
    assert places_of(row(policy, "360100", 0, 0)) is None


def test_a_counts_axis_reaches_beyond_its_target(policy: Policy) -> None:
    count = replace(
        row(policy, "360000", 0, 60_000),
        denominator=None,
        share=None,
        target=Target(">=", "80000", "vehicle"),
    )
    assert places_of(count) == (600, 600, 800)


def test_a_curve_ends_at_the_figure_and_leaves_out_weeks_without_any(policy: Policy) -> None:
    own = row(policy, "360100", 40, 30, undetermined=2)
    points = (
        WeekPoint(date(2020, 1, 5), 0, 0, 0),
        WeekPoint(date(2020, 7, 1), 20, 10, 0),
        WeekPoint(date(2020, 12, 31), 40, 30, 2),
    )
    drawn = curve_of(
        own, Weekly(own.key, points, ()), None, title="南昌市", policy=policy, words=ZH
    )
    assert drawn.this_year == ((498, 500), (1000, 750))
    assert drawn.possible[-1] == (1000, 800)
    assert (drawn.target, drawn.end_label, drawn.last_year) == (750, "75.00 %", ())


def test_a_bulletin_tells_its_pictures_in_words(policy: Policy, province: BulletinFacts) -> None:
    view = build_view(province, policy, "zh")
    assert view.overview is not None
    assert view.provincial is not None
    assert view.provincial.cities is not None
    assert "FJ-F04 公交车 99.49 %，要求 ≥ 100 %，已无法达标" in view.overview.alt
    assert "福州市：已无法达标，要求 ≥ 100 %，目前 99.05 %" in view.provincial.cities.alt
    assert [curve.title for curve in view.provincial.cities.curves][:2] == [
        "福州市",
        "平潭综合实验区",
    ]


# --- causes ------------------------------------------------------------------------------------

parts = st.builds(
    Part,
    cause=st.sampled_from(["new_data", "correction", "day"]),
    denominator=st.integers(-50, 50),
    numerator=st.integers(-50, 50).map(Decimal),
    undetermined=st.integers(-5, 5).map(Decimal),
    status_before=st.just("behind"),
    status_after=st.just("behind"),
)


def signed(cell: str) -> int:
    return 0 if cell == "—" else int(cell)


@given(st.lists(parts, min_size=2, max_size=5))
def test_the_parts_of_a_change_sum_to_its_last_row(found: list[Part]) -> None:
    key = ("JX-F01", "360100", "2020", ("bus",), "finding")
    *rows, whole = cause_rows(Attribution(key, None, None, tuple(found)), ZH)
    assert sum(signed(one.counted) for one in rows) == signed(whole.counted)
    assert sum(signed(one.new_energy) for one in rows) == signed(whole.new_energy)
    assert sum(signed(one.undetermined) for one in rows) == signed(whole.undetermined)


def test_a_single_cause_needs_no_sum() -> None:
    key = ("JX-F01", "360100", "2020", ("bus",), "finding")
    part = Part("exemption", -1, Decimal(0), Decimal(0), "not_met", "met")
    (told,) = cause_rows(Attribution(key, None, None, (part,)), ZH)
    assert (told.cause, told.counted, told.turned) == ("豁免", "-1", "未达标 → 达标")


# --- contracts ---------------------------------------------------------------------------------


def test_what_cannot_be_told_yet_is_apart_from_what_does_not_fit(
    policy: Policy, city: BulletinFacts
) -> None:
    def item(vehicles: int, days: int | None, *, gap: bool = False, year: int = 2020) -> Unmatched:
        kind = Mismatch.REPLACEMENT_WITHOUT_RETIREMENT
        since = date(year, 6, 1)
        return Unmatched(kind, "360100", "bus", "bev", vehicles, since, days, is_data_gap=gap)

    held = Reconciliation(
        as_of=city.as_of,
        unmatched=(item(2, 200), item(5, 200, gap=True), item(3, None), item(9, 600, year=2019)),
        compared=("360100",),
        matched=7,
    )
    told = reconciled_of(replace(city, reconciliation=held), policy, ZH)
    (line,) = told.lines
    assert line.name == "称更新而无注销"
    assert line.value == "2 辆（公交车 2）；8 辆尚未到期或资料不足，不能下结论"
    assert told.summary.startswith("截至评判日，共将 7 辆登记车辆与合同对上。")


def test_contracts_on_their_way_are_counted_by_energy_and_when_they_are_due(
    policy: Policy, city: BulletinFacts
) -> None:
    def line(energy: str, vehicles: int, due: date, *, gap: bool = False) -> OpenLine:
        return OpenLine("360100", "bus", energy, None, None, None, due, vehicles, is_data_gap=gap)

    waiting = Unmatched(Mismatch.BOUGHT_NOT_REGISTERED, "360100", "bus", "bev", 4, None, 16)
    coming = replace(waiting, vehicles=9, days=None)
    held = Reconciliation(
        as_of=date(2020, 10, 31),
        unmatched=(waiting, coming, replace(waiting, vehicles=2, is_data_gap=True)),
        open_lines=(
            line("bev", 4, date(2020, 10, 1)),
            line("bev", 2, date(2020, 9, 1), gap=True),
            line("diesel", 3, date(2020, 12, 31)),
            line("hybrid", 1, date(2021, 1, 1)),
        ),
    )
    facts = replace(city, as_of=date(2020, 10, 31), reconciliation=held)
    (told,) = outlook_of([], facts, policy, ZH).pipeline
    assert told.cells == ("公交车", "6", "3", "1", "9", "4")


# --- a province's own parts --------------------------------------------------------------------


def test_a_province_shows_its_cities_needs_and_turned_verdicts(
    policy: Policy, province: BulletinFacts
) -> None:
    shown = build_view(province, policy, "zh").provincial
    assert shown is not None
    tiles = {tile.name: tile.verdict.code for tile in shown.tiles}
    assert (tiles["福州市"], tiles["南平市"], tiles["宁德市"]) == (
        "out_of_reach",
        "no_data",
        "on_track",
    )
    assert [line.value for line in shown.needs] == [
        "尚差 3 辆，已无法补足",
        "尚差 5 辆，已无法补足",
    ]
    assert shown.turned == ("莆田市 FJ-F04 公交车 2025 年度：进度达标 改为 已无法达标",)
    assert shown.matrix.rows[0][0] == "福州市"
    assert len(shown.matrix.columns) == len(shown.matrix.rows[0][1])
