"""A bare machine brought back from a backup by the documented steps, as lines of the table.

    python tests/faults/recovery.py --share 1

The steps are those of docs/operations.md and docs/runbook.md, typed as they stand there: a home is
backed up, it and everything of its folder goes, the backup is restored into an empty folder, and
`assess --json` must say the same to the byte.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
if str(HERE.parent) not in sys.path:
    sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent)]

from faults.ground import CITY, Ground  # noqa: E402  # after the path is set
from faults.table import Line, arguments, report  # noqa: E402

# Every division, as a bureau judges; `known-at` is left out: all that is held.
JUDGED = ("assess", "--json", "--as-of", "2018-12-31")


def lines(seed: int, share: float) -> Iterator[Line]:
    import great_expectations  # noqa: F401, PLC0415  # heavy: what is forked would import it again

    with tempfile.TemporaryDirectory(prefix="fleetmon-recovery-") as name:
        ground = Ground(Path(name))
        for number in range(3, 3 + max(2, round(20 * share))):
            ground.typed(ground.home, "ingest", str(ground.file(number)), "--division", CITY)
        before = ground.started(ground.home, *JUDGED).out
        answer = ground.started(ground.home, "backup", "--to", str(ground.folder / "drill"))
        faults = [answer.err] if answer.code else []
        (backup,) = (ground.folder / "drill").iterdir()
        held = ground.submissions(ground.home)
        shutil.rmtree(ground.home)
        bare = ground.folder / "bare"
        started = time.monotonic()
        # As docs/operations.md has it: restore, assess, audit verify.
        restored = ground.started(bare, "restore", str(backup))
        seconds = time.monotonic() - started
        after = ground.started(bare, *JUDGED)
        verified = ground.started(bare, "audit", "verify")
        faults += [one.err for one in (restored, after, verified) if one.code]
        if after.out != before or not before:
            faults.append("the verdicts are not the same to the byte")
        again = ground.typed(bare, "ingest", str(ground.file(90)), "--division", CITY)
        if again.code or ground.submissions(bare) != held + 1:
            faults.append("it does not go on")
        found = "; ".join(faults)[:300] if faults else "the same verdicts to the byte; it goes on"
        what = "restored onto a bare machine by docs/operations.md"
        tried = f"{held} submissions, in {seconds:.1f} s"
        yield Line("R3", what, tried, found, ok=not faults, seed=seed)


if __name__ == "__main__":
    given = arguments(__doc__)
    sys.exit(report(lines(given.seed, given.share)))
