"""One small file through the whole of a check: what only the first one waits for is paid before."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from typing import Final

from monitor.checking.gate import gate_rows
from monitor.corridor.declared import Declared
from monitor.corridor.rehearsal import rehearse
from monitor.model import RowCounts, Text
from monitor.policy.blank_tables import example_rows, load_blank_tables
from monitor.policy.policy import Policy
from monitor.store.home import Home

_KIND: Final = "registration"


def warm_up(policy: Policy, folder: Path, now: datetime) -> None:
    """Check the example rows of an empty table over a home in `folder` that holds nothing.

    Every suite is built.
    """
    for suite in policy.rules.values():
        nothing = {rule.code: 0 for rule in suite.rules}
        gate_rows(suite, tallies=nothing, batches={}, batches_read=0, counts=RowCounts())
    division = next(iter(policy.divisions.divisions))
    table = load_blank_tables(policy.project, policy)[_KIND]
    rows = example_rows(table, policy.divisions, division, now.date())
    file = folder / "example.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, dict.fromkeys(name for row in rows for name in row))
        writer.writeheader()
        writer.writerows(rows)
    declared = Declared(received_at=now, kind=_KIND, division=division)
    rehearse(Home(folder / "empty"), policy, [file], declared, now=now, waiting=_silent)
    file.unlink()


def _silent(_words: Text) -> None:
    """Nobody else writes there."""
