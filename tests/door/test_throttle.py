"""Guessing made slow, for names that exist and for names that do not."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.door import throttle
from monitor.door.database import Door
from monitor.door.throttle import (
    claim_try,
    clear_tries,
    pause_after,
    strangers_to_tell,
    sweep_tries,
    tries_of,
)

from .conftest import NOW, Clock


def test_the_wait_doubles_from_half_a_minute_to_a_quarter_of_an_hour() -> None:
    waits = [pause_after(failures).total_seconds() for failures in range(13)]
    assert waits == [0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]
    assert pause_after(10**9) == timedelta(minutes=15)


def test_a_name_waits_after_five_failures_and_longer_each_time(door: Door, clock: Clock) -> None:
    for _ in range(5):
        assert claim_try(door, "wangfang", clock.moment) is None
    assert claim_try(door, "wangfang", clock.moment) == timedelta(seconds=30)
    clock.pass_by(seconds=29)
    assert claim_try(door, "wangfang", clock.moment) == timedelta(seconds=1)
    clock.pass_by(seconds=1)
    assert claim_try(door, "wangfang", clock.moment) is None
    assert claim_try(door, "wangfang", clock.moment) == timedelta(minutes=1)
    assert tries_of(door, "wangfang") == 6  # waiting makes it no longer


def test_a_day_of_guessing_is_a_hundred_guesses(door: Door, clock: Clock) -> None:
    tried = 0
    while clock.moment < NOW + timedelta(days=1):
        tried += claim_try(door, "wangfang", clock.moment) is None
        clock.pass_by(seconds=10)
    assert tried == 104


def test_each_name_waits_by_itself_in_any_writing(door: Door) -> None:
    for typed in ("wangfang", "WangFang", " wangfang ", "ｗａｎｇｆａｎｇ", "WANGFANG"):
        assert claim_try(door, typed, NOW) is None
    assert claim_try(door, "wangfang", NOW)
    assert claim_try(door, "liming", NOW) is None


def test_a_success_and_a_quiet_day_clear_it(door: Door, clock: Clock) -> None:
    for name in ("wangfang", "liming"):
        for _ in range(5):
            claim_try(door, name, clock.moment)
    clear_tries(door, "WANGFANG")
    assert claim_try(door, "wangfang", clock.moment) is None
    clock.pass_by(days=1, seconds=30)
    assert claim_try(door, "liming", clock.moment) is None
    assert tries_of(door, "liming") == 1


def test_a_clock_put_back_locks_nobody_out(door: Door, clock: Clock) -> None:
    for _ in range(5):
        claim_try(door, "wangfang", clock.moment)
    clock.pass_by(days=-365)
    assert claim_try(door, "wangfang", clock.moment) is None


def test_what_was_typed_is_not_kept(door: Door) -> None:
    claim_try(door, "梅岭 早班 充电桩", NOW)  # a password in the wrong field
    ((name, *_),) = door.rows("SELECT * FROM attempt")
    assert set(name) <= set("0123456789abcdef")
    assert len(name) == 64


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(max_size=300))
def test_any_text_is_counted_as_a_name(door: Door, name: str) -> None:
    clear_tries(door, name)
    assert claim_try(door, name, NOW) is None
    assert tries_of(door, name) == 1


def test_a_million_names_are_no_million_rows(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "_MOST_NAMES", 20)
    strangers_to_tell(door, NOW)
    for _ in range(5):
        claim_try(door, "wangfang", NOW)
    for number in range(60):
        claim_try(door, f"guess{number}", NOW + timedelta(minutes=1, milliseconds=number))
    assert door.row("SELECT count(*) FROM attempt") == (20,)
    assert tries_of(door, "wangfang") == 5  # whom they are after is not forgotten for them
    assert tries_of(door, "guess59") == 1
    assert tries_of(door, "guess0") == 0
    assert not strangers_to_tell(door, NOW)


def test_quiet_names_are_swept(door: Door, clock: Clock) -> None:
    claim_try(door, "wangfang", clock.moment)
    clock.pass_by(hours=23)
    claim_try(door, "liming", clock.moment)
    assert sweep_tries(door, clock.moment) == 0
    assert sweep_tries(door, clock.pass_by(hours=2)) == 1
    assert (tries_of(door, "wangfang"), tries_of(door, "liming")) == (0, 1)


def test_failures_of_strangers_are_told_once_a_minute_with_their_number(
    door: Door, clock: Clock
) -> None:
    told = []
    for second in range(200):
        if count := strangers_to_tell(door, clock.moment):
            told.append((second, count))
        clock.pass_by(seconds=1)
    assert told == [(0, 1), (60, 60), (120, 60), (180, 60)]
    assert all(later[0] - earlier[0] == 60 for earlier, later in pairwise(told))
    clock.pass_by(days=-30)
    assert strangers_to_tell(door, clock.moment)
