"""What scenarios led to: every measure and every status is to be among it."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

import slow
from slow_mandates import Setting

EVERY_MEASURE = {
    "share_new_replaced", "monotone_increase", "cumulative_count", "added_count", "stock",
    "adoption", "rank",
}  # fmt: skip
EVERY_STATUS = {
    "met", "not_met", "on_track", "behind", "out_of_reach", "undetermined", "no_additions",
    "no_data", "trend", "not_computable", "no_mandate",
}  # fmt: skip
_ALWAYS = {"no_data", "trend", "no_mandate"}
_OF_A_TARGET = {"met", "not_met", "on_track", "behind", "undetermined"}
# Which status a measure can come to: a count is never without additions, only a share whose target
# is the whole is out of reach, a trend meets nothing.
POSSIBLE = {
    "share_new_replaced": _OF_A_TARGET | {"out_of_reach", "no_additions", "no_data", "no_mandate"},
    "monotone_increase": _OF_A_TARGET | _ALWAYS | {"no_additions", "not_computable"},
    "cumulative_count": _OF_A_TARGET | _ALWAYS | {"not_computable"},
    "added_count": _OF_A_TARGET | _ALWAYS | {"not_computable"},
    "stock": _OF_A_TARGET | _ALWAYS | {"not_computable"},
    "adoption": _ALWAYS | {"no_additions", "not_computable"},
    "rank": _ALWAYS | {"no_additions"},
}


def reached_by(
    submissions: list[slow.Submission],
    moments: list[tuple[date, datetime | None]],
    setting: Setting,
    near: tuple[str, ...],
) -> Counter[tuple[str, str]]:
    """How many rows of each measure and status the slow one gives."""
    found: Counter[tuple[str, str]] = Counter()
    for place, (as_of, known_at) in enumerate(moments):
        asked = near if place else ("",)
        for row in slow.assess(submissions, as_of, known_at, setting, asked).values():
            found[str(row["measure"]), str(row["status"])] += 1
    return found
