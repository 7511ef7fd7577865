"""A workplace with a clock that is set by hand, and schedules as the project ships them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.model import SHANGHAI
from monitor.policy.schedules import Schedule
from monitor.service.workplace import Workplace
from monitor.settings import Settings
from monitor.store.home import Home


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    moment: datetime

    def __call__(self) -> datetime:
        return self.moment

    def pass_by(self, **span: float) -> None:
        self.moment += timedelta(**span)


@dataclass
class Log:
    """What was told, line by line."""

    lines: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __call__(self, event: str, **fields: Any) -> None:
        self.lines.append((event, fields))

    def events(self) -> list[str]:
        return [event for event, _ in self.lines]


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 11, 23, 8, 0, tzinfo=SHANGHAI))


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def place(tmp_path: Path, clock: Clock, log: Log) -> Workplace:
    home = Home(tmp_path / "home")
    home.create()
    return Workplace(
        home=home, config=None, settings=Settings(), now=clock, actor="job:test", tell=log
    )


def nightly(**changes: Any) -> Schedule:
    """A schedule of every night that is tried three times."""
    words = {"zh": "夜间检查", "en": "Nightly checks"}
    return Schedule.model_validate(
        {
            "job": "nightly_checks",
            "title": words,
            "about": words,
            "daily": {"at": "02:00"},
            "as_of": "previous_day",
            "catch_up": "last",
            "catch_up_days": 7,
            "retry": {"times": 2, "first_pause_minutes": 5, "factor": 3},
        }
        | changes
    )
