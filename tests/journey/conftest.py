"""One home, and the command line as a function."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from journey.answers import Fleetmon, run_fleetmon


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def fleetmon(home: Path) -> Fleetmon:
    """Runs `fleetmon --home HOME WORDS…` in this process."""
    return partial(run_fleetmon, home)
