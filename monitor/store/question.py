"""The one heavy question: how many current vehicles there are of each sort, by year.

Everything after it is small. It reads four small columns of the facts, so ten million vehicles
take about a second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.store.frames import few_rows
from monitor.store.knowledge import quoted
from monitor.store.refusals import prepare_refusals

if TYPE_CHECKING:
    from datetime import date

    import duckdb
    import polars as pl

# Which of a vehicle's rows counts where two divisions report it (CONTRACT section 2): an addition
# at the earlier date, on equal dates where it was received first. The vehicle stands in the fleet
# of the division that last reported it by another business (it moved there), else of that winner,
# else where it is known by its deregistration alone.
_CLAIMS = """
    CREATE OR REPLACE TEMP TABLE claim_loss AS
    WITH known AS (
        SELECT c.*, s.received_at FROM claim AS c JOIN seen AS s ON s.seq = c.submission),
    first_told AS (
        SELECT vin, division, min(received_at) AS first_at, min(submission) AS first_seq
        FROM known WHERE is_addition GROUP BY ALL),
    current AS (SELECT * FROM known ANTI JOIN ended USING (submission, line)),
    ranked AS (
        SELECT c.submission, c.line, c.is_addition,
            row_number() OVER (PARTITION BY c.vin, c.is_addition
                ORDER BY c.registered_on, f.first_at, f.first_seq) AS addition_place,
            row_number() OVER (PARTITION BY c.vin
                ORDER BY c.is_deregistration, c.is_addition,
                         CASE WHEN NOT c.is_addition THEN c.received_at END DESC,
                         c.registered_on, f.first_at, f.first_seq) AS holding_place
        FROM current AS c LEFT JOIN first_told AS f USING (vin, division))
    SELECT submission, line, is_addition AND addition_place > 1 AS loses_addition,
           holding_place > 1 AS loses_holding
    FROM ranked WHERE (is_addition AND addition_place > 1) OR holding_place > 1
"""
# A deregistration ends its vehicle in its own division; where that division holds no other row of
# the vehicle, it ends it wherever it stands.
_RETIREMENTS = """
    CREATE OR REPLACE TEMP TABLE retired AS
    WITH known AS (
        SELECT r.* FROM retirement AS r
        WHERE r.by_submission IN (SELECT seq FROM seen) AND r.submission IN (SELECT seq FROM seen)
          AND NOT EXISTS (FROM ended AS e
                          WHERE e.submission = r.by_submission AND e.line = r.by_line)
          AND NOT EXISTS (FROM ended AS e WHERE e.submission = r.submission AND e.line = r.line))
    SELECT r.submission, r.line, min(r.retired_on) AS linked_on
    FROM known AS r
    WHERE r.is_own OR NOT EXISTS (
        FROM known AS own WHERE own.is_own AND own.by_submission = r.by_submission
          AND own.by_line = r.by_line)
    GROUP BY ALL
"""
_SPENT = """
    CREATE OR REPLACE TEMP TABLE spent AS
    SELECT DISTINCT r.by_submission AS submission, r.by_line AS line
    FROM retirement AS r
    WHERE r.submission IN (SELECT seq FROM seen)
      AND NOT EXISTS (FROM ended AS e WHERE e.submission = r.submission AND e.line = r.line)
