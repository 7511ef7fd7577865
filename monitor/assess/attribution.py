"""Why a figure is not what it was: every change between two bulletins, split by its cause."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from monitor.model import Assessment, RowKey

# In the order in which they are told apart: each part is what its cause changes after those before.
Cause = Literal[
    "engine", "mandate", "reading", "rules", "day", "new_data", "correction", "exemption"
]


@dataclass(frozen=True, slots=True)
class Part:
    """What one cause changed in a figure, in the unit of its clause, and the verdicts about it."""

    cause: Cause
    denominator: int
    numerator: Decimal
    undetermined: Decimal
    status_before: str | None
    status_after: str | None


@dataclass(frozen=True, slots=True)
class Attribution:
    """One row of two bulletins and what made the difference; the parts sum to the whole."""

    key: RowKey
    before: Assessment | None
    after: Assessment | None
    parts: tuple[Part, ...]
