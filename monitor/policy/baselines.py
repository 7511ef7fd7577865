"""Opening figures: what was counted before the first extract that we hold, with its source."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from monitor.policy.codes import Strict
from monitor.policy.yamlfile import load


class Baseline(Strict):
    """A mandate's figure for a division at the end of day `on`, in the clause's unit."""

    mandate: str
    division: str
    on: date
    count: Decimal
    source: str


class _BaselineFile(Strict):
    figures: tuple[Baseline, ...] = ()


def load_baselines(paths: list[Path]) -> tuple[Baseline, ...]:
    """All opening figures."""
    return tuple(figure for path in paths for figure in load(path, _BaselineFile).figures)
