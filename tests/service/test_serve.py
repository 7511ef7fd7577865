"""The real process: started, asked, stopped, killed, and weeks that pass in seconds."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from faults.campaign import CITIES, write_config
from thorough import nightly

from monitor.model import SHANGHAI
from monitor.store.deliveries import State, deliveries
from monitor.store.home import Home
from monitor.store.ledger import attempts, last_attempts
from monitor.store.opening import open_store

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
_ENVIRONMENT = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}


@contextmanager
def process(*words: object) -> Iterator[subprocess.Popen[str]]:
    """A process that does not outlive the test, with what it says on either channel."""
    started = subprocess.Popen(
        [sys.executable, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=_ENVIRONMENT,
        cwd=ROOT,
    )
    try:
        yield started
    finally:
        started.kill()
        started.wait(timeout=60)
        assert started.stdout is not None
        started.stdout.close()


def said(service: subprocess.Popen[str], sign: str) -> str:
    """The first address that it says."""
    assert service.stdout is not None
    for line in service.stdout:
        if found := re.search(rf"{sign}[\d.:]+", line):
            return found.group()
    raise AssertionError(f"it ended without saying {sign}")


def fleetmon(home: Path, *words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "monitor", "--home", str(home), *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        env=_ENVIRONMENT,
        cwd=ROOT,
    )


def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


def test_it_answers_is_alone_and_stops_cleanly(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with process("-m", "monitor", "--home", home, "serve", "--port", 0) as service:
        address = said(service, "http://127.0.0.1")
        until(lambda: _asked(f"{address}/readyz")[0] == 200)
        assert json.loads(_asked(f"{address}/healthz")[1])["status"] == "ok"
        assert b"fleetmon_healthy 1.0" in _asked(f"{address}/metrics")[1]
        second = fleetmon(home, "serve", "--port", 0)
        assert second.returncode == 2
        assert str(service.pid) in second.stderr
        listed = json.loads(fleetmon(home, "jobs", "--json").stdout)
        assert {job["job"] for job in listed["jobs"]} >= {"weekly_bulletins", "send_due"}
        assert all(job["next_at"] for job in listed["jobs"])
        service.send_signal(signal.SIGTERM)
        assert service.wait(timeout=60) == 0


def _asked(address: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(address) as answer:  # noqa: S310  # our own, on loopback
            return int(answer.status), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
    except urllib.error.URLError:  # it listens in a moment
        return 0, b""


@nightly
def test_weeks_pass_once_through_holidays_kills_and_stops(tmp_path: Path) -> None:
    """From before the Spring Festival of 2026 to the days after it, 60,000 times as fast.

    The process is killed, or asked to stop, at moments drawn at random, and started again where
    the calendar has moved on meanwhile.
    """
    chance = random.Random(20260213)
    home, config = Home(tmp_path / "home"), write_config(tmp_path / "config")
    home.create()
    now, end = datetime(2026, 2, 13, 12, tzinfo=SHANGHAI), datetime(2026, 2, 27, tzinfo=SHANGHAI)
    speed = 60_000
    # What was due before a home first saw its jobs is not caught up, so it sees them first.
    with process("-m", "service.quick_service", home.root, config, now.isoformat(), 1) as service:
        said(service, "http://")
        until(lambda: _has_seen(home, _WEEKLY), 120)
        service.send_signal(signal.SIGTERM)
        assert service.wait(timeout=60) == 0
    number = 0
    while now < end or number < 2:
        with process(
            "-m", "service.quick_service", home.root, config, now.isoformat(), speed
        ) as service:
            said(service, "http://")
            begun = time.monotonic()
            time.sleep(chance.uniform(2, 6))
            service.send_signal(chance.choice([signal.SIGKILL, signal.SIGTERM]))
            service.wait(timeout=120)
            now += (time.monotonic() - begun) * speed * timedelta(seconds=1)
        number += 1
    with process("-m", "service.quick_service", home.root, config, now.isoformat(), 1) as service:
        address = said(service, "http://")
        until(lambda: _asked(f"{address}/readyz")[0] == 200, 120)  # its first tick is over
        until(lambda: _is_through(home), 120)
        service.send_signal(signal.SIGTERM)
        assert service.wait(timeout=60) == 0
    with open_store(home, write=False, waiting=_unheard) as store:
        weekly = [made for made in last_attempts(store).values() if made.key.job == _WEEKLY]
        letters = [one for one in deliveries(store) if one.kind == "bulletin"]
        everything = attempts(store)
    periods = [made.key.period for made in weekly]
    assert periods[:2] == ["2026-W07", "2026-W08"]
    assert len(periods) == len(set(periods))
    assert {made.outcome for made in weekly} == {"done"}
    assert {made.outcome for made in everything} <= {"done", "killed", "interrupted"}
    festival = [made.due_at for made in weekly[:2] if made.due_at is not None]
    assert [f"{due.astimezone(SHANGHAI):%m-%d %H:%M}" for due in festival] == ["02-24 08:00"] * 2
    assert {one.state for one in letters} == {State.SENT}
    told = Counter((one.division, one.about.split(" ")[1], one.recipient) for one in letters)
    assert set(told.values()) == {1}
    assert len(told) == len(periods) * len(CITIES)
    assert len([*home.sent.glob("20*_36*.eml")]) == len(told)


def _has_seen(home: Home, job: str) -> bool:
    with open_store(home, write=False, waiting=_unheard) as store:
        return bool(store.rows("SELECT 1 FROM job_seen WHERE job = ?", [job]))


def _is_through(home: Home) -> bool:
    with open_store(home, write=False, waiting=_unheard) as store:
        open_ones = [made for made in last_attempts(store).values() if not made.is_settled]
        waiting = [one for one in deliveries(store) if one.state is State.WAITING]
    return not waiting and not [made for made in open_ones if made.key.job == _WEEKLY]


def _unheard(_words: object) -> None:
    """Readers beside the service are told so; here nobody listens."""


_WEEKLY = "weekly_bulletins"
