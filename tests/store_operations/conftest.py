"""Homes that are kept, copied and put back: Great Expectations adds nothing to what is proved."""

from __future__ import annotations

import pytest
from still_gates import keep_gates_still


@pytest.fixture(autouse=True)
def _gates_keep_still(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_gates_still(monkeypatch)
