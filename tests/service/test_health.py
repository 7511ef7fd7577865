"""Health by the run ledger: what was given up stays told until it is done, whoever does it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from monitor.errors import StoreError
from monitor.model import Text
from monitor.service import jobs, ticker
from monitor.service.by_hand import run_by_hand
from monitor.service.health import JobState, Reason, ServiceState, reasons_of, standings
from monitor.service.jobs import Job
from monitor.service.metrics import make_registry, metrics_text
from monitor.service.ticker import Ticker
from monitor.service.workplace import Workplace
from monitor.store.deliveries import State
from monitor.store.knowledge import stored_moment
from service.conftest import Clock
from service.test_ticker import Double

FULL = StoreError(Text("磁盘已满。", "The disk is full."))
Figures = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture
def double(monkeypatch: pytest.MonkeyPatch) -> Double:
    """The night's checks, doing nothing or failing; no other job has work."""
    made = Double()
    only = {"nightly_checks": Job(made)}
    others = {name: Job(Double(), lambda _place: False) for name in jobs.JOBS}
    for module in (jobs, ticker):
        monkeypatch.setattr(module, "JOBS", others | only)
    monkeypatch.setattr("monitor.service.by_hand.JOBS", others | only)
    return made


def started(place: Workplace) -> Ticker:
    """The clock's hand of a process that has just begun."""
    return Ticker(place, ServiceState(started_at=place.now(), last_tick_at=place.now()))


def reasons(hand: Ticker) -> list[Reason]:
    return reasons_of(hand.state, hand.place.settings, hand.place.now())


def figures(hand: Ticker) -> Figures:
    text = metrics_text(make_registry(hand.state, hand.place.settings, hand.place.now)).decode()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def nights(hand: Ticker, clock: Clock, tries: int) -> None:
    """From two at night on, as many tries, each after the longest pause of the job."""
    clock.moment = clock.moment.replace(hour=2, minute=0) + timedelta(days=1)
    for _ in range(tries):
        hand.tick()
        clock.pass_by(hours=3)
    clock.pass_by(hours=-3)


@pytest.mark.parametrize("is_restarted", [False, True])
def test_what_was_given_up_stays_told_until_a_run_is_done(
    place: Workplace, clock: Clock, double: Double, *, is_restarted: bool
) -> None:
    hand = started(place)
    hand.tick()
    assert reasons(hand) == []
    double.error = FULL
    nights(hand, clock, 4)
    (told,) = reasons(hand)
    assert told.code == "job_given_up"
    assert "fleetmon run nightly_checks --as-of 2026-11-23" in told.words.en
    # The next night fails once: it will be tried again, and the first was still never done.
    nights(hand, clock, 1)
    if is_restarted:
        hand = started(place)
        hand.tick()
    assert hand.state.jobs["nightly_checks"].last_outcome == "failed"
    assert [one.code for one in reasons(hand)] == ["job_given_up"]
    now = figures(hand)
    assert now["fleetmon_healthy", ()] == 0
    assert now["fleetmon_job_given_up", (("job", "nightly_checks"),)] == 1
    assert now["fleetmon_job_consecutive_failures", (("job", "nightly_checks"),)] == 5
    double.error = None
    clock.pass_by(hours=3)
    hand.tick()
    assert reasons(hand) == []
    now = figures(hand)
    assert now["fleetmon_healthy", ()] == 1
    assert now["fleetmon_job_given_up", (("job", "nightly_checks"),)] == 0
    assert now["fleetmon_job_consecutive_failures", (("job", "nightly_checks"),)] == 0


def test_a_run_by_hand_in_another_process_ends_it(
    place: Workplace, clock: Clock, double: Double
) -> None:
    hand = started(place)
    hand.tick()
    double.error = FULL
    nights(hand, clock, 4)
    assert [one.code for one in reasons(hand)] == ["job_given_up"]
    double.error = None
    clock.pass_by(minutes=1)
    done = run_by_hand(place, "nightly_checks", None)
    assert done.state == "done"
    clock.pass_by(minutes=1)
    hand.tick()
    assert reasons(hand) == []
    success = figures(hand)[
        "fleetmon_job_last_success_timestamp_seconds", (("job", "nightly_checks"),)
    ]
    assert success == (clock() - timedelta(minutes=1)).timestamp()


