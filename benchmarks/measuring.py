"""What a command costs: its own processor time, wall time and peak memory, as the kernel counts.

Where the processor lets `perf` count, also the instructions of user space, which work that runs
beside does not change. Virtual machines mostly do not; `count_by_callgrind` is the slow way there.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from statistics import median
from typing import NamedTuple

_KIBIBYTES_A_MEGABYTE = 1000 / 1.024
_EVENT = "instructions:u"
_COLLECTED = re.compile(r"Collected : (\d+)")


class Cost(NamedTuple):
    """Seconds of processor (user and system, all threads), seconds by the clock, megabytes;
    instructions of user space where they can be counted.
    """

    cpu_s: float
    wall_s: float
    peak_mb: float
    instructions: float | None = None


def keep_bytecode() -> None:
    """Let this process's children keep bytecode, as an installed program has it.

    A checkout whose bytecode may not be written would be compiled anew by each command: a third of
    a second that nobody pays who has installed it.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def measure(command: Sequence[str], log: Path, allowed: frozenset[int] = frozenset({0})) -> Cost:
    """Run a command and count what it cost; raises `RuntimeError` with what it said if it fails.

    The caller must be small itself: a child's peak begins with that of whoever started it.
    """
    counted = log.with_suffix(".perf")
    counting = ["perf", "stat", "-x,", "-e", _EVENT, "-o", str(counted), "--"] if _counts() else []
    with log.open("wb") as out:
        begin = time.perf_counter()
        child = subprocess.Popen([*counting, *command], stdout=out, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - begin
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in allowed:
        said = log.read_text(encoding="utf-8", errors="replace")[-2000:]
        message = f"{' '.join(command)} ended with {child.returncode}:\n{said}"
        raise RuntimeError(message)
    return Cost(
        used.ru_utime + used.ru_stime,
        wall,
        used.ru_maxrss / _KIBIBYTES_A_MEGABYTE,
        _read_count(counted) if counting else None,
    )


def count_by_callgrind(command: Sequence[str], log: Path) -> float | None:
    """Instructions of a command under valgrind, fifty times as slow; None where there is none."""
    if shutil.which("valgrind") is None:
        return None
    tool = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={os.devnull}"]
    done = subprocess.run([*tool, *command], capture_output=True, text=True, check=False)
    log.write_text(done.stderr, encoding="utf-8")
    found = _COLLECTED.search(done.stderr)
    return float(found[1]) if found else None


@cache
def _counts() -> bool:
    """Whether perf is here and the processor counts for it."""
    perf = shutil.which("perf")
    if perf is None:
        return False
    nothing = [sys.executable, "-c", ""]
    tried = subprocess.run(
        [perf, "stat", "-x,", "-e", _EVENT, "--", *nothing],
        capture_output=True,
        text=True,
        check=False,
    )
    return tried.returncode == 0 and tried.stderr.strip()[:1].isdigit()


def _read_count(path: Path) -> float | None:
    for line in path.read_text("utf-8").splitlines():
        number, _, rest = line.partition(",")
        if _EVENT in rest and number.isdigit():
            return float(number)
    return None


def middle(costs: Sequence[Cost]) -> Cost:
    """The median of each figure by itself."""
    cpu, wall, peak, counted = zip(*costs, strict=True)
    known = [one for one in counted if one is not None]
    return Cost(median(cpu), median(wall), median(peak), median(known) if known else None)
