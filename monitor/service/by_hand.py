"""One job by hand: the same run, under the same key, as the clock would do."""

from __future__ import annotations

from datetime import date, datetime

from monitor.errors import WrongUse
from monitor.model import SHANGHAI, Text
from monitor.policy.schedules import Schedule, period_of
from monitor.service.conductor import Performed, perform
from monitor.service.jobs import JOBS
from monitor.service.plan import LATE_AFTER, last_occurrence, occurrence_of
from monitor.service.timetable import known_schedules
from monitor.service.workplace import Workplace
from monitor.store.ledger import RunKey, first_seen


def run_by_hand(place: Workplace, job: str, as_of: date | None) -> Performed:
    """Run a job now for the period of `as_of`; nothing happens where that key is done.

    Without a day it is the last that was planned, as the clock would have it. Raises `WrongUse` for
    a job that is not there.
    """
    schedules = known_schedules(place)
    if job not in schedules:
        raise WrongUse(
            Text(
                f"没有这个任务：{job}。可用的有 {'、'.join(schedules)}。",
                f"No such job: {job}. There are {', '.join(schedules)}.",
            )
        )
    schedule = schedules[job]
    today = place.now().astimezone(SHANGHAI).date()
    if as_of is not None and as_of > today:
        raise WrongUse(
            Text(
                f"判定日 {as_of} 还没有到（今天是 {today}）。请给出今天或以前的日期。",
                f"The day {as_of} has not come yet (today is {today}). Give today or a day before.",
            )
        )
    key = key_of(place, schedule, as_of)
    due_at = _due_at(place, schedule, key)
    is_late = due_at is not None and place.now() - due_at > LATE_AFTER
    return perform(
        place,
        schedule,
        JOBS[job].do,
        key,
        asked_by=place.actor,
        due_at=due_at,
        is_late=is_late,
    )


def _due_at(place: Workplace, schedule: Schedule, key: RunKey) -> datetime | None:
    """When the run should have been; None where nobody here was to do it."""
    planned = occurrence_of(schedule, place.calendar(), key, place.now())
    if planned is None or schedule.every is not None:
        return None
    with place.store(write=False) as store:
        since = first_seen(store).get(key.job)
    return planned.due_at if since is not None and planned.due_at > since else None


def key_of(place: Workplace, schedule: Schedule, as_of: date | None) -> RunKey:
    """The key of a run by hand.

    A job that empties a queue every few minutes has no period to be done once for: each time that
    it is asked for by hand is a run of its own, and what it takes from the queue is taken once.
    """
    now = place.now().astimezone(SHANGHAI)
    if schedule.every is not None:
        return RunKey(schedule.job, now.isoformat(timespec="microseconds"), as_of or now.date())
    if as_of is None:
        planned = last_occurrence(schedule, place.calendar(), now)
        as_of = planned.as_of if planned else now.date()
    return RunKey(schedule.job, period_of(schedule, as_of, now), as_of)
