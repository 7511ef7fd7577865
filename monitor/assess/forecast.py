"""What the year will come to: contracts that are signed, and last year's pace beyond them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from monitor.model import RowKey, Text

Outcome = Literal["sure", "likely", "possible", "unreachable"]


@dataclass(frozen=True, slots=True)
class Case:
    """Counts at the end of the year; `denominator` None where the measure is a count."""

    denominator: int | None
    numerator: int
    share: str | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """One assessment carried on to the end of its year.

    `due_*` are vehicles under contract and not yet registered that are expected by the end of the
    year, by energy; `late` those under contract that are expected after it. `beyond` are further
    additions, as many as last year saw in the same rest of the year, less those under contract.
    `outcome`: `sure` (the low case meets the target), `likely` (the expected one does), `possible`
    (only the high one does), `unreachable` (not even that). `lost_from` is the Monday of the first
    week from which the target could no longer be met if what comes until then is not new-energy.
    """

    key: RowKey
    due_new: int
    due_open: int
    due_other: int
    late: int
    beyond: int
    low: Case
    expected: Case
    high: Case
    outcome: Outcome
    lost_from: date | None
    notes: tuple[Text, ...] = ()
