"""When jobs run: one file a job in `schedules/`, and every occurrence that follows from it.

Times are those of China, which keeps one zone and no daylight saving time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from monitor.model import SHANGHAI, Text
from monitor.policy.calendars import WEEKDAYS, Weekday, WorkCalendar
from monitor.policy.codes import BilingualText, Strict
from monitor.policy.project import Project
from monitor.policy.yamlfile import fault, load

_DAY = timedelta(days=1)
_DAY_MINUTES = 24 * 60
_WEEKDAY_NAMES: dict[Weekday, Text] = {
    "mon": Text("周一", "Monday"),
    "tue": Text("周二", "Tuesday"),
    "wed": Text("周三", "Wednesday"),
    "thu": Text("周四", "Thursday"),
    "fri": Text("周五", "Friday"),
    "sat": Text("周六", "Saturday"),
    "sun": Text("周日", "Sunday"),
}
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


def _clock(text: str) -> str:
    # Without its quotes YAML reads 10:30 as the number 630.
    if not _CLOCK.fullmatch(text):
        message = f'a time is written "08:00", in quotes / 时间应写作 "08:00"，带引号：{text}'
        raise ValueError(message)
    return text


_Clock = Annotated[str, AfterValidator(_clock)]


class Weekly(Strict):
    """Once a week; `at` is written "08:00", with its quotes."""

    weekday: Weekday
    at: _Clock


class Daily(Strict):
    """Once a day."""

    at: _Clock


class Monthly(Strict):
    """Once a month, on a day that every month has."""

    day: Annotated[int, Field(ge=1, le=28)]
    at: _Clock


class Every(Strict):
    """Again and again, counted from midnight."""

    minutes: Annotated[int, Field(ge=1, le=_DAY_MINUTES)]

    @field_validator("minutes")
    @classmethod
    def _divides_a_day(cls, minutes: int) -> int:
        if _DAY_MINUTES % minutes:
            message = f"a day is not a multiple of {minutes} minutes / 一天不能被该分钟数整除"
            raise ValueError(message)
        return minutes


class Retry(Strict):
    """What happens after a failure: tried `times` more, each pause `factor` times the one before.

    Then it is reported to the operators.
    """

    times: Annotated[int, Field(ge=0)]
    first_pause_minutes: Annotated[float, Field(gt=0)] = 1
    factor: Annotated[float, Field(ge=1)] = 1


Option = bool | int | str | tuple[str, ...]


class Schedule(Strict):
    """One job: what it is called, when it runs, what a late or failed run means.

    `catch_up` says what is made up for of the runs that fell due while no service was running, as
    far back as `catch_up_days`: each of them, the last one, or none.
    """

    job: str
    title: BilingualText
    about: BilingualText
    weekly: Weekly | None = None
    daily: Daily | None = None
    monthly: Monthly | None = None
    every: Every | None = None
    on: Literal["all_days", "working_days"] = "all_days"
    move_to_working_day: bool = False
    as_of: Literal["same_day", "previous_day"]
    catch_up: Literal["each", "last", "none"]
    catch_up_days: Annotated[int, Field(ge=0, le=366)] = 0
    retry: Retry
    enabled: bool = True
    options: dict[str, Option] = {}

    @model_validator(mode="after")
    def _one_timing(self) -> Self:
        given = [timing for timing in (self.weekly, self.daily, self.monthly, self.every) if timing]
        if len(given) != 1:
            message = (
                "exactly one of weekly, daily, monthly, every / "
                "weekly、daily、monthly、every 须有且只有一个"
            )
            raise ValueError(message)
        if self.on == "working_days" and self.daily is None:
            message = "on: working_days goes with daily / on: working_days 只用于 daily"
            raise ValueError(message)
        if self.move_to_working_day and self.weekly is None and self.monthly is None:
            message = (
                "move_to_working_day goes with weekly or monthly / "
                "move_to_working_day 只用于 weekly、monthly"
            )
            raise ValueError(message)
        if (self.catch_up == "none") != (self.catch_up_days == 0):
            message = (
                "catch_up_days tells how far back; 0 where nothing is caught up / "
                "补做须写明 catch_up_days，不补做则不写"
            )
            raise ValueError(message)
        return self


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One run: planned for `nominal_at`, due at `due_at` where that day was off.

    `as_of` follows from the planned day and `period` names the run, so that a run keeps its key
    whether it is moved or not.
    """

    nominal_at: datetime
    due_at: datetime
    as_of: date
    period: str

    @property
    def is_moved(self) -> bool:
        """Whether the planned day was off."""
        return self.due_at != self.nominal_at


