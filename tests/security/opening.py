"""Opens the files of a folder one after the other, and tells what became of each and of itself.

Started by `test_bombs.py`, so that what a file does to a process is measured on one of its own.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from extracts.conftest import read_file

from monitor.extracts.refusal import FileRefused


def resting() -> int:
    """What this process holds now, in bytes; what it holds at most is counted anew from here."""
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    return _told("VmRSS")


def peak() -> int:
    """The most that it held since."""
    return _told("VmHWM")


def _told(name: str) -> int:
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith(name))


def opened(path: Path, work: Path) -> str:
    """The code that refused a file, or how many rows it has."""
    try:
        return f"read {read_file(path, work).rows.height}"
    except FileRefused as refused:
        return refused.finding.code


def main(folder: Path, work: Path) -> None:
    for name in ("usual.csv", "usual.xlsx"):  # what is loaded once is nobody's fault
        opened(folder / name, work)
    told = {}
    for path in sorted(folder.iterdir()):
        before, begun = resting(), time.monotonic()
        came_to = opened(path, work)
        told[path.name] = (came_to, peak() - before, time.monotonic() - begun)
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
