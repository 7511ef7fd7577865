"""Figures week by week: what had been counted by the end of each week, this year and the last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from monitor.model import RowKey


@dataclass(frozen=True, slots=True)
class WeekPoint:
    """What stood at the end of day `on`: a Sunday, or the last day that is counted.

    `denominator` is None where the measure is a count; `numerator` are surely new-energy
    vehicles (or the count), `undetermined` those that may be.
    """

    on: date
    denominator: int | None
    numerator: int
    undetermined: int


@dataclass(frozen=True, slots=True)
class Weekly:
    """One assessment's figures, cumulative by week: its year up to the day judged, the year before.

    The last point of `this_year` is the assessment's own figure. `last_year` is empty where the
    year before holds nothing.
    """

    key: RowKey
    this_year: tuple[WeekPoint, ...]
    last_year: tuple[WeekPoint, ...]