"""


def prepare(
    connection: duckdb.DuckDBPyConnection, as_of: date, *, another_day: bool = False
) -> None:
    """Create `live`: the rows that are current, dated by `as_of`, with what takes them out.

    `knowledge.create_views` must have run. Columns: submission, line, facet (of `live_facet`: that
    of a vehicle whose exemption is refused claims none), registered_on, retired_on (by `as_of`),
    loses_addition, loses_holding, is_spent (a deregistration whose vehicle is held as a row of its
    own), and those that weights need.
    """
    if not another_day:
        for statement in (_CLAIMS, _RETIREMENTS, _SPENT):
            connection.execute(statement)
    joins, facet, retired = [], "r.facet", "r.retired_on"
    loses, holds, spent = "false", "false", "false"
    if _rows(connection, "ended"):
        joins.append("ANTI JOIN ended AS e ON e.submission = r.submission AND e.line = r.line")
    if _rows(connection, "retired"):
        joins.append("LEFT JOIN retired AS t ON t.submission = r.submission AND t.line = r.line")
        retired = "least(r.retired_on, t.linked_on)"
    if _rows(connection, "claim_loss"):
        joins.append("LEFT JOIN claim_loss AS c ON c.submission = r.submission AND c.line = r.line")
        loses, holds = "coalesce(c.loses_addition, false)", "coalesce(c.loses_holding, false)"
    if _rows(connection, "spent"):
        joins.append("LEFT JOIN spent AS p ON p.submission = r.submission AND p.line = r.line")
        spent = "p.submission IS NOT NULL"
    if prepare_refusals(connection):
        joins.append(
            "LEFT JOIN refused_claim AS x ON x.submission = r.submission AND x.line = r.line"
        )
        facet = "CASE WHEN x.submission IS NULL THEN r.facet ELSE -r.facet END AS facet"
    day = f"DATE {quoted(as_of.isoformat())}"
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP VIEW live AS
        SELECT r.submission, r.line, r.vin, r.key_hash, {facet}, r.registered_on, r.model,
               r.credit_code, r.owner, r.range_km, r.gross_mass_kg, r.fast_charge,
               CASE WHEN {retired} <= {day} THEN {retired} END AS retired_on,
               {loses} AS loses_addition, {holds} AS loses_holding, {spent} AS is_spent
        FROM held_registration AS r {" ".join(joins)}
        WHERE r.registered_on <= {day}
        """
    )


def _rows(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {relation}").fetchall()[0][0])


FACET = (
    "division, county, category, category_basis, use, energy, owner_kind, area, reason, "
    "exemption, business, vehicle_class, is_addition, is_deregistration"
)


def counts(
    connection: duckdb.DuckDBPyConnection, registered: tuple[date, date] | None = None
) -> pl.DataFrame:
    """Vehicles by facet and years: the facet's codes, registered_year, retired_year, counts_added,
    counts_held and vehicles (Int64). `prepare` must have run.

    `registered` narrows them to those registered from a day on and before another: a year is cut
    by taking these away, so that nobody else counts by days.
    """
    narrowed = ""
    if registered is not None:
        first, before = (quoted(day.isoformat()) for day in registered)
        narrowed = f"WHERE registered_on >= DATE {first} AND registered_on < DATE {before}"
    return few_rows(
        connection,
        f"""
        SELECT {FACET}, registered_year, retired_year,
               is_addition AND NOT is_deregistration AND NOT loses_addition AS counts_added,
               NOT loses_holding AND NOT is_spent AS counts_held, sum(n)::BIGINT AS vehicles
        FROM (SELECT facet, year(registered_on) AS registered_year,
                     year(retired_on) AS retired_year, loses_addition, loses_holding, is_spent,
                     count(*) AS n
              FROM live {narrowed} GROUP BY ALL)
        JOIN live_facet AS f ON f.id = facet
        GROUP BY ALL ORDER BY ALL
        """,
    )


def early_counts(connection: duckdb.DuckDBPyConnection, day: date) -> pl.DataFrame:
    """As `counts`, of the vehicles registered in the year of `day` before it."""
    return counts(connection, (day.replace(month=1, day=1), day))


def weighed_sorts(
    connection: duckdb.DuckDBPyConnection, divisions: list[str], *, by_county: bool = False
) -> pl.DataFrame:
    """Vehicles of `divisions` by what 标准车 weights rest on, and years; columns as `counts`.

    `by_county`: `division` holds the county's code instead, for a city's districts.
    """
    listed = ", ".join(quoted(code) for code in divisions)
    query = f"""
        SELECT {"county" if by_county else "f.division"} AS division, category, energy,
               owner_kind, area, vehicle_class, range_km,
               gross_mass_kg, fast_charge, year(registered_on) AS registered_year,
               registered_on, year(retired_on) AS retired_year,
               is_addition AND NOT is_deregistration AND NOT loses_addition AS counts_added,
               NOT loses_holding AND NOT is_spent AS counts_held, count(*)::BIGINT AS vehicles
        FROM live JOIN live_facet AS f ON f.id = live.facet
        WHERE f.division IN ({listed}) GROUP BY ALL ORDER BY ALL
        """
    facets = f"SELECT 1 FROM live_facet AS f WHERE f.division IN ({listed}) LIMIT 1"
    if not connection.execute(facets).fetchall():  # nothing of theirs: no need to go through it all
        return few_rows(connection, f"FROM ({query}) LIMIT 0")
    found: pl.DataFrame = connection.sql(query).pl()
    return found
