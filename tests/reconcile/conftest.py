"""One home, and the project's policy."""

from __future__ import annotations

from pathlib import Path

import pytest
from still_gates import keep_gates_still

from monitor.policy.policy import Policy

from .histories import History


@pytest.fixture(autouse=True)
def _gates_keep_still(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_gates_still(monkeypatch)


@pytest.fixture
def history(tmp_path: Path, policy: Policy) -> History:
    return History(tmp_path, policy)
