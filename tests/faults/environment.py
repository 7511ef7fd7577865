"""What a machine does to a home, as lines of the table (see table.py).

    python tests/faults/environment.py --share 1

No room, no right to write, few open files, little memory, a clock set back, a mail server down for
three days, a database cut short, changed, lost, older, newer or with a torn log, and a received
file that has changed. Of each: no traceback, the exit code, words in both languages that name the
runbook's section, nothing lost, and all as before when the cause is gone. Needs root for the disks
of its own (a small tmpfs); where there is none, the line says so.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

HERE = Path(__file__).resolve().parent
if str(HERE.parent) not in sys.path:
    sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent)]

from faults import damage, machine, weeks  # noqa: E402  # after the path is set
from faults.ground import Ground  # noqa: E402
from faults.table import Line, arguments, report  # noqa: E402
from monitor.errors import Cause  # noqa: E402

Try = Callable[[Ground, random.Random, int], tuple[str, int, list[str]]]

# What is tried, by its rule, with how often a long run tries it.
TRIES: Final[tuple[tuple[str, str, Try, int], ...]] = (
    ("R4", "disk full", machine.disk_full, 6),
    ("R4", "read-only disk", machine.read_only, 2),
    ("R13", "few open files", machine.few_files, 6),
    ("R13", "little memory", machine.little_memory, 6),
    ("R13", "one process for long", machine.long_process, 300),
    ("R3", "database cut short", damage.cut_short, 20),
    ("R3", "database changed on the disk", damage.changed, 20),
    ("R3", "database lost", damage.lost, 2),
    ("R3", "copied while open, put back later", damage.copied_while_open, 4),
    ("R3", "database of a newer program", damage.newer, 2),
    ("R3", "log torn, changed or zeroed", damage.torn_log, 30),
    ("R3", "received file changed", damage.changed_archive, 4),
    ("R3", "accounts file damaged", damage.accounts, 4),
    ("R9", "clock set back", weeks.clock_set_back, 3),
    ("R2", "mail server down for three days", weeks.mail_down, 1),
)


# Where the runbook says what to do about each.
CAUSES: Final = {
    "disk full": Cause.DISK_FULL,
    "read-only disk": Cause.READ_ONLY,
    "few open files": Cause.OPEN_FILES,
    "little memory": Cause.MEMORY,
    "one process for long": Cause.OPEN_FILES,
    "database cut short": Cause.DATABASE_DAMAGED,
    "database changed on the disk": Cause.DATABASE_DAMAGED,
    "database lost": Cause.DATABASE_MISSING,
    "copied while open, put back later": Cause.DATABASE_STALE,
    "database of a newer program": Cause.DATABASE_NEWER,
    "log torn, changed or zeroed": Cause.LOG_DAMAGED,
    "received file changed": Cause.ARCHIVE_DAMAGED,
    "accounts file damaged": Cause.ACCOUNTS_DAMAGED,
    "clock set back": Cause.CLOCK,
    "mail server down for three days": Cause.MAIL_DOWN,
}


def lines(seed: int, share: float, only: Sequence[str] = ()) -> Iterator[Line]:
    # What each forked process would import for itself otherwise.
    import great_expectations  # noqa: F401, PLC0415  # heavy

    with tempfile.TemporaryDirectory(prefix="fleetmon-environment-") as folder:
        ground = Ground(Path(folder))
        for rule, what, attempt, times in TRIES:
            if only and not any(words in what for words in only):
                continue
            chance = random.Random(f"{seed} {what}")
            wanted = max(1, round(times * share))
            tried, done, faults = attempt(ground, chance, wanted)
            print(f"{what}: {done}, {len(faults)} faults", file=sys.stderr, flush=True)
            found = "; ".join(faults)[:400] if faults else "told, nothing lost, back by itself"
            yield Line(rule, what, f"{done} {tried}", found, ok=not faults, seed=seed)


if __name__ == "__main__":
    given = arguments(__doc__)
    sys.exit(report(lines(given.seed, given.share, given.only)))
