"""How a ranking hangs on its weights, exactly: no sampling, only fractions.

A place is ahead of another under every weighting just where it is ahead in every part: where it is
behind in one, the weighting that counts that part alone puts it behind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from monitor.assess.ranking import Bounds, Rank, Scores, Weights, ranks, span, totals


class Tipping(NamedTuple):
    """How far one part's weight may go, as a share of all, before an order no longer holds.

    The other parts keep their weights to each other; 0 to 1 where it holds whatever the weight.
    """

    part: str
    least: Fraction
    most: Fraction


@dataclass(frozen=True, slots=True)
class Pair:
    """Two places next to each other in the ranking.

    `holds` is by part, empty where `ahead` is not surely ahead as it is. `always` is whether it is
    never behind, `always_strictly` whether it is ahead, under every weighting.
    """

    ahead: str
    behind: str
    holds: tuple[Tipping, ...]
    always: bool
    always_strictly: bool


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """The ranks by each part alone and without each part, and what no weighting can change.

    Of each place, `by_one` is its best and worst rank by one part alone, `less_one` those of the
    weights in use and without any one part. `bounds` is what no weighting can pass: a place lies
    within under every one of them.
    """

    alone: Mapping[str, Mapping[str, Rank]]
    without: Mapping[str, Mapping[str, Rank]]
    by_one: Mapping[str, Rank]
    less_one: Mapping[str, Rank]
    bounds: Mapping[str, Rank]
    pairs: tuple[Pair, ...]


def sensitivity(scores: Scores, weights: Weights, order: tuple[str, ...]) -> Sensitivity:
    """`scores` by place and part, `order` the places as they are ranked with `weights`.

    A part without weight counts among those that stand alone, but is left out of nothing: the
    ranking does not rest on it.
    """
    whole = sum(weights.values(), Fraction(0))
    shares = {part: weight / whole for part, weight in weights.items()}
    alone = {part: ranks(totals(scores, {part: Fraction(1)})) for part in shares}
    without = {
        part: ranks(totals(scores, rest))
        for part, share in shares.items()
        if share and any((rest := _without(shares, part)).values())
    }
    now = ranks(totals(scores, shares))
    return Sensitivity(
        alone=alone,
        without=without,
        by_one={place: span([one[place] for one in alone.values()]) for place in order},
        less_one={
            place: span([now[place], *(one[place] for one in without.values())]) for place in order
        },
        bounds={place: _bounds(scores, place) for place in order},
        pairs=tuple(_pair(scores, shares, ahead, behind) for ahead, behind in pairwise(order)),
    )


def never_behind(own: Mapping[str, Bounds], other: Mapping[str, Bounds]) -> bool:
    """Whether no weighting, and nothing that is still open, puts a place behind another."""
    return all(score.low >= other[part].high for part, score in own.items())


def always_ahead(own: Mapping[str, Bounds], other: Mapping[str, Bounds]) -> bool:
    """Whether every weighting puts a place ahead of another, whatever is still open."""
    return all(score.low > other[part].high for part, score in own.items())


def _bounds(scores: Scores, place: str) -> Rank:
    others = [parts for name, parts in scores.items() if name != place]
    surely_better = sum(always_ahead(parts, scores[place]) for parts in others)
    never_better = sum(never_behind(scores[place], parts) for parts in others)
    return Rank(1 + surely_better, 1 + len(others) - never_better)


def _without(weights: Weights, part: str) -> Weights:
    return {name: weight for name, weight in weights.items() if name != part}


def _pair(scores: Scores, shares: Weights, ahead: str, behind: str) -> Pair:
    own, other = scores[ahead], scores[behind]
    lead = {part: own[part].low - other[part].high for part in shares}
    now = sum((share * lead[part] for part, share in shares.items()), Fraction(0))
    return Pair(
        ahead,
        behind,
        tuple(_tippings(shares, lead)) if now >= 0 else (),
        always=never_behind(own, other),
        always_strictly=always_ahead(own, other),
    )


def _tippings(shares: Weights, lead: Mapping[str, Fraction]) -> Iterator[Tipping]:
    """With a part's share t the lead is (1 - t) * rest + t * own: one root at most."""
    for part in shares:
        others = _without(shares, part)
        weight = sum(others.values(), Fraction(0))
        if not weight:
            continue
        rest = sum((share * lead[name] for name, share in others.items()), Fraction(0)) / weight
        own = lead[part]
        least = -rest / (own - rest) if rest < 0 <= own else Fraction(0)
        most = rest / (rest - own) if own < 0 <= rest else Fraction(1)
        yield Tipping(part, least, most)
