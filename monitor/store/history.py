"""How a new submission bears on what is held: corrections, replacements, claims, retirements.

Nothing is changed or deleted. A row stops being current by an `ending`, which names the moment of
knowledge and the submission that it came by; so every earlier picture can be had again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from monitor.model import Changes, Mode
from monitor.store.knowledge import parts_query, quoted, sql_list
from monitor.store.schema import date_column
from monitor.store.touched import touch

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

# Whose rows a sender answers for; nobody's where none is named.
Reach = Callable[[str | None], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Bearing:
    """What the new submission changed, and the lines that the sender must be told of."""

    changes: Changes
    claimed_elsewhere: tuple[int, ...]
    addition_turned: tuple[int, ...]


def apply(
    connection: duckdb.DuckDBPyConnection,
    facts: Path,
    *,
    seq: int,
    kind: str,
    mode: Mode,
    rows: int,
    reach: Reach,
    links_within: bool,
) -> Bearing:
    """Set the rows of submission `seq`, already registered with its part, against the others.

    `links_within` says whether the part itself holds deregistrations. Runs in the caller's
    transaction.
    """
    new = connection.execute("SELECT file_name FROM part WHERE submission = ?", [seq]).fetchall()
    old = connection.execute(
        "SELECT file_name FROM part WHERE submission <> ? AND kind = ? ORDER BY submission",
        [seq, kind],
    ).fetchall()
    set_aside = connection.execute(
        "SELECT count(*) FROM ending WHERE submission = ?", [seq]
    ).fetchall()[0][0]
    replaced = 0
    touch(connection, kind, facts, new, old, seq, links_within=links_within)
    if mode is Mode.REPLACE:
        senders = reach(_sender(connection, seq))
        replaced = _replace(connection, kind, facts, old, new, seq, senders)
    _yield_to_later(connection, kind, facts, new, seq, reach)
    corrected, unchanged, turned = _succeed(connection, seq)
    claimed: tuple[int, ...] = ()
    if kind == "registration":
        claimed = _claim(connection, seq)
        _link_retirements(connection)
    connection.execute("DROP TABLE touched")
    added = rows - set_aside - corrected - unchanged
    return Bearing(Changes(added, corrected, unchanged, replaced), claimed, turned)


def _sender(connection: duckdb.DuckDBPyConnection, seq: int) -> str | None:
    found: list[tuple[str | None]] = connection.execute(
        "SELECT division FROM submission WHERE seq = ?", [seq]
    ).fetchall()
    return found[0][0]


def _replace(
    connection: duckdb.DuckDBPyConnection,
    kind: str,
    facts: Path,
    old: list[tuple[str]],
    new: list[tuple[str]],
    seq: int,
    senders: tuple[str, ...],
) -> int:
    """End the sender's current rows dated in the period that the new part does not hold there."""
    rows = connection.execute(
        f"""
        INSERT INTO ending
        SELECT r.submission, r.line, me.received_at, me.seq, 'replaced'
        FROM ({parts_query(kind, facts, old)}) AS r
        JOIN facet AS f ON f.id = r.facet
        JOIN submission AS s ON s.seq = r.submission
        JOIN submission AS me ON me.seq = {seq}
        WHERE f.division IN ({sql_list(senders)})
          AND {_event_day(kind)} BETWEEN me.period_start AND me.period_end
          AND s.received_at <= me.received_at
          AND NOT EXISTS (FROM ending AS e WHERE e.submission = r.submission
                          AND e.line = r.line AND e.ended_at <= me.received_at)
          AND NOT EXISTS (
              FROM ({parts_query(kind, facts, new)}) AS n JOIN facet AS g ON g.id = n.facet
              WHERE n.key_hash = r.key_hash AND n.vin = r.vin AND g.division = f.division
                AND g.is_deregistration = f.is_deregistration
                AND NOT EXISTS (FROM ending AS x  -- a repetition that does not count
                                WHERE x.submission = me.seq AND x.line = n.line))
        RETURNING 1
        """
    ).fetchall()
    return len(rows)


def _event_day(kind: str) -> str:
    if kind == "registration":
        return (
            "CASE WHEN f.is_deregistration THEN coalesce(r.retired_on, r.registered_on) "
            "ELSE r.registered_on END"
        )
    return f"r.{date_column(kind)}"


_ENDED_BY: Final = {Mode.REPLACE: "replaced", Mode.WITHDRAW: "withdrawn"}


