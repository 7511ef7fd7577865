"""What is known of a clause: the noun that answering gives and every page reads."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.model import Period, Text


@dataclass(frozen=True, slots=True)
class Fact:
    """A further figure beside an answer, without a verdict of its own; `value` exact, in words."""

    what: Text
    value: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a clause asks for: one value, or the ends of a range; neither where only a thing is to
    be there.
    """

    op: str
    value: str | None
    value_most: str | None
    unit: str | None


AnswerKey = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class ClauseAnswer:
    """What is known of one line of a clause for one division and year.

    `value` (to `value_most` where it is a range) is the figure in `unit`, an exact decimal; null
    where nothing is known. A share has its `denominator`, `numerator` and `undetermined`, in rows
    or vehicles, and `share` cut to four places. `misses` counts the rows that are against it.
    `sources` say where a reported figure or document is from. Statuses, consequences and
    `incomplete_data` as of an `Assessment`.
    """

    clause: str
    division: str
    period: str
    complete: bool
    line: int
    name: Text
    measure: str
    evidence: str
    binding: bool
    target: Wanted | None
    value: str | None
    value_most: str | None
    unit: str | None
    denominator: int | None
    numerator: int | None
    undetermined: int
    share: str | None
    status: str
    strength: str
    consequence: str
    covered: Period | None
    incomplete_data: bool
    missing: tuple[Text, ...] = ()
    missing_divisions: tuple[str, ...] = ()
    misses: int = 0
    missed: Text | None = None
    facts: tuple[Fact, ...] = ()
    sources: tuple[Text, ...] = ()
    notes: tuple[Text, ...] = ()
    explain: str = ""

    @property
    def key(self) -> AnswerKey:
        """What makes two answers of two runs the same one."""
        return (self.clause, self.division, self.period, str(self.line))
