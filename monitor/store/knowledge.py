"""What was known at a moment: the submissions, parts and endings that a question may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from monitor.model import SHANGHAI
from monitor.store.schema import VEHICLE_KINDS, fact_columns

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Only what had been received by `known_at` (None: all) and recorded as one of the first
    `history` submissions; the second makes an earlier picture exact to the byte. So do the first
    `decisions` over exemptions (None: all of them).
    """

    known_at: datetime | None
    history: int
    decisions: int | None = None


def stored_moment(moment: datetime) -> datetime:
    """A moment as the store keeps it: UTC without a zone."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def read_moment(stored: datetime) -> datetime:
    """A stored moment in the zone that people here use."""
    return stored.replace(tzinfo=UTC).astimezone(SHANGHAI)


def quoted(text: str) -> str:
    """An SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def sql_list(values: tuple[str, ...]) -> str:
    """Quoted values for an IN list; one that matches nothing where there is none."""
    return ", ".join(quoted(value) for value in values) or "NULL"


def knowledge_views(knowledge: Knowledge) -> dict[str, str]:
    """What defines `seen`, `ended` and `decision_seen`, in this order, in SQL for any engine."""
    known = (
        f"received_at <= TIMESTAMP {quoted(str(stored_moment(knowledge.known_at)))}"
        if knowledge.known_at is not None
        else "true"
    )
    ended = known.replace("received_at", "ended_at")
    counted = "true" if knowledge.decisions is None else f"seq <= {knowledge.decisions}"
    made = known.replace("received_at", "made_at")
    return {
        "seen": f"SELECT * FROM submission WHERE seq <= {knowledge.history} AND {known}",
        "ended": "SELECT DISTINCT submission, line FROM ending "
        f"WHERE by_submission IN (SELECT seq FROM seen) AND {ended}",
        "decision_seen": f"SELECT * FROM exemption_decision WHERE {counted} AND {made}",
    }


def create_views(connection: duckdb.DuckDBPyConnection, facts: Path, knowledge: Knowledge) -> None:
    """Temporary views `seen`, `ended`, `decision_seen`, and `held_<kind>`: all fact rows of the
    seen parts.
    """
    for name, query in knowledge_views(knowledge).items():
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {query}")
    held = connection.execute("SELECT DISTINCT kind FROM part").fetchall()
    for kind in dict.fromkeys((*VEHICLE_KINDS, *sorted(kind for (kind,) in held))):
        rows = connection.execute(
            "SELECT part.file_name FROM part JOIN seen ON seq = submission WHERE part.kind = ? "
            "ORDER BY submission",
            [kind],
        ).fetchall()
        if _is_gathered(connection, kind):
            query = f"SELECT * FROM gathered_{kind} WHERE submission IN (SELECT seq FROM seen)"
        else:
            older = _is_older(connection, kind, facts, rows)
            query = parts_query(kind, facts, rows, by_name=older)
        connection.execute(f"CREATE OR REPLACE TEMP VIEW held_{kind} AS {query}")


def gather(connection: duckdb.DuckDBPyConnection, facts: Path, kind: str, most_rows: int) -> None:
    """Hold the rows of a kind in memory for this connection, unless they are more than that.

    For one that asks many questions of many small parts: opening them is most of the work. What is
    recorded afterwards is not in it, so it comes last.
    """
    parts = connection.execute(
        "SELECT file_name, rows FROM part WHERE kind = ? ORDER BY submission", [kind]
    ).fetchall()
    if len(parts) > 1 and sum(rows for _, rows in parts) <= most_rows:
        names = [(name,) for name, _ in parts]
        older = _is_older(connection, kind, facts, names)
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE gathered_{kind} AS "
            f"{parts_query(kind, facts, names, by_name=older)}"
        )
        connection.execute(f"SET VARIABLE gathered_{kind} = true")


def _is_gathered(connection: duckdb.DuckDBPyConnection, kind: str) -> bool:
    # A variable: to list tables takes long (`_version_in` of connection.py), and to ask one that is
    # not there for its rows ends a transaction.
    found = connection.execute("SELECT getvariable(?)", [f"gathered_{kind}"]).fetchall()
    return bool(found[0][0])


def parts_query(
    kind: str,
    facts: Path,
    names: list[tuple[str]],
    *,
    by_name: bool = False,
    places: bool = False,
) -> str:
    """A query over parts, the oldest first; one without rows where there is no part.

    A column that came after the oldest part is there only `by_name`, null in the parts without it.
    With `places`, each row tells its `file_row_number`: the place in its part, by which rows met
    before are had without reading those between them.
    """
    columns = fact_columns(kind) | ({"file_row_number": "BIGINT"} if places else {})
    nothing = ", ".join(f"CAST(NULL AS {dtype}) AS {name}" for name, dtype in columns.items())
    empty = f"SELECT {nothing} WHERE false"
    if not names:
        return empty
    listed = ", ".join(quoted(str(facts / name)) for (name,) in names)
    with_places = ", file_row_number = true" if places else ""
    if by_name or kind not in VEHICLE_KINDS:  # a declared kind's own columns may come and go
        held = f"SELECT * FROM read_parquet([{listed}], union_by_name = true{with_places})"
        return f"{empty} UNION ALL BY NAME {held}"
    return f"SELECT * FROM read_parquet([{listed}]{with_places})"


def _is_older(
    connection: duckdb.DuckDBPyConnection, kind: str, facts: Path, names: list[tuple[str]]
) -> bool:
    """Whether the oldest part lacks a column; reading by name opens every part once more."""
    if not names:
        return False
    oldest = connection.execute(
        f"SELECT name FROM parquet_schema({quoted(str(facts / names[0][0]))})"
    ).fetchall()
    return not fact_columns(kind).keys() <= {name for (name,) in oldest}
