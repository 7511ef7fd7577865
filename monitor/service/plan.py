"""What is due: schedules and the working-day calendar set against the run ledger.

Nothing here runs anything or reads a clock, so weeks can be walked through in a test.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from typing import NamedTuple

from monitor.model import SHANGHAI
from monitor.policy.calendars import WorkCalendar
from monitor.policy.schedules import Occurrence, Schedule, occurrences
from monitor.store.ledger import Attempt, RunKey, must_wait

LATE_AFTER = timedelta(minutes=15)
# How far back the last missed run of a job is looked for, and the next one ahead: more than a
# month and the longest holidays.
_REACH = timedelta(days=62)
Attempts = Mapping[RunKey, Attempt]


class Due(NamedTuple):
    """A run that is to be done now; `due_at` is when it should have been."""

    key: RunKey
    due_at: datetime
    is_late: bool


def due_runs(
    schedule: Schedule,
    calendar: WorkCalendar,
    *,
    since: datetime,
    attempts: Attempts,
    now: datetime,
) -> list[Due]:
    """The runs of a schedule that are due at `now`, the oldest first.

    What was due while nobody was there is made up for: every one of them for `catch_up: each`
    (as far back as the schedule says), the last one for `last`, none for `none`. A key that is
    settled is never due again; one that failed is due when its pause is over.
    """
    if not schedule.enabled:
        return []
    pending = _pending(schedule, attempts)
    if schedule.every is not None and pending is not None:
        if must_wait(pending, now):
            return []
        return [Due(pending.key, pending.due_at or pending.started_at, is_late=False)]
    found = _missed(schedule, calendar, since, now)
    due = []
    for occurrence in found:
        key = RunKey(schedule.job, occurrence.period, occurrence.as_of)
        is_late = schedule.every is None and now - occurrence.due_at > LATE_AFTER
        if is_late and schedule.catch_up == "none":
            continue
        last = attempts.get(key)
        if last is not None and schedule.every is not None and _went_back(key.job, attempts, now):
            # The queue must not wait until the clock has caught up with itself.
            key, last = key._replace(period=now.isoformat(timespec="microseconds")), None
        if last is None or not (last.is_settled or must_wait(last, now)):
            due.append(Due(key, occurrence.due_at, is_late))
    return due


def next_due(
    schedule: Schedule,
    calendar: WorkCalendar,
    *,
    since: datetime,
    attempts: Attempts,
    now: datetime,
) -> datetime | None:
    """When a schedule will next run: `now` where a run is due, None where it is switched off."""
    if not schedule.enabled:
        return None
    if due_runs(schedule, calendar, since=since, attempts=attempts, now=now):
        return now
    retries = [
        made.next_try_at
        for made in attempts.values()
        if made.key.job == schedule.job and not made.is_settled and made.next_try_at is not None
    ]
    coming = next_occurrence(schedule, calendar, now)
    later = [moment for moment in retries if moment > now]
    return min([*later, coming.due_at] if coming else later, default=None)


def next_occurrence(schedule: Schedule, calendar: WorkCalendar, now: datetime) -> Occurrence | None:
    """The first occurrence after `now`."""
    return next(iter(occurrences(schedule, calendar, now, now + _REACH)), None)


def last_occurrence(schedule: Schedule, calendar: WorkCalendar, now: datetime) -> Occurrence | None:
    """The last occurrence up to `now`, whether it was run or not."""
    return next(iter(reversed(list(occurrences(schedule, calendar, now - _REACH, now)))), None)


def occurrence_of(
    schedule: Schedule, calendar: WorkCalendar, key: RunKey, now: datetime
) -> Occurrence | None:
    """The planned run that a key is of, if it was due by `now`."""
    start = datetime.combine(key.as_of, time(), SHANGHAI)
    found = occurrences(schedule, calendar, start, min(now, start + _REACH))
    named = (key.period, key.as_of)
    return next((one for one in found if (one.period, one.as_of) == named), None)


def _went_back(job: str, attempts: Attempts, now: datetime) -> bool:
    """Whether the clock went back over runs of a job."""
    return any(made.key.job == job and made.started_at > now for made in attempts.values())


def _missed(
    schedule: Schedule, calendar: WorkCalendar, since: datetime, now: datetime
) -> Iterable[Occurrence]:
    if schedule.every is not None:
        reach = timedelta(minutes=2 * schedule.every.minutes)
    else:
        reach = timedelta(days=schedule.catch_up_days or 1)
    found = list(occurrences(schedule, calendar, max(since, now - reach), now))
    return found if schedule.catch_up == "each" else found[-1:]


def _pending(schedule: Schedule, attempts: Attempts) -> Attempt | None:
    """The last run of a schedule that was tried in vain, if nothing came after it."""
    mine = [
        made
        for made in attempts.values()
        if made.key.job == schedule.job and made.asked_by == SCHEDULE
    ]
    last = max(mine, key=lambda made: made.started_at, default=None)
    return last if last is not None and not last.is_settled else None


SCHEDULE = "schedule"
