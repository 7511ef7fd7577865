"""Rows of declared kinds counted for a line of a clause, by division."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

import polars as pl

from monitor.policy.lines import Line

Counted = Mapping[str, "Tally"]


@dataclass(frozen=True, slots=True)
class Tally:
    """Rows that a line counts: all, those for it, those that may be; `total` is a sum over them."""

    rows: int = 0
    hits: int = 0
    unsure: int = 0
    total: Decimal = Decimal(0)

    def __add__(self, other: Tally) -> Tally:
        """Both together."""
        return Tally(
            self.rows + other.rows,
            self.hits + other.hits,
            self.unsure + other.unsure,
            self.total + other.total,
        )


def tally(frame: pl.DataFrame, line: Line, year: int, until: date, floor: Fraction) -> Counted:
    """The tally of a line by division, over the rows known; `floor` is the share that each row's
    part must reach, where the line looks at each.
    """
    flagged = marked(frame, line, year, until, floor)
    total = pl.col(line.sum) if line.sum else pl.lit(1)
    found = flagged.group_by("division").agg(
        pl.len().alias("rows"),
        pl.col("is_hit").sum().alias("hits"),
        pl.col("is_unsure").sum().alias("unsure"),
        total.filter(~pl.col("is_unsure")).sum().cast(pl.Decimal(38, 6)).alias("total"),
    )
    return {
        division: Tally(int(rows), int(hits), int(unsure), Decimal(total or 0))
        for division, rows, hits, unsure, total in found.iter_rows()
        if division is not None
    }


def marked(
    frame: pl.DataFrame, line: Line, year: int, until: date, floor: Fraction
) -> pl.DataFrame:
    """The rows that a line counts, each with `is_hit` and `is_unsure`."""
    counted = in_year(frame, line.rows, year, until)
    if line.measure == "each":
        part, whole = pl.col(line.part or ""), pl.col(line.whole or "")
        hit = part * floor.denominator >= whole * floor.numerator
        unsure = part.is_null()
    else:
        hit = pl.sql_expr(line.hits) if line.hits else pl.lit(value=False)
        unsure = pl.sql_expr(line.unsure) if line.unsure else pl.lit(value=False)
    return counted.with_columns(
        is_hit=hit.fill_null(value=False), is_unsure=unsure.fill_null(value=False)
    ).with_columns(is_unsure=pl.col("is_unsure") & ~pl.col("is_hit"))


def in_year(frame: pl.DataFrame, rows: str | None, year: int, until: date) -> pl.DataFrame:
    """The rows that a condition chooses, all where there is none; with `until` and `year_start`."""
    dated = frame.with_columns(
        pl.lit(until).alias("until"), pl.lit(date(year, 1, 1)).alias("year_start")
    )
    return dated.filter(pl.sql_expr(rows).fill_null(value=False)) if rows else dated


def of(counted: Counted, divisions: Iterable[str]) -> Tally:
    """The tallies of several divisions together."""
    return sum((counted[code] for code in divisions if code in counted), start=Tally())
