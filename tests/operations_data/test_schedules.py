"""When jobs run: the seven schedules over real holidays, and any schedule over any weeks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import PolicyError
from monitor.model import SHANGHAI
from monitor.policy.calendars import WEEKDAYS, WorkCalendar, load_calendar
from monitor.policy.project import Project
from monitor.policy.schedules import (
    Occurrence,
    Schedule,
    load_schedules,
    occurrences,
    timing_words,
)

ROOT = Path(__file__).resolve().parents[2]
HELD = load_calendar(ROOT / "data/calendars/china.yml")
SCHEDULES = load_schedules(Project(None))
WEEKLY = SCHEDULES["weekly_bulletins"]
DAY = timedelta(days=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def made(**timing: Any) -> Schedule:
    words = {"zh": "试", "en": "trial"}
    return Schedule.model_validate(
        {
            "job": "trial",
            "title": words,
            "about": words,
            "as_of": "previous_day",
            "catch_up": "none",
            "retry": {"times": 0},
            **timing,
        }
    )


def told(schedule: Schedule, after: str, until: str) -> list[tuple[str, str, str]]:
    return [
        (f"{one.due_at:%Y-%m-%d %H:%M}", one.as_of.isoformat(), one.period)
        for one in occurrences(schedule, HELD, at(after), at(until))
    ]


# --- the week ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "until", "expected"),
    [
        # An ordinary week.
        (
            "2026-11-21",
            "2026-11-28",
            [("2026-11-23 08:00", "2026-11-22", "2026-W47")],
        ),
        # Spring Festival, 15 to 23 February 2026: two Mondays off, both weeks on Tuesday 24.
        (
            "2026-02-09T09:00",
            "2026-03-01",
            [
                ("2026-02-24 08:00", "2026-02-15", "2026-W07"),
                ("2026-02-24 08:00", "2026-02-22", "2026-W08"),
            ],
        ),
        # National Day and Mid-Autumn Festival, 1 to 8 October 2025.
        (
            "2025-10-01",
            "2025-10-14",
            [
                ("2025-10-09 08:00", "2025-10-05", "2025-W40"),
                ("2025-10-13 08:00", "2025-10-12", "2025-W41"),
            ],
        ),
        # New Year: Monday 31 December 2018 moves across the year's end; its Sunday stays in 2018.
        (
            "2018-12-25",
            "2019-01-08",
            [
                ("2019-01-02 08:00", "2018-12-30", "2018-W52"),
                ("2019-01-07 08:00", "2019-01-06", "2019-W01"),
            ],
        ),
        # Monday 1 January 2024; the Sunday before it ends week 52 of 2023.
        ("2023-12-26", "2024-01-03", [("2024-01-02 08:00", "2023-12-31", "2023-W52")]),
        # The prolonged holiday of 2020.
        (
            "2020-01-21",
            "2020-02-04",
            [
                ("2020-02-03 08:00", "2020-01-26", "2020-W04"),
                ("2020-02-03 08:00", "2020-02-02", "2020-W05"),
            ],
        ),
        # A year with 53 weeks.
        ("2021-01-03", "2021-01-05", [("2021-01-04 08:00", "2021-01-03", "2020-W53")]),
    ],
)
def test_the_weekly_bulletins_on_real_weeks(
    after: str, until: str, expected: list[tuple[str, str, str]]
) -> None:
    assert told(WEEKLY, after, until) == expected


def test_a_run_planned_before_the_interval_falls_due_within_it() -> None:
    # Both Mondays lie before `after`; asked in the middle of the holiday, none is lost.
    assert told(WEEKLY, "2026-02-23T12:00", "2026-02-24T08:00") == [
        ("2026-02-24 08:00", "2026-02-15", "2026-W07"),
        ("2026-02-24 08:00", "2026-02-22", "2026-W08"),
    ]
    moved = next(occurrences(WEEKLY, HELD, at("2026-02-23T12:00"), at("2026-02-25")))
    assert moved.nominal_at == at("2026-02-16T08:00")
    assert moved.is_moved


def test_the_interval_is_open_at_its_start_and_closed_at_its_end() -> None:
    monday = "2026-11-23T08:00"
    assert told(WEEKLY, "2026-11-22", monday) != []
    assert told(WEEKLY, monday, "2026-11-29") == []
    assert told(WEEKLY, "2026-11-22", "2026-11-23T07:59:59.999999") == []
    assert told(WEEKLY, "2026-11-29", "2026-11-22") == []


def test_moments_of_other_zones_are_the_same_moments() -> None:
    after = datetime(2026, 11, 22, 23, 59, tzinfo=UTC)  # 07:59 on Monday in Shanghai
    found = list(occurrences(WEEKLY, HELD, after, after + timedelta(minutes=1)))
    assert [one.due_at for one in found] == [at("2026-11-23T08:00")]
    assert found[0].due_at.tzinfo is SHANGHAI


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = at("2026-11-22").replace(tzinfo=None)
    with pytest.raises(ValueError, match="zone"):
        next(occurrences(WEEKLY, HELD, naive, at("2026-11-29")))
    with pytest.raises(ValueError, match="zone"):
        next(occurrences(WEEKLY, HELD, at("2026-11-22"), naive))


@given(st.dates(date(2018, 1, 8), date(2024, 11, 1)), st.sampled_from(WEEKDAYS))
def test_each_of_104_weeks_has_one_run_never_on_a_day_off(start: date, weekday: str) -> None:
    schedule = made(weekly={"weekday": weekday, "at": "08:00"}, move_to_working_day=True)
    first = start - start.weekday() * DAY  # a Monday
    last = first + 104 * 7 * DAY
    after, until = (datetime.combine(day, datetime.min.time(), SHANGHAI) for day in (first, last))
    # What is planned within the 104 weeks may fall due after them, and the other way round.
    found = list(occurrences(schedule, HELD, after - 14 * DAY, until + 14 * DAY))
    planned = [one for one in found if after <= one.nominal_at < until]
    weeks = Counter(one.nominal_at.date().isocalendar()[:2] for one in planned)
    wanted = [(first + 7 * n * DAY).isocalendar()[:2] for n in range(104)]
    assert weeks == Counter(wanted)
    assert len({one.period for one in found}) == len(found)
    assert all(HELD.is_working(one.due_at.date()) for one in found)
    assert all(timedelta() <= one.due_at - one.nominal_at for one in found)
    assert all(one.due_at.time() == one.nominal_at.time() for one in found)
    assert all(one.as_of == one.nominal_at.date() - DAY for one in found)


# --- any timing --------------------------------------------------------------------------------

clock = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
moments = st.datetimes(datetime(2018, 1, 2), datetime(2026, 11, 30)).map(  # noqa: DTZ001
    lambda moment: moment.replace(tzinfo=SHANGHAI)
)


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    shape = draw(st.sampled_from(["weekly", "daily", "monthly", "every"]))
    as_of = draw(st.sampled_from(["same_day", "previous_day"]))
    is_shifted = draw(st.booleans())
    if shape == "every":
        minutes = draw(st.sampled_from([15, 45, 60, 480, 1440]))
        return made(every={"minutes": minutes}, as_of=as_of)
    timing: dict[str, Any] = {"at": draw(clock)}
    if shape == "daily":
        on = "working_days" if is_shifted else "all_days"
        return made(daily=timing, on=on, as_of=as_of)
    if shape == "weekly":
        timing["weekday"] = draw(st.sampled_from(WEEKDAYS))
        return made(weekly=timing, move_to_working_day=is_shifted, as_of=as_of)
    timing["day"] = draw(st.integers(1, 28))
    return made(monthly=timing, move_to_working_day=is_shifted, as_of=as_of)


@given(schedules(), moments, st.integers(0, 60 * 24 * 40), st.integers(0, 60 * 24 * 40))
def test_splitting_an_interval_loses_and_doubles_nothing(
    schedule: Schedule, after: datetime, first: int, second: int
) -> None:
    middle = after + timedelta(minutes=first)
    until = middle + timedelta(minutes=second)
    whole = list(occurrences(schedule, HELD, after, until))
    parts = [
        *occurrences(schedule, HELD, after, middle),
        *occurrences(schedule, HELD, middle, until),
    ]
    assert whole == parts
    assert all(after < one.due_at <= until for one in whole)
    assert whole == sorted(whole, key=lambda one: (one.due_at, one.nominal_at))
    assert len({(one.period, one.as_of) for one in whole}) == len(whole)


@given(schedules(), moments)
def test_an_interval_that_ends_with_a_run_holds_it(schedule: Schedule, after: datetime) -> None:
    coming = next(occurrences(schedule, HELD, after, after + 60 * DAY))
    assert coming in list(occurrences(schedule, HELD, after, coming.due_at))
    later = occurrences(schedule, HELD, coming.due_at, coming.due_at + 60 * DAY)
    assert coming not in list(islice(later, 3))


def test_a_day_of_every_two_minutes() -> None:
    found = told(SCHEDULES["ingest_inbox"], "2026-11-21T10:18", "2026-11-21T10:23")
    assert found == [
        ("2026-11-21 10:20", "2026-11-21", "2026-11-21T10:20"),
        ("2026-11-21 10:22", "2026-11-21", "2026-11-21T10:22"),
    ]
    day = told(SCHEDULES["ingest_inbox"], "2026-11-20T23:59", "2026-11-21T23:59")
    assert len(day) == 720


def test_every_night_judges_the_day_before() -> None:
    assert told(SCHEDULES["nightly_checks"], "2026-01-01T01:00", "2026-01-02T03:00") == [
        ("2026-01-01 02:00", "2025-12-31", "2025-12-31"),
        ("2026-01-02 02:00", "2026-01-01", "2026-01-01"),
    ]


def test_reminders_go_out_on_working_days_only() -> None:
    found = told(SCHEDULES["reminders"], "2026-02-13T12:00", "2026-02-25T12:00")
    assert [as_of for _, as_of, _ in found] == ["2026-02-14", "2026-02-24", "2026-02-25"]


def test_a_month_is_named_after_the_day_judged() -> None:
    monthly = made(monthly={"day": 1, "at": "06:00"}, move_to_working_day=True)
    assert told(monthly, "2025-09-30", "2025-11-02") == [
        ("2025-10-09 06:00", "2025-09-30", "2025-09"),
    ]
    assert told(monthly, "2025-11-02", "2025-11-04") == [  # 1 November was a Saturday
        ("2025-11-03 06:00", "2025-10-31", "2025-10"),
    ]


def test_a_year_that_the_calendar_does_not_hold_moves_by_weekends_only() -> None:
    assert told(WEEKLY, "2027-09-27T09:00", "2027-10-08") == [
        ("2027-10-04 08:00", "2027-10-03", "2027-W39")
    ]


# --- the files ---------------------------------------------------------------------------------


def test_there_are_the_seven_jobs() -> None:
    assert set(SCHEDULES) == {
        *("ingest_inbox", "nightly_checks", "weekly_bulletins", "reminders"),
        *("send_due", "retention", "backup"),
    }
    assert all(schedule.enabled for schedule in SCHEDULES.values())


def test_the_weekly_job_is_as_the_issue_says() -> None:
    assert WEEKLY.catch_up == "each"
    assert WEEKLY.catch_up_days == 35
    assert WEEKLY.options == {"languages": "recipients"}
    assert WEEKLY.retry.times > 0


@pytest.mark.parametrize(
    ("job", "zh", "en"),
    [
        ("ingest_inbox", "每 2 分钟", "every 2 minutes"),
        ("send_due", "每分钟", "every minute"),
        ("nightly_checks", "每天 02:00", "every day at 02:00"),
        ("reminders", "每个工作日 09:00", "working days at 09:00"),
        ("retention", "每周日 03:30", "Sundays at 03:30"),
        (
            "weekly_bulletins",
            "每周一 08:00，遇节假日顺延至其后第一个工作日",
            "Mondays at 08:00; if that is a day off, on the first working day after it",
        ),
    ],
)
def test_a_timing_reads_well(job: str, zh: str, en: str) -> None:
    assert timing_words(SCHEDULES[job]) == (zh, en)


def test_a_monthly_timing_reads_well() -> None:
    words = timing_words(made(monthly={"day": 5, "at": "08:00"}))
    assert words == ("每月 5 日 08:00", "day 5 of each month at 08:00")


GOOD = (ROOT / "schedules/weekly_bulletins.yml").read_text("utf-8")


def config(folder: Path, text: str, name: str = "weekly_bulletins.yml") -> Project:
    (folder / "schedules").mkdir()
    (folder / "schedules" / name).write_text(text, "utf-8")
    return Project(folder)


def test_a_config_folder_lays_its_own_schedule_over(tmp_path: Path) -> None:
    project = config(tmp_path, GOOD.replace("weekday: mon", "weekday: tue"))
    laid = load_schedules(project)
    assert set(laid) == set(SCHEDULES)
    assert laid["weekly_bulletins"].weekly is not None
    assert laid["weekly_bulletins"].weekly.weekday == "tue"


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("weekday: mon", "weekday: 0", "weekly.weekday"),
        ("weekday: mon", "weekday: Monday", "weekly.weekday"),
        ('"08:00"', '"8:00"', "in quotes"),
        ('"08:00"', '"24:00"', "in quotes"),
        ('"08:00"', "10:30", "in quotes"),  # YAML reads 630
        ("as_of: previous_day", "as_of: yesterday", "as_of"),
        ("as_of: previous_day", 'as_of: previous_day\ndaily: {at: "08:00"}', "exactly one"),
        ('weekly: {weekday: mon, at: "08:00"}\n', "", "exactly one"),
        ("as_of: previous_day", "as_of: previous_day\non: working_days", "goes with daily"),
        ("catch_up: each", "catch_up: all", "catch_up"),
        ("catch_up_days: 35", "catch_up_days: 0", "catch_up_days"),
        ("catch_up: each", "catch_up: none", "catch_up_days"),
        ("enabled: true", "enabled: true\nenable: false", "enable"),
        ("enabled: true", "enabled: true\nenabled: false", "stands twice"),
        ("times: 4", "times: -1", "retry.times"),
        ("factor: 3", "factor: 0.5", "retry.factor"),
        ("job: weekly_bulletins", "job: weekly", "weekly.yml"),
        (
            'weekly: {weekday: mon, at: "08:00"}\nmove_to_working_day: true',
            "every: {minutes: 7}",
            "not a multiple",
        ),
        (
            'weekly: {weekday: mon, at: "08:00"}',
            "every: {minutes: 15}",
            "goes with weekly or monthly",
        ),
        (
            'weekly: {weekday: mon, at: "08:00"}',
            'monthly: {day: 29, at: "08:00"}',
            "monthly.day",
        ),
    ],
)
def test_a_wrong_schedule_stops_the_start(tmp_path: Path, old: str, new: str, word: str) -> None:
    assert old in GOOD
    project = config(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(PolicyError, match=r"weekly_bulletins\.yml") as refused:
        load_schedules(project)
    assert word in str(refused.value)


def walk(schedule: Schedule, calendar: WorkCalendar) -> Iterator[Occurrence]:
    """As a service does: minute after minute, each asking only for what is new."""
    moment = at("2026-02-13T07:30")
    while moment < at("2026-02-25"):
        yield from occurrences(schedule, calendar, moment, moment + timedelta(minutes=30))
        moment += timedelta(minutes=30)


@pytest.mark.parametrize("job", ["weekly_bulletins", "reminders", "nightly_checks", "retention"])
def test_a_service_that_asks_again_and_again_sees_each_run_once(job: str) -> None:
    walked = list(walk(SCHEDULES[job], HELD))
    assert walked == list(
        occurrences(SCHEDULES[job], HELD, at("2026-02-13T07:30"), at("2026-02-25"))
    )
    assert walked
