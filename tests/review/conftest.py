"""A home of 福建 whose gates keep still, as the tests of attribution have it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from attribution.weeks import Weeks
from still_gates import keep_gates_still

from monitor.policy.policy import Policy
from monitor.store.home import Home
from monitor.store.opening import open_store


@pytest.fixture(autouse=True)
def _gates_keep_still(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_gates_still(monkeypatch)


@pytest.fixture
def weeks(tmp_path: Path, policy: Policy) -> Iterator[Weeks]:
    home = Home(tmp_path / "home")
    with open_store(home, write=True, waiting=lambda _words: None, actor="user:zhao") as store:
        yield Weeks(store, policy, tmp_path)
