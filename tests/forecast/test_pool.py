"""A share judged over several categories at once is forecast as the sum of its parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from monitor.assess.forecast import Case, Forecast, forecasts_of
from monitor.assess.reconciliation import OpenLine
from monitor.assess.weekly import week_ends
from monitor.corridor.forecasting import forecast_held
from monitor.model import Assessment
from monitor.policy.policy import Policy
from monitor.store.store import Store

from .makers import line, share_row, weeks_of

SEPTEMBER = date(2020, 9, 30)  # a Wednesday
ENDS = week_ends(SEPTEMBER + timedelta(days=1), date(2020, 12, 31))
POOL = ("official", "sanitation", "logistics")  # of JX-F02


def pooled(parts: Sequence[Assessment]) -> tuple[Assessment, ...]:
    """The whole, and the parts as breakdown rows beside it."""
    whole = replace(
        parts[0],
        mandate="JX-F02",
        categories=POOL,
        denominator=sum(part.denominator or 0 for part in parts),
        numerator=sum(int(part.numerator) for part in parts),
        undetermined=sum(int(part.undetermined) for part in parts),
    )
    named = zip(parts, POOL, strict=True)
    return (
        whole,
        *(replace(p, mandate="JX-F02", categories=(c,), role="breakdown") for p, c in named),
    )


def forecast_all(
    policy: Policy,
    rows: Sequence[Assessment],
    paces: Sequence[Sequence[int]],
    lines: Sequence[OpenLine],
    as_of: date = SEPTEMBER,
) -> dict[tuple[str, ...], Forecast]:
    """By categories. A pace is what last year had added by each week; empty: nothing is held."""
    ends = week_ends(as_of + timedelta(days=1), date(2020, 12, 31))
    sums = [sum(added) for added in zip(*filter(None, paces), strict=True)]
    weeks = [
        weeks_of(row, as_of, list(zip(ends, pace, strict=bool(pace))), last_year_held=bool(pace))
        for row, pace in zip(rows, [sums, *paces], strict=True)
    ]
    return {made.key[3]: made for made in forecasts_of(policy, rows, weeks, lines)}


def steady(by_first: int, in_all: int) -> list[int]:
    """What last year had added by the first Sunday, and from the second on."""
    return [by_first, *[in_all] * (len(ENDS) - 1)]


def test_a_surplus_of_contracts_swallows_no_other_category(policy: Policy) -> None:
    # Official: 10, 6 new-energy; 20 under contract, last year added 8: beyond = 0.
    # Sanitation: 10, 5 new-energy; last year added 12, 4 by the first Sunday: beyond = 12.
    # Over the pool, 20 less 20 would leave none to come. Logistics has nothing.
    # d = 20 + 20 + 12 = 52; low = 11 + 20 = 31; expected = 31 + floor(12 * 5 / 10) = 37;
    # high = 43. 75 % of 52 is 39: high meets it, and x = 4 by Sunday 4 October leaves 39, which
    # meets it too; x = 12 by 11 October does not: lost from Monday 5 October.
    rows = pooled([share_row(10, 6), share_row(10, 5), share_row(0, 0)])
    found = forecast_all(
        policy, rows, [steady(2, 8), steady(4, 12), steady(0, 0)], [line(20, category="official")]
    )
    whole = found[POOL]
    assert (whole.due_new, whole.beyond) == (20, 12)
    assert (whole.low, whole.expected) == (Case(52, 31, "0.5961"), Case(52, 37, "0.7115"))
    assert whole.high == Case(52, 43, "0.8269")
    assert (whole.outcome, whole.lost_from) == ("possible", date(2020, 10, 5))
    assert found.keys() == {POOL, ("official",), ("sanitation",)}


def test_a_pool_without_its_parts_is_carried_on_by_itself(policy: Policy) -> None:
    rows = pooled([share_row(10, 6), share_row(10, 5), share_row(0, 0)])
    weeks = [weeks_of(row, SEPTEMBER, [(end, 20) for end in ENDS]) for row in rows[:3]]
    whole = forecasts_of(policy, rows[:3], weeks, ())[0]  # logistics has no row
    assert whole.beyond == 20


def test_a_category_without_a_pace_adds_what_is_known(policy: Policy) -> None:
    # On 30 January no pace of this year counts yet: sanitation, not held last year, brings its 10.
    january = date(2020, 1, 30)
    weeks = len(week_ends(january + timedelta(days=1), date(2020, 12, 31)))
    rows = pooled([share_row(10, 6), share_row(10, 5), share_row(0, 0)])
    lines = [line(3, category="sanitation")]
    found = forecast_all(policy, rows, [[8] * weeks, [], []], lines, january)
    assert found.keys() == {POOL, ("official",)}
    whole = found[POOL]
    assert (whole.low, whole.beyond) == (Case(31, 14, "0.4516"), 8)
    assert [note.en[:19] for note in whole.notes] == ["for some categories"]


def test_own_paces_are_said(policy: Policy) -> None:
    rows = pooled([share_row(20, 15), share_row(10, 5), share_row(0, 0)])
    some = forecast_all(policy, rows, [[], steady(4, 12), []], ())[POOL]
    assert [note.zh[:4] for note in some.notes] == ["部分类别"]
    none = forecast_all(policy, rows, [[], [], []], ())[POOL]
    assert [note.zh[:4] for note in none.notes] == ["未掌握上"]


SMALL = st.integers(0, 6)


@st.composite
def parts(draw: st.DrawFn) -> Assessment:
    n, u, other = draw(SMALL), draw(st.integers(0, 3)), draw(SMALL)
    return share_row(n + u + other, n, u)


@st.composite
def paces(draw: st.DrawFn) -> list[int]:
    """By the end of each week; empty where last year is not held."""
    first, in_all = draw(SMALL), draw(st.integers(6, 12))
    return draw(st.sampled_from([[], steady(first, in_all)]))


LINES = st.lists(
    st.builds(
        line,
        SMALL,
        st.sampled_from(["bev", "undetermined", "diesel"]),
        category=st.sampled_from(POOL),
        due_on=st.sampled_from([date(2020, 11, 20), date(2021, 1, 20)]),
    ),
    max_size=5,
)


@given(st.tuples(*[parts()] * 3), st.tuples(*[paces()] * 3), LINES)
def test_the_whole_is_the_sum_of_its_parts(
    policy: Policy,
    each: tuple[Assessment, ...],
    gone: tuple[list[int], ...],
    lines: list[OpenLine],
) -> None:
    rows = pooled(each)
    found = forecast_all(policy, rows, gone, lines)
    whole = found.pop(POOL, None)
    if whole is None:
        assert not found
        return
    _is_sum(
        whole,
        list(found.values()),
        late=sum(one.vehicles for one in lines if one.due_on.year > 2020),
    )
    d = whole.low.denominator
    assert d

    def meets(numerator: int) -> bool:
        return Fraction(numerator, d) >= Fraction(3, 4)

    cases = {"sure": whole.low, "likely": whole.expected, "possible": whole.high}
    reached = [name for name, case in cases.items() if meets(case.numerator)]
    assert whole.outcome == (reached[0] if reached else "unreachable")
    assert whole.lost_from == _lost_from(whole, found, rows, gone, meets)


def _is_sum(whole: Forecast, each: Sequence[Forecast], *, late: int | None = None) -> None:
    for name in ("due_new", "due_open", "due_other", "beyond"):
        assert getattr(whole, name) == sum(getattr(part, name) for part in each), name
    assert whole.late == (sum(part.late for part in each) if late is None else late)
    for name in ("low", "expected", "high"):
        case = getattr(whole, name)
        assert case.numerator == sum(getattr(part, name).numerator for part in each)
        assert case.denominator == sum(getattr(part, name).denominator for part in each)


def _lost_from(
    whole: Forecast,
    found: dict[tuple[str, ...], Forecast],
    rows: Sequence[Assessment],
    gone: Sequence[Sequence[int]],
    meets: Callable[[int], bool],
) -> date | None:
    """Week by week, the parts' vehicles that did not come as new-energy taken from the best end."""
    if meets(whole.low.numerator):
        return None
    if not meets(whole.high.numerator):
        return date(2020, 10, 5)
    for place, end in enumerate(ENDS[1:], start=1):
        lost = 0
        for row, pace in zip(rows[1:], gone, strict=True):
            part = found.get(row.categories)
            if part is None:
                continue
            if pace:
                lost += part.beyond * pace[place] // pace[-1]
            elif own := (row.denominator or 0) * 92 // 274:
                by_then = (row.denominator or 0) * (end - SEPTEMBER).days // 274
                lost += part.beyond * by_then // own
        if not meets(whole.high.numerator - lost):
            return end - timedelta(days=end.isoweekday() - 1)
    return None


def test_the_samples_pools_are_sums(samples: Store, policy: Policy) -> None:
    _, forecasts = forecast_held(samples, policy, SEPTEMBER, None, mandates=("JX-F02",))
    by_division: dict[str, list[Forecast]] = {}
    for made in forecasts:
        by_division.setdefault(made.key[1], []).append(made)
    assert len(by_division) > 5
    for whole, *each in by_division.values():
        assert whole.key[4] == "finding"
        _is_sum(whole, each)
