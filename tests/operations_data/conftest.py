"""The data that the service runs by, as the project has it."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.policy.calendars import WorkCalendar, load_calendar
from monitor.policy.policy import Policy, load_policy

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def calendar() -> WorkCalendar:
    return load_calendar(ROOT / "data/calendars/china.yml")


@pytest.fixture(scope="session")
def policy() -> Policy:
    return load_policy()
