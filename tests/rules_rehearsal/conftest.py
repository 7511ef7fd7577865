"""The weeks of 福建 once more, and rules that change over them."""

from __future__ import annotations

from attribution.conftest import _gates_keep_still, weeks

__all__ = ["_gates_keep_still", "weeks"]
