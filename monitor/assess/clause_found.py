"""What is asked of a line of a clause, what was found, and the verdict on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from monitor.assess.answer import Fact
from monitor.assess.arithmetic import Sides, share_status
from monitor.assess.clause_counts import Counted
from monitor.assess.clause_evidence import ClauseEvidence
from monitor.assess.clause_status import exceeds, number_status, reaches_number
from monitor.model import Text
from monitor.policy.clause_targets import ClauseTarget
from monitor.policy.clauses import Clause
from monitor.policy.lines import Line
from monitor.policy.policy import Policy

CENT = 100


def until_of(held: ClauseEvidence, clause: Clause, year: int) -> date:
    """The last day of a year that is looked at: in the life, and not after the day judged."""
    return min(held.as_of, date(year, 12, 31), clause.valid_to)


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of a clause, for a division (with its members) and a year, looked at on `until`.

    `tallied` counts the line's rows of that year for all divisions, once; None without any rows.
    """

    policy: Policy
    held: ClauseEvidence
    clause: Clause
    line: Line
    division: str
    members: Sequence[str]
    year: int
    until: date
    target: ClauseTarget | None
    complete: bool
    is_whole: bool
    tallied: Callable[[], Counted | None]


@dataclass(frozen=True, slots=True)
class Found:
    """The figure and the verdict; `is_known` says whether anything at all was reported."""

    is_known: bool
    status: str = "trend"
    value: str | None = None
    value_most: str | None = None
    unit: str | None = None
    sides: Sides | None = None
    misses: int = 0
    missing: tuple[Text, ...] = ()
    facts: tuple[Fact, ...] = ()
    sources: tuple[Text, ...] = ()
    notes: tuple[Text, ...] = ()


def share_status_of(asked: Asked, sides: Sides) -> str:
    """Of a share: against the target's, whole where each row is looked at; of what is only to be
    there, whether any is.
    """
    if not sides.denominator:
        return "no_additions"
    target = asked.target
    if target is None:
        return "trend"
    if target.value is None:
        return number_status(
            Decimal(sides.numerator),
            Decimal(sides.numerator + sides.undetermined),
            target,
            complete=asked.complete,
        )
    wanted = Fraction(1) if asked.line.measure == "each" else Fraction(target.value) / CENT
    return share_status(sides, wanted, target.op, complete=asked.complete)


def number_status_of(asked: Asked, low: Decimal, high: Decimal) -> str:
    """Of a number that lies from `low` to `high`; a trend where the year has no target."""
    if asked.target is None:
        return "trend"
    return number_status(low, high, asked.target, complete=asked.complete)


def beyond(asked: Asked, low: Decimal) -> tuple[Text, ...]:
    """What is to be said of a value outside the range that the clause names."""
    target = asked.target
    if target is None:
        return ()
    if exceeds(low, target):
        return (Text("超过所列范围的上限", "above the upper end of the range"),)
    if target.op == "about" and not reaches_number(low, target):
        return (
            Text(
                "条文写“约”，没有给出容许范围：不在其间只报数，不判定",
                "the clause says 约 (about) and names no tolerance: outside it nothing is judged",
            ),
        )
    return ()
