"""Whether a database is whole: asked before what it holds takes the place of a copy that is.

DuckDB keeps a checksum with each block and looks at it when the block is read, so a file cut short
or changed on the disk opens without a word and fails in the middle of something.
"""

from __future__ import annotations

import duckdb

from monitor.errors import Cause, StoreError
from monitor.model import Text
from monitor.store.breakdowns import breakdown
from monitor.store.home import Home


def ensure_whole(connection: duckdb.DuckDBPyConnection) -> None:
    """Read every row of every table; raises `Breakdown` where one cannot be read."""
    try:
        tables = connection.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() "
            "WHERE NOT internal AND NOT temporary ORDER BY ALL"
        ).fetchall()
        for schema, table in tables:
            named = f'"{schema}"."{table}"'
            connection.execute(f"SELECT bit_xor(hash(t)) FROM {named} AS t").fetchall()
    except duckdb.Error as error:
        raise breakdown(error) or error from error


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
