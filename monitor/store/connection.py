"""Opening DuckDB: hardened, pinned, checkpointed; it reaches the parts of the facts and no more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from monitor.errors import Cause, StoreError
from monitor.model import Text
from monitor.store.breakdowns import breakdown
from monitor.store.home import Home
from monitor.store.knowledge import quoted
from monitor.store.schema import MIGRATIONS, SCHEMA_VERSION, TABLES

_SETTINGS = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_persistent_secrets": "false",
    "python_enable_replacements": "false",
    "storage_compatibility_version": "v1.5.0",
    # Of what the machine or its container has; what needs more goes by way of `temp_directory`.
    # The other half is for reading, rendering and the site beside it.
    "memory_limit": "50%",
}

# As many files open as a nation has provinces and years of registration.
_OPEN_FILES = 2000


def connect(
    home: Home,
    database: Path | None,
    *,
    read_only: bool,
    scratch: Path | None = None,
    target: Path | None = None,
) -> duckdb.DuckDBPyConnection:
    """A connection that reaches the home's parts, scratch space and `target` only; `database` None
    is in memory. `target` is where partitioned files will be written.

    Whoever could slip a word into a query reads neither the audit key nor what people sent.

    Raises `StoreError` where the file cannot be opened as a store of this version.
    """
    connection = _open(home, database, read_only=read_only, spill=scratch or home.work)
    if target is not None:
        connection.execute(f"SET partitioned_write_max_open_files = {_OPEN_FILES}")
    connection.execute("SET enable_progress_bar = false")
    connection.execute("SET threads = 2")
    _shut(connection, [folder for folder in (home.facts, home.work, scratch, target) if folder])
    if not read_only:
        connection.execute("CHECKPOINT")
    _ensure_schema(connection, database, read_only=read_only)
    return connection


def copy_rows(connection: duckdb.DuckDBPyConnection, fresh: Path) -> None:
    """Write every row of an opened database into a new file, in a folder that it reaches."""
    ((held,),) = connection.execute("SELECT current_database()").fetchall()
    connection.execute(f"ATTACH {quoted(str(fresh))} AS fresh (STORAGE_VERSION 'v1.5.0')")
    connection.execute(f'COPY FROM DATABASE "{held}" TO fresh')
    connection.execute("DETACH fresh")


def held_version(home: Home) -> int:
    """The schema version of the home's database, read without writing; the caller has it locked.

    That of this program where nothing was made in the file yet. Raises `StoreError` where it
    cannot be opened.
    """
    connection = _open(home, home.database, read_only=True, spill=home.work)
    try:
        _shut(connection, [])
        held = _version_in(connection)
        return SCHEMA_VERSION if held is None else held
    finally:
        connection.close()


def _open(
    home: Home, database: Path | None, *, read_only: bool, spill: Path
) -> duckdb.DuckDBPyConnection:
    settings: dict[str, str | bool | int | float | list[str]] = dict(_SETTINGS)
    settings["temp_directory"] = str(spill / "spill")
    if database is None:
        settings.pop("storage_compatibility_version")
    try:
        return duckdb.connect(
            str(database) if database else ":memory:",
            read_only=read_only,
            config=settings,
        )
    except duckdb.Error as error:
        told = breakdown(error, home.database)
        if told is not None:
            raise told from error
        raise StoreError(
            Text(
                f"无法打开数据库 {database}：{error}。请保留文件，按步骤恢复"
                f"（备份通常在 {home.backups}）。",
                f"Cannot open {database}: {error}. Keep it and recover it (backups are usually in "
                f"{home.backups}).",
            ),
            Cause.DATABASE_DAMAGED,
        ) from error


def _shut(connection: duckdb.DuckDBPyConnection, reached: list[Path]) -> None:
    """Let a connection reach its own file and these folders for good; in this order it holds."""
    listed = ", ".join(quoted(f"{folder}/") for folder in reached)
    connection.execute(f"SET allowed_directories = [{listed}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _version_in(connection: duckdb.DuckDBPyConnection) -> int | None:
    """The schema version noted in a database; None where nothing was made in it yet.

    Asked of the table itself: to list the tables, DuckDB first makes all its own views, which takes
    as long as half of opening the file.
    """
    try:
        held = connection.execute("SELECT schema_version FROM main.meta").fetchall()
    except duckdb.CatalogException:
        return None
    return int(held[0][0])


def _ensure_schema(
    connection: duckdb.DuckDBPyConnection, database: Path | None, *, read_only: bool
) -> None:
    """Make the tables of a new file, and what an older one lacks.

    Where the file may not be written, what it lacks is there for this connection only, empty: an
    older store can be read before anything is written to it.
    """
    held = _version_in(connection)
    if held is None:
        with _transaction(connection):
            connection.execute(TABLES)
            connection.execute("INSERT INTO meta VALUES (?)", [SCHEMA_VERSION])
        return
    if held == SCHEMA_VERSION:
        return
    lacking = [MIGRATIONS.get(version) for version in range(held, SCHEMA_VERSION)]
    if not lacking or None in lacking:
        raise StoreError(
            Text(
                f"数据库 {database} 的结构版本为 {held}，本程序需要 {SCHEMA_VERSION}。"
                "没有作任何改动；请使用与之相符的程序版本。",
                f"{database} has schema version {held}; this program needs {SCHEMA_VERSION}. "
                "Nothing was changed; use the program that wrote it.",
            ),
            Cause.DATABASE_NEWER,
        )
    with _transaction(connection):
        for statements in lacking:
            here = f"{statements}".replace("CREATE TABLE", "CREATE TEMP TABLE")
            connection.execute(here if read_only else f"{statements}")
        if not read_only:
            connection.execute("UPDATE meta SET schema_version = ?", [SCHEMA_VERSION])


@contextmanager
def _transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    connection.execute("BEGIN")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
