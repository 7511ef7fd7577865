"""The clock's hand: one fault stops nothing else, and what went wrong is told whatever happens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest

from monitor.errors import StoreError, WrongUse
from monitor.model import Text
from monitor.service import jobs, ticker
from monitor.service.by_hand import run_by_hand
from monitor.service.conductor import Run
from monitor.service.health import ServiceState
from monitor.service.jobs import Job
from monitor.service.ticker import Ticker
from monitor.service.timetable import read_timetable
from monitor.service.workplace import Workplace
from monitor.store.deliveries import deliveries
from monitor.store.ledger import RunKey, attempts, note_seen
from monitor.store.notices import notices
from service.conftest import Clock, Log


class Double:
    """A job that notes which keys it was asked for, or fails."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.keys: list[RunKey] = []

    def __call__(self, run: Run) -> Mapping[str, int]:
        self.keys.append(run.key)
        if self.error is not None:
            raise self.error
        return {}


@pytest.fixture
def doubles(monkeypatch: pytest.MonkeyPatch) -> dict[str, Double]:
    """Every job of the project, each doing nothing but to be counted."""
    made = {name: Double() for name in jobs.JOBS}
    always = {name: Job(double) for name, double in made.items()}
    monkeypatch.setattr(jobs, "JOBS", always)
    monkeypatch.setattr(ticker, "JOBS", always)
    return made


def has_work(patch: pytest.MonkeyPatch, doubles: dict[str, Double], name: str) -> None:
    """No other job has any from now on."""
    idle = {one: Job(double, lambda _place: False) for one, double in doubles.items()}
    patch.setattr(ticker, "JOBS", idle | {name: Job(doubles[name])})


@pytest.fixture
def hand(place: Workplace) -> Ticker:
    return Ticker(place, ServiceState(started_at=place.now()))


def test_a_fault_of_one_job_is_shown_and_the_others_have_their_turn(
    hand: Ticker,
    clock: Clock,
    log: Log,
    doubles: dict[str, Double],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def closed(_place: Workplace) -> bool:
        raise PermissionError(13, "inbox")

    broken = dict(jobs.JOBS) | {"ingest_inbox": Job(doubles["ingest_inbox"], closed)}
    monkeypatch.setattr(ticker, "JOBS", broken)
    hand.tick()
    for _ in range(3):
        clock.pass_by(minutes=2)
        hand.tick()
    shown = [hand.state.fault]
    assert len(doubles["send_due"].keys) == 3
    assert log.events().count("tick_failed") == 1
    monkeypatch.setattr(ticker, "JOBS", broken | {"ingest_inbox": Job(doubles["ingest_inbox"])})
    clock.pass_by(minutes=2)
    hand.tick()
    shown.append(hand.state.fault)
    assert shown == ["ingest_inbox: PermissionError", None]
    assert doubles["ingest_inbox"].keys


def test_what_was_given_up_is_told_even_if_nobody_could_be_told_then(
    hand: Ticker,
    place: Workplace,
    clock: Clock,
    doubles: dict[str, Double],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    has_work(monkeypatch, doubles, "nightly_checks")
    hand.tick()
    doubles["nightly_checks"].error = StoreError(Text("磁盘已满。", "The disk is full."))
    config = tmp_path / "config"
    (config / "data").mkdir(parents=True)
    book = config / "data" / "recipients.yml"
    book.write_text("sender: [", "utf-8")
    place.config = config
    clock.moment = clock.moment.replace(hour=2, minute=0) + timedelta(days=1)
    for _ in range(6):
        hand.tick()
        clock.pass_by(hours=3)
    with place.store(write=False) as store:
        assert attempts(store, "nightly_checks")[-1].outcome == "given_up"
        assert not notices(store)
    book.unlink()
    # A process that knows nothing of it finds it in the ledger.
    again = Ticker(place, ServiceState(started_at=place.now()))
    for _ in range(3):
        again.tick()
        clock.pass_by(hours=2)
    with place.store(write=False) as store:
        told = [one for one in notices(store) if "nightly_checks" in one.about]
        letters = [one for one in deliveries(store) if one.kind == "operators"]
    assert len(told) == 1
    assert "磁盘已满" in told[0].text.zh
    assert letters


def test_a_clock_that_ran_ahead_holds_nothing_up_when_it_is_right_again(
    hand: Ticker,
    place: Workplace,
    clock: Clock,
    doubles: dict[str, Double],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    has_work(monkeypatch, doubles, "send_due")
    with place.store(write=True) as store:
        note_seen(store, list(jobs.JOBS), clock() + timedelta(days=3650))
    hand.tick()
    for _ in range(6):
        clock.pass_by(minutes=1)
        hand.tick()
    assert len(doubles["send_due"].keys) == 6
    clock.pass_by(minutes=-4)
    clock.pass_by(seconds=10)
    hand.tick()
    assert len(set(doubles["send_due"].keys)) == 7


def test_what_is_settled_stays_done_whatever_comes_after_it(
    hand: Ticker, place: Workplace, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def do(run: Run) -> Mapping[str, int]:
        with run.place.store(write=True) as store, store.transaction():
            run.settle(store, {"letters": 3})
        raise OSError(28, "after the commit")

    monkeypatch.setattr(ticker, "JOBS", {"nightly_checks": Job(do)})
    hand.tick()
    clock.moment = clock.moment.replace(hour=2, minute=0) + timedelta(days=1)
    hand.tick()
    with place.store(write=False) as store:
        (made,) = attempts(store, "nightly_checks")
    assert (made.outcome, made.counts) == ("done", {"letters": 3})
    assert hand.state.jobs["nightly_checks"].last_outcome == "done"


def test_what_was_not_committed_is_a_failure_with_its_pause(
    hand: Ticker, place: Workplace, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def do(run: Run) -> Mapping[str, int]:
        with run.place.store(write=True) as store, store.transaction():
            run.settle(store, {"letters": 3})
            raise OSError(28, "no space left for the commit")

    monkeypatch.setattr(ticker, "JOBS", {"nightly_checks": Job(do)})
    hand.tick()
    clock.moment = clock.moment.replace(hour=2, minute=0) + timedelta(days=1)
    hand.tick()
    with place.store(write=False) as store:
        (made,) = attempts(store, "nightly_checks")
    assert made.outcome == "failed"
    assert made.next_try_at is not None
    assert made.next_try_at > clock()


def test_a_run_by_hand_of_a_missed_week_is_late_and_a_coming_day_is_refused(
    hand: Ticker,
    place: Workplace,
    clock: Clock,
    doubles: dict[str, Double],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("monitor.service.by_hand.JOBS", jobs.JOBS)
    hand.tick()
    clock.pass_by(days=9)  # Wednesday after the next Monday
    done = run_by_hand(place, "weekly_bulletins", date(2026, 11, 29))
    assert done.attempt is not None
    assert done.attempt.is_late
    earlier = run_by_hand(place, "weekly_bulletins", date(2020, 12, 27))
    assert earlier.attempt is not None
    assert not earlier.attempt.is_late
    assert len(doubles["weekly_bulletins"].keys) == 2
    with pytest.raises(WrongUse):
        run_by_hand(place, "weekly_bulletins", date(2026, 12, 3))


def test_looking_writes_nothing(place: Workplace) -> None:
    read_timetable(place)
    assert not place.home.database.exists()
