"""Opening the store: locked for one writer or for readers, or as a scratch copy."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from monitor.store.connection import connect
from monitor.store.home import Home, locked
from monitor.store.store import Store


@contextmanager
def open_store(home: Home, *, write: bool, waiting: Callable[[], None]) -> Iterator[Store]:
    """The home's store, locked: for one writer, or for reading beside other readers.

    A home that holds no database yet reads as an empty one.
    """
    if write:
        home.create()
    elif not home.database.exists():
        with scratch_store(home, waiting=waiting) as empty:
            yield empty
        return
    with locked(home, write=write, waiting=waiting):
        connection = connect(home, home.database, read_only=not write)
        try:
            yield Store(home, connection, home.facts)
            if write:
                connection.execute("CHECKPOINT")
        finally:
            connection.close()


@contextmanager
def scratch_store(home: Home, *, waiting: Callable[[], None]) -> Iterator[Store]:
    """A copy in memory, over the same immutable parts; nothing that happens to it is kept."""
    with tempfile.TemporaryDirectory(prefix="fleetmon-") as folder:
        scratch = Home(Path(folder))
        scratch.create()
        if home.facts.is_dir():
            for part in home.facts.iterdir():
                (scratch.facts / part.name).symlink_to(part.resolve())
        if home.database.exists():
            with locked(home, write=False, waiting=waiting):
                shutil.copyfile(home.database, scratch.database)
                wal = home.database.with_name(home.database.name + ".wal")
                if wal.exists():
                    shutil.copyfile(wal, scratch.database.with_name(wal.name))
        connection = connect(
            home if home.root.is_dir() else scratch,
            scratch.database,
            read_only=False,
            scratch=scratch.root,
        )
        try:
            yield Store(scratch, connection, scratch.facts)
        finally:
            connection.close()
