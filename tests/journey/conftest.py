"""One home, and the command line as a function."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from made_once import copied_home
from still_gates import keep_gates_still

from journey.answers import Fleetmon, run_fleetmon
from journey.sent_files import buses, plain_csv


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def fleetmon(home: Path) -> Fleetmon:
    """Runs `fleetmon --home HOME WORDS…` in this process."""
    return partial(run_fleetmon, home)


@pytest.fixture
def city(
    fleetmon: Fleetmon,
    home: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Fleetmon:
    """南昌 in 2018: 12 of 20 buses are new-energy, registered over all twelve months.

    For what comes after files were taken in: gates keep still.
    """
    keep_gates_still(monkeypatch)
    copied_home(tmp_path_factory, "nanchang-2018", _send_a_year, home)
    return fleetmon


def _send_a_year(folder: Path) -> None:
    sent = plain_csv(folder / "登记.csv", buses(12, 8))
    words = ("--division", "360100", "--period", "2018")
    at = ("--received-at", "2019-01-05T09:00+08:00")
    assert run_fleetmon(folder / "home", "ingest", sent, *words, *at).code == 0
