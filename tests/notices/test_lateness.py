"""What was due and what came in: by the day in Shanghai, whole periods, whoever sent."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from thorough import TIMES

from monitor.corridor.declared import Declared
from monitor.corridor.lateness import standing
from monitor.corridor.nil import record_nil
from monitor.model import SHANGHAI, Mode, Period, month_end
from monitor.policy.due_dates import DueItem
from monitor.policy.policy import Policy
from monitor.store.knowledge import Knowledge
from monitor.store.recording import Recorder
from monitor.store.store import Store

from .conftest import memory_store, moment, receive

JANUARY = Period(date(2026, 1, 1), date(2026, 1, 31))
DUE = date(2026, 2, 10)


def item(division: str = "360100", period: Period = JANUARY, due_on: date = DUE) -> DueItem:
    return DueItem("JX-monthly", "registration", division, period, due_on)


def state_of(store: Store, policy: Policy, as_of: date, of: DueItem | None = None) -> str:
    (one,) = standing(store, policy, [of or item()], as_of)
    return one.state


@pytest.mark.parametrize(
    ("at", "state", "days"),
    [
        (moment(date(2026, 2, 3)), "on_time", 0),
        (moment(DUE, 23, 59), "on_time", 0),  # 15:59 in UTC
        (moment(date(2026, 2, 11), 0, 10), "late", 1),  # still the tenth in UTC
        (moment(date(2026, 3, 2)), "late", 20),
    ],
)
def test_the_day_in_shanghai_decides(
    store: Store, policy: Policy, at: datetime, state: str, days: int
) -> None:
    receive(store, "360100", JANUARY, at)
    (one,) = standing(store, policy, [item()], date(2026, 3, 9))
    assert (one.state, one.received_at) == (state, at)
    assert one.days_late(date(2026, 3, 9)) == days
    assert one.covers == (JANUARY,)


def test_nothing_is_waited_for_and_then_missed(store: Store, policy: Policy) -> None:
    assert state_of(store, policy, DUE) == "waiting"
    (one,) = standing(store, policy, [item()], date(2026, 2, 13))
    assert (one.state, one.days_late(date(2026, 2, 13)), one.last_at) == ("missing", 3, None)


def test_a_part_is_no_whole(store: Store, policy: Policy) -> None:
    first = Period(date(2026, 1, 1), date(2026, 1, 20))
    receive(store, "360100", first, moment(date(2026, 2, 2)))
    assert state_of(store, policy, DUE) == "waiting"
    (one,) = standing(store, policy, [item()], date(2026, 2, 11))
    assert (one.state, one.covers, one.last_at) == (
        "partial",
        (first,),
        moment(date(2026, 2, 2)),
    )
    rest = Period(date(2026, 1, 19), date(2026, 2, 28))
    receive(store, "360100", rest, moment(date(2026, 2, 12)))
    (one,) = standing(store, policy, [item()], date(2026, 2, 28))
    assert (one.state, one.received_at) == ("late", moment(date(2026, 2, 12)))


def test_what_comes_again_does_not_make_it_late(store: Store, policy: Policy) -> None:
    for day in (date(2026, 2, 4), date(2026, 3, 4), date(2026, 4, 4)):
        receive(store, "360100", Period(date(2026, 1, 1), day), moment(day))
    (one,) = standing(store, policy, [item()], date(2026, 4, 30))
    assert (one.state, one.received_at) == ("on_time", moment(date(2026, 2, 4)))
    assert one.last_at == moment(date(2026, 4, 4))


def test_a_refused_file_and_another_kind_cover_nothing(store: Store, policy: Policy) -> None:
    receive(store, "360100", JANUARY, moment(date(2026, 2, 3)), status="refused")
    receive(store, "360100", JANUARY, moment(date(2026, 2, 3)), kind="procurement")
    receive(store, "360200", JANUARY, moment(date(2026, 2, 3)))
    assert state_of(store, policy, date(2026, 2, 11)) == "missing"


def test_a_nil_return_is_a_report(tmp_path: Path, policy: Policy) -> None:
    with memory_store(tmp_path / "home") as store:
        declared = Declared(
            received_at=moment(date(2026, 2, 9)),
            kind="registration",
            division="360100",
            period=JANUARY,
            mode=Mode.NIL,
        )
        recorder = Recorder(store, policy.ruleset, "0.1.0", moment(date(2026, 2, 9)))
        record_nil(store, policy, recorder, declared)
        store.look(Knowledge(None, store.history()))
        assert state_of(store, policy, date(2026, 2, 11)) == "on_time"


def test_a_county_stands_for_the_division_that_it_reports_to(store: Store, policy: Policy) -> None:
    receive(store, "360100", JANUARY, moment(date(2026, 2, 3)))
    assert state_of(store, policy, DUE, item("360102")) == "on_time"
    assert state_of(store, policy, date(2026, 2, 11), item("360202")) == "missing"


def test_a_province_is_whole_when_each_of_its_divisions_is(store: Store, policy: Policy) -> None:
    members = policy.divisions.members("360000")
    for number, code in enumerate(members[:-1]):
        receive(store, code, JANUARY, moment(date(2026, 2, 1 + number % 9)))
    (one,) = standing(store, policy, [item("360000")], date(2026, 2, 11))
    assert (one.state, one.covers) == ("partial", ())
    receive(store, members[-1], JANUARY, moment(date(2026, 2, 12)))
    (one,) = standing(store, policy, [item("360000")], date(2026, 2, 12))
    assert (one.state, one.received_at) == ("late", moment(date(2026, 2, 12)))


def test_only_what_was_known_then_is_seen(store: Store, policy: Policy) -> None:
    receive(store, "360100", JANUARY, moment(date(2026, 2, 12)))
    store.look(Knowledge(moment(date(2026, 2, 11)), store.history()))
    assert state_of(store, policy, date(2026, 2, 11)) == "missing"


def test_items_are_answered_in_their_order(store: Store, policy: Policy) -> None:
    receive(store, "360100", JANUARY, moment(date(2026, 2, 3)))
    items = [item("360200"), item("360100"), item("36GJXQ"), item("360100")]
    found = standing(store, policy, items, date(2026, 2, 11))
    assert [one.item for one in found] == items
    assert [one.state for one in found] == ["missing", "on_time", "missing", "on_time"]
    assert standing(store, policy, [], date(2026, 2, 11)) == ()


_DAYS = st.dates(date(2025, 12, 1), date(2026, 3, 31))
_SENT = st.lists(st.tuples(_DAYS, st.integers(0, 60), _DAYS), max_size=6)


@given(sent=_SENT, as_of=st.dates(date(2026, 1, 20), date(2026, 3, 31)))
@settings(max_examples=15 * TIMES)
def test_every_day_counted_by_hand_comes_to_the_same(
    policy: Policy,
    tmp_path_factory: pytest.TempPathFactory,
    sent: list[tuple[date, int, date]],
    as_of: date,
) -> None:
    days = [JANUARY.start + timedelta(days=n) for n in range(31)]
    first: dict[date, datetime] = {}
    with memory_store(tmp_path_factory.mktemp("home")) as store:
        store.look(Knowledge(None, 0))
        for start, length, came in sent:
            period = Period(start, start + timedelta(days=length))
            receive(store, "360100", period, moment(came))
            for day in days:
                if period.holds(day):
                    first[day] = min(first.get(day, moment(came)), moment(came))
        (one,) = standing(store, policy, [item()], as_of)
    covered = {day for span in one.covers for day in days if span.holds(day)}
    assert covered == set(first)
    whole_at = max(first.values()) if len(first) == len(days) else None
    assert one.received_at == whole_at
    if whole_at is not None:
        in_time = whole_at.astimezone(SHANGHAI).date() <= DUE
        assert one.state == ("on_time" if in_time else "late")
    elif as_of <= DUE:
        assert one.state == "waiting"
    else:
        assert one.state == ("partial" if first else "missing")


def test_a_year_is_whole_by_its_months(store: Store, policy: Policy) -> None:
    year = Period(date(2025, 1, 1), date(2025, 12, 31))
    for month in range(1, 13):
        start = date(2025, month, 1)
        at = moment(date(2026, 1, 1) + timedelta(days=month))
        receive(store, "360100", Period(start, month_end(start)), at)
    owed = item(period=year, due_on=date(2026, 1, 15))
    assert state_of(store, policy, date(2026, 2, 1), owed) == "on_time"
