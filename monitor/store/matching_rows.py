"""The rows that contracts, registrations and retirements are matched by.

Each has `model` and `energy` for comparing beside `written_model` and `written_energy` for showing.
`question.prepare` must have run: all of these read what was known, as of its day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from monitor.store.knowledge import quoted, sql_list

if TYPE_CHECKING:
    import duckdb
    import polars as pl

_ADDITION = "f.is_addition AND NOT f.is_deregistration AND NOT r.loses_addition"
_VEHICLE = """
    r.submission, r.line AS line_number, r.vin, r.registered_on AS "on", r.model,
    r.model AS written_model, r.credit_code, r.owner AS organisation, f.division, f.category,
    f.energy, f.energy AS written_energy, f.owner_kind
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which vehicles can concern a contract: of these sorts, or bearing one of these VINs.

    `sorts` are pairs of division and category; vehicles of these divisions whose category is not
    told only if they are of one of the `models`. In `covered` divisions those of `owner_kinds` and
    `categories` are expected to have a contract. `energies` are those in no share, left out.
    """

    sorts: Sequence[tuple[str, str]]
    vins: Sequence[str]
    models: Sequence[str]
    covered: tuple[str, ...]
    owner_kinds: tuple[str, ...]
    categories: tuple[str, ...]
    energies: tuple[str, ...]


def contract_lines(
    connection: duckdb.DuckDBPyConnection,
    as_of: date,
    *,
    uncounted: tuple[str, ...],
    energies: tuple[str, ...],
) -> pl.DataFrame:
    """Current lines signed by `as_of`, in the order of receipt, but for those whose 新增原因 is
    one of `uncounted`, whose energy is one of `energies`, or by which a person buys.
    """
    found: pl.DataFrame = connection.sql(
        f"""
        SELECT r.submission, r.line AS line_number, r.contract_no, r.buyer AS organisation,
               r.credit_code, r.model, r.model AS written_model, r.signed_on, r.delivery_on,
               r.quantity, r.vehicle_vin, f.division, f.category, f.energy,
               f.energy AS written_energy, f.owner_kind, f.area, f.exemption
        FROM held_procurement AS r ANTI JOIN ended USING (submission, line)
        JOIN facet AS f ON f.id = r.facet
        WHERE r.signed_on <= DATE {quoted(as_of.isoformat())}
          AND (f.reason IS NULL OR f.reason NOT IN ({sql_list(uncounted)}, ''))
          AND f.energy NOT IN ({sql_list(energies)}, '')
          AND f.owner_kind IS DISTINCT FROM 'person' AND f.category IS DISTINCT FROM 'private'
        ORDER BY r.submission, r.line
        """
    ).pl()
    return found


def registered_vehicles(connection: duckdb.DuckDBPyConnection, wanted: Wanted) -> pl.DataFrame:
    """Additions that can concern a contract, in the order of receipt; persons' vehicles only where
    a contract names them. `is_expected` says whether the owner should have bought by contract.
    """
    pairs = ", ".join(f"({quoted(d)}, {quoted(c)})" for d, c in wanted.sorts) or "(NULL, NULL)"
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE wanted_facet AS
        SELECT id, coalesce(division IN ({sql_list(wanted.covered)})
                   AND owner_kind IN ({sql_list(wanted.owner_kinds)})
                   AND category IN ({sql_list(wanted.categories)}), false) AS is_expected,
               energy NOT IN ({sql_list(wanted.energies)}, '')
                 AND (owner_kind IS NULL OR owner_kind <> 'person') AS is_eligible,
               is_eligible AND (is_expected OR (division, category) IN ({pairs})) AS is_wanted,
               is_eligible AND coalesce(category_basis = 'undetermined', false)
                 AND division IN ({sql_list(tuple(d for d, _ in wanted.sorts))}) AS is_unplaced
        FROM live_facet
        """
    )
    bought = f"w.is_unplaced AND r.model IN ({sql_list(tuple(wanted.models))})"
    named = f"r.vin IN ({sql_list(tuple(wanted.vins))})" if wanted.vins else "false"
    found: pl.DataFrame = connection.sql(
        f"""
        SELECT {_VEHICLE}, w.is_expected, w.is_unplaced
        FROM live AS r JOIN wanted_facet AS w ON w.id = r.facet
        JOIN live_facet AS f ON f.id = r.facet
        WHERE (w.is_wanted OR ({bought}) OR {named}) AND {_ADDITION}
        ORDER BY r.submission, r.line
        """
    ).pl()
    return found


def replacing_vehicles(
    connection: duckdb.DuckDBPyConnection, reasons: tuple[str, ...], energies: tuple[str, ...]
) -> pl.DataFrame:
    """Additions of organisations that are said to replace another vehicle."""
    found: pl.DataFrame = connection.sql(
        f"""
        SELECT {_VEHICLE}, r.retired_on
        FROM live AS r JOIN live_facet AS f ON f.id = r.facet
        WHERE {_ADDITION} AND f.reason IN ({sql_list(reasons)})
          AND f.energy NOT IN ({sql_list(energies)}, '')
          AND (f.owner_kind IS NULL OR f.owner_kind <> 'person')
        ORDER BY r.submission, r.line
        """
    ).pl()
    return found


def retired_vehicles(
    connection: duckdb.DuckDBPyConnection, divisions: tuple[str, ...]
) -> pl.DataFrame:
    """Vehicles of organisations in `divisions` that left the fleet by the day judged."""
    found: pl.DataFrame = connection.sql(
        f"""
        SELECT {_VEHICLE}, r.retired_on
        FROM live AS r JOIN live_facet AS f ON f.id = r.facet
        WHERE r.retired_on IS NOT NULL AND NOT r.loses_holding AND NOT r.is_spent
          AND f.division IN ({sql_list(divisions)})
          AND (f.owner_kind IS NULL OR f.owner_kind <> 'person')
        ORDER BY r.submission, r.line
        """
    ).pl()
    return found


def claimed_vehicles(connection: duckdb.DuckDBPyConnection, as_of: date) -> pl.DataFrame:
    """Additions of vehicles that two divisions added by `as_of`, each with the `others` of them."""
    found: pl.DataFrame = connection.sql(
        f"""
        WITH standing AS (
            SELECT c.submission, c.line, c.vin, c.division FROM claim AS c
            JOIN seen AS s ON s.seq = c.submission
            ANTI JOIN ended USING (submission, line)
            WHERE c.is_addition AND c.registered_on <= DATE {quoted(as_of.isoformat())}),
        clash AS (
            SELECT a.submission, a.line, string_agg(DISTINCT b.division, ' ' ORDER BY b.division)
                   AS others
            FROM standing AS a JOIN standing AS b ON b.vin = a.vin AND b.division <> a.division
            GROUP BY ALL)
        SELECT {_VEHICLE}, c.others
        FROM live AS r JOIN clash AS c ON c.submission = r.submission AND c.line = r.line
        JOIN live_facet AS f ON f.id = r.facet
        ORDER BY r.vin, r.registered_on, r.submission, r.line
        """
    ).pl()
    return found


def files(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """`submission`, its `id` and `file`, for every seen one."""
    found: pl.DataFrame = connection.sql(
        "SELECT seq AS submission, id, file_name AS file FROM seen ORDER BY seq"
    ).pl()
    return found
