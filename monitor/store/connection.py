"""Opening DuckDB: hardened, pinned, checkpointed; nothing outside the home can be reached."""

from __future__ import annotations

from pathlib import Path

import duckdb

from monitor.errors import StoreError
from monitor.model import Text
from monitor.store.home import Home
from monitor.store.schema import SCHEMA_VERSION, TABLES

_SETTINGS = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_persistent_secrets": "false",
    "python_enable_replacements": "false",
    "storage_compatibility_version": "v1.5.0",
}


def connect(
    home: Home, database: Path | None, *, read_only: bool, scratch: Path | None = None
) -> duckdb.DuckDBPyConnection:
    """A connection that reaches the home and `scratch` only; `database` None is in memory.

    Raises `StoreError` where the file cannot be opened as a store of this version.
    """
    settings: dict[str, str | bool | int | float | list[str]] = dict(_SETTINGS)
    settings["temp_directory"] = str((scratch or home.work) / "spill")
    if database is None:
        settings.pop("storage_compatibility_version")
    try:
        connection = duckdb.connect(
            str(database) if database else ":memory:",
            read_only=read_only,
            config=settings,
        )
    except duckdb.Error as error:
        raise StoreError(
            Text(
                f"无法打开数据库 {database}：{error}。请保留文件并从归档重建或恢复备份。",
                f"Cannot open {database}: {error}. Keep it; rebuild from the archive or restore.",
            )
        ) from error
    allowed = [str(home.root) + "/", *([str(scratch) + "/"] if scratch else [])]
    listed = ", ".join("'" + path.replace("'", "''") + "'" for path in allowed)
    connection.execute("SET enable_progress_bar = false")
    connection.execute("SET threads = 2")
    connection.execute(f"SET allowed_directories = [{listed}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    if not read_only:
        connection.execute("CHECKPOINT")
        _ensure_schema(connection, database)
    return connection


def _ensure_schema(connection: duckdb.DuckDBPyConnection, database: Path | None) -> None:
    tables = connection.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'meta'"
    ).fetchall()
    if tables[0][0] == 0:
        connection.execute("BEGIN")
        connection.execute(TABLES)
        connection.execute("INSERT INTO meta VALUES (?)", [SCHEMA_VERSION])
        connection.execute("COMMIT")
        return
    held = connection.execute("SELECT schema_version FROM meta").fetchall()[0][0]
    if held != SCHEMA_VERSION:
        raise StoreError(
            Text(
                f"数据库 {database} 的结构版本为 {held}，本程序需要 {SCHEMA_VERSION}。",
                f"{database} has schema version {held}; this program needs {SCHEMA_VERSION}.",
            )
        )