def occurrences(
    schedule: Schedule, calendar: WorkCalendar, after: datetime, until: datetime
) -> Iterator[Occurrence]:
    """The runs with `after` < due <= `until`, in the order in which they fall due.

    Both moments carry a zone; `ValueError` otherwise. Whether the schedule is enabled does not
    matter here.
    """
    if after.tzinfo is None or until.tzinfo is None:
        raise ValueError("both moments need a zone")
    start, end = after.astimezone(SHANGHAI), until.astimezone(SHANGHAI)
    for occurrence in _from(schedule, calendar, start):
        if occurrence.due_at > end:
            return
        if occurrence.due_at > start:
            yield occurrence


def _from(schedule: Schedule, calendar: WorkCalendar, start: datetime) -> Iterator[Occurrence]:
    """All runs without an end, from one on that is due before or at the first after `start`."""
    if schedule.every is not None:
        yield from _by_minutes(schedule, schedule.every, start)
        return
    day = start.date()
    if schedule.move_to_working_day:
        # Runs planned on the days off before `start` are moved past it.
        while not calendar.is_working(day - _DAY):
            day -= _DAY
    while True:
        at = _planned(schedule, calendar, day)
        if at is not None:
            nominal = datetime.combine(day, time.fromisoformat(at), SHANGHAI)
            moved = calendar.first_working(day) if schedule.move_to_working_day else day
            due = datetime.combine(moved, nominal.timetz())
            yield _occurrence(schedule, nominal, due)
        day += _DAY


def _planned(schedule: Schedule, calendar: WorkCalendar, day: date) -> str | None:
    """The time of day at which the schedule plans a run on `day`, if it does."""
    if schedule.weekly is not None:
        return schedule.weekly.at if WEEKDAYS[day.weekday()] == schedule.weekly.weekday else None
    if schedule.monthly is not None:
        return schedule.monthly.at if day.day == schedule.monthly.day else None
    if schedule.daily is not None:
        is_on = schedule.on == "all_days" or calendar.is_working(day)
        return schedule.daily.at if is_on else None
    return None


def _by_minutes(schedule: Schedule, every: Every, start: datetime) -> Iterator[Occurrence]:
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    step = timedelta(minutes=every.minutes)
    due = midnight + (start - midnight) // step * step
    while True:
        yield _occurrence(schedule, due, due)
        due += step


def _occurrence(schedule: Schedule, nominal: datetime, due: datetime) -> Occurrence:
    as_of = nominal.date() - (_DAY if schedule.as_of == "previous_day" else timedelta())
    return Occurrence(nominal, due, as_of, period_of(schedule, as_of, due))


def period_of(schedule: Schedule, as_of: date, due: datetime) -> str:
    """The period of a run: week, month or day of `as_of`, else the minute at which it is due."""
    if schedule.weekly is not None:
        year, week, _ = as_of.isocalendar()
        return f"{year}-W{week:02}"
    if schedule.monthly is not None:
        return f"{as_of:%Y-%m}"
    if schedule.daily is not None:
        return as_of.isoformat()
    return f"{due:%Y-%m-%dT%H:%M}"


def timing_words(schedule: Schedule) -> Text:
    """When a schedule runs, in plain words."""
    if schedule.weekly is not None:
        zh, en = _WEEKDAY_NAMES[schedule.weekly.weekday]
        text = Text(f"每{zh} {schedule.weekly.at}", f"{en}s at {schedule.weekly.at}")
    elif schedule.monthly is not None:
        day, at = schedule.monthly.day, schedule.monthly.at
        text = Text(f"每月 {day} 日 {at}", f"day {day} of each month at {at}")
    elif schedule.daily is not None:
        if schedule.on == "working_days":
            zh, en = "每个工作日", "working days"
        else:
            zh, en = "每天", "every day"
        text = Text(f"{zh} {schedule.daily.at}", f"{en} at {schedule.daily.at}")
    else:
        minutes = schedule.every.minutes if schedule.every else 0
        text = Text(
            "每分钟" if minutes == 1 else f"每 {minutes} 分钟",
            "every minute" if minutes == 1 else f"every {minutes} minutes",
        )
    if schedule.move_to_working_day:
        return Text(
            f"{text.zh}，遇节假日顺延至其后第一个工作日",
            f"{text.en}; if that is a day off, on the first working day after it",
        )
    return text


def load_schedules(project: Project) -> dict[str, Schedule]:
    """Every job's schedule under the job's name; raises `PolicyError` with file, line, reason."""
    schedules = {}
    for path in project.files("schedules"):
        schedule = load(path, Schedule)
        if schedule.job != path.stem:
            raise fault(
                path,
                None,
                f"文件名应为 {schedule.job}.yml",
                f"the file of job {schedule.job} is to be called {schedule.job}.yml",
            )
        schedules[schedule.job] = schedule
    return schedules
