"""The door in a backup: a copy of one moment, and the files that its drafts rest on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from monitor.door.database import open_door
from monitor.door.draft_states import LIVE
from monitor.store.archive import stored_at
from monitor.store.backup_making import Beside
from monitor.store.home import Home

# More acts than anybody does between the copies of the door and of the database.
_ACTS_AHEAD: Final = 1_000_000


def copy_door(home: Home, place: Path) -> bool:
    """Copy the door as it stands at one moment, whoever writes meanwhile; False without one.

    Who was signed in is not signed in again in a restored home, and a link is of no use there.
    What is done there is numbered beyond every act that its database may know of already.
    """
    if not home.door.exists():
        return False
    with open_door(home) as door, closing(sqlite3.connect(place, isolation_level=None)) as copy:
        door.connection.backup(copy)
        copy.execute("DELETE FROM session")
        copy.execute("DELETE FROM link")
        _number_ahead(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it
    place.chmod(0o600)
    return True


def _number_ahead(copy: sqlite3.Connection) -> None:
    """The database is copied later: it may know of acts whose numbers would come once more."""
    copy.execute(
        "INSERT INTO sqlite_sequence (name, seq) SELECT 'act', 0 "
        "WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'act')"
    )
    copy.execute("UPDATE sqlite_sequence SET seq = seq + ? WHERE name = 'act'", [_ACTS_AHEAD])


def files_of_drafts(home: Home, copy: Path) -> Iterator[str]:
    """What drafts that are not settled rest on: their bytes, and what their check said."""
    marks = ", ".join("?" for _ in LIVE)
    with closing(sqlite3.connect(f"{copy.as_uri()}?mode=ro", uri=True)) as held:
        found = held.execute(
            f"SELECT id, sha256 FROM draft WHERE state IN ({marks}) ORDER BY id",  # noqa: S608  # marks only
            LIVE,
        ).fetchall()
    for number, sha256 in found:
        if sha256 is not None:
            yield stored_at(home, sha256).relative_to(home.root).as_posix()
        for path in sorted((home.drafts / number).glob("[!.]*")):
            yield path.relative_to(home.root).as_posix()


BESIDE: Final = Beside(copy_door, files_of_drafts)
