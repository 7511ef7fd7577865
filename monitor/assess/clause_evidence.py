"""What was reported that answers clauses, as far as answers need it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

import polars as pl

from monitor.assess.coverage import Coverage


@dataclass(frozen=True, slots=True)
class Links:
    """Registered new-energy vehicles set against another list, counted by what tells them apart.

    `vehicles`: division, category, owner_kind, registered_year, retired_year and vehicles, beside
    what the list says of them (see `store.links`). `strangers`: what the list has and the register
    has not, by division.
    """

    vehicles: pl.DataFrame
    strangers: pl.DataFrame


@dataclass(frozen=True, slots=True)
class ClauseEvidence:
    """Rows of the declared kinds, by kind, as known at a moment; a kind that never came is absent.

    `coverage` is by kind. `platform` and `battery` set those lists against the register, the
    platform's for each condition on its rows that a line has.
    """

    as_of: date
    known_at: datetime | None
    history: int
    records: dict[str, pl.DataFrame] = field(default_factory=dict)
    coverage: dict[str, Coverage] = field(default_factory=dict)
    platform: dict[str, Links] = field(default_factory=dict)
    battery: Links | None = None
