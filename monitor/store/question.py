"""The one heavy question: how many current vehicles there are of each sort, by year.

Everything after it is small. It reads four small columns of the facts, so ten million vehicles
take about a second. It is said once, in SQL that DuckDB and Spark both take as it stands: every
group is written out, NULLs are told where to stand, an anti join says ON what, and the order of the
few rows that come back is made here.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

from monitor.store.engine import Engine, is_any
from monitor.store.knowledge import quoted
from monitor.store.refusals import prepare_refusals
from monitor.store.schema import FACET_COLUMNS

# Which of a vehicle's rows counts where two divisions report it (CONTRACT section 2): an addition
# at the earlier date, on equal dates where it was received first. The vehicle stands in the fleet
# of the division that last reported it by another business (it moved there), else of that winner,
# else, known by deregistrations alone, where the first of them was received.
_CLAIMS: Final = """
    WITH known AS (
        SELECT c.submission, c.line, c.vehicle, c.division, c.registered_on, c.is_addition,
               c.is_deregistration, s.received_at
        FROM claimed AS c JOIN seen AS s ON s.seq = c.submission),
    first_told AS (
        SELECT vehicle, division, min(received_at) AS first_at, min(submission) AS first_seq
        FROM known WHERE is_addition GROUP BY vehicle, division),
    current_claim AS (
        SELECT k.* FROM known AS k
        ANTI JOIN ended AS e ON e.submission = k.submission AND e.line = k.line),
    ranked AS (
        SELECT c.submission, c.line, c.is_addition,
            row_number() OVER (PARTITION BY c.vehicle, c.is_addition
                ORDER BY c.registered_on NULLS LAST, f.first_at NULLS LAST,
                         f.first_seq NULLS LAST) AS addition_place,
            row_number() OVER (PARTITION BY c.vehicle
                ORDER BY c.is_deregistration,
                         CASE WHEN c.is_deregistration THEN c.received_at END NULLS LAST,
                         CASE WHEN c.is_deregistration THEN c.submission END NULLS LAST,
                         c.is_addition,
                         CASE WHEN NOT c.is_addition THEN c.received_at END DESC NULLS LAST,
                         c.registered_on NULLS LAST, f.first_at NULLS LAST,
                         f.first_seq NULLS LAST) AS holding_place
        FROM current_claim AS c
        LEFT JOIN first_told AS f ON f.vehicle = c.vehicle AND f.division = c.division)
    SELECT submission, line, is_addition AND addition_place > 1 AS loses_addition,
           holding_place > 1 AS loses_holding
    FROM ranked WHERE (is_addition AND addition_place > 1) OR holding_place > 1
"""
# A deregistration ends its vehicle in its own division; where that division holds no other row of
# the vehicle, it ends it wherever it stands.
_RETIREMENTS: Final = """
    WITH known AS (
        SELECT r.submission, r.line, r.by_submission, r.by_line, r.retired_on, r.is_own
        FROM retirement AS r
        ANTI JOIN ended AS b ON b.submission = r.by_submission AND b.line = r.by_line
        ANTI JOIN ended AS e ON e.submission = r.submission AND e.line = r.line
        WHERE r.by_submission IN (SELECT seq FROM seen) AND r.submission IN (SELECT seq FROM seen)),
    own AS (SELECT DISTINCT by_submission, by_line FROM known WHERE is_own)
    SELECT r.submission, r.line, min(r.retired_on) AS linked_on
    FROM known AS r
    LEFT JOIN own ON own.by_submission = r.by_submission AND own.by_line = r.by_line
    WHERE r.is_own OR own.by_line IS NULL
    GROUP BY r.submission, r.line
"""
_SPENT: Final = """
    SELECT DISTINCT r.by_submission AS submission, r.by_line AS line
    FROM retirement AS r
    ANTI JOIN ended AS e ON e.submission = r.submission AND e.line = r.line
    WHERE r.submission IN (SELECT seq FROM seen)
