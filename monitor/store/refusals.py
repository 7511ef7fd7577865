"""Refused exemptions in the one question: their rows get a facet that claims nothing.

Nothing of it is there, and nothing is joined, while no decision is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from monitor.store.schema import FACET_COLUMNS

if TYPE_CHECKING:
    import duckdb

# What is decided of each vehicle; a decision that was taken back says nothing.
_DECIDED: Final = """
    CREATE OR REPLACE TEMP VIEW decided AS
    SELECT division, vin, exemption, decision, until, reason, made_by, made_at
    FROM decision_seen
    QUALIFY row_number() OVER (PARTITION BY division, vin ORDER BY seq DESC) = 1
        AND decision <> 'withdrawn'
"""
# Which rows count as if they had claimed nothing. A refusal is about the vehicle: it holds under
# whatever name the exemption is claimed next, until somebody decides anew.
_REFUSED: Final = """
    CREATE OR REPLACE TEMP TABLE refused_claim AS
    SELECT r.submission, r.line
    FROM held_registration AS r JOIN facet AS f ON f.id = r.facet
    JOIN decided AS d ON d.division = f.division AND d.vin = r.vin
    WHERE f.exemption IS NOT NULL
      AND (d.decision = 'refused' OR r.registered_on > d.until)
"""
_WITHOUT: Final = ", ".join("NULL" if name == "exemption" else name for name in FACET_COLUMNS)


def prepare_refusals(connection: duckdb.DuckDBPyConnection) -> bool:
    """Create `decided`, `live_facet` and, where any claim is refused, `refused_claim`: submission
    and line of those that are. Gives whether any is.

    `live_facet` holds the facets, and where some claim is refused each one that claims an
    exemption once more without it, under its number with the sign turned. `create_views` must have
    run.
    """
    connection.execute(_DECIDED)
    is_any, twins = False, ""
    if _count(connection, "decision_seen"):
        connection.execute(_REFUSED)
        is_any = _count(connection, "refused_claim") > 0
    if is_any:
        twins = f" UNION ALL SELECT -id, {_WITHOUT} FROM facet WHERE exemption IS NOT NULL"
    connection.execute(f"CREATE OR REPLACE TEMP VIEW live_facet AS FROM facet{twins}")
    return is_any


def _count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {relation}").fetchall()[0][0])