def test_three_failures_in_a_row_are_told_and_two_are_not(
    place: Workplace, clock: Clock, double: Double
) -> None:
    hand = started(place)
    hand.tick()
    double.error = FULL
    nights(hand, clock, 2)
    assert reasons(hand) == []
    clock.pass_by(hours=3)
    hand.tick()
    (told,) = reasons(hand)
    assert told.code == "job_failing"
    assert "nightly_checks" in told.words.zh
    assert "3" in told.words.en
    # The failures were another process's: they are the job's all the same.
    again = started(place)
    again.tick()
    assert [one.code for one in reasons(again)] == ["job_failing"]
    assert figures(again)["fleetmon_healthy", ()] == 0


def test_runs_that_were_cut_off_count_and_one_that_came_through_ends_the_row(
    place: Workplace, clock: Clock, double: Double
) -> None:
    del double

    def add(outcome: str, period: str, attempt: int, at: datetime) -> None:
        with place.store(write=True) as store:
            store.connection.execute(
                "INSERT INTO job_attempt (job, period, as_of, attempt, asked_by, owner, is_late, "
                "started_at, ended_at, outcome, ruleset, version) VALUES ('backup', ?, ?, ?, "
                "'schedule', 'host:1', false, ?, ?, ?, '', '')",
                [period, at.date(), attempt, *[stored_moment(at)] * 2, outcome],
            )

    def standing() -> tuple[int, bool]:
        with place.store(write=False) as store:
            found = standings(store, clock() + timedelta(days=9))["backup"]
        return found.failures, found.given_up is not None

    at = clock()
    for number, outcome in enumerate(("failed", "killed", "interrupted", "given_up"), start=1):
        add(outcome, "2026-11-23", number, at + timedelta(hours=number))
    assert standing() == (3, True)
    add("running", "2026-11-23", 5, at + timedelta(hours=5))
    assert standing() == (3, True)
    add("done", "2026-11-24", 1, at + timedelta(hours=6))
    assert standing() == (0, False)
    add("failed", "2026-11-25", 1, at + timedelta(hours=7))
    assert standing() == (1, False)
    # A clock that ran ahead must not have the last word.
    add("done", "2036-11-25", 1, at + timedelta(days=3650))
    assert standing() == (1, False)


def test_while_it_is_tried_again_it_is_not_well_yet(clock: Clock, place: Workplace) -> None:
    job = JobState()
    job.begin(clock())
    job.end("given_up", clock())
    job.begin(clock())
    state = ServiceState(started_at=clock(), last_tick_at=clock(), jobs={"backup": job})
    assert [one.code for one in reasons_of(state, place.settings, clock())] == ["job_given_up"]
    job.end("failed", clock())
    assert [one.code for one in reasons_of(state, place.settings, clock())] == ["job_given_up"]
    job.end("done", clock())
    assert reasons_of(state, place.settings, clock()) == []


def test_mail_that_nobody_takes_is_told_after_hours_and_not_after_minutes(
    place: Workplace, clock: Clock, double: Double
) -> None:
    del double  # nothing is sent
    with place.store(write=True) as store, store.transaction():
        store.connection.execute(
            "INSERT INTO delivery (id, kind, about, role, language, file_name, sha256, message_id, "
            "made_at, state, attempts, doubles) "
            "VALUES ('D1', 'bulletin', '360100', 'bureau', 'zh', 'a.eml', '', '', ?, ?, 1, 0)",
            [stored_moment(clock()), State.DEFERRED.value],
        )
    hand = started(place)
    hand.tick()
    assert reasons(hand) == []
    clock.pass_by(hours=5)
    hand.tick()
    (told,) = reasons(hand)
    assert told.code == "mail_waits"
    assert "2026-11-23 08:00" in told.words.zh
    assert "mail-server-down" in told.words.en
    assert figures(hand)["fleetmon_healthy", ()] == 0
