"""`serve`: the clock, the drop folder and the web front in one process that stops cleanly."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from types import FrameType
from typing import Protocol

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from monitor import __version__
from monitor.errors import WrongUse
from monitor.model import SHANGHAI, Text
from monitor.service.health import ServiceState
from monitor.service.ticker import Ticker
from monitor.service.timetable import known_schedules
from monitor.service.workplace import Workplace


class Front(Protocol):
    """What answers at an address: the site, to which the clock is a stranger."""

    address: str

    def run(self, ready: Callable[[str], None]) -> None:
        """Answer until stopped; `ready` is called once with the address."""

    def stop(self) -> None:
        """Let `run` end; safe in a signal."""


OpenFront = Callable[[ServiceState], AbstractContextManager[Front]]


def serve(place: Workplace, *, open_front: OpenFront, ready: Callable[[str], None]) -> None:
    """Run until SIGTERM or SIGINT; one service for a home.

    `ready` is called with the address once the front answers. Raises `WrongUse` where another
    service has the home or the address, and where a schedule is wrong: better at the start than
    on Sunday night.
    """
    place.home.create()
    known_schedules(place)
    place.policy()
    with _only_one(place), _stopping(place) as front_stops:
        state = ServiceState(
            started_at=place.now(), home=place.home.root, snapshot=place.home.snapshot
        )
        with open_front(state) as front:
            front_stops(front.stop)
            with _waking(place, Ticker(place, state)):
                place.tell("service_started", version=__version__, address=front.address)
                front.run(ready)
                place.stop.set()
                place.tell("service_stopping")
    place.tell("service_stopped")


@contextmanager
def _waking(place: Workplace, ticker: Ticker) -> Iterator[None]:
    """Wake the ticker over and over; at the end, wait for what it is at.

    APScheduler only wakes: what is due stands in the ledger, so it keeps no jobs of its own, a
    wake-up that comes late is as good as one in time, and one that finds the last at work is
    left out.
    """
    scheduler = BackgroundScheduler(
        jobstores={"default": MemoryJobStore()},
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        timezone=SHANGHAI,
    )
    scheduler.add_job(
        ticker.tick,
        "interval",
        seconds=place.settings.service.tick_seconds,
        id="tick",
        next_run_time=datetime.now(SHANGHAI),  # its own clock, whatever ours says
    )
    scheduler.start()
    try:
        yield
    finally:
        place.stop.set()
        scheduler.shutdown(wait=True)


@contextmanager
def _stopping(place: Workplace) -> Iterator[Callable[[Callable[[], None]], None]]:
    """Let SIGTERM and SIGINT ask for the end: jobs stop at their next pause, then the front."""
    stops: list[Callable[[], None]] = []

    def asked(_number: int, _frame: FrameType | None) -> None:
        place.stop.set()
        for stop in stops:
            stop()

    if threading.current_thread() is not threading.main_thread():
        yield stops.append
        return
    before = {number: signal.signal(number, asked) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stops.append
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _only_one(place: Workplace) -> Iterator[None]:
    """Hold the home's service lock, which names us for those who look."""
    path = place.home.runs / "service.json"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _runs_already(path.read_text("utf-8")) from None
        told = {"pid": os.getpid(), "started_at": place.now().isoformat(), "version": __version__}
        os.truncate(descriptor, 0)
        os.write(descriptor, json.dumps(told).encode())
        yield
        os.truncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _runs_already(told: str) -> WrongUse:
    pid = json.loads(told or "{}").get("pid", "?")
    return WrongUse(
        Text(
            f"该数据文件夹已有服务在运行（进程 {pid}）。一个数据文件夹只能有一个服务；"
            "请先停止它，或另选 --home。",
            f"A service runs on this home already (process {pid}). There is one service for a "
            "home: stop that one first, or choose another --home.",
        )
    )
