"""A whole bulletin as its forms see it, frozen, with the parts that only it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from monitor.assess.forecast import Case
from monitor.bulletins.parts import (
    Action,
    Changes,
    Figures,
    Laggard,
    Line,
    MandateBlock,
    OtherClauses,
    Quality,
    ReadingNote,
    Tally,
    Tone,
    Verdict,
)
from monitor.bulletins.picture_parts import BulletPicture, CurvePicture, Tile
from monitor.bulletins.supervision_parts import Supervision


@dataclass(frozen=True, slots=True)
class ForecastValues:
    """The numbers behind a row of forecasts; `target` lies between 0 and 1 where it is a share.

    `contracted` are vehicles; `lost_from` is a Monday, None where the target is not lost.
    """

    now: Case
    low: Case
    expected: Case
    high: Case
    target: Decimal
    contracted: int
    lost_from: date | None


@dataclass(frozen=True, slots=True)
class ForecastRow:
    """What one figure is expected to come to by the end of the year."""

    subject: str
    now: str
    low: str
    expected: str
    high: str
    target: str
    contracted: str
    outcome: str
    tone: Tone
    lost_from: str
    remarks: tuple[str, ...]
    values: ForecastValues


@dataclass(frozen=True, slots=True)
class Comparison:
    """A city's share beside its province's, and its place among the cities that can be ranked."""

    subject: str
    own: str
    province: str
    rank: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as a table of text shows it."""
        return (self.subject, self.own, self.province, self.rank)


@dataclass(frozen=True, slots=True)
class PipelineRow:
    """Vehicles under contract that are not registered yet."""

    label: str
    new_energy: str
    other: str
    undetermined: str
    due_this_year: str
    overdue: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as a table of text shows it."""
        numbers = (self.new_energy, self.other, self.undetermined)
        return (self.label, *numbers, self.due_this_year, self.overdue)


@dataclass(frozen=True, slots=True)
class Cell:
    """One city under one demand: its share (or count) and its verdict."""

    value: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Matrix:
    """All cities of a province against all demands with a number; None where one does not apply."""

    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, tuple[Cell | None, ...]], ...]


@dataclass(frozen=True, slots=True)
class Outlook:
    """Forecasts, the contracts behind them, and how they are worked out."""

    forecasts: tuple[ForecastRow, ...]
    pipeline: tuple[PipelineRow, ...]
    method: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What does not fit between contracts, registrations and retirements."""

    summary: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Provincial:
    """What only a province's bulletin shows."""

    matrix: Matrix
    tiles: tuple[Tile, ...]
    cities: CurvePicture | None
    laggards: tuple[Laggard, ...]
    needs: tuple[Line, ...]
    silent: str
    turned: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BulletinView:
    """A whole bulletin; every form of it is set from this and adds nothing.

    `headings` are the fixed words of the forms that no template translates, by name;
    `division_code`, `as_of_on` and `issue_number` are for programs what the words are for people.
    """

    language_tag: str
    is_province: bool
    subject: str
    product: str
    division: str
    issue: str
    as_of: str
    headline: str
    headline_tone: Tone
    year: str
    tallies: tuple[Tally, ...]
    overview: BulletPicture | None
    weeks: CurvePicture | None
    actions: tuple[Action, ...]
    blocks: tuple[MandateBlock, ...]
    provincial: Provincial | None
    comparisons: tuple[Comparison, ...]
    outlook: Outlook
    changes: Changes
    reconciled: Reconciled
    quality: Quality
    past: tuple[Figures, ...]
    readings: tuple[ReadingNote, ...]
    method: tuple[str, ...]
    imprint: tuple[Line, ...]
    headings: Mapping[str, str]
    clauses: OtherClauses | None = None
    division_code: str = ""
    as_of_on: date | None = None
    issue_number: int | None = None
    supervision: Supervision | None = None
