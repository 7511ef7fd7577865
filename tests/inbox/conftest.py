"""A home with a drop folder, and a clock ahead of every file that a test writes."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from still_gates import keep_gates_still

from monitor.corridor.inbox import InboxReport, take_in
from monitor.corridor.inbox_look import Inbox, waiting_files
from monitor.model import SHANGHAI
from monitor.policy.policy import Policy
from monitor.store.home import Home
from monitor.store.opening import open_store

QUIET = 30.0
# Files are stamped by the machine's clock; the injected one stands far ahead of it.
NOW = datetime(2031, 3, 10, 9, 0, tzinfo=SHANGHAI)
HEADER = "车辆识别代号,燃料种类,初次登记日期,行政区划代码,车辆用途,号牌号码"
ROWS = (
    "LKLR1HSJ8JA000001,纯电动,2018-02-15,360102,公交车,赣A00001D",
    "LKLR1HSJXJA000002,纯电动,2018-03-15,360102,公交车,赣A00002D",
    "LKLR1HSJ1JA000003,柴油,2018-04-15,360102,公交车,赣A00003",
)


def extract(*rows: str) -> str:
    return "\n".join((HEADER, *rows, ""))


@dataclass
class Desk:
    """The drop folder of one home as cities and the service see it."""

    home: Home
    policy: Policy
    now: datetime = NOW

    def drop(self, place: str, content: str | bytes = extract(*ROWS)) -> Path:
        path = self.home.inbox / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def look(self, quiet: float = QUIET, **known: Any) -> Inbox:
        return waiting_files(self.home, self.now, quiet, **known)

    def take(self, quiet: float = QUIET, **given: Any) -> InboxReport:
        found = self.look(quiet)
        with open_store(self.home, write=True, waiting=lambda _words: None, actor="test") as store:
            report = take_in(store, self.policy, found.ready, now=self.now, **given)
        self.now += timedelta(minutes=5)
        return report

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with open_store(self.home, write=False, waiting=lambda _words: None) as store:
            return store.rows(sql, parameters)

    def submissions(self) -> list[tuple[Any, ...]]:
        return self.rows("SELECT id, division, status, file_name FROM submission ORDER BY seq")

    def files(self, place: str = "") -> list[str]:
        root = self.home.inbox / place
        return sorted(str(p.relative_to(root)) for p in root.rglob("*") if not p.is_dir())


@pytest.fixture(autouse=True)
def _gates_keep_still(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_gates_still(monkeypatch)


@pytest.fixture
def desk(tmp_path: Path, policy: Policy) -> Desk:
    home = Home(tmp_path / "home")
    home.create()
    return Desk(home, policy)


@pytest.fixture
def age() -> Callable[[Path, datetime], None]:
    def stamp(path: Path, moment: datetime) -> None:
        os.utime(path, (moment.timestamp(), moment.timestamp()))

    return stamp
