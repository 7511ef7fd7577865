"""The parts of a bulletin, frozen: words and formatted numbers, ready to be set in any form."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Tone = Literal["good", "bad", "warn", "unsure", "quiet"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A status: never told by colour alone."""

    code: str
    word: str
    mark: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Values:
    """The numbers behind a row of figures; None where there is none to show.

    `least` and `most` bound the new-energy vehicles (or the count); `share` and, for shares,
    `target` lie between 0 and 1.
    """

    counted: int | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    share: Decimal | None = None
    target: Decimal | None = None
    short_by: Decimal | None = None
    still_needed: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """One row of figures; `remarks` say what a reader must know beside the numbers."""

    mandate: str
    period: str
    label: str
    division: str
    is_breakdown: bool
    target: str
    counted: str
    new_energy: str
    share: str
    short_by: str
    still_needed: str
    verdict: Verdict
    consequence: str
    remarks: tuple[str, ...]
    explain: str
    values: Values = Values()

    @property
    def with_target(self) -> tuple[str, ...]:
        """The cells of a line in a table that has targets, but for the target itself."""
        numbers = (self.counted, self.new_energy, self.share, self.short_by, self.still_needed)
        return (self._name, *numbers, self.verdict.word, self.explain)

    @property
    def without_target(self) -> tuple[str, ...]:
        """The cells of a line in a table of trends."""
        numbers = (self.counted, self.new_energy, self.share)
        return (self._name, *numbers, self.verdict.word, self.explain)

    @property
    def _name(self) -> str:
        return f"  {self.label}" if self.is_breakdown else self.label


@dataclass(frozen=True, slots=True)
class Clause:
    """Where a demand stands and how strongly it binds; `words` are verbatim and stay Chinese."""

    document: str
    number: str
    section: str
    words: str
    strength: str
    strength_word: str
    responsible: str


@dataclass(frozen=True, slots=True)
class Members:
    """The rows of a province's members for one finding of a mandate."""

    title: str
    rows: tuple[Figures, ...]


@dataclass(frozen=True, slots=True)
class MandateBlock:
    """One mandate: what it demands, its rows for the judged year, its clause.

    `members` holds a province's divisions, apart for each finding; a city's bulletin has none.
    `note` and `members_note` say where the clause does not bind those whom the rows are about.
    """

    mandate: str
    title: str
    meaning: str
    measure: str
    period: str
    unit_note: str
    binds: str
    note: str
    members_note: str
    is_illustrative: bool
    has_target: bool
    rows: tuple[Figures, ...]
    members: tuple[Members, ...]
    clause: Clause


@dataclass(frozen=True, slots=True)
class Tally:
    """How many findings stand at one verdict."""

    verdict: Verdict
    count: str


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do; the list of them is in order of weight."""

    text: str
    tone: Tone
    explain: str


@dataclass(frozen=True, slots=True)
class Laggard:
    """Who lacks how much of one mandate."""

    subject: str
    strength: str
    divisions: str


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A figure before and after."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class CauseRow:
    """What one cause changed, signed; the last row of a list is the whole."""

    cause: str
    counted: str
    new_energy: str
    undetermined: str
    turned: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as a table of text shows it."""
        return (self.cause, self.counted, self.new_energy, self.undetermined, self.turned)


@dataclass(frozen=True, slots=True)
class Change:
    """What became other in one row since the previous bulletin, and why."""

    subject: str
    period: str
    before: Verdict | None
    after: Verdict | None
    figures: tuple[FigureChange, ...]
    causes: tuple[CauseRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """All that changed since the previous bulletin; `summary` says it when there is no list."""

    summary: str
    items: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A name and what stands against it."""

    name: str
    value: str
    tone: Tone = "quiet"


@dataclass(frozen=True, slots=True)
class Reason:
    """How many rows were set aside, or counted with a warning, for one reason."""

    title: str
    code: str
    rows: str


@dataclass(frozen=True, slots=True)
class Quality:
    """What is known of the data behind the figures."""

    lines: tuple[Line, ...]
    set_aside: tuple[Reason, ...]
    warned: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class ClauseRow:
    """One line of a clause that is no fleet mandate, in words."""

    clause: str
    name: str
    period: str
    target: str
    figure: str
    verdict: Verdict
    strength: str
    consequence: str
    remarks: tuple[str, ...]
    explain: str


@dataclass(frozen=True, slots=True)
class OtherClauses:
    """The clauses that are no fleet mandates: how many stand how, each, and what is silent."""

    summary: str
    rows: tuple[ClauseRow, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class ReadingNote:
    """A choice that a text leaves open, as it was taken; `otherwise` is what this bulletin would
    say by the other readings that are recorded.
    """

    mandate: str
    what: str
    taken: str
    otherwise: tuple[str, ...] = ()
