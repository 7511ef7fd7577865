"""One job by hand: the same run, under the same key, as the clock would do."""

from __future__ import annotations

from datetime import date

from monitor.errors import WrongUse
from monitor.model import SHANGHAI, Text
from monitor.policy.schedules import Schedule, period_of
from monitor.service.conductor import Performed, perform
from monitor.service.jobs import JOBS
from monitor.service.plan import last_occurrence
from monitor.service.timetable import known_schedules
from monitor.service.workplace import Workplace
from monitor.store.ledger import RunKey


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
    return perform(
        place, schedule, JOBS[job].do, key_of(place, schedule, as_of), asked_by=place.actor
    )


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
