"""The row gate without Great Expectations, for tests of what comes after it.

It reports what the real one does: tests/checks/test_gates.py proves that of every suite.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from monitor.checking.gate import CheckResult, GateReport
from monitor.corridor import intake
from monitor.model import RowCounts
from monitor.policy.rules import RuleSuite


def keep_gates_still(patch: pytest.MonkeyPatch) -> None:
    """What is taken in from now on is gated by its tallies alone."""
    patch.setattr(intake, "gate_rows", told_by_tallies)


def told_by_tallies(
    suite: RuleSuite,
    *,
    tallies: Mapping[str, int],
    batches: Mapping[str, int],
    batches_read: int,
    counts: RowCounts,
) -> GateReport:
    """A result for every rule, as `gate_rows` gives it."""
    assert all(seen == batches_read for seen in batches.values())
    observed = {rule.code: tallies[rule.code] for rule in suite.rules}
    observed["rows_unaccounted"] = counts.read - counts.accepted - counts.rejected - counts.ignored
    assert not observed["rows_unaccounted"]
    return GateReport(
        tuple(CheckResult(suite.kind, code, rows == 0, rows) for code, rows in observed.items())
    )
