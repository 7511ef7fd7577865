"""Which of many answers people are shown first."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.assess.answer import ClauseAnswer

FAILED = frozenset({"not_met", "out_of_reach"})


def telling(answers: Sequence[ClauseAnswer]) -> list[ClauseAnswer]:
    """For each division and line the latest year, and every year that failed; in their order."""
    last = {(one.division, one.clause, one.line): one.period for one in answers}
    return [
        one
        for one in answers
        if one.period == last[one.division, one.clause, one.line] or one.status in FAILED
    ]
