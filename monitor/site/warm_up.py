"""One small file through the whole of a check: what only the first one waits for is paid before."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

from monitor.checking.gate import gate_rows
from monitor.corridor.declared import Declared
from monitor.corridor.rehearsal import rehearse
from monitor.extracts.lively_cells import spreadsheet_csv
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
    columns = [*dict.fromkeys(name for row in rows for name in row)]
    file = folder / "example.csv"
    file.write_bytes(
        spreadsheet_csv([columns, *([row.get(name, "") for name in columns] for row in rows)])
    )
    declared = Declared(received_at=now, kind=_KIND, division=division)
    rehearse(Home(folder / "empty"), policy, [file], declared, now=now, waiting=_silent)
    file.unlink()


def _silent(_words: Text) -> None:
    """Nobody else writes there."""
