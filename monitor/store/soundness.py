"""Whether a database is whole and the newest: asked before it takes the snapshot's place.

DuckDB keeps a checksum with each block and looks at it when the block is read, so a file cut short
or changed on the disk opens without a word and fails in the middle of something.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb

from monitor.errors import Cause, StoreError
from monitor.model import Text
from monitor.store.breakdowns import breakdown
from monitor.store.connection import connect
from monitor.store.home import Home
from monitor.store.snapshot import copy_bytes


def ensure_whole(connection: duckdb.DuckDBPyConnection) -> None:
    """Read every row of every table; raises `Breakdown` where one cannot be read."""
    try:
        for named in _tables(connection):
            connection.execute(f"SELECT bit_xor(hash(t)) FROM {named} AS t").fetchall()
    except duckdb.Error as error:
        raise breakdown(error) or error from error


def ensure_changeable(copy: duckdb.DuckDBPyConnection) -> None:
    """Change every row of a copy that is thrown away; raises `duckdb.Error` where that fails.

    Keys are kept beside the rows and read only then, so a file may read whole and take nothing in.
    """
    for named in _tables(copy):
        copy.execute(f"DELETE FROM {named}")
    copy.execute("FORCE CHECKPOINT")


def _tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    found = connection.execute(
        "SELECT schema_name, table_name FROM duckdb_tables() "
        "WHERE NOT internal AND NOT temporary ORDER BY ALL"
    ).fetchall()
    return [f'"{schema}"."{table}"' for schema, table in found]


def ensure_not_missing(home: Home) -> None:
    """A home that has lost its database is not an empty one; raises `StoreError` for it.

    What would be made in its place would be shown to readers in place of the last snapshot.
    """
    if home.snapshot.exists() and not home.database.exists():
        raise StoreError(
            Text(
                f"数据文件夹中有数据，但数据库 {home.database} 不见了；没有作任何改动。"
                "请找回该文件，或按步骤恢复。",
                f"The home holds data, but its database {home.database} is gone; nothing was "
                "changed. Bring the file back, or recover it.",
            ),
            Cause.DATABASE_MISSING,
        )


def ensure_not_behind(home: Home, connection: duckdb.DuckDBPyConnection) -> None:
    """A database is never behind the snapshot made of it, unless an older copy was put there.

    Raises `StoreError` for it: what was recorded since would be lost without a word.
    """
    if not home.snapshot.exists():
        return
    with tempfile.TemporaryDirectory(dir=home.work, prefix="look-") as folder:
        mine = Path(folder) / home.database.name
        copy_bytes(home.snapshot, mine)
        try:
            with connect(home, mine, read_only=True, scratch=mine.parent) as shown:
                newest = reach(shown)
        except (StoreError, duckdb.Error):  # it is none to be behind of
            return
    held = reach(connection)
    if any(mine < theirs for mine, theirs in zip(held, newest, strict=True)):
        raise StoreError(
            Text(
                f"数据库 {home.database} 是较早的副本：有 {held[0]} 批报送，"
                f"快照中有 {newest[0]} 批。没有作任何改动，请按步骤恢复。",
                f"The database {home.database} is an older copy: it holds {held[0]} submissions, "
                f"the snapshot {newest[0]}. Nothing was changed; recover it.",
            ),
            Cause.DATABASE_STALE,
        )


def reach(connection: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """How far a database goes: its submissions and its audit lines."""
    found = [
        connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]
        for table in ("submission", "audit")
    ]
    return int(found[0]), int(found[1])
