"""Verdicts are exact: whole numbers and fractions, cut shares, least numbers."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.assess.arithmetic import (
    Sides,
    consequence,
    cut_share,
    needed_next,
    reaches,
    share_status,
    short_by,
)

COUNTS = st.integers(0, 400)
TARGETS = st.fractions(min_value=0, max_value=1, max_denominator=200)


@st.composite
def sides(draw: st.DrawFn) -> Sides:
    new, undetermined, other = draw(COUNTS), draw(st.integers(0, 20)), draw(COUNTS)
    return Sides(new + undetermined + other, new, undetermined)


def test_eleven_of_twenty_meets_fifty_five_percent() -> None:
    floor = Sides(denominator=20, numerator=11)
    assert share_status(floor, Fraction("0.55"), ">=", complete=True) == "met"
    assert short_by(floor, Fraction("0.55"), ">=") == 0
    assert cut_share(11, 20) == "0.5500"


def test_a_share_is_cut_and_never_rounded_up_to_its_floor() -> None:
    assert cut_share(54_999, 100_000) == "0.5499"
    assert cut_share(2, 3) == "0.6666"
    assert cut_share(0, 0) is None


@given(sides(), TARGETS)
def test_short_by_is_the_least_that_mends_what_is_counted(s: Sides, target: Fraction) -> None:
    lacking = short_by(s, target, ">=")
    if s.denominator:
        assert Fraction(s.numerator + lacking, s.denominator) >= target
        assert lacking == 0 or Fraction(s.numerator + lacking - 1, s.denominator) < target


@given(sides(), TARGETS)
def test_needed_next_is_the_least_run_of_additions(s: Sides, target: Fraction) -> None:
    more = needed_next(s, target, ">=")
    if more is None:
        assert target == 1
        assert s.numerator < s.denominator
    elif s.denominator:
        assert Fraction(s.numerator + more, s.denominator + more) >= target
        assert more == 0 or Fraction(s.numerator + more - 1, s.denominator + more - 1) < target


@given(sides(), TARGETS)
def test_a_range_that_straddles_is_undetermined(s: Sides, target: Fraction) -> None:
    status = share_status(s, target, ">=", complete=True)
    if s.denominator:
        low = Fraction(s.numerator, s.denominator) >= target
        high = Fraction(s.numerator + s.undetermined, s.denominator) >= target
        assert status == ("met" if low else "undetermined" if high else "not_met")


def test_rows_of_unknown_scope_straddle_only_where_they_can_turn_the_verdict() -> None:
    met = Sides(denominator=10, numerator=10, unknown_new=1)
    assert share_status(met, Fraction(1), ">=", complete=True) == "met"
    open_one = Sides(denominator=10, numerator=10, unknown_not=1)
    assert share_status(open_one, Fraction(1), ">=", complete=True) == "undetermined"


@pytest.mark.parametrize(
    ("counted", "complete", "status"),
    [
        (Sides(10, 9), True, "not_met"),
        (Sides(10, 9), False, "out_of_reach"),
        (Sides(10, 9, 1), False, "undetermined"),
        (Sides(10, 8, 1), False, "out_of_reach"),
        (Sides(10, 10), False, "on_track"),
    ],
)
def test_a_target_of_one(counted: Sides, status: str, *, complete: bool) -> None:
    assert share_status(counted, Fraction(1), ">=", complete=complete) == status


def test_one_after_one_is_no_fall() -> None:
    assert reaches(Fraction(1), Fraction(1), ">")
    assert not reaches(Fraction(1, 2), Fraction(1, 2), ">")


@pytest.mark.parametrize(
    ("status", "strength", "binding", "incomplete", "follows"),
    [
        ("not_met", "mandatory", True, False, "violation"),
        ("not_met", "mandatory", True, True, "explain"),
        ("not_met", "mandatory", False, False, "advise"),
        ("out_of_reach", "in_principle", True, False, "explain"),
        ("not_met", "floor_encouraged", True, False, "advise"),
        ("not_met", "promote", True, False, "report"),
        ("behind", "mandatory", True, False, "advise"),
        ("undetermined", "mandatory", True, False, "report"),
        ("no_data", "mandatory", True, True, "report"),
        ("no_additions", "mandatory", True, False, "none"),
        ("met", "mandatory", True, False, "none"),
    ],
)
def test_consequences(
    status: str, strength: str, follows: str, *, binding: bool, incomplete: bool
) -> None:
    assert consequence(status, strength, binding=binding, incomplete=incomplete) == follows
