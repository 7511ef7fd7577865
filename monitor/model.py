"""The nouns of the product, frozen: what one room hands to the next."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

Language = Literal["zh", "en"]


class Text(NamedTuple):
    """The same words in Chinese and in English."""

    zh: str
    en: str

    def to(self, language: Language) -> str:
        """The words in one language."""
        return self.en if language == "en" else self.zh


def plural(count: int, noun: str) -> str:
    """A count with its English noun, one of those that take an s: 1 letter, 0 letters."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


class Severity(StrEnum):
    """How a finding weighs: an error sets its row aside, a warning lets it count."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in what a sender handed in; `line` is the sender's own (1 = the first)."""

    code: str
    severity: Severity
    message: Text
    line: int | None = None
    column: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Interpretation:
    """Something read as other than it was written; `count` cells or rows, `line` the first."""

    code: str
    message: Text
    column: str | None = None
    count: int = 1
    line: int | None = None


class Period(NamedTuple):
    """Whole days from `start` to `end`, both inclusive."""

    start: date
    end: date

    def holds(self, day: date) -> bool:
        """Whether `day` lies in the period."""
        return self.start <= day <= self.end

    def whole_months(self) -> Period:
        """The period widened to whole calendar months."""
        return Period(self.start.replace(day=1), month_end(self.end))


def month_end(day: date) -> date:
    """The last day of the month of `day`."""
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)


class ColumnRead(NamedTuple):
    """How one column of a file was understood: its header as written, the column that it was read
    as with the project's own header; both None where it is kept and echoed only.
    """

    header: str
    column: str | None
    read_as: str | None


class RowCounts(NamedTuple):
    """What became of a file's lines: read = accepted + rejected + ignored, always."""

    read: int = 0
    accepted: int = 0
    rejected: int = 0
    ignored: int = 0


class Status(StrEnum):
    """What became of a submission."""

    ACCEPTED = "accepted"
    WITH_FINDINGS = "accepted_with_findings"
    REFUSED = "refused"
    NIL = "nil"
    DUPLICATE = "duplicate"


class Mode(StrEnum):
    """How a submission bears on what is held."""

    ADD = "add"
    REPLACE = "replace"
    NIL = "nil"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a sender is told of one submission; `submission` is None where nothing was stored."""

    submission: str | None
    sha256: str | None
    file: str | None
    kind: str | None
    division: str | None
    period: Period | None
    received_at: datetime
    status: Status
    rows: RowCounts
    findings: tuple[Finding, ...]
    findings_total: int
    interpretations: tuple[Interpretation, ...]
    code: str | None
    first: str | None = None
    changes: Changes | None = None
    error_total: int = 0
    tallies: tuple[tuple[str, int], ...] = ()
    columns: tuple[ColumnRead, ...] = ()


class Changes(NamedTuple):
    """What a submission changed in what its sender had reported before, in rows."""

    added: int = 0
    corrected: int = 0
    unchanged: int = 0
    withdrawn: int = 0


@dataclass(frozen=True, slots=True)
class Target:
    """What a clause asks for in one period; `value` a decimal in words of the clause's unit."""

    op: str
    value: str
    unit: str


@dataclass(frozen=True, slots=True)
class Excluded:
    """Vehicles left out of both sides of a share, by reason."""

    exempt: int = 0
    out_of_scope: int = 0
    scope_unknown: int = 0


RowKey = tuple[str, str, str, tuple[str, ...], str]


@dataclass(frozen=True, slots=True)
class Assessment:
    """One mandate's figure and verdict for one division and period; `CONTRACT` section 3."""

    mandate: str
    division: str
    period: str
    complete: bool
    measure: str
    categories: tuple[str, ...]
    role: Literal["finding", "breakdown"]
    binding: bool
    target: Target | None
    denominator: int | None
    numerator: int | str
    undetermined: int | str
    excluded: Excluded
    share: str | None
    short_by: int | str
    needed_next: int | str | None
    status: str
    strength: str
    consequence: str
    covered: Period | None
    incomplete_data: bool
    missing: tuple[Text, ...] = ()
    missing_divisions: tuple[str, ...] = ()
    explain: str = ""
    category_undetermined: int = 0
    notes: tuple[Text, ...] = field(default=())
    compared_with: tuple[int, int] | None = None

    @property
    def key(self) -> RowKey:
        """What makes two rows of two runs the same row: mandate, division, period, categories,
        role.
        """
        return (self.mandate, self.division, self.period, self.categories, self.role)


@dataclass(frozen=True, slots=True)
class SubmissionSummary:
    """One submission as lists and bulletins show it."""

    submission: str
    seq: int
    file: str | None
    sha256: str | None
    kind: str
    division: str | None
    period: Period | None
    received_at: datetime
    recorded_at: datetime
    status: Status
    mode: Mode
    rows: RowCounts
    errors: int
    warnings: int
    changes: Changes
    receipt: str
    ruleset: str
    reason: str | None = None
