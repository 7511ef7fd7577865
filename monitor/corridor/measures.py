"""Findings on a file as a whole: jumps against the last period, and implausible heaps."""

from __future__ import annotations

from fractions import Fraction

from monitor.corridor.screen import Screened
from monitor.policy.policy import Policy
from monitor.store.holdings import previous_rows
from monitor.store.store import Store

JUMP, IMPLAUSIBLE = "count_jump", "count_implausible"
# Below this many rows a change of proportion says nothing.
_FEW = 20


def whole_file_findings(
    store: Store, policy: Policy, screened: Screened, sender: str | None, kind: str
) -> None:
    """Add what stands out about a file's counts to its findings; warnings only."""
    declared = policy.rules[kind].by_code()
    rows = sum(screened.days.values())
    if JUMP in declared and sender is not None and screened.span is not None:
        before = previous_rows(store, kind, sender, screened.span)
        limit = Fraction(declared[JUMP].limit or "1")
        if before and max(rows, before) >= _FEW and not _close(rows, before, limit):
            screened.notable.add_whole(JUMP, f"{rows} / {before}")
    if IMPLAUSIBLE in declared and rows >= _FEW:
        day, most = max(screened.days.items(), key=lambda item: (item[1], item[0]))
        if len(screened.days) > 1 and most > rows * Fraction(declared[IMPLAUSIBLE].limit or "1"):
            screened.notable.add_whole(IMPLAUSIBLE, f"{day}: {most} / {rows}")


def _close(one: int, other: int, limit: Fraction) -> bool:
    return one <= other * limit and other <= one * limit
