"""Sessions: secrets that are not kept, and an end by time or by somebody's word."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.door.accounts import close_sessions
from monitor.door.database import Door
from monitor.door.sessions import (
    Opened,
    Session,
    close_session,
    open_session,
    session_of,
    sweep_sessions,
)
from monitor.settings import SiteSettings

from .conftest import NOW, SITE, Clock, acts, add


@pytest.fixture
def opened(door: Door) -> Opened:
    return open_session(door, add(door, "wangfang", password=None), NOW, SITE)


def found(door: Door, opened: Opened, clock: Clock, site: SiteSettings = SITE) -> Session | None:
    return session_of(door, opened.secret, clock.moment, site)


def test_a_session_is_of_its_account_and_its_secret_is_not_kept(
    door: Door, opened: Opened, clock: Clock
) -> None:
    session = found(door, opened, clock)
    assert session is not None
    assert session.account.name == "wangfang"
    assert session.csrf == opened.csrf
    assert session.accepts(opened.csrf)
    assert not session.accepts("")
    assert not session.accepts(opened.csrf[:-1] + "\ud800")
    assert len(opened.secret) == len(opened.csrf) == 43  # 256 bits
    assert opened.secret != opened.csrf
    (kept,) = door.rows("SELECT * FROM session")
    assert opened.secret not in str(kept)
    assert opened.secret.encode() not in kept[0]


def test_no_two_sessions_are_alike(door: Door, opened: Opened) -> None:
    more = [open_session(door, add(door, f"clerk{n}", password=None), NOW, SITE) for n in range(5)]
    texts = {text for one in [opened, *more] for text in one}
    assert len(texts) == 12


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60))
def test_no_other_text_is_a_session(door: Door, opened: Opened, text: str) -> None:
    assert (session_of(door, text, NOW, SITE) is not None) is (text == opened.secret)


def test_a_session_ends_an_hour_after_its_last_request(
    door: Door, opened: Opened, clock: Clock
) -> None:
    for _ in range(3):
        clock.pass_by(minutes=58)
        assert found(door, opened, clock)
    clock.pass_by(minutes=60)
    assert found(door, opened, clock) is None
    clock.pass_by(minutes=-1)
    assert found(door, opened, clock)


def test_a_session_ends_after_half_a_day_whatever_is_done(
    door: Door, opened: Opened, clock: Clock
) -> None:
    while clock.moment < NOW + timedelta(hours=11, minutes=30):
        clock.pass_by(minutes=30)
        assert found(door, opened, clock)
    clock.moment = NOW + timedelta(hours=12)
    assert found(door, opened, clock) is None


def test_the_last_request_is_written_at_most_once_a_minute(
    door: Door, opened: Opened, clock: Clock
) -> None:
    written = []
    for _ in range(130):
        before = door.connection.total_changes
        assert found(door, opened, clock)
        written.append(door.connection.total_changes - before)
        clock.pass_by(seconds=1)
    assert [second for second, count in enumerate(written) if count] == [60, 120]
    assert max(written) == 1


def test_a_short_idle_time_is_kept_to(door: Door, clock: Clock) -> None:
    site = SiteSettings(session_minutes=1)
    opened = open_session(door, add(door, "liming", password=None), NOW, site)
    for _ in range(10):  # nobody who clicks twice a minute is put out
        clock.pass_by(seconds=30)
        assert found(door, opened, clock, site)
    clock.pass_by(seconds=60)
    assert found(door, opened, clock, site) is None


def test_signing_out_ends_this_session_only(door: Door, opened: Opened, clock: Clock) -> None:
    session = found(door, opened, clock)
    assert session
    other = open_session(door, session.account, NOW, SITE)
    before = len(acts(door))
    close_session(door, opened.secret, now=NOW)
    assert found(door, opened, clock) is None
    assert found(door, other, clock)
    close_session(door, opened.secret, now=NOW)  # once more: nothing to end
    assert acts(door)[before:] == [("user:wangfang", "sign_out", "wangfang", "ok")]
    assert close_sessions(door, session.account) == 1
    assert found(door, other, clock) is None


def test_what_has_ended_is_swept_and_nothing_else(door: Door, clock: Clock) -> None:
    account = add(door, "wangfang", password=None)
    idle = open_session(door, account, NOW, SITE)
    old = open_session(door, account, NOW - timedelta(hours=11, minutes=59), SITE)
    good = open_session(door, account, NOW + timedelta(minutes=30), SITE)
    door.change(
        "UPDATE session SET seen_at = (SELECT max(seen_at) FROM session) "
        "WHERE made_at = (SELECT min(made_at) FROM session)"
    )
    clock.pass_by(minutes=59)
    assert sweep_sessions(door, clock.moment, SITE) == 1
    assert found(door, old, clock) is None
    assert sweep_sessions(door, clock.pass_by(minutes=1), SITE) == 1
    assert found(door, idle, clock) is None
    assert found(door, good, clock)
