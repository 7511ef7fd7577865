"""On which days an item that is still owed is spoken of, by its rule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from monitor.bulletins.notice_facts import Kind
from monitor.policy.calendars import WorkCalendar
from monitor.policy.due_dates import DueItem, ReportingRule

_DAY = timedelta(days=1)


class Step(NamedTuple):
    """A day on which something is to be said; `days` lie between it and the due date."""

    what: Kind
    on: date
    days: int


def steps_of(
    item: DueItem, rule: ReportingRule, calendar: WorkCalendar
) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """The steps of an item in order of time: those told to its sender, and those told above.

    Days before the due date are working days, days after it calendar days. A day off stays what it
    is: where nothing runs on it, the step is made up for.
    """
    before = [
        Step("reminder", calendar.working_days_before(item.due_on, days), days)
        for days in sorted(set(rule.remind_before_days), reverse=True)
    ]
    own = (*before, *_after("past_due", item, rule.remind_after_days))
    return own, _after("escalation", item, rule.escalate_after_days)


def _after(what: Kind, item: DueItem, days_after: Sequence[int]) -> tuple[Step, ...]:
    return tuple(Step(what, item.due_on + days * _DAY, days) for days in sorted(set(days_after)))


def reached(steps: Sequence[Step], due_on: date, today: date) -> int | None:
    """The place of the latest step whose day has come; a reminder ends with the due day."""
    places = [place for place, step in enumerate(steps) if step.on <= today]
    if not places or (steps[places[-1]].what == "reminder" and today > due_on):
        return None
    return places[-1]


def pause_before(steps: Sequence[Step], place: int) -> int:
    """The days that the rule leaves between a step and the one of its kind before it."""
    if place == 0 or steps[place - 1].what != steps[place].what:
        return 0
    return (steps[place].on - steps[place - 1].on).days
