"""The parts of a bulletin's follow-up section, frozen: words and numbers, ready to be set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from monitor.bulletins.parts import Line, Tone


@dataclass(frozen=True, slots=True)
class ScorecardPart:
    """One part as it is told above a scorecard; `weight` is its share of all that are held."""

    code: str
    name: str
    how: str
    scale: str
    weight: str


@dataclass(frozen=True, slots=True)
class ScorecardCell:
    """A place in one part: the figure and the counts behind it, its points, its rank in it."""

    figure: str
    counted: str
    points: str
    rank: str


@dataclass(frozen=True, slots=True)
class RankValues:
    """The numbers behind a row: points of 100, cut, and ranks, each from the least to the most."""

    least: Decimal
    most: Decimal
    best: int
    worst: int


@dataclass(frozen=True, slots=True)
class ScorecardRow:
    """A place that is ranked.

    `by_one` is its rank by any one part alone, `less_one` without any one part, `always` what no
    weighting can pass.
    """

    code: str
    place: str
    rank: str
    total: str
    by_one: str
    less_one: str
    always: str
    cells: tuple[ScorecardCell, ...]
    values: RankValues

    @property
    def short(self) -> tuple[str, ...]:
        """The row as a table of text shows it."""
        return (self.place, self.rank, self.total, self.by_one, self.less_one, self.always)


@dataclass(frozen=True, slots=True)
class ShortlistView:
    """Who may be chosen from, with reasons; `note` says for what, and that it is no choice."""

    title: str
    note: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class ScorecardView:
    """A scorecard in words; `weights` says whose they are, `notes` what it does not say."""

    title: str
    method: str
    weights: str
    parts: tuple[ScorecardPart, ...]
    rows: tuple[ScorecardRow, ...]
    notes: tuple[str, ...]
    stability: tuple[str, ...]
    shortlist: ShortlistView | None


@dataclass(frozen=True, slots=True)
class FollowUpValues:
    """What programs read of an item; `state` is open, done or dropped."""

    state: str
    due_on: date
    days_late: int
    place: str
    who: str
    division: str | None


@dataclass(frozen=True, slots=True)
class FollowUpRow:
    """One item of the list; `what` and `note` are as they were entered, in whatever language.

    `moved` says that its day was put off.
    """

    code: str
    who: str
    what: str
    about: str
    concerned: str
    due: str
    state: str
    tone: Tone
    note: str
    moved: str
    values: FollowUpValues


@dataclass(frozen=True, slots=True)
class Supervision:
    """The whole section: how places stand, what is still to be done, what was settled since."""

    scorecard: ScorecardView | None
    summary: str
    still_open: tuple[FollowUpRow, ...]
    settled: tuple[FollowUpRow, ...]
