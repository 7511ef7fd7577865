"""Who reports what by when, and how long before and after that somebody is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from monitor.model import Period, month_end
from monitor.policy.calendars import WorkCalendar
from monitor.policy.codes import BilingualText, Strict
from monitor.policy.divisions import DivisionTable
from monitor.policy.mandates import Reading
from monitor.policy.yamlfile import load

_Days = Annotated[int, Field(ge=0, le=366)]
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DueItem:
    """One extract that one division owes: `kind` of `period`, by `due_on` inclusive."""

    rule: str
    kind: str
    division: str
    period: Period
    due_on: date

    @property
    def key(self) -> str:
        """What makes it the same item for ever, whatever happens to the day: no date is in it."""
        return f"{self.rule}|{self.division}|{self.period_name}"

    @property
    def period_name(self) -> str:
        """The period as one types it: 2025, 2025-03 or 2025-01..2025-03."""
        first, last = f"{self.period.start:%Y-%m}", f"{self.period.end:%Y-%m}"
        if first == last:
            return first
        if (self.period.start.month, self.period.end.month) == (1, 12):
            return f"{self.period.start:%Y}"
        return f"{first}..{last}"


class ReportingRule(Strict):
    """One duty to report; it covers the periods that lie whole within its life.

    `day` is that of the month after the period's end, moved to the first working day. Days before
    it are working days, so that no holiday swallows a reminder; days after it are calendar days.
    """

    id: str
    kind: str
    areas: tuple[str, ...] = Field(min_length=1)
    reported_by: Literal["divisions", "area"] = "divisions"
    every: Literal["month", "quarter", "year"]
    day: Annotated[int, Field(ge=1, le=28)]
    valid_from: date
    valid_to: date
    remind_before_days: tuple[_Days, ...]
    remind_after_days: tuple[_Days, ...]
    escalate_after_days: tuple[_Days, ...]
    source: BilingualText
    readings: tuple[Reading, ...] = ()

    @field_validator("kind")
    @classmethod
    def _known_kind(cls, kind: str, info: ValidationInfo) -> str:
        kinds = (info.context or {}).get("kinds")
        if kinds is not None and kind not in kinds:
            message = f"no such kind / 没有这种报表: {kind}"
            raise ValueError(message)
        return kind

    @field_validator("areas")
    @classmethod
    def _known_areas(cls, areas: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        divisions: DivisionTable | None = (info.context or {}).get("divisions")
        for code in areas if divisions is not None else ():
            if divisions is not None and not divisions.known(code):
                message = f"no such division / 没有这个区划: {code}"
                raise ValueError(message)
        return areas

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.valid_to < self.valid_from:
            message = "valid_to lies before valid_from / valid_to 早于 valid_from"
            raise ValueError(message)
        return self

    def reporters(self, divisions: DivisionTable) -> tuple[str, ...]:
        """Who sends: the divisions of each area, or each area itself."""
        if self.reported_by == "area":
            return self.areas
        return tuple(dict.fromkeys(code for area in self.areas for code in divisions.members(area)))

    def due_periods(
        self, calendar: WorkCalendar, start: date, end: date
    ) -> Iterator[tuple[Period, date]]:
        """The periods whose due date lies within `start`..`end`, with it."""
        months = _MONTHS[self.every]
        for period in _periods(self.valid_from, self.valid_to, months):
            due_on = calendar.first_working((period.end + _DAY).replace(day=self.day))
            if start <= due_on <= end:
                yield period, due_on


class ReportingRules(Strict):
    """All duties to report."""

    rules: tuple[ReportingRule, ...]

    @model_validator(mode="after")
    def _no_duty_twice(self) -> Self:
        for one, other in combinations(self.rules, 2):
            is_same = (one.kind, one.every) == (other.kind, other.every)
            meets = one.valid_from <= other.valid_to and other.valid_from <= one.valid_to
            shared = sorted(set(one.areas) & set(other.areas))
            if one.id == other.id or (is_same and meets and shared):
                message = (
                    f"{one.id} and {other.id} are the same duty at the same time / "
                    f"同一时期的同一报送要求重复：{'、'.join(shared) or one.id}"
                )
                raise ValueError(message)
        return self

    def rule(self, rule_id: str) -> ReportingRule:
        """The rule of that id; raises KeyError."""
        return {rule.id: rule for rule in self.rules}[rule_id]

    def items(
        self, divisions: DivisionTable, calendar: WorkCalendar, start: date, end: date
    ) -> tuple[DueItem, ...]:
        """Everything due from `start` to `end`, both inclusive; by day, then rule and division."""
        found = [
            DueItem(rule.id, rule.kind, code, period, due_on)
            for rule in self.rules
            for period, due_on in rule.due_periods(calendar, start, end)
            for code in rule.reporters(divisions)
        ]
        return tuple(sorted(found, key=lambda item: (item.due_on, item.rule, item.division)))


def _periods(start: date, end: date, months: int) -> Iterator[Period]:
    """The calendar months, quarters or years that lie whole within `start`..`end`."""
    first = date(start.year, (start.month - 1) // months * months + 1, 1)
    while True:
        last = month_end(_later(first, months - 1))
        if last > end:
            return
        if first >= start:
            yield Period(first, last)
        first = last + _DAY


def _later(first: date, months: int) -> date:
    """The first of the month that lies `months` after `first`, within the same year."""
    return first.replace(month=first.month + months)


def load_reporting(
    path: Path,
    divisions: DivisionTable | None = None,
    kinds: frozenset[str] | None = None,
) -> ReportingRules:
    """The duties of one file; raises `PolicyError` with file, line and reason.

    Where the tables are given, an area or a kind that they lack is refused.
    """
    return load(path, ReportingRules, divisions=divisions, kinds=kinds)
