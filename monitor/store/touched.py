"""The rows that a new submission has in common with those held before, by their keys' hash."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.store.knowledge import parts_query
from monitor.store.schema import date_column

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb


def touch(
    connection: duckdb.DuckDBPyConnection,
    kind: str,
    facts: Path,
    new: list[tuple[str]],
    old: list[tuple[str]],
    seq: int,
    *,
    links_within: bool,
) -> None:
    """`touched`: every row, old or new, of the vehicles that the new part shares with others.

    Of the old parts only the keys are read whole; all else of them where a key was met.
    """
    date = date_column(kind)
    retired = "retired_on" if kind == "registration" else "CAST(NULL AS DATE)"
    own, others = parts_query(kind, facts, new), parts_query(kind, facts, old, places=True)
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE met AS
        SELECT key_hash, submission, file_row_number FROM ({others}) SEMI JOIN ({own})
        USING (key_hash)
        """
    )
    shared = "SELECT key_hash FROM met"
    if links_within:
        shared += (
            f" UNION ALL SELECT key_hash FROM ({own}) AS n JOIN facet ON facet.id = n.facet "
            "WHERE is_deregistration"
        )
    columns = f"submission, line, vin, content_hash, model, credit_code, {date}, {retired}, facet"
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE touched AS
        SELECT r.submission, r.line, r.vin, r.content_hash, r.model, r.credit_code,
               r.dated_on, r.retired_on, f.division, f.is_addition,
               f.is_deregistration, s.received_at, r.submission = {seq} AS is_new
        FROM (
            -- by the place alone first: only then does DuckDB pass over what lies between
            SELECT {columns} FROM (FROM ({others}) SEMI JOIN met USING (file_row_number))
            SEMI JOIN met USING (submission, file_row_number)
            UNION ALL
            SELECT {columns} FROM ({own}) SEMI JOIN ({shared}) USING (key_hash)
        ) AS r (submission, line, vin, content_hash, model, credit_code, dated_on, retired_on,
                facet)
        JOIN facet AS f ON f.id = r.facet
        JOIN submission AS s ON s.seq = r.submission
        WHERE NOT EXISTS (
            FROM ending AS e WHERE e.submission = r.submission AND e.line = r.line
            AND e.reason IN ('duplicate_row', 'duplicate_conflict'))
        """
    )
    connection.execute("DROP TABLE met")
