"""What is due, over weeks with holidays, downtime, failures and a clock that goes back."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from monitor.model import SHANGHAI
from monitor.policy.calendars import WorkCalendar, load_calendar
from monitor.policy.project import Project
from monitor.policy.schedules import Schedule, load_schedules
from monitor.service.plan import SCHEDULE, Due, due_runs, next_due
from monitor.store.ledger import Attempt, Outcome, RunKey

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def calendar() -> WorkCalendar:
    return load_calendar(ROOT / "data/calendars/china.yml")


@pytest.fixture(scope="module")
def schedules() -> dict[str, Schedule]:
    return load_schedules(Project(None))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def attempt(
    due: Due, outcome: Outcome, started: datetime, next_try: datetime | None = None
) -> Attempt:
    return Attempt(
        key=due.key,
        number=1,
        asked_by=SCHEDULE,
        owner="bureau:1",
        due_at=due.due_at,
        is_late=due.is_late,
        started_at=started,
        ended_at=started if outcome != "running" else None,
        outcome=outcome,
        next_try_at=next_try,
        ruleset="r",
        version="v",
        counts={},
        words=None,
    )


class Bench:
    """A schedule with a ledger of its own."""

    def __init__(self, schedule: Schedule, calendar: WorkCalendar, since: datetime) -> None:
        self.schedule, self.calendar, self.since = schedule, calendar, since
        self.attempts: dict[RunKey, Attempt] = {}

    def due(self, now: datetime) -> list[Due]:
        return due_runs(
            self.schedule, self.calendar, since=self.since, attempts=self.attempts, now=now
        )

    def do(self, now: datetime, outcome: Outcome = "done", pause: int | None = None) -> list[Due]:
        found = self.due(now)
        for due in found:
            again = now + timedelta(minutes=pause) if pause is not None else None
            self.attempts[due.key] = attempt(due, outcome, now, again)
        return found


@pytest.fixture
def weekly(schedules: dict[str, Schedule], calendar: WorkCalendar) -> Bench:
    return Bench(schedules["weekly_bulletins"], calendar, at("2026-01-30T12:00"))


def test_a_week_is_done_once_and_judged_as_of_its_sunday(weekly: Bench) -> None:
    assert not weekly.due(at("2026-02-02T07:59"))
    (due,) = weekly.do(at("2026-02-02T08:00"))
    assert due.key == RunKey("weekly_bulletins", "2026-W05", date(2026, 2, 1))
    assert not due.is_late
    for hour in range(24):
        assert not weekly.due(at("2026-02-02T08:01") + timedelta(hours=hour))


def test_spring_festival_moves_the_week_to_the_first_working_day(weekly: Bench) -> None:
    weekly.do(at("2026-02-09T08:00"))
    # 15 to 23 February 2026 are days off: the Mondays of the 16th and of the 23rd both move.
    for day in range(16, 24):
        assert not weekly.due(at(f"2026-02-{day}T23:59")), day
    due = weekly.do(at("2026-02-24T08:00"))
    assert [run.key.period for run in due] == ["2026-W07", "2026-W08"]
    assert [run.is_late for run in due] == [False, False]


def test_what_was_due_while_the_machine_was_off_is_made_up_for_once_and_marked(
    weekly: Bench,
) -> None:
    weekly.do(at("2026-03-02T08:00"))
    found = weekly.do(at("2026-03-25T10:00"))
    assert [run.key.period for run in found] == ["2026-W10", "2026-W11", "2026-W12"]
    assert all(run.is_late for run in found)
    assert not weekly.due(at("2026-03-25T10:01"))


def test_nothing_before_the_first_start_is_due(
    schedules: dict[str, Schedule], calendar: WorkCalendar
) -> None:
    for schedule in schedules.values():
        new = Bench(schedule, calendar, at("2026-11-23T08:00:30"))
        assert not new.due(at("2026-11-23T08:00:31")), schedule.job


def test_a_nightly_job_makes_up_for_the_last_night_only(
    schedules: dict[str, Schedule], calendar: WorkCalendar
) -> None:
    nightly = Bench(schedules["nightly_checks"], calendar, at("2026-03-01T00:00"))
    (due,) = nightly.do(at("2026-03-09T10:00"))
    assert due.key.as_of == date(2026, 3, 8)
    assert due.is_late


def test_a_run_that_failed_waits_for_its_pause(weekly: Bench) -> None:
    start = at("2026-02-02T08:00")
    weekly.do(start, "failed", pause=10)
    assert not weekly.due(start + timedelta(minutes=9))
    assert len(weekly.due(start + timedelta(minutes=10))) == 1
    weekly.do(start + timedelta(minutes=10), "given_up")
    assert not weekly.due(start + timedelta(days=2))


def test_a_run_found_dead_is_due_again(weekly: Bench) -> None:
    start = at("2026-02-02T08:00")
    (first,) = weekly.do(start, "running")
    (again,) = weekly.due(start + timedelta(minutes=5))
    assert again.key == first.key


def test_a_clock_that_goes_back_runs_nothing_twice(weekly: Bench) -> None:
    assert weekly.do(at("2026-02-02T08:00"))
    assert not weekly.do(at("2026-02-02T07:00"))
    assert not weekly.do(at("2026-02-02T08:00"))


def test_a_job_of_every_minute_tries_the_failed_slot_again_before_a_new_one(
    schedules: dict[str, Schedule], calendar: WorkCalendar
) -> None:
    sending = Bench(schedules["send_due"], calendar, at("2026-02-02T08:00"))
    (first,) = sending.do(at("2026-02-02T08:01"), "failed", pause=5)
    assert not sending.due(at("2026-02-02T08:04"))
    (again,) = sending.do(at("2026-02-02T08:06"))
    assert again.key == first.key
    (new,) = sending.due(at("2026-02-02T08:07"))
    assert new.key != first.key


@pytest.mark.parametrize("seed", range(6))
def test_two_years_with_downtime_and_clock_steps_give_each_week_once(
    schedules: dict[str, Schedule], calendar: WorkCalendar, seed: int
) -> None:
    """104 weeks: the machine is off for hours or days, the clock steps two hours either way."""
    chance = random.Random(seed)
    start = at("2024-06-03T00:00")
    weekly = Bench(schedules["weekly_bulletins"], calendar, start)
    now, end = start, start + timedelta(weeks=104)
    seen: list[Due] = []
    while now < end:
        shown = now + timedelta(minutes=chance.choice([0, 0, 0, -120, 120]))
        seen += weekly.do(shown)
        now += timedelta(hours=chance.choice([1, 3, 9, 30, 100, 500]))
    seen += weekly.do(end + timedelta(hours=3))
    periods = [run.key.period for run in seen]
    assert len(periods) == len(set(periods))
    weeks = [(start + timedelta(weeks=n) - timedelta(days=1)).isocalendar() for n in range(104)]
    assert periods[:100] == [f"{iso.year}-W{iso.week:02}" for iso in weeks][: len(periods)][:100]
    for run in seen:
        assert calendar.is_working(run.due_at.date())


def test_the_next_time_is_told(weekly: Bench) -> None:
    def next_at(now: datetime) -> datetime | None:
        return next_due(
            weekly.schedule, weekly.calendar, since=weekly.since, attempts=weekly.attempts, now=now
        )

    assert next_at(at("2026-02-10T08:00")) == at("2026-02-10T08:00")  # due now
    weekly.do(at("2026-02-10T08:00"))
    assert next_at(at("2026-02-10T08:01")) == at("2026-02-24T08:00")
