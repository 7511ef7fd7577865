"""The current rows of a declared kind, as whatever answers a clause reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

_SHARED = ("submission", "line", "vin", "dated_on", "model", "credit_code")


def records(
    connection: duckdb.DuckDBPyConnection, kind: str, columns: Mapping[str, pl.DataType]
) -> pl.DataFrame:
    """After `Store.look`, of a kind that is held: its current rows, in the order they came in.

    Columns: `submission`, `line`, `division`, `county`, `dated_on`, `reported_on` (the day on which
    the row's file was received, of Shanghai), `vin` (what the row is known by), and those of
    `columns`; one that no part has yet is null.
    """
    held = {
        name for name, *_ in connection.execute(f"DESCRIBE SELECT * FROM held_{kind}").fetchall()
    }
    own = [name for name in columns if name in held and name not in _SHARED]
    chosen = ", ".join(f"r.{name}" for name in (*_SHARED, *own))
    found: pl.DataFrame = connection.sql(
        f"""
        SELECT {chosen}, f.division, f.county,
               CAST(s.received_at + INTERVAL 8 HOURS AS DATE) AS reported_on
        FROM held_{kind} AS r ANTI JOIN ended USING (submission, line)
        JOIN facet AS f ON f.id = r.facet JOIN seen AS s ON s.seq = r.submission
        ORDER BY r.submission, r.line
        """
    ).pl()
    lacking = [pl.lit(None, dtype=columns[name]).alias(name) for name in columns if name not in own]
    shared = [name for name in columns if name in _SHARED]
    return found.with_columns(
        *(one for one in lacking if one.meta.output_name() not in shared)
    ).with_columns(pl.col(name).cast(columns[name]) for name in columns)
