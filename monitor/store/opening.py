"""Opening the store: locked for one writer, privately for readers, or as a scratch copy."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from monitor.errors import Cause, with_steps
from monitor.model import Text
from monitor.store.audit import AuditLine, audit_lines, mirror, mirrored_seq
from monitor.store.breakdowns import UNFIT, breakdown, cause_of
from monitor.store.connection import connect, held_version
from monitor.store.home import Home
from monitor.store.locking import Waiting, writing
from monitor.store.schema import SCHEMA_VERSION
from monitor.store.snapshot import (
    is_fresh,
    keep_before_migration,
    pinned,
    publish,
    sweep,
)
from monitor.store.soundness import ensure_not_behind, ensure_not_missing, ensure_whole
from monitor.store.store import Store

_NOT_SHOWN = Text(
    "数据已保存，但快照、审计文件或日志未能写出，下一次写入时会补上。请检查磁盘",
    "The data is stored, but the snapshot, the audit files or the log could not be written; the "
    "next writer makes up for it. Check the disk",
)


@contextmanager
def open_store(
    home: Home,
    *,
    write: bool,
    waiting: Waiting,
    actor: str = "unknown",
    patience: float | None = None,
) -> Iterator[Store]:
    """The home's store: for one writer, `actor`, or for reading whatever others do.

    A reader sees the newest state, or what the last writer left where one is at work; `waiting` is
    told so, and what is waited for. A writer that has to wait longer than `patience` seconds gives
    up: raises `StoreBusy`. A home that holds no database yet reads as an empty one. What the disk,
    the memory or a damaged file does to whoever uses the store is raised as `Breakdown`.
    """
    try:
        with _opened(home, write=write, waiting=waiting, actor=actor, patience=patience) as store:
            yield store
    except (duckdb.Error, OSError, MemoryError) as error:
        told = breakdown(error)
        if told is None:
            raise
        raise told from error


@contextmanager
def _opened(
    home: Home, *, write: bool, waiting: Waiting, actor: str, patience: float | None
) -> Iterator[Store]:
    if write:
        home.create()
        with writing(home, what=actor, waiting=waiting, patience=patience):
            ensure_not_missing(home)
            _settle(home, waiting)
            with _session(home, actor, waiting) as store:
                yield store
        return
    ensure_not_missing(home)
    if not home.database.exists():
        with scratch_store(home, waiting=waiting) as empty:
            yield empty
    else:
        with pinned(home, waiting=waiting) as database:
            connection = connect(home, database, read_only=True, scratch=database.parent)
            try:
                yield Store(home, connection, home.facts, actor)
            finally:
                connection.close()


@contextmanager
def scratch_store(home: Home, *, waiting: Waiting) -> Iterator[Store]:
    """A copy in memory, over the same immutable parts; nothing that happens to it is kept."""
    with tempfile.TemporaryDirectory(prefix="fleetmon-") as folder:
        scratch = Home(Path(folder))
        scratch.create()
        if home.database.exists():
            with pinned(home, waiting=waiting) as database:
                for path in database.parent.iterdir():
                    shutil.copyfile(path, scratch.root / path.name)
        if home.facts.is_dir():  # after the copy: the parts that it names are there
            for part in home.facts.iterdir():
                (scratch.facts / part.name).symlink_to(part.resolve())
        connection = connect(
            home if home.root.is_dir() else scratch,
            scratch.database,
            read_only=False,
            scratch=scratch.root,
        )
        try:
            yield Store(scratch, connection, scratch.facts, "scratch")
        finally:
            connection.close()


def _settle(home: Home, waiting: Waiting) -> None:
    """Finish what a killed writer left, before anything is added to it.

    So readers beside this writer see all that was committed before it. An older program's database
    is copied before anything of it is changed.
    """
    sweep(home)
    if not home.database.exists() or (is_fresh(home) and _version_note(home) == SCHEMA_VERSION):
        return
    if held_version(home) < SCHEMA_VERSION:
        keep_before_migration(home, SCHEMA_VERSION)
    with _session(home, "", waiting) as store:
        # What was left by others than us is looked at before it takes the snapshot's place.
        ensure_whole(store.connection)
        ensure_not_behind(home, store.connection)


def _version_note(home: Home) -> int:
    """The schema version of the snapshot, as noted beside it; 0 where it is not."""
    try:
        return int((home.snapshot.parent / "schema_version").read_text("ascii"))
    except (OSError, ValueError):
        return 0


@contextmanager
def _session(home: Home, actor: str, waiting: Waiting) -> Iterator[Store]:
    """A writer's connection; when it is closed, others are shown what it left."""
    connection = connect(home, home.database, read_only=False)
    store = Store(home, connection, home.facts, actor)
    lines: list[AuditLine] = []
    is_whole = True
    try:
        yield store
    except BaseException as error:
        is_whole = cause_of(error) not in UNFIT
        with suppress(duckdb.Error):  # one that is fatal leaves nothing to be asked
            lines = audit_lines(store, mirrored_seq(home))
        raise
    else:
        lines = audit_lines(store, mirrored_seq(home))
        _fold(connection, waiting)
    finally:
        with suppress(duckdb.Error):
            connection.close()
        if is_whole:
            _show(home, lines, waiting)


def _fold(connection: duckdb.DuckDBPyConnection, waiting: Waiting) -> None:
    """Bring what is committed from the log into the file; what has no room for that stays there."""
    try:
        connection.execute("CHECKPOINT")
    except duckdb.Error as error:
        cause = cause_of(error)
        if cause is None or cause in UNFIT:
            raise
        waiting(with_steps(_NOT_SHOWN, cause))


def _show(home: Home, lines: list[AuditLine], waiting: Waiting) -> None:
    """Publish the snapshot, then the audit lines: the files never know more than readers see.

    What is committed stays so where the disk has no room for that; the next writer does it again.
    """
    try:
        if publish(home):
            note = home.snapshot.parent / "schema_version"
            note.write_text(f"{SCHEMA_VERSION}\n", "ascii")
        mirror(home, lines)
    except OSError as error:
        waiting(with_steps(_NOT_SHOWN, cause_of(error) or Cause.DISK_ERROR))
