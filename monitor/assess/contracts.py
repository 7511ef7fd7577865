"""Vehicles under contract and not registered yet, as far as a mandate counts them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import polars as pl

from monitor.assess.evidence import classified
from monitor.assess.reconciliation import OpenLine
from monitor.assess.weekly import kinds_of, members_of
from monitor.model import Assessment, RowKey
from monitor.policy.policy import Policy


class Contracts(NamedTuple):
    """Vehicles under contract, not registered yet, that one row counts or cannot place."""

    due_new: int = 0
    due_open: int = 0
    due_other: int = 0
    late: int = 0
    unplaced: int = 0


def contracts_of(
    policy: Policy, rows: Sequence[Assessment], open_lines: Sequence[OpenLine]
) -> dict[RowKey, Contracts]:
    """What is under contract for each row, by the rule that places vehicles; rows without any are
    left out. A province's contracts are its divisions'.
    """
    found: dict[RowKey, Contracts] = {}
    if not open_lines:
        return found
    lines = _frame(open_lines)
    grouped: dict[tuple[str, tuple[str, ...], str], list[Assessment]] = {}
    for row in rows:
        grouped.setdefault((row.mandate, row.categories, row.period), []).append(row)
    for (mandate, categories, period), members in grouped.items():
        kinds = kinds_of(policy, categories)
        placed = (
            classified(policy, policy.mandates[mandate], lines, kinds)
            .join(members_of(policy, (row.division for row in members)), on="division")
            .with_columns(late=pl.col("due_on") > date(int(period), 12, 31))
            .group_by("code", "standing", "side", "late")
            .agg(pl.col("vehicles").sum())
        )
        sums: dict[str, dict[str, int]] = {}
        for code, standing, side, late, vehicles in placed.iter_rows():
            name = _counted_as(standing, side, late=late)
            if name is not None:
                own = sums.setdefault(code, {})
                own[name] = own.get(name, 0) + int(vehicles)
        found.update(
            (row.key, Contracts(**sums[row.division])) for row in members if row.division in sums
        )
    return found


def _frame(lines: Sequence[OpenLine]) -> pl.DataFrame:
    """The contract lines with the columns that `classified` looks at; they name no county or use
    character.
    """
    texts = ("division", "category", "energy", "owner_kind", "area", "exemption")
    schema = {name: pl.String() for name in texts} | {"due_on": pl.Date(), "vehicles": pl.Int64()}
    columns = {name: [getattr(line, name) for line in lines] for name in schema}
    nothing = pl.lit(None, dtype=pl.String)
    return pl.DataFrame(columns, schema=schema).with_columns(county=nothing, use=nothing)


def _counted_as(standing: str, side: str, *, late: bool) -> str | None:
    if standing == "unknown":
        return "unplaced"
    if standing != "inside":
        return None
    return "late" if late else {"new": "due_new", "open": "due_open", "not": "due_other"}[side]
