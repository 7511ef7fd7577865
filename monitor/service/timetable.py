"""The timetable: schedules beside what the ledger says of them, for the clock and for people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.errors import PolicyError
from monitor.model import Text
from monitor.policy.calendars import WorkCalendar
from monitor.policy.schedules import Schedule, load_schedules
from monitor.service.jobs import JOBS
from monitor.service.plan import Attempts, Due, due_runs, next_due
from monitor.service.workplace import Workplace
from monitor.store.ledger import Attempt, first_seen, last_attempts, note_seen


@dataclass(frozen=True, slots=True)
class Timetable:
    """The schedules at one moment; `since` is from when on each job is known here."""

    now: datetime
    schedules: dict[str, Schedule]
    calendar: WorkCalendar
    since: dict[str, datetime]
    attempts: Attempts

    def due(self) -> list[Due]:
        """What is to be run now: in the order of the jobs, then of time."""
        return [
            run
            for job in JOBS
            if job in self.schedules
            for run in due_runs(
                self.schedules[job],
                self.calendar,
                since=self.since[job],
                attempts=self.attempts,
                now=self.now,
            )
        ]

    def next_at(self, job: str) -> datetime | None:
        """When a job will run next; None where it is switched off."""
        return next_due(
            self.schedules[job],
            self.calendar,
            since=self.since[job],
            attempts=self.attempts,
            now=self.now,
        )

    def last(self, job: str) -> Attempt | None:
        """The attempt of a job that was started last."""
        mine = [made for made in self.attempts.values() if made.key.job == job]
        return max(mine, key=lambda made: made.started_at, default=None)


def known_schedules(place: Workplace) -> dict[str, Schedule]:
    """The schedules of the project; raises `PolicyError` for one of a job that is not there."""
    schedules = load_schedules(place.project)
    for job in schedules.keys() - JOBS.keys():
        raise PolicyError(
            Text(
                f"schedules/ 中的任务 {job} 不存在。可用的有 {'、'.join(JOBS)}。",
                f"schedules/ names a job {job}, which is not there. There are {', '.join(JOBS)}.",
            )
        )
    return schedules


def read_timetable(place: Workplace, *, is_clock: bool = False) -> Timetable:
    """The timetable as it stands.

    Only the clock of the service notes that it met a job for the first time: from then on nothing
    of it is missed. Whoever merely looks writes nothing.
    """
    now = place.now()
    schedules = known_schedules(place)
    with place.store(write=False) as store:
        known = first_seen(store)
        attempts = last_attempts(store)
    sound = {job for job, since in known.items() if since <= now}
    if is_clock and schedules.keys() - sound:
        with place.store(write=True) as store:
            known = note_seen(store, list(schedules), now)
    since = dict.fromkeys(schedules, now) | known
    return Timetable(now, schedules, place.calendar(), since, attempts)
