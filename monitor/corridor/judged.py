"""What is judged on a day of however many divisions at once; each page takes its own from it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from monitor.assess.assess import assess
from monitor.bulletins.reporting_facts import Standing
from monitor.corridor.judge import hold
from monitor.corridor.lateness import reporting_of
from monitor.model import Assessment
from monitor.policy.policy import Policy
from monitor.store.store import Store


@dataclass(frozen=True, slots=True)
class Judged:
    """Every row of every mandate, and what is due, as of a day and of what is held now."""

    as_of: date
    rows: tuple[Assessment, ...]
    reporting: tuple[Standing, ...]

    def rows_of(self, divisions: Collection[str]) -> tuple[Assessment, ...]:
        """The rows of these divisions, in the order of all; a province's row is its own code's."""
        return tuple(row for row in self.rows if row.division in divisions)

    def reporting_of(self, divisions: Collection[str]) -> tuple[Standing, ...]:
        """What these divisions owe, or owed."""
        return tuple(one for one in self.reporting if one.item.division in divisions)


def judge_day(
    store: Store, policy: Policy, as_of: date, divisions: Sequence[str] | None = None
) -> Judged:
    """Judge these divisions and provinces, all that there are where none is named."""
    held = hold(store, as_of, None)
    found = assess(policy, held, divisions=tuple(divisions) if divisions is not None else None)
    return Judged(
        as_of,
        tuple(row for row in found if row.status != "no_mandate"),
        reporting_of(store, policy, as_of),
    )
