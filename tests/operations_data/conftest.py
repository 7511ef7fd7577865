"""The data that the service runs by, as the project has it."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.policy.calendars import WorkCalendar, load_calendar

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def calendar() -> WorkCalendar:
    return load_calendar(ROOT / "data/calendars/china.yml")
