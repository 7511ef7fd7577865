"""What tests of the suite keep of the rules, as lines of the campaign's table, with long figures.

python tests/faults/suites.py --share 0.1
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

HERE: Final = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent)]

from faults.table import Line, arguments, report  # noqa: E402  # after the path is set

REQUESTS: Final = 10_000
THOROUGH: Final = 10  # times what a run before a merge draws; tampering: 1,000 times


class Suite(NamedTuple):
    """Tests that bear on a rule; `chosen` is pytest's choice among them."""

    rule: str
    what: str
    tests: tuple[str, ...]
    chosen: str = ""


SUITES: Final = (
    Suite("R6", "bombs: refused within limits", ("tests/security/test_bombs.py",)),
    Suite(
        "R8",
        f"who may see what, {REQUESTS:,} random requests",
        ("tests/site_pages/test_matrix.py",),
    ),
    Suite(
        "R10",
        "no secret and no vehicle in logs, errors, letters, exports",
        ("tests/service_web/test_log.py", "tests/privacy"),
    ),
    Suite(
        "R11",
        "the audit log edited, cut, swapped, 1,000 times",
        ("tests/store_operations/test_audit.py",),
        "tamper",
    ),
    Suite("R12", "what runs of the campaign with every test", ("tests/faults",)),
)


def passed(suite: Suite, share: float) -> Line:
    """The line of one suite."""
    times = {
        "FLEETMON_REQUESTS": str(max(round(REQUESTS * share), 100)),
        "FLEETMON_THOROUGH": str(THOROUGH if share == 1 and suite.rule != "R12" else 1),
    }
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *suite.tests]
    ended = subprocess.run(
        [*command, *(("-k", suite.chosen) if suite.chosen else ())],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        cwd=HERE.parents[1],
        env=os.environ | times,
    )
    if ended.returncode:
        print(ended.stdout[-4000:], file=sys.stderr)
    counted = re.search(r"^(.*) in [\d.:]+ ?s.*$", ended.stdout, re.MULTILINE)
    said = counted[1].strip("= ") if counted else "not carried out"
    return Line(suite.rule, suite.what, "each test", said, ok=ended.returncode == 0)


def lines(share: float, only: list[str]) -> Iterator[Line]:
    for suite in SUITES:
        if not only or any(word in suite.what for word in only):
            yield passed(suite, share)
            print(f"{suite.rule}: done", file=sys.stderr, flush=True)


def main() -> int:
    given = arguments(__doc__)
    return report(lines(given.share, given.only))


if __name__ == "__main__":
    sys.exit(main())
