"""Lists of vehicles that others keep, set against the register: who is on both, and who is not.

`question.prepare` must have run. The lists are handed in as they were reported and known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from monitor.store.knowledge import sql_list

if TYPE_CHECKING:
    import duckdb

_LISTED = "reported_list"


def on_platform(
    connection: duckdb.DuckDBPyConnection, listed: pl.DataFrame, new: list[str], days: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """New-energy vehicles of the register by whether a monitoring platform has them.

    First division, category, owner_kind, registered_year, retired_year, connected_year, left_year,
    is_online (seen within `days` before the list was received) and vehicles; then, of vehicles on
    the platform that no row of the register knows, division, connected_year and vehicles.
    """
    wanted = ("vehicle_vin", "division", "connected_on", "left_on", "last_online_on", "reported_on")
    _take(connection, listed.select(wanted))
    grouped = f"""
        SELECT vehicle_vin AS vin, min(division) AS division, min(connected_on) AS connected_on,
               CASE WHEN bool_and(left_on IS NOT NULL) THEN max(left_on) END AS left_on,
               max(last_online_on) AS last_online_on, max(reported_on) AS reported_on
        FROM {_LISTED} WHERE vehicle_vin IS NOT NULL GROUP BY ALL
    """
    vehicles = _frame(
        connection,
        f"""
        SELECT v.division, v.category, v.owner_kind, v.registered_year, v.retired_year,
               year(l.connected_on) AS connected_year, year(l.left_on) AS left_year,
               coalesce(l.last_online_on >= l.reported_on - {int(days)}, false) AS is_online,
               count(*)::BIGINT AS vehicles
        FROM ({_fleet(new)}) AS v LEFT JOIN ({grouped}) AS l USING (vin)
        GROUP BY ALL ORDER BY ALL
        """,
    )
    strangers = _frame(
        connection,
        f"""
        SELECT l.division, year(l.connected_on) AS connected_year, count(*)::BIGINT AS vehicles
        FROM ({grouped}) AS l ANTI JOIN live USING (vin) GROUP BY ALL ORDER BY ALL
        """,
    )
    connection.unregister(_LISTED)
    return vehicles, strangers


def with_destination(
    connection: duckdb.DuckDBPyConnection, listed: pl.DataFrame, new: list[str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Retired new-energy vehicles of the register by what became of their batteries.

    First division, registered_year, retired_year, is_listed, has_destination (of every battery of
    the vehicle), days (from retirement to hand-over) and vehicles; then, of vehicles whose
    batteries are listed and that the register does not know as retired, division and vehicles.
    """
    _take(connection, listed.select("vehicle_vin", "division", "destination", "handed_on"))
    grouped = f"""
        SELECT vehicle_vin AS vin, min(division) AS division,
               bool_and(coalesce(destination <> 'unknown', false)) AS has_destination,
               max(handed_on) AS handed_on
        FROM {_LISTED} WHERE vehicle_vin IS NOT NULL GROUP BY ALL
    """
    vehicles = _frame(
        connection,
        f"""
        SELECT v.division, v.registered_year, v.retired_year, l.vin IS NOT NULL AS is_listed,
               coalesce(l.has_destination, false) AS has_destination,
               l.handed_on - v.retired_on AS days, count(*)::BIGINT AS vehicles
        FROM ({_fleet(new)}) AS v LEFT JOIN ({grouped}) AS l USING (vin)
        WHERE v.retired_on IS NOT NULL
        GROUP BY ALL ORDER BY ALL
        """,
    )
    strangers = _frame(
        connection,
        f"""
        SELECT l.division, count(*)::BIGINT AS vehicles
        FROM ({grouped}) AS l
        ANTI JOIN (SELECT vin FROM live WHERE retired_on IS NOT NULL) USING (vin)
        GROUP BY ALL ORDER BY ALL
        """,
    )
    connection.unregister(_LISTED)
    return vehicles, strangers


def _fleet(new: list[str]) -> str:
    return f"""
        SELECT r.vin, f.division, f.category, f.owner_kind, r.retired_on,
               year(r.registered_on) AS registered_year, year(r.retired_on) AS retired_year
        FROM live AS r JOIN live_facet AS f ON f.id = r.facet
        WHERE NOT r.loses_holding AND NOT r.is_spent AND f.energy IN ({sql_list(tuple(new))})
    """


def _take(connection: duckdb.DuckDBPyConnection, listed: pl.DataFrame) -> None:
    connection.register(_LISTED, listed.to_arrow(compat_level=pl.CompatLevel.oldest()))


def _frame(connection: duckdb.DuckDBPyConnection, query: str) -> pl.DataFrame:
    found: pl.DataFrame = connection.sql(query).pl()
    return found