"""


def prepare(engine: Engine, as_of: date, *, another_day: bool = False) -> None:
    """Create `live`: the rows that are current, dated by `as_of`, with what takes them out.

    `Engine.look` must have run. Columns: submission, line, facet (of `live_facet`: that of a
    vehicle whose exemption is refused claims none), registered_on, retired_on (by `as_of`),
    loses_addition, loses_holding, is_spent (a deregistration whose vehicle is held as a row of its
    own), those that weights need, and those that the engine carries along.
    """
    if not another_day:
        engine.table("claim_loss", _CLAIMS)
        engine.table("retired", _RETIREMENTS)
        engine.table("spent", _SPENT)
    joins, facet, retired = [], "r.facet", "r.retired_on"
    loses, holds, spent = "false", "false", "false"
    if is_any(engine, "ended"):
        joins.append("ANTI JOIN ended AS e ON e.submission = r.submission AND e.line = r.line")
    if is_any(engine, "retired"):
        joins.append("LEFT JOIN retired AS t ON t.submission = r.submission AND t.line = r.line")
        retired = "least(r.retired_on, t.linked_on)"
    if is_any(engine, "claim_loss"):
        joins.append("LEFT JOIN claim_loss AS c ON c.submission = r.submission AND c.line = r.line")
        loses, holds = "coalesce(c.loses_addition, false)", "coalesce(c.loses_holding, false)"
    if is_any(engine, "spent"):
        joins.append("LEFT JOIN spent AS p ON p.submission = r.submission AND p.line = r.line")
        spent = "p.submission IS NOT NULL"
    if prepare_refusals(engine):
        joins.append(
            "LEFT JOIN refused_claim AS x ON x.submission = r.submission AND x.line = r.line"
        )
        facet = "CASE WHEN x.submission IS NULL THEN r.facet ELSE -r.facet END AS facet"
    day = f"DATE {quoted(as_of.isoformat())}"
    carried = "".join(f", r.{name}" for name in engine.carried)
    engine.view(
        "live",
        f"""
        SELECT r.submission, r.line, {facet}, r.registered_on, r.range_km, r.gross_mass_kg,
               r.fast_charge, CASE WHEN {retired} <= {day} THEN {retired} END AS retired_on,
               {loses} AS loses_addition, {holds} AS loses_holding, {spent} AS is_spent{carried}
        FROM held_registration AS r {" ".join(joins)}
        WHERE r.registered_on <= {day}
        """,
    )


FACET: Final = ", ".join(FACET_COLUMNS)
# What of a live row counts, and as of when.
_COUNTS_ADDED: Final = "is_addition AND NOT is_deregistration AND NOT loses_addition"
_COUNTS_HELD: Final = "NOT loses_holding AND NOT is_spent"
_REGISTERED_YEAR: Final = "CAST(year(registered_on) AS BIGINT)"
_RETIRED_YEAR: Final = "CAST(year(retired_on) AS BIGINT)"


def counts(engine: Engine, registered: tuple[date, date] | None = None) -> pl.DataFrame:
    """Vehicles by facet and years: the facet's codes, registered_year, retired_year, counts_added,
    counts_held and vehicles (Int64). `prepare` must have run.

    `registered` narrows them to those registered from a day on and before another: a year is cut
    by taking these away, so that nobody else counts by days.
    """
    narrowed = ""
    if registered is not None:
        first, before = (quoted(day.isoformat()) for day in registered)
        narrowed = f"WHERE registered_on >= DATE {first} AND registered_on < DATE {before}"
    numbered = "facet, registered_year, retired_year, loses_addition, loses_holding, is_spent"
    sorts = f"{FACET}, registered_year, retired_year, counts_added, counts_held"
    return _in_order(
        engine.frame(
            f"""
            WITH dated AS (
                SELECT facet, {_REGISTERED_YEAR} AS registered_year,
                       {_RETIRED_YEAR} AS retired_year, loses_addition, loses_holding, is_spent
                FROM live {narrowed}),
            numbered AS (SELECT {numbered}, count(*) AS n FROM dated GROUP BY {numbered}),
            sorted AS (
                SELECT {FACET}, registered_year, retired_year, {_COUNTS_ADDED} AS counts_added,
                       {_COUNTS_HELD} AS counts_held, n
                FROM numbered JOIN live_facet AS f ON f.id = facet)
            SELECT {sorts}, CAST(sum(n) AS BIGINT) AS vehicles FROM sorted GROUP BY {sorts}
            """
        )
    )


def early_counts(engine: Engine, day: date) -> pl.DataFrame:
    """As `counts`, of the vehicles registered in the year of `day` before it."""
    return counts(engine, (day.replace(month=1, day=1), day))


def weighed_sorts(engine: Engine, divisions: list[str], *, by_county: bool = False) -> pl.DataFrame:
    """Vehicles of `divisions` by what 标准车 weights rest on, and years; columns as `counts`.

    `by_county`: `division` holds the county's code instead, for a city's districts.
    """
    listed = ", ".join(quoted(code) for code in divisions)
    sorts = (
        "division, category, energy, owner_kind, area, vehicle_class, range_km, gross_mass_kg, "
        "fast_charge, registered_year, registered_on, retired_year, counts_added, counts_held"
    )
    query = f"""
        WITH sorted AS (
            SELECT {"county" if by_county else "f.division"} AS division, category, energy,
                   owner_kind, area, vehicle_class, range_km, gross_mass_kg, fast_charge,
                   {_REGISTERED_YEAR} AS registered_year, registered_on,
                   {_RETIRED_YEAR} AS retired_year, {_COUNTS_ADDED} AS counts_added,
                   {_COUNTS_HELD} AS counts_held
            FROM live JOIN live_facet AS f ON f.id = live.facet
            WHERE f.division IN ({listed}))
        SELECT {sorts}, CAST(count(*) AS BIGINT) AS vehicles FROM sorted GROUP BY {sorts}
        """
    theirs = engine.frame(f"SELECT 1 AS one FROM live_facet WHERE division IN ({listed}) LIMIT 1")
    # Where nothing is theirs the frame is empty, and nobody goes the long way for it.
    return _in_order(engine.large_frame(query) if theirs.height else engine.frame(query))


def _in_order(found: pl.DataFrame) -> pl.DataFrame:
    """By all columns, NULLs last: engines differ in that, and in how text is ordered."""
    return found.sort(found.columns, nulls_last=True)
