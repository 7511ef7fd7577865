"""Places in order of a weighted total: exact, with ties, and a range where something is open."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple


class Bounds(NamedTuple):
    """The least and the most that a number may turn out to be; equal where it is settled."""

    low: Fraction
    high: Fraction

    @property
    def is_settled(self) -> bool:
        """Whether nothing about it is open."""
        return self.low == self.high


class Rank(NamedTuple):
    """A rank, from the best that it may be to the worst; 1, 2, 2, 4 where some are equal."""

    best: int
    worst: int


Scores = Mapping[str, Mapping[str, Bounds]]
Weights = Mapping[str, Fraction]


def totals(scores: Scores, weights: Weights) -> dict[str, Bounds]:
    """Each place's weighted mean of its scores; the weights need not sum to 1, but to more than 0.

    `scores` are by place and part. Raises ZeroDivisionError where all the weights are 0.
    """
    whole = sum(weights.values(), Fraction(0))
    return {
        place: Bounds(
            sum((weight * parts[part].low for part, weight in weights.items()), Fraction(0))
            / whole,
            sum((weight * parts[part].high for part, weight in weights.items()), Fraction(0))
            / whole,
        )
        for place, parts in scores.items()
    }


def ranks(found: Mapping[str, Bounds]) -> dict[str, Rank]:
    """The rank of each: who is surely ahead of it makes its best, who may be ahead its worst.

    Looked up in the order of all, since to set each beside each takes minutes for some hundreds.
    """
    lows = sorted(one.low for one in found.values())
    highs = sorted(one.high for one in found.values())
    return {
        place: Rank(
            1 + len(lows) - bisect_right(lows, own.high),
            # Its own most is above its least where it is not settled: that is nobody ahead.
            1 + len(highs) - bisect_right(highs, own.low) - (own.high > own.low),
        )
        for place, own in found.items()
    }


def span(several: list[Rank]) -> Rank:
    """From the best to the worst of several ranks of one place."""
    return Rank(min(one.best for one in several), max(one.worst for one in several))
