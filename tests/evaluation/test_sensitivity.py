"""What is said of the weights holds under every weighting that chance can think of."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from monitor.assess.ranking import Bounds, Rank, ranks, totals
from monitor.assess.sensitivity import Sensitivity, always_ahead, never_behind, sensitivity

PARTS = ("a", "b", "c")
PLACES = ("一", "二", "三", "四")


def settled(*scores: str) -> dict[str, Bounds]:
    return {
        part: Bounds(Fraction(score), Fraction(score))
        for part, score in zip(PARTS, scores, strict=False)
    }


numbers = st.integers(0, 4).map(lambda n: Fraction(n, 4))
bounds = st.tuples(numbers, numbers).map(lambda pair: Bounds(min(pair), max(pair)))
points = numbers.map(lambda n: Bounds(n, n))
weightings = st.fixed_dictionaries(dict.fromkeys(PARTS, st.integers(0, 9).map(Fraction))).filter(
    lambda weights: any(weights.values())
)
fields = st.fixed_dictionaries(
    dict.fromkeys(PLACES, st.fixed_dictionaries(dict.fromkeys(PARTS, bounds)))
)
settled_fields = st.fixed_dictionaries(
    dict.fromkeys(PLACES, st.fixed_dictionaries(dict.fromkeys(PARTS, points)))
)


def told_of(
    scores: dict[str, dict[str, Bounds]], weights: dict[str, Fraction]
) -> tuple[Sensitivity, dict[str, Rank], tuple[str, ...]]:
    rank = ranks(totals(scores, weights))
    order = tuple(sorted(scores, key=lambda place: rank[place]))
    return sensitivity(scores, weights, order), rank, order


@given(fields, weightings, weightings)
def test_no_weighting_passes_the_bounds(
    scores: dict[str, dict[str, Bounds]],
    weights: dict[str, Fraction],
    others: dict[str, Fraction],
) -> None:
    told, _, _ = told_of(scores, weights)
    for place, rank in ranks(totals(scores, others)).items():
        assert told.bounds[place].best <= rank.best
        assert rank.worst <= told.bounds[place].worst


@given(settled_fields, weightings)
def test_always_ahead_and_never_behind_are_exact(
    scores: dict[str, dict[str, Bounds]], weights: dict[str, Fraction]
) -> None:
    """What is claimed holds for any weights; what is not claimed fails for one part alone."""
    total = totals(scores, weights)
    alone = [totals(scores, {part: Fraction(1)}) for part in PARTS]
    for one in PLACES:
        for other in PLACES:
            if always_ahead(scores[one], scores[other]):
                assert total[one].low > total[other].high
            else:
                assert any(found[one].low <= found[other].high for found in alone)
            if never_behind(scores[one], scores[other]):
                assert total[one].low >= total[other].high
            else:
                assert any(found[one].low < found[other].high for found in alone)


@given(settled_fields, weightings, st.sampled_from(PARTS), st.integers(0, 40))
def test_an_order_holds_just_within_the_weights_that_are_told(
    scores: dict[str, dict[str, Bounds]],
    weights: dict[str, Fraction],
    part: str,
    fortieths: int,
) -> None:
    """One part's weight goes to any share of all, the others stay as they are to each other."""
    share = Fraction(fortieths, 40)
    rest = sum((w for name, w in weights.items() if name != part), Fraction(0))
    assume(rest)
    changed = {name: w * (1 - share) / rest for name, w in weights.items()} | {part: share}
    told, _, _ = told_of(scores, weights)
    total = totals(scores, changed)
    for pair in told.pairs:
        limits = next(one for one in pair.holds if one.part == part)
        is_within = limits.least <= share <= limits.most
        assert is_within == (total[pair.ahead].low >= total[pair.behind].high), pair


@given(fields, weightings)
def test_ranks_alone_and_without_are_those_of_these_weights(
    scores: dict[str, dict[str, Bounds]], weights: dict[str, Fraction]
) -> None:
    told, now, order = told_of(scores, weights)
    for place in order:
        alone = [ranks(totals(scores, {part: Fraction(1)}))[place] for part in PARTS]
        assert told.by_one[place].best == min(rank.best for rank in alone)
        assert told.by_one[place].worst == max(rank.worst for rank in alone)
        assert told.less_one[place].best <= now[place].best
        assert told.less_one[place].worst >= now[place].worst


@given(st.dictionaries(st.sampled_from("甲乙丙丁戊己庚辛"), bounds))
def test_ranks_are_those_of_each_place_beside_each(found: dict[str, Bounds]) -> None:
    assert ranks(found) == {
        place: Rank(
            1 + sum(other.low > own.high for name, other in found.items() if name != place),
            1 + sum(other.high > own.low for name, other in found.items() if name != place),
        )
        for place, own in found.items()
    }


def test_by_hand_two_places_and_where_their_order_turns() -> None:
    """一 leads by 1/2 in a and lags by 1/4 in b: (1 - t)/2 = t/4 at t = 2/3 for b."""
    scores = {"一": settled("3/4", "1/4"), "二": settled("1/4", "1/2")}
    told = sensitivity(scores, {"a": Fraction(1), "b": Fraction(1)}, ("一", "二"))
    (pair,) = told.pairs
    assert [tuple(one) for one in pair.holds] == [
        ("a", Fraction(1, 3), Fraction(1)),
        ("b", Fraction(0), Fraction(2, 3)),
    ]
    assert (pair.always, pair.always_strictly) == (False, False)
    assert told.by_one == {"一": Rank(1, 2), "二": Rank(1, 2)}
    assert told.bounds == {"一": Rank(1, 2), "二": Rank(1, 2)}


def test_by_hand_one_that_is_ahead_in_every_part() -> None:
    scores = {
        "一": settled("3/4", "1", "1"),
        "二": settled("1/2", "1/2", "1/2"),
        "三": settled("1/4", "1/4", "1/2"),
    }
    told = sensitivity(scores, dict.fromkeys(PARTS, Fraction(1)), ("一", "二", "三"))
    first, second = told.pairs
    assert (first.always, first.always_strictly) == (True, True)
    assert (second.always, second.always_strictly) == (True, False)  # equal by the third part
    assert told.bounds == {"一": Rank(1, 1), "二": Rank(2, 2), "三": Rank(2, 3)}


def test_an_order_that_is_open_is_told_by_no_weights() -> None:
    scores = {"一": {"a": Bounds(Fraction(0), Fraction(1))}, "二": settled("1/2")}
    told = sensitivity(scores, {"a": Fraction(1)}, ("一", "二"))
    assert told.pairs[0].holds == ()


def test_competition_ranks_with_ties() -> None:
    found = ranks(
        {
            name: Bounds(Fraction(n), Fraction(n))
            for name, n in zip("abcde", (5, 3, 3, 3, 1), strict=True)
        }
    )
    assert [tuple(found[name]) for name in "abcde"] == [(1, 1), (2, 2), (2, 2), (2, 2), (5, 5)]
