"""The project's own rules, and homes of a province and of a city."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from attribution.conftest import _gates_keep_still, weeks

from evaluation.cards import evaluation_of
from monitor.policy.evaluation import Evaluation
from monitor.policy.policy import Policy

__all__ = ["_gates_keep_still", "weeks"]

Make = Callable[..., Evaluation]


@pytest.fixture
def make(tmp_path: Path, policy: Policy) -> Make:
    """An evaluation of 江西 with the parts given."""
    return lambda *parts: evaluation_of(tmp_path, policy.divisions, policy.codes, *parts)