def _yield_to_later(
    connection: duckdb.DuckDBPyConnection,
    kind: str,
    facts: Path,
    new: list[tuple[str]],
    seq: int,
    reach: Reach,
) -> None:
    """A backfilled row gives way to replacements and withdrawals received after it; a province's
    replacement is of all its divisions.
    """
    later = connection.execute(
        f"""
        SELECT s.seq, s.mode FROM submission AS s JOIN submission AS me ON me.seq = {seq}
        WHERE s.seq < me.seq AND s.kind = me.kind AND s.received_at > me.received_at
          AND s.mode IN ('replace', 'withdraw') AND s.status <> 'refused'
        """
    ).fetchall()
    for other, mode in later:
        hit = (
            f"{_event_day(kind)} BETWEEN o.period_start AND o.period_end "
            f"AND f.division IN ({sql_list(reach(_sender(connection, other)))})"
            if mode == Mode.REPLACE
            else "EXISTS (FROM withdrawal AS w WHERE w.submission = o.seq "
            "AND w.division = f.division AND w.vin = r.vin)"
        )
        connection.execute(
            f"""
            INSERT INTO ending
            SELECT r.submission, r.line, o.received_at, {seq}, {quoted(_ENDED_BY[mode])}
            FROM ({parts_query(kind, facts, new)}) AS r JOIN facet AS f ON f.id = r.facet
            JOIN submission AS o ON o.seq = {other} WHERE {hit}
            """
        )


# A version's neighbours in the chain of its vehicle in its division: a deregistration is a chain of
# its own, since it ends the vehicle's time and leaves the addition standing.
_CHAIN = """
    SELECT *, lag(struct_pack(submission, line, content_hash, model, credit_code, is_addition))
                 OVER chain AS before,
              lead(received_at) OVER chain AS succeeded_at
    FROM touched
    WINDOW chain AS (PARTITION BY division, vin, is_deregistration
                     ORDER BY received_at, submission)
"""


def _succeed(connection: duckdb.DuckDBPyConnection, seq: int) -> tuple[int, int, tuple[int, ...]]:
    """End what the new rows replace; those that say nothing new replace it all the same, so that
    a row backfilled between two that agree does not outlive the later of them.
    """
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE meeting AS
        SELECT n.line, n.received_at, n.succeeded_at, n.before.submission AS old_submission,
               n.before.line AS old_line,
               n.before.content_hash = n.content_hash
                 AND n.before.model IS NOT DISTINCT FROM n.model
                 AND n.before.credit_code IS NOT DISTINCT FROM n.credit_code AS is_same,
               n.before.is_addition AND NOT n.is_addition AND NOT n.is_deregistration AS is_turned,
               n.before IS NOT NULL AND NOT coalesce(
                 (SELECT bool_or(e.ended_at <= n.received_at) FROM ending AS e
                  WHERE e.submission = n.before.submission AND e.line = n.before.line
                    AND e.reason IN ('replaced', 'withdrawn')), false) AS is_meeting
        FROM ({_CHAIN}) AS n WHERE n.is_new
        """
    )
    connection.execute(
        f"""
        INSERT INTO ending
        SELECT old_submission, old_line, received_at, {seq},
               CASE WHEN is_same THEN 'repeated' ELSE 'corrected' END
        FROM meeting WHERE is_meeting
        UNION ALL
        SELECT {seq}, line, succeeded_at, {seq}, 'corrected' FROM meeting
        WHERE succeeded_at IS NOT NULL
        """
    )
    corrected, unchanged = connection.execute(
        "SELECT count(*) FILTER (NOT is_same), count(*) FILTER (is_same) FROM meeting "
        "WHERE is_meeting"
    ).fetchall()[0]
    turned = connection.execute(
        "SELECT line FROM meeting WHERE is_meeting AND is_turned ORDER BY line"
    ).fetchall()
    connection.execute("DROP TABLE meeting")
    return corrected, unchanged, tuple(line for (line,) in turned)


def _claim(connection: duckdb.DuckDBPyConnection, seq: int) -> tuple[int, ...]:
    """Remember every row of a vehicle that two divisions know; tell of additions that clash."""
    connection.execute(
        """
        INSERT INTO claim
        SELECT vin, submission, line, division, dated_on,
               is_addition AND NOT is_deregistration, is_deregistration
        FROM touched
        WHERE dated_on IS NOT NULL
          AND vin IN (SELECT vin FROM touched GROUP BY vin HAVING count(DISTINCT division) > 1)
          AND NOT EXISTS (FROM claim AS c WHERE c.submission = touched.submission
                          AND c.line = touched.line)
        """
    )
    rows = connection.execute(
        f"""
        SELECT n.line FROM touched AS n
        WHERE n.submission = {seq} AND n.is_addition AND NOT n.is_deregistration AND EXISTS (
            FROM claim AS c WHERE c.vin = n.vin AND c.division <> n.division AND c.is_addition
              AND NOT EXISTS (FROM ending AS e WHERE e.submission = c.submission
                              AND e.line = c.line))
        ORDER BY n.line
        """
    ).fetchall()
    return tuple(line for (line,) in rows)


def _link_retirements(connection: duckdb.DuckDBPyConnection) -> None:
    """Tie each deregistration to the rows of its vehicle, its own division's and others'."""
    connection.execute(
        """
        INSERT INTO retirement
        SELECT v.submission, v.line, d.submission, d.line, d.retired_on, v.division = d.division
        FROM touched AS v JOIN touched AS d USING (vin)
        WHERE NOT v.is_deregistration AND d.is_deregistration AND d.retired_on IS NOT NULL
          AND NOT EXISTS (FROM retirement AS r WHERE r.submission = v.submission
            AND r.line = v.line AND r.by_submission = d.submission AND r.by_line = d.line)
        """
    )
