"""How many vehicles lack to a target, at the least and at the most that what is open allows."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from monitor.assess.arithmetic import Sides, short_by
from monitor.assess.assess import Held
from monitor.assess.evidence import MandateCounts
from monitor.model import Assessment
from monitor.policy.policy import Policy

JUDGED = frozenset({"met", "on_track", "not_met", "out_of_reach", "behind", "undetermined"})


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Vehicles, or standard vehicles, that lack; the same twice where nothing is open."""

    low: Decimal
    high: Decimal

    def __add__(self, other: Shortfall) -> Shortfall:
        """Both together."""
        return Shortfall(self.low + other.low, self.high + other.high)


@dataclass
class Shortfalls:
    """The shortfalls of judged rows, over the same counts that they were judged by.

    A row that passes has none at the most, one that fails some at the least, an undetermined one
    none at the least and some at the most: the same two ends decide its verdict.
    """

    policy: Policy
    held: Held
    _counts: dict[tuple[str, tuple[str, ...]], MandateCounts] = field(default_factory=dict)

    def of(self, row: Assessment) -> Shortfall | None:
        """What lacks to the row's target; None where no verdict was reached."""
        if row.status not in JUDGED or row.target is None:
            return None
        if row.denominator is None:
            most = Decimal(row.short_by)
            return Shortfall(max(Decimal(0), most - Decimal(row.undetermined)), most)
        year, members = int(row.period), self.policy.divisions.members(row.division)
        mandate, counts = self.policy.mandates[row.mandate], self._counts_of(row)
        asked = mandate.target_of(year)
        if mandate.measure != "monotone_increase" or asked is None or asked.compare_to is None:
            target = Fraction(Decimal(row.target.value))
            return between(counts.added(members, year, year), target, target, row.target.op)
        before = counts.held(members, asked.compare_to)
        now = counts.held(members, year)
        return between(now, before.lowest, before.highest, row.target.op)

    def _counts_of(self, row: Assessment) -> MandateCounts:
        key = (row.mandate, row.categories)
        if key not in self._counts:
            kinds = frozenset().union(*(self.policy.kinds_of(code) for code in row.categories))
            mandate = self.policy.mandates[row.mandate]
            self._counts[key] = MandateCounts(self.policy, mandate, self.held.evidence, kinds)
        return self._counts[key]


def between(sides: Sides, easiest: Fraction, hardest: Fraction, op: str) -> Shortfall:
    """What lacks to a target that lies between two, from everything open in the favour of the
    share to everything against it.
    """
    maybe = sides.unknown_new + sides.unknown_open
    best = Sides(
        denominator=sides.denominator + maybe,
        numerator=sides.numerator + sides.undetermined + maybe,
    )
    worst = Sides(
        denominator=sides.denominator + sides.unknown_not + sides.unknown_open,
        numerator=sides.numerator,
    )
    return Shortfall(Decimal(short_by(best, easiest, op)), Decimal(short_by(worst, hardest, op)))
