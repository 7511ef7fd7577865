"""Forecasts: a case done by hand, and properties over all small ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from monitor.assess.forecast import METHOD, Case, Forecast, forecasts_of
from monitor.assess.reconciliation import OpenLine
from monitor.assess.weekly import week_ends
from monitor.model import Assessment, Excluded, Target
from monitor.policy.policy import Policy

from .makers import count_row, line, share_row, weeks_of

SEPTEMBER = date(2020, 9, 30)  # a Wednesday
YEAR_END = date(2020, 12, 31)
OUTCOMES = ["unreachable", "possible", "likely", "sure"]


def ahead(as_of: date, *added: int) -> list[tuple[date, int]]:
    """The ends of the coming weeks with what had been added by each; the last figure stays."""
    ends = week_ends(as_of + timedelta(days=1), date(as_of.year, 12, 31))
    return [(end, added[min(place, len(added) - 1)]) for place, end in enumerate(ends)]


def only(
    policy: Policy,
    row: Assessment,
    rest: Sequence[tuple[date, int]],
    lines: Sequence[OpenLine] = (),
    as_of: date = SEPTEMBER,
) -> Forecast:
    (found,) = forecasts_of(policy, (row,), (weeks_of(row, as_of, rest),), lines)
    return found


def test_a_case_done_by_hand(policy: Policy) -> None:
    # Pingxiang, 30 September 2020: 10 buses registered, 6 surely new-energy, 1 that may be.
    # Under contract for the year: 4 new-energy, 1 undetermined, 2 diesel; 3 are due on 1 January.
    # Last year registered 12 after 30 September: 1, 2, 3 by the first three Sundays, then 12.
    # beyond = 12 - (4 + 1 + 2) = 5. All cases: 10 + 7 + 5 = 22 buses.
    # low = 6 + 4 = 10. expected = 10 + floor(5 * 6 / 10) = 13. high = 6 + 1 + 4 + 1 + 5 = 17.
    # 75 % of 22 is 16.5, so 17 are wanted: only high meets it. One of `beyond` may not fail.
    # x = floor(5 * r / 12) is 1 from r = 3 on, the third Sunday, 18 October: lost from Monday 12.
    found = only(
        policy,
        share_row(10, 6, 1),
        ahead(SEPTEMBER, 1, 2, 3, 12),
        [
            line(4),
            line(1, "undetermined"),
            line(2, "diesel", due_on=YEAR_END),
            line(3, due_on=date(2021, 1, 1)),
        ],
    )
    assert (found.due_new, found.due_open, found.due_other, found.late) == (4, 1, 2, 3)
    assert found.beyond == 5
    assert found.low == Case(22, 10, "0.4545")
    assert found.expected == Case(22, 13, "0.5909")
    assert found.high == Case(22, 17, "0.7727")
    assert found.outcome == "possible"
    assert found.lost_from == date(2020, 10, 12)
    assert found.notes == ()


def test_a_count_done_by_hand(policy: Policy) -> None:
    # 99,000 new-energy vehicles and 40 that may be; 300 under contract, 10 undetermined, 50 not.
    # Last year added 900 new-energy after 30 September: beyond = 900 - 310 = 590.
    # low 99,300; expected 99,890; high 99,000 + 40 + 300 + 10 + 590 = 99,940; wanted 99,900.
    # 40 may be missing: x = floor(590 * r / 900) is 39 at r = 60 and 41 at r = 63.
    found = only(
        policy,
        count_row(99_000, 40, "99900"),
        ahead(SEPTEMBER, 20, 60, 63, 900),
        [line(300), line(10, "undetermined"), line(50, "diesel")],
    )
    assert found.beyond == 590
    assert found.low == Case(None, 99_300, None)
    assert found.expected == Case(None, 99_890, None)
    assert found.high == Case(None, 99_940, None)
    assert found.outcome == "possible"
    assert found.lost_from == date(2020, 10, 12)


def test_own_pace_where_last_year_is_not_held(policy: Policy) -> None:
    # 274 of 366 days have gone, 92 are left: 20 buses make floor(20 * 92 / 274) = 6 more.
    row = share_row(20, 15)
    weeks = weeks_of(row, SEPTEMBER, [], last_year_held=False)
    (found,) = forecasts_of(policy, (row,), (weeks,), ())
    assert found.beyond == 6
    assert found.expected == Case(26, 19, "0.7307")
    assert [note.en[:2] for note in found.notes] == ["no"]


def test_no_pace_no_forecast(policy: Policy) -> None:
    day = date(2020, 3, 29)  # the 89th day
    row = share_row(20, 15)
    weeks = weeks_of(row, day, [], last_year_held=False)
    assert forecasts_of(policy, (row,), (weeks,), (line(3),)) == ()
    later = weeks_of(row, day + timedelta(days=1), [], last_year_held=False)
    assert len(forecasts_of(policy, (row,), (later,), ())) == 1


def test_rows_that_have_no_forecast(policy: Policy) -> None:
    rest = ahead(SEPTEMBER, 12)
    row = share_row(10, 6)
    for none in (
        replace(row, complete=True),
        replace(row, target=None),
        replace(row, measure="adoption"),
        replace(row, status="no_data"),
        replace(count_row(5, 0, "9"), status="not_computable"),
    ):
        assert forecasts_of(policy, (none,), (weeks_of(none, SEPTEMBER, rest),), ()) == ()
    empty = share_row(0, 0)
    assert (
        forecasts_of(policy, (empty,), (weeks_of(empty, SEPTEMBER, ahead(SEPTEMBER, 0)),), ()) == ()
    )


def test_contracts_are_placed_as_vehicles_are(policy: Policy) -> None:
    # FJ-F09 asks for postal vans in the urban core: elsewhere is out, an untold area is said.
    row = replace(
        share_row(10, 6),
        mandate="FJ-F09",
        division="350100",
        period="2024",
        categories=("postal",),
    )
    van = replace(line(2), category="postal", division="350100", due_on=date(2024, 11, 1))
    found = only(
        policy,
        row,
        ahead(date(2024, 9, 30), 0),
        [
            replace(van, area="urban_core"),
            replace(van, area="rural", vehicles=30),
            replace(van, area=None, vehicles=5),
            replace(van, area="urban_core", category="bus", vehicles=70),
            replace(van, area="urban_core", division="350200", vehicles=90),
        ],
        date(2024, 9, 30),
    )
    assert (found.due_new, found.beyond) == (2, 0)
    assert any("5 vehicles under contract" in note.en for note in found.notes)


def test_a_province_counts_its_divisions_contracts(policy: Policy) -> None:
    row = replace(share_row(10, 6), division="360000")
    lines = [line(3), line(4, division="36GJXQ"), line(9, division="350100")]
    assert only(policy, row, ahead(SEPTEMBER, 0), lines).due_new == 7


def test_what_is_left_out_is_said(policy: Policy) -> None:
    row = replace(share_row(10, 6), incomplete_data=True, excluded=Excluded(scope_unknown=4))
    notes = only(policy, row, ahead(SEPTEMBER, 3)).notes
    assert any("low side" in note.en for note in notes)
    assert any("4 vehicles" in note.en for note in notes)


def test_the_method_is_told_in_few_sentences() -> None:
    for words in METHOD:
        assert 3 <= len(words.splitlines()) <= 5


def test_no_day_is_told_where_each_vehicle_decides(policy: Policy) -> None:
    rest = ahead(SEPTEMBER, 1, 2, 3, 12)
    row = share_row(6, 6, target="0.9")
    assert only(policy, row, rest).lost_from == date(2020, 10, 5)
    assert only(policy, replace(row, status="out_of_reach"), rest).lost_from is None
    whole = only(policy, share_row(6, 6, target="1"), rest)
    assert (whole.outcome, whole.lost_from) == ("likely", None)
    # A count of one is no share of 1: its week is told.
    assert only(policy, count_row(0, 0, "1"), ahead(SEPTEMBER, 1)).lost_from == date(2020, 10, 5)


# --- properties ----------------------------------------------------------------------------------

SMALL = st.integers(0, 6)
TARGETS = st.sampled_from(["0.3", "0.5", "0.65", "0.75", "1"])


@st.composite
def rows(draw: st.DrawFn) -> Assessment:
    n, u, other = draw(SMALL), draw(st.integers(0, 3)), draw(SMALL)
    return share_row(n + u + other, n, u, draw(TARGETS))


DAYS = st.dates(date(2020, 1, 1), date(2020, 12, 30))


@st.composite
def rests(draw: st.DrawFn) -> tuple[date, list[tuple[date, int]]]:
    as_of, total, rest = draw(DAYS), 0, []
    for end in week_ends(as_of + timedelta(days=1), YEAR_END):
        total += draw(st.integers(0, 2))
        rest.append((end, total))
    return as_of, rest


LINES = st.lists(
    st.builds(line, SMALL, st.sampled_from(["bev", "undetermined", "diesel"])), max_size=3
)


def made(
    policy: Policy,
    row: Assessment,
    when: tuple[date, list[tuple[date, int]]],
    lines: Sequence[OpenLine],
) -> Forecast | None:
    found = forecasts_of(policy, (row,), (weeks_of(row, *when),), lines)
    return found[0] if found else None


def meets(numerator: int, denominator: int | None, row: Assessment) -> bool:
    assert denominator
    assert row.target
    return Fraction(numerator, denominator) >= Fraction(row.target.value)


@given(rows(), rests(), LINES)
def test_every_possible_end_lies_between_low_and_high(
    policy: Policy,
    row: Assessment,
    when: tuple[date, list[tuple[date, int]]],
    lines: list[OpenLine],
) -> None:
    found = made(policy, row, when, lines)
    if found is None:
        assert not row.denominator
        assert not when[1][-1][1]
        assert not sum(one.vehicles for one in lines)
        return
    n, u = int(row.numerator), int(row.undetermined)
    # Whatever is undetermined, of open energy or beyond the contracts may turn out either way.
    ends = {
        n + found.due_new + mended + opened + further
        for mended, opened, further in product(
            range(u + 1), range(found.due_open + 1), range(found.beyond + 1)
        )
    }
    d = found.low.denominator
    assert d == (row.denominator or 0) + sum(one.vehicles for one in lines) + found.beyond
    assert d == found.expected.denominator == found.high.denominator
    assert (found.low.numerator, found.high.numerator) == (min(ends), max(ends))
    assert found.expected.numerator in ends
    assert (found.outcome == "sure") == all(meets(end, d, row) for end in ends)
    assert (found.outcome == "unreachable") == (not any(meets(end, d, row) for end in ends))
    if found.outcome in {"likely", "possible"}:
        assert (found.outcome == "likely") == meets(found.expected.numerator, d, row)


@given(rows(), rests(), LINES)
def test_the_target_is_lost_in_the_week_in_which_no_end_meets_it(
    policy: Policy,
    row: Assessment,
    when: tuple[date, list[tuple[date, int]]],
    lines: list[OpenLine],
) -> None:
    found = made(policy, row, when, lines)
    if found is None:
        return
    as_of, rest = when
    n, u, d = int(row.numerator), int(row.undetermined), found.low.denominator
    pace = rest[-1][1]

    def can_be_met(gone: int) -> bool:
        return any(
            meets(n + u + found.due_new + found.due_open + further, d, row)
            for further in range(found.beyond - gone + 1)
        )

    expected = None
    if not meets(found.low.numerator, d, row) and row.target != Target(">=", "1", "share"):
        mondays = [day for day in days_after(as_of, 400) if day.isoweekday() == 1]
        if not can_be_met(0):
            expected = mondays[0]
        else:
            for monday in mondays:
                week = [had for end, had in rest if monday <= end <= monday + timedelta(days=6)]
                if week and pace and not can_be_met(found.beyond * week[0] // pace):
                    expected = monday
                    break
    assert found.lost_from == expected


def days_after(day: date, count: int) -> list[date]:
    return [day + timedelta(days=n) for n in range(1, count)]


@given(rows(), rests(), LINES, st.integers(1, 4))
def test_more_new_energy_under_contract_never_makes_it_worse(
    policy: Policy,
    row: Assessment,
    when: tuple[date, list[tuple[date, int]]],
    lines: list[OpenLine],
    more: int,
) -> None:
    before, after = made(policy, row, when, lines), made(policy, row, when, [*lines, line(more)])
    assert after is not None
    if before is None:
        return
    for one, other in (
        (before.low, after.low),
        (before.expected, after.expected),
        (before.high, after.high),
    ):
        assert share(one) <= share(other)
    assert OUTCOMES.index(before.outcome) <= OUTCOMES.index(after.outcome)


@given(rows(), rests(), LINES, st.integers(1, 4))
def test_more_diesel_under_contract_never_makes_it_better(
    policy: Policy,
    row: Assessment,
    when: tuple[date, list[tuple[date, int]]],
    lines: list[OpenLine],
    more: int,
) -> None:
    before = made(policy, row, when, lines)
    after = made(policy, row, when, [*lines, line(more, "diesel")])
    if before is None or after is None:
        return
    assert share(after.high) <= share(before.high)
    assert share(after.low) <= share(before.low)


def share(case: Case) -> Fraction:
    assert case.denominator
    return Fraction(case.numerator, case.denominator)
