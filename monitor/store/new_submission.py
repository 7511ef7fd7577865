"""What is known of a submission when it is written down, and the code of its receipt."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from monitor.model import (
    Changes,
    ColumnRead,
    Finding,
    Interpretation,
    Mode,
    Period,
    RowCounts,
    Severity,
    Status,
)
from monitor.store.knowledge import stored_moment


@dataclass(frozen=True, slots=True)
class NewSubmission:
    """What is known of a submission when it is written down."""

    kind: str
    division: str | None
    period: Period | None
    period_declared: bool
    received_at: datetime
    mode: Mode
    status: Status
    sha256: str | None = None
    file_name: str | None = None
    counts: RowCounts = RowCounts()
    findings: tuple[Finding, ...] = ()
    interpretations: tuple[Interpretation, ...] = ()
    tallies: Mapping[str, int] = field(default_factory=dict)
    severities: Mapping[str, Severity] = field(default_factory=dict)
    changes: Changes = Changes()
    coverage: tuple[tuple[str, Period], ...] = ()
    column_map: str | None = None
    headers: tuple[str, ...] = ()
    reason: str | None = None
    columns: tuple[ColumnRead, ...] = ()

    def total(self, severity: Severity) -> int:
        """Findings of a severity, shown or not."""
        if self.tallies:
            return sum(n for code, n in self.tallies.items() if self.severities[code] is severity)
        return sum(1 for finding in self.findings if finding.severity is severity)


def receipt_code(seq: int, new: NewSubmission, ruleset: str) -> str:
    """A short code over what was received and what became of it."""
    content = [
        seq,
        new.sha256,
        new.kind,
        new.division,
        [str(day) for day in new.period or ()],
        stored_moment(new.received_at).isoformat(),
        new.mode.value,
        new.status.value,
        list(new.counts),
        ruleset,
    ]
    digest = hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).digest()
    letters = base64.b32encode(digest[:10]).decode()
    return f"S{seq:06d}-" + "-".join(letters[i : i + 4] for i in range(0, 16, 4))
