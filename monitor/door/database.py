"""The door's own file: accounts, sessions, tokens, drafts and acts.

Beside the store, because a sign-in must not wait for an ingest. Small rows and many writers are
what SQLite is made for; whatever counts for a figure is in the store.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from typing import Any, Final

from monitor.errors import Cause, StoreError
from monitor.model import SHANGHAI, Text
from monitor.store.breakdowns import breakdown, cause_of
from monitor.store.home import Home, make_root

_PATIENCE_SECONDS: Final = 30
_FIRST_TABLES: Final = """
CREATE TABLE account (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE, shown_name TEXT NOT NULL,
    email TEXT, role TEXT NOT NULL, division TEXT, language TEXT NOT NULL,
    password_hash TEXT, subject TEXT UNIQUE, made_at TEXT NOT NULL, made_by TEXT NOT NULL,
    disabled_at TEXT) STRICT;
CREATE TABLE link (
    hash BLOB PRIMARY KEY, account INTEGER REFERENCES account(id), purpose TEXT NOT NULL,
    made_at TEXT NOT NULL, expires_at TEXT NOT NULL, used_at TEXT) STRICT;
CREATE TABLE session (
    hash BLOB PRIMARY KEY, account INTEGER NOT NULL REFERENCES account(id), csrf TEXT NOT NULL,
    made_at TEXT NOT NULL, seen_at TEXT NOT NULL, expires_at TEXT NOT NULL) STRICT;
CREATE TABLE token (
    id TEXT PRIMARY KEY, hash BLOB NOT NULL UNIQUE, label TEXT NOT NULL, role TEXT NOT NULL,
    division TEXT, scopes TEXT NOT NULL, made_at TEXT NOT NULL, made_by TEXT NOT NULL,
    expires_at TEXT NOT NULL, revoked_at TEXT, used_on TEXT, refused_on TEXT) STRICT;
CREATE TABLE attempt (
    name TEXT PRIMARY KEY COLLATE NOCASE, failures INTEGER NOT NULL, blocked_until TEXT NOT NULL)
    STRICT;
CREATE TABLE draft (
    id TEXT PRIMARY KEY, actor TEXT NOT NULL, account INTEGER REFERENCES account(id),
    division TEXT NOT NULL, state TEXT NOT NULL, made_at TEXT NOT NULL, changed_at TEXT NOT NULL,
    sha256 TEXT, size INTEGER, file_name TEXT, asked TEXT NOT NULL, seen TEXT, key TEXT,
    confirmed_by TEXT, confirmed_at TEXT, signed_by TEXT, signed_at TEXT, submission TEXT,
    zh TEXT, en TEXT, UNIQUE (actor, key)) STRICT;
CREATE INDEX draft_by_division ON draft (division, made_at);
CREATE TABLE draft_explanation (
    draft TEXT NOT NULL REFERENCES draft(id), code TEXT NOT NULL, reason TEXT NOT NULL,
    words TEXT NOT NULL, until TEXT, made_by TEXT NOT NULL, made_at TEXT NOT NULL,
    PRIMARY KEY (draft, code)) STRICT;
CREATE TABLE look (
    submission TEXT PRIMARY KEY, made_by TEXT NOT NULL, made_at TEXT NOT NULL, note TEXT) STRICT;
CREATE TABLE act (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, "at" TEXT NOT NULL, actor TEXT NOT NULL,
    action TEXT NOT NULL, object TEXT NOT NULL, outcome TEXT NOT NULL, detail TEXT NOT NULL)
    STRICT;
"""
# Which browsers an account has signed in by: `monitor.door.devices`.
_DEVICES: Final = """
CREATE TABLE device (
    hash BLOB NOT NULL, account INTEGER NOT NULL REFERENCES account(id), seen_at TEXT NOT NULL,
    PRIMARY KEY (hash, account)) STRICT;
"""
# What each older version lacks, by its number: carried out in order, it becomes this one.
_MIGRATIONS: Final = {0: _FIRST_TABLES, 1: _DEVICES}
VERSION: Final = len(_MIGRATIONS)


class Door:
    """An opened door; made by `open_door`, for one thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """The connection commits each statement by itself, but in `transaction`."""
        self.connection = connection

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self.connection.execute(sql, parameters).fetchall()

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        """The first row of a query; None where there is none."""
        found: tuple[Any, ...] | None = self.connection.execute(sql, parameters).fetchone()
        return found

    def change(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Carry out a statement; gives how many rows it changed."""
        return self.connection.execute(sql, parameters).rowcount

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or none, alone among writers; one inside another is part of it."""
        if self._is_changing():
            yield
            return
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.connection.execute("COMMIT")
        except BaseException:
            if self._is_changing():  # a full disk may have ended it already
                self.connection.execute("ROLLBACK")
            raise

    def _is_changing(self) -> bool:
        return self.connection.in_transaction


@contextmanager
def open_door(home: Home) -> Iterator[Door]:
    """The door of a home, for one thread; made where there is none.

    Raises `StoreError` where the file cannot be used, or is of a newer program.
    """
    try:
        make_root(home.root)
        # Its owner's alone from the start, as SQLite then makes what stands beside it; a file that
        # is there is not opened here: closing it would drop this process's locks on it.
        with suppress(FileExistsError):
            home.door.touch(mode=0o600, exist_ok=False)
        connection = sqlite3.connect(home.door, timeout=_PATIENCE_SECONDS, isolation_level=None)
    except (sqlite3.Error, OSError) as error:
        raise _unusable(home, str(error), cause_of(error)) from error
    with closing(connection):
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")  # an act that was answered is kept
            _bring_up_to_date(home, connection)
        except sqlite3.DatabaseError as error:
            raise _unusable(home, str(error), cause_of(error)) from error
        try:
            yield Door(connection)
        except sqlite3.DatabaseError as error:
            told = breakdown(error, home.door)
            if told is None:
                raise
            raise told from error


def _bring_up_to_date(home: Home, connection: sqlite3.Connection) -> None:
    if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        with suppress(sqlite3.OperationalError):  # locked: another process is just doing this
            connection.execute("PRAGMA journal_mode = WAL")
    if _version(connection) == VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    held = _version(connection)  # another process may have come first
    if held > VERSION:
        connection.execute("ROLLBACK")
        raise _unusable(home, f"version {held} > {VERSION}", Cause.DATABASE_NEWER)
    for version in range(held, VERSION):
        for statement in _MIGRATIONS[version].split(";"):
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _unusable(home: Home, reason: str, cause: Cause | None) -> StoreError:
    return StoreError(
        Text(
            f"无法使用账户文件 {home.door}：{reason}。请检查权限与磁盘，或从备份恢复。",
            f"The accounts file {home.door} cannot be used: {reason}. Check its rights and the "
            "disk, or restore a backup.",
        ),
        cause,
    )


def stored(at: datetime) -> str:
    """A moment as the door keeps it: in UTC, to the microsecond, so that text sorts by time."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def moment(text: str) -> datetime:
    """A kept moment, in the zone that people here use."""
    return datetime.fromisoformat(text).astimezone(SHANGHAI)
