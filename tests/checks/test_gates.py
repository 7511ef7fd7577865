"""Gates: what they report of a file, with Great Expectations and, in other tests, without."""

from __future__ import annotations

import pytest
from still_gates import told_by_tallies

from monitor.checking.gate import gate_rows
from monitor.model import RowCounts
from monitor.policy.policy import load_policy

POLICY = load_policy()


@pytest.mark.parametrize("kind", sorted(POLICY.rules))
def test_other_tests_are_told_what_great_expectations_tells(kind: str) -> None:
    suite = POLICY.rules[kind]
    given = {
        "tallies": {rule.code: place % 3 for place, rule in enumerate(suite.rules)},
        "batches": {rule.code: 2 for rule in suite.rules},
        "batches_read": 2,
        "counts": RowCounts(read=9, accepted=5, rejected=3, ignored=1),
    }
    assert told_by_tallies(suite, **given) == gate_rows(suite, **given)  # type: ignore[arg-type]
