"""Over any days on which the job runs or not, and anything that comes in or not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from thorough import TIMES

from monitor.bulletins import notice
from monitor.model import Period, month_end
from monitor.policy.calendars import WorkCalendar
from monitor.policy.due_dates import ReportingRules
from monitor.policy.policy import Policy

from .conftest import Office, addressee, book_of, memory_store, moment, monthly, receive

FIRST, LAST = date(2025, 11, 1), date(2026, 1, 10)
DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
ITEMS = [(code, date(2025, month, 1)) for month in (10, 11) for code in ("360100", "360200")]


@pytest.fixture(scope="module", autouse=True)
def _without_pages() -> Iterator[None]:
    """Letters by the hundred, set without their pages: what they say is proved elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(notice, "set_pages", lambda *_: ("<p>-</p>", "-"))
        yield


@given(
    ran=st.lists(st.booleans(), min_size=len(DAYS), max_size=len(DAYS)),
    twice=st.sets(st.integers(0, len(DAYS) - 1), max_size=4),
    came=st.fixed_dictionaries({one: st.none() | st.integers(0, len(DAYS) - 1) for one in ITEMS}),
)
@settings(max_examples=4 * TIMES)
def test_whatever_days_run_and_whatever_comes(
    policy: Policy,
    calendar: WorkCalendar,
    tmp_path_factory: pytest.TempPathFactory,
    ran: list[bool],
    twice: set[int],
    came: dict[tuple[str, date], int | None],
) -> None:
    rules = monthly(
        "360100", "360200", start=date(2025, 10, 1), end=date(2025, 11, 30), after=(2, 7)
    )
    book = book_of(
        policy,
        addressee("360100", "clerk", "reminder", "past_due"),
        addressee("360200", "clerk", "reminder", "past_due"),
        addressee("360000", "province", "escalation"),
    )
    with memory_store(tmp_path_factory.mktemp("home")) as store:
        office = Office(store, policy, calendar, rules, book)
        letters: Counter[tuple[date, str]] = Counter()
        for number, day in enumerate(DAYS):
            for (code, start), on in came.items():
                if on == number:
                    receive(store, code, Period(start, month_end(start)), moment(day, 3))
            for hour in (8, 17)[: (1 + (number in twice)) if ran[number] else 0]:
                for one in office.remind(day, hour=hour).letters:
                    letters[day, f"{one.role}.{one.division}"] += 1
        told = store.rows("SELECT key, kind, about, made_at FROM notice")
    assert all(count == 1 for count in letters.values())
    assert len({key for key, *_ in told}) == len(told)
    _check_told(told, rules, policy, calendar, ran, came)


def _check_told(
    told: list[tuple[str, str, str, datetime]],
    rules: ReportingRules,
    policy: Policy,
    calendar: WorkCalendar,
    ran: list[bool],
    came: dict[tuple[str, date], int | None],
) -> None:
    for item in rules.items(policy.divisions, calendar, FIRST, LAST):
        on = came[item.division, item.period.start]
        came_on = FIRST + timedelta(days=on) if on is not None else date.max
        mine = [
            (kind, (at + timedelta(hours=8)).date())
            for _, kind, about, at in told
            if about == item.key
        ]
        for kind, day in mine:
            assert day < came_on, "what had come in was told of"
            assert (day <= item.due_on) == (kind == "reminder")
        own = sorted(day for kind, day in mine if kind != "escalation")
        assert len(own) == len(set(own)), "two steps of one item on one day"
        past = sorted(day for kind, day in mine if kind == "past_due")
        assert all((b - a).days >= 5 for a, b in pairwise(past))
        for kind, after in (("past_due", 7), ("escalation", 14)):
            runs = [
                day
                for number, day in enumerate(DAYS)
                if ran[number] and item.due_on + timedelta(days=after) <= day < came_on
            ]
            assert not runs or any(k == kind for k, _ in mine), (item.key, kind)
