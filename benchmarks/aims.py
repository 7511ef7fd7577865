"""What the figures are to reach, each said beside its figure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from benchmarks.measuring import Cost

BASELINE = "DuckDB CREATE TABLE AS, typed, no rule"
INGEST, INGEST_GB18030 = "fleetmon ingest", "fleetmon ingest, GB18030"
ASSESS = "fleetmon assess, all mandates"
PANDAS, SODA = "pandas + Great Expectations, the same checks", "Soda on DuckDB, the same checks"
HELP, MANDATES = "fleetmon --help", "fleetmon mandates"
_MILLION, _TEN_MILLION = 1_000_000, 10_000_000
_TWO_GIB_MB = 2048 * 1.048576


class Aim(NamedTuple):
    """What was aimed at, and whether it is reached."""

    words: str
    is_met: bool

    def cells(self) -> str:
        """The last two cells of a table's line."""
        return f"{self.words} | {'yes' if self.is_met else 'no'}"


NO_AIM = " | "


def at_most(seconds: float, cost: Cost) -> Aim:
    """So many seconds of processor, or less."""
    return Aim(f"≤ {seconds:g} s", cost.cpu_s <= seconds)


def _times(most: float, cost: Cost, bare: Cost, peak: float | None = None) -> Aim:
    words = f"≤ {most:g} × bare" + (", < 2 GiB" if peak is not None else "")
    fits = peak is None or peak < _TWO_GIB_MB
    return Aim(words, cost.cpu_s <= most * bare.cpu_s and fits)


def _dearer(least: float, cost: Cost, ours: Cost) -> Aim:
    return Aim(f"≥ {least:g} × ingest", cost.cpu_s >= least * ours.cpu_s)


def aim_of(name: str, rows: int, costs: Mapping[str, Cost]) -> Aim | None:
    """The aim of a line among the lines of one run; None where none was set for so many rows."""
    cost, ours, bare = costs[name], costs.get(INGEST), costs.get(BASELINE)
    if name == INGEST and rows >= _TEN_MILLION:
        fits = Aim("< 2 GiB", cost.peak_mb < _TWO_GIB_MB)
        return _times(1.0, cost, bare, cost.peak_mb) if bare else fits
    aims: dict[str, Callable[[], Aim | None]] = {
        INGEST_GB18030: lambda: _times(1.15, cost, bare) if bare and rows >= _TEN_MILLION else None,
        ASSESS: lambda: at_most(1.5, cost) if rows == _TEN_MILLION else None,
        PANDAS: lambda: _dearer(5, cost, ours) if ours and rows >= _MILLION else None,
        SODA: lambda: _dearer(8, cost, ours) if ours and rows >= _MILLION else None,
        HELP: lambda: at_most(0.3, cost),
        MANDATES: lambda: at_most(0.8, cost),
    }
    return aims[name]() if name in aims else None


def aimed(aim: Aim | None) -> str:
    """The two cells, empty where nothing was aimed at."""
    return aim.cells() if aim is not None else NO_AIM
