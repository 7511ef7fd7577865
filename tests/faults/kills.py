"""SIGKILL over everything that stores or sends, as lines of the table (see table.py).

    python tests/faults/kills.py --share 1

The service's jobs (campaign.py), the drop folder (tests/inbox/kills.py), the site's confirmations
(tests/drafts/kills.py) and what people type (commands.py) each kill their own share, and each
compares what is left with what must be there. After every kill the same work is begun again: a
start that is not clean ends the program, which is a fault.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

HERE = Path(__file__).resolve().parent
if str(HERE.parent) not in sys.path:
    sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent)]

from faults.table import Line, arguments, report  # noqa: E402  # after the path is set

# Programs with the kills of a long run: 600 in all.
PROGRAMS: Final = (
    ("the service's jobs", HERE / "campaign.py", 200),
    ("the drop folder", HERE.parent / "inbox" / "kills.py", 150),
    ("confirmations", HERE.parent / "drafts" / "kills.py", 100),
    ("what people type", HERE / "commands.py", 150),
)
_LEAST: Final = 4
# What a job of the service is, in the words of the table.
_JOBS: Final = {
    "ingest_inbox": "receive and ingest by the service",
    "nightly_checks": "assess",
    "weekly_bulletins": "render",
    "reminders": "reminders",
    "backup": "backup by the service",
}
_COMMANDS: Final = {
    "ingest": "ingest by hand",
    "backup": "backup by hand",
    "migrate": "migrate an older home",
    "restore": "restore",
}


def ran(program: Path, kills: int, seed: int) -> dict[str, Any]:
    """What a campaign printed; one that did not come through is a fault of its own."""
    command = [sys.executable, str(program), "--kills", str(kills), "--seed", str(seed)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    try:
        found: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        return {"kills": 0, "faults": [f"{program.name} ended with {done.returncode}"]}
    return found


def lines(seed: int, share: float) -> Iterator[Line]:
    for what, program, kills in PROGRAMS:
        found = ran(program, max(_LEAST, round(kills * share)), seed)
        struck, faults = found["kills"], found["faults"]
        if not isinstance(struck, dict):
            yield _line("R1", what, struck, faults, seed)
            continue
        names = _JOBS if program.name == "campaign.py" else _COMMANDS
        for name, words in names.items():
            if name in struck:
                yield _line("R1", words, struck[name], faults, seed)
        if "letters" in found:
            yield _sent(found, seed)


def _line(rule: str, what: str, kills: int, faults: list[str], seed: int) -> Line:
    clean = "0 lost, 0 doubled, 0 half there; each next start clean"
    found = "; ".join(faults)[:300] if faults else clean
    return Line(rule, f"kill -9: {what}", f"{kills} kills", found, ok=not faults, seed=seed)


def _sent(found: dict[str, Any], seed: int) -> Line:
    kills, faults = found["kills"].get("send_due", 0), found["faults"]
    clean = (
        f"{found['letters']} letters, 0 lost; {found['letters_accepted_twice']} arrived twice, "
        "each in the window and counted"
    )
    said = "; ".join(faults)[:300] if faults else clean
    return Line("R2", "kill -9: send", f"{kills} kills", said, ok=not faults, seed=seed)


if __name__ == "__main__":
    given = arguments(__doc__)
    sys.exit(report(lines(given.seed, given.share)))
