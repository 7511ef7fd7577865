"""The weekly question: what was added, and what joined or left the fleet, week by week.

A second, cheap reading of the view that `question.prepare` made: facet and dates only.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from monitor.store.knowledge import quoted

if TYPE_CHECKING:
    import duckdb
    import polars as pl

# What a mandate's scope rests on; the rest of a facet plays no part in it.
_SCOPE = "division, county, category, use, energy, owner_kind, area, exemption"


def weeks(connection: duckdb.DuckDBPyConnection, as_of: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Facets and changes for the year of `as_of` and the year before; `question.prepare` must
    have run for the same day.

    Facets: `facet` and the codes that scopes rest on. Changes: `facet`; `week_end`, the Sunday of
    the change, no later than 31 December and `as_of`, for earlier years their 31 December;
    `falls_on`, for registrations of the year before only: `as_of` where the same calendar day of
    the judged year is not after it, else the end of that day's week in the judged year (29 February
    stands for 1 March where a year has none); `added`, vehicles newly added; `held`, vehicles that
    joined the fleet less those that left it (Int64).
    """
    changes: pl.DataFrame = connection.sql(_changes(as_of)).pl()
    facets: pl.DataFrame = connection.sql(
        f"SELECT id AS facet, {_SCOPE} FROM live_facet ORDER BY id"
    ).pl()
    return facets.join(changes, on="facet", how="semi", maintain_order="left"), changes


def _changes(as_of: date) -> str:
    year = as_of.year
    this_start, last_start = date(year, 1, 1), date(year - 1, 1, 1)
    last_end, year_end = date(year - 1, 12, 31), date(year, 12, 31)
    registered = (
        f"CASE WHEN registered_on < {_day(last_start)} THEN make_date(year(registered_on), 12, 31) "
        f"WHEN registered_on < {_day(this_start)} THEN {_week_end('registered_on', last_end)} "
        f"ELSE {_week_end('registered_on', as_of)} END"
    )
    gone = (
        # least() passes over NULL, so that who is still there has to be told apart first
        f"CASE WHEN retired_on IS NULL THEN NULL "
        f"WHEN retired_on < {_day(last_start)} THEN {_day(date(year - 2, 12, 31))} "
        f"WHEN retired_on < {_day(this_start)} THEN {_week_end('retired_on', last_end)} "
        f"ELSE {_week_end('retired_on', as_of)} END"
    )
    # A year later in the calendar is 365 or 366 days later, before and after the end of February.
    to_february = (this_start - last_start).days
    from_march = (date(year, 3, 1) - date(year - 1, 3, 1)).days
    later = (
        f"(registered_on + CASE WHEN registered_on < {_day(date(year - 1, 3, 1))} "
        f"THEN {to_february} ELSE {from_march} END)"
    )
    falls_on = (
        f"CASE WHEN registered_on < {_day(last_start)} OR registered_on >= {_day(this_start)} "
        f"THEN NULL WHEN {later} <= {_day(as_of)} THEN {_day(as_of)} "
        f"ELSE {_week_end(later, year_end)} END"
    )
    return f"""
        WITH dated AS (
            SELECT facet, {registered} AS week_end, {falls_on} AS falls_on, {gone} AS gone_on,
                   NOT loses_addition AS is_first, NOT loses_holding AND NOT is_spent AS is_held,
                   count(*) AS n
            FROM live GROUP BY ALL),
        sorted AS MATERIALIZED (
            SELECT dated.*, is_addition AND NOT is_deregistration AND is_first AS is_added
            FROM dated JOIN live_facet AS f ON f.id = dated.facet)
        SELECT facet, week_end, falls_on,
               coalesce(sum(n) FILTER (is_added), 0)::BIGINT AS added,
               coalesce(sum(n) FILTER (is_held), 0)::BIGINT AS held
        FROM sorted GROUP BY ALL
        UNION ALL
        SELECT facet, greatest(week_end, gone_on), NULL, 0, -sum(n)::BIGINT
        FROM sorted WHERE is_held AND gone_on IS NOT NULL GROUP BY ALL
        ORDER BY ALL
    """


def _day(day: date) -> str:
    return f"DATE {quoted(day.isoformat())}"


def _week_end(day: str, latest: date) -> str:
    return f"least({day} + (7 - isodow({day}))::INTEGER, {_day(latest)})"
