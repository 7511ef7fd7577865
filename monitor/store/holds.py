"""Bulletins that were not sent, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.model import Text
from monitor.store.store import Store


@dataclass(frozen=True, slots=True)
class Hold:
    """One reason for which a run's bulletin of a division was not sent."""

    run: int
    division: str
    reason: Text


def add_holds(store: Store, run: int, reasons: Sequence[tuple[str, Text]]) -> None:
    """Keep why bulletins of a run are held: (division, reason) each."""
    store.insert("hold", [[run, division, why.zh, why.en] for division, why in reasons])


def holds(store: Store, run: int | None = None) -> tuple[Hold, ...]:
    """The reasons kept, in the order of runs; of one run where it is named."""
    return tuple(
        Hold(number, division, Text(zh, en))
        for number, division, zh, en in store.rows(
            "SELECT run, division, zh, en FROM hold WHERE ?::INTEGER IS NULL OR run = ? "
            "ORDER BY run, division, zh",
            [run, run],
        )
    )
