"""A home whose gates keep still: Great Expectations repeats the tallies and changes no figure."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from still_gates import keep_gates_still

from attribution.weeks import Weeks
from monitor.policy.policy import Policy
from monitor.store.home import Home
from monitor.store.opening import open_store


@pytest.fixture(autouse=True)
def _gates_keep_still(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_gates_still(monkeypatch)


@pytest.fixture
def weeks(tmp_path: Path, policy: Policy) -> Iterator[Weeks]:
    with open_store(Home(tmp_path / "home"), write=True, waiting=lambda _words: None) as store:
        yield Weeks(store, policy, tmp_path)
