"""Vehicles said to replace others, matched one to one with vehicles that left the fleet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from monitor.store.matching_names import named_alike
from monitor.store.matching_queue import serve
from monitor.store.matching_rows import replacing_vehicles, retired_vehicles

if TYPE_CHECKING:
    import duckdb

_SAME = ("division", "category")


def without_retirement(
    connection: duckdb.DuckDBPyConnection,
    *,
    reasons: tuple[str, ...],
    energies: tuple[str, ...],
    before: int,
    after: int,
) -> pl.DataFrame:
    """Replacing additions for which no retirement is left, in the order of receipt, each with
    `has_retirements`: whether its division reported any at all.

    A retirement waits from `after` days before its day to `before` days after it (see
    `matching_queue`), which is the same as to say that the new vehicle is registered so near to
    it. First those of one owner and category are matched, then those whose owner is known on one
    side only. A replacement that itself left so soon is nobody's old vehicle.
    """
    added = replacing_vehicles(connection, reasons, energies).with_row_index("vehicle")
    divisions = tuple(added["division"].unique().sort())
    retired = retired_vehicles(connection, divisions).with_row_index("line")
    reporting = retired["division"].unique()
    retired = retired.join(
        added.filter(pl.col("retired_on") <= pl.col("on") + pl.duration(days=after)),
        on=["submission", "line_number"],
        how="anti",
    )
    old, new = named_alike(retired, added, {})
    old = old.with_columns(
        (pl.col("retired_on") - pl.duration(days=after)).alias("since"),
        (pl.col("retired_on") + pl.duration(days=before)).alias("until"),
        pl.lit(1).alias("units"),
    )
    nobody = pl.col("party").is_null()
    for keys, of_old, of_new in (
        ((*_SAME, "party"), ~nobody, ~nobody),
        (_SAME, nobody, pl.lit(value=True)),
        (_SAME, pl.lit(value=True), nobody),
    ):
        waiting = old.filter(of_old).select(*keys, "line", "since", "until", "units")
        pairs = serve(waiting, new.filter(of_new).select(*keys, "vehicle", "on"), keys)
        old = old.join(pairs, on="line", how="anti")
        new = new.join(pairs, on="vehicle", how="anti")
    return new.sort("vehicle").with_columns(
        pl.col("division").is_in(reporting.implode()).alias("has_retirements")
    )
