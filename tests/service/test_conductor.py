"""One run of one job: once, whoever asks; retried, given up, cut off and found again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest

from monitor.errors import StoreError
from monitor.model import Text
from monitor.service.conductor import Performed, Run, perform
from monitor.service.workplace import StopAsked, Workplace
from monitor.store.ledger import Attempt, RunKey, attempts
from service.conftest import Clock, Log, nightly

KEY = RunKey("nightly_checks", "2026-11-22", date(2026, 11, 22))
ROOT = Path(__file__).resolve().parents[2]


class Counter:
    """A job that counts how often it did its work."""

    def __init__(self, *errors: BaseException) -> None:
        self.errors = list(errors)
        self.times = 0

    def __call__(self, _run: Run) -> Mapping[str, int]:
        if self.errors:
            raise self.errors.pop(0)
        self.times += 1
        return {"rows": 7}


def kept(place: Workplace) -> tuple[Attempt, ...]:
    with place.store(write=False) as store:
        return attempts(store)


def run(place: Workplace, do: Counter, **given: object) -> Performed:
    return perform(place, nightly(), do, KEY, **given)  # type: ignore[arg-type]


def test_a_key_is_done_once_whoever_asks(place: Workplace) -> None:
    do = Counter()
    assert run(place, do).state == "done"
    again = run(place, do, asked_by="cli:wangfang")
    assert again.state == "done_before"
    assert again.counts == {"rows": 7}
    assert do.times == 1
    (attempt,) = kept(place)
    assert attempt.outcome == "done"
    assert attempt.ended_at is not None
    assert attempt.ruleset
    assert attempt.version


def test_another_day_is_another_key(place: Workplace) -> None:
    do = Counter()
    run(place, do)
    other = RunKey("nightly_checks", "2026-11-22", date(2026, 11, 21))
    assert perform(place, nightly(), do, other).state == "done"
    assert do.times == 2


def test_failures_wait_longer_each_time_and_end(place: Workplace, clock: Clock) -> None:
    do = Counter(*[StoreError(Text("磁盘已满。", "The disk is full.")) for _ in range(3)])
    pauses = []
    for _ in range(2):
        assert run(place, do).state == "failed"
        last = kept(place)[-1]
        assert last.next_try_at is not None
        pauses.append(last.next_try_at - clock())
        clock.moment = last.next_try_at
    assert pauses == [timedelta(minutes=5), timedelta(minutes=15)]
    done = run(place, do)
    assert done.state == "given_up"
    assert done.words == Text("磁盘已满。", "The disk is full.")
    assert run(place, do).state == "done_before"
    # By hand it can be done when its cause is gone, and then never again.
    assert run(place, do, asked_by="cli:wangfang").state == "done"
    assert run(place, do, asked_by="cli:wangfang").state == "done_before"
    assert do.times == 1


def test_an_error_of_ours_is_told_by_its_kind_only(place: Workplace, log: Log) -> None:
    done = run(place, Counter(ValueError("赣A12345D of 王芳")))
    assert done.state == "failed"
    assert done.words is not None
    assert "ValueError" in done.words.zh
    assert "赣A" not in done.words.zh + done.words.en
    assert "run_error" in log.events()


def test_a_run_that_is_asked_to_stop_is_done_again_at_once(place: Workplace, clock: Clock) -> None:
    do = Counter(StopAsked())
    assert run(place, do).state == "interrupted"
    assert kept(place)[-1].next_try_at == clock()
    assert run(place, do).state == "done"


def test_rules_that_cannot_be_read_are_an_attempt_that_failed(
    place: Workplace, tmp_path: Path
) -> None:
    place.config = tmp_path / "config"
    (place.config / "checks" / "mandates").mkdir(parents=True)
    (place.config / "checks" / "mandates" / "JX-F01.yml").write_text("id: [", "utf-8")
    do = Counter()
    done = run(place, do)
    assert done.state == "failed"
    assert done.words is not None
    assert "JX-F01.yml" in done.words.zh
    assert not do.times


CHILD = textwrap.dedent(
    """
    import sys, time
    from datetime import date, datetime
    from pathlib import Path
    from monitor.model import SHANGHAI
    from monitor.service.conductor import perform
    from monitor.service.workplace import Workplace
    from monitor.settings import Settings
    from monitor.store.home import Home
    from monitor.store.ledger import RunKey
    from service.conftest import nightly

    home, marks, seconds = Home(Path(sys.argv[1])), Path(sys.argv[2]), float(sys.argv[3])
    place = Workplace(home=home, config=None, settings=Settings(), actor="job:test",
                      now=lambda: datetime.now(SHANGHAI))

    def do(run):
        with marks.open("a") as out:
            out.write("x")
        print("at work", flush=True)
        time.sleep(seconds)
        return {}

    key = RunKey("nightly_checks", "2026-11-22", date(2026, 11, 22))
    print(perform(place, nightly(), do, key).state, flush=True)
    """
)


def child(place: Workplace, marks: Path, seconds: float) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(place.home.root), str(marks), str(seconds)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"},
    )


def test_many_processes_do_a_key_once(place: Workplace, tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    children = [child(place, marks, 0.3) for _ in range(3)]
    said = [one.communicate(timeout=120)[0].split("\n") for one in children]
    assert marks.read_text() == "x"
    ends = sorted(lines[-2] for lines in said)
    assert ends.count("done") == 1
    assert set(ends) <= {"done", "done_before", "busy"}


def test_a_killed_run_is_found_and_done_again(place: Workplace, tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    first = child(place, marks, 60)
    assert first.stdout is not None
    assert first.stdout.readline() == "at work\n"
    assert run(place, Counter()).state == "busy"
    first.send_signal(signal.SIGKILL)
    first.wait(timeout=60)
    first.stdout.close()
    do = Counter()
    assert run(place, do).state == "done"
    killed, done = kept(place)
    assert (killed.outcome, done.outcome) == ("killed", "done")
    assert killed.ended_at is not None
    assert (killed.number, done.number) == (1, 2)


def test_a_run_that_kills_its_process_is_not_tried_for_ever(place: Workplace) -> None:
    from monitor.store.ledger import NewAttempt, claim  # noqa: PLC0415

    for _ in range(3):
        with place.store(write=True) as store:
            claim(store, NewAttempt(KEY, "schedule", "gone:1", None, False, place.now(), "r", "v"))
    do = Counter()
    assert run(place, do).state == "given_up"
    assert not do.times


@pytest.mark.parametrize("number", [1, 2])
def test_what_a_job_settles_in_its_own_transaction_is_not_ended_twice(
    place: Workplace, number: int
) -> None:
    def do(running: Run) -> Mapping[str, int]:
        with place.store(write=True) as store, store.transaction():
            running.settle(store, {"letters": number})
        return {}

    perform(place, nightly(), do, KEY)
    (attempt,) = kept(place)
    assert attempt.outcome == "done"
    assert attempt.counts == {"letters": number}
