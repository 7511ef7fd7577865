"""What a command costs: its own processor time, wall time and peak memory, as the kernel counts."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

_KIBIBYTES_A_MEGABYTE = 1000 / 1.024


class Cost(NamedTuple):
    """Seconds of processor (user and system, all threads), seconds by the clock, megabytes."""

    cpu_s: float
    wall_s: float
    peak_mb: float


def measure(command: Sequence[str], log: Path, allowed: frozenset[int] = frozenset({0})) -> Cost:
    """Run a command and count what it cost; raises `RuntimeError` with what it said if it fails.

    The caller must be small itself: a child's peak begins with that of whoever started it.
    """
    with log.open("wb") as out:
        begin = time.perf_counter()
        child = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - begin
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in allowed:
        said = log.read_text(encoding="utf-8", errors="replace")[-2000:]
        message = f"{' '.join(command)} ended with {child.returncode}:\n{said}"
        raise RuntimeError(message)
    return Cost(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / _KIBIBYTES_A_MEGABYTE)


def middle(costs: Sequence[Cost]) -> Cost:
    """The median of each figure by itself."""
    return Cost(*(median(figures) for figures in zip(*costs, strict=True)))
