"""Working days: weekends, public holidays and the weekend days worked in their place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from monitor.model import Period, Text
from monitor.policy.codes import BilingualText, Strict
from monitor.policy.yamlfile import fault, load

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = timedelta(days=1)


class Arrangement(Strict):
    """One festival of a notice: the days off, both ends in, and weekend days worked for them."""

    festival: str
    off: Period
    working: tuple[date, ...] = ()

    @field_validator("off")
    @classmethod
    def _forwards(cls, off: Period) -> Period:
        if off.end < off.start:
            message = f"ends before it begins / 终止日早于起始日: {off.start}, {off.end}"
            raise ValueError(message)
        return off

    def days_off(self) -> Iterator[date]:
        """Every day off."""
        for number in range((self.off.end - self.off.start).days + 1):
            yield self.off.start + number * _DAY


class Notice(Strict):
    """One notice on one year's holidays; a later one of the same year replaces its festivals."""

    year: int
    title: str
    number: str
    issued_on: date
    arrangements: tuple[Arrangement, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _in_its_year(self) -> Self:
        for one in self.arrangements:
            for day in (*one.off, *one.working):
                # New Year's holiday may begin in the last days of the year before.
                if day.year != self.year and (day.year, day.month) != (self.year - 1, 12):
                    message = f"{day} does not belong to {self.year} / 不属于该年"
                    raise ValueError(message)
        return self


class CalendarFile(Strict):
    """One file of working days, as the notices have them."""

    name: BilingualText
    weekend: Annotated[tuple[Weekday, ...], Field(max_length=6)]
    festivals: dict[str, BilingualText]
    notices: tuple[Notice, ...]

    @model_validator(mode="after")
    def _named_festivals(self) -> Self:
        for notice in self.notices:
            for one in notice.arrangements:
                if one.festival not in self.festivals:
                    message = f"{notice.number}: no such festival / 没有这个节日: {one.festival}"
                    raise ValueError(message)
        return self


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Which days are worked, for the `years` that are held.

    In a year that is not held weekends are off and all other days worked; `knows` tells.
    """

    name: Text
    years: tuple[int, ...]
    weekend: frozenset[int]
    off: dict[date, Text]
    worked: frozenset[date]

    def is_working(self, day: date) -> bool:
        """Whether offices work on `day`."""
        if day in self.worked:
            return True
        return day not in self.off and day.weekday() not in self.weekend

    def first_working(self, day: date) -> date:
        """`day` itself, or the next day that is worked."""
        while not self.is_working(day):
            day += _DAY
        return day

    def working_days_before(self, day: date, count: int) -> date:
        """The `count`-th working day before `day`; `day` itself for 0."""
        while count > 0:
            day -= _DAY
            count -= self.is_working(day)
        return day

    def knows(self, year: int) -> bool:
        """Whether the holidays of `year` are held."""
        return year in self.years

    def festival(self, day: date) -> Text | None:
        """The public holiday that `day` belongs to, if it is one."""
        return self.off.get(day)


def load_calendar(path: Path) -> WorkCalendar:
    """The working days of one file; raises `PolicyError` where notices contradict each other."""
    file = load(path, CalendarFile)
    _in_order(path, file.notices)
    latest = {
        (notice.year, one.festival): (notice, one)
        for notice in file.notices
        for one in notice.arrangements
    }
    off: dict[date, Text] = {}
    worked: dict[date, Notice] = {}
    weekend = frozenset(WEEKDAYS.index(name) for name in file.weekend)
    for notice, one in latest.values():
        for day in one.days_off():
            if day in off:
                raise _contradiction(path, notice, day)
            off[day] = file.festivals[one.festival]
        for day in one.working:
            # A working day that is worked anyway is a slip of the pen.
            if day in worked or day.weekday() not in weekend:
                raise _contradiction(path, notice, day)
            worked[day] = notice
    for day in sorted(worked.keys() & off.keys()):
        raise _contradiction(path, worked[day], day)
    years = tuple(sorted({notice.year for notice in file.notices}))
    return WorkCalendar(file.name, years, weekend, off, frozenset(worked))


def _in_order(path: Path, notices: tuple[Notice, ...]) -> None:
    for earlier, later in pairwise(notices):
        if (later.year, later.issued_on) <= (earlier.year, earlier.issued_on):
            raise fault(
                path,
                None,
                f"{later.number} 应按年份和发文日期排在 {earlier.number} 之前",
                f"{later.number} belongs before {earlier.number}: by year, then by day of issue",
            )


def _contradiction(path: Path, notice: Notice, day: date) -> Exception:
    return fault(
        path,
        None,
        f"{notice.number}：{day} 前后矛盾（重复放假、既放假又上班，或本是工作日却列为补班）",
        f"{notice.number}: {day} is contradictory (off twice, both off and worked, or a working "
        "day listed as worked in place of another)",
    )
