"""A damaged or lost database replaced, in its own home, by the newest whole state held there.

That is the file without its spoiled log, else the snapshot for readers, else every row written
anew. Nothing is thrown away: what was damaged lies in a folder of its own afterwards.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import duckdb

from monitor.errors import Cause, StoreError, WrongUse
from monitor.model import SHANGHAI, Text
from monitor.store.audit import record
from monitor.store.breakdowns import cause_of
from monitor.store.connection import connect, copy_rows
from monitor.store.home import Home, fsync_folder, keep_file
from monitor.store.knowledge import read_moment
from monitor.store.locking import Waiting, writing
from monitor.store.mail_hold import keep_hold
from monitor.store.manifest import unsettled_letters
from monitor.store.opening import open_store
from monitor.store.snapshot import copy_bytes, is_fresh, wal_of
from monitor.store.soundness import ensure_changeable, ensure_not_behind, ensure_whole, reach

Source = Literal["file", "snapshot", "rows"]


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was put in place: the file without its log or the snapshot; `kept` is what was damaged.

    `last_at` is when the last submission in it was recorded; what came in later is to be sent
    again. `is_mail_held` where letters were waiting in it.
    """

    source: Source
    kept: Path
    history: int
    last_at: datetime | None
    is_mail_held: bool


def recover(home: Home, *, at: datetime, actor: str, waiting: Waiting) -> Recovered:
    """Put the newest whole state in the damaged database's place; the damaged files are kept.

    Raises `WrongUse` where the database is whole, `StoreError` where nothing whole is held, or a
    newer program wrote it.
    """
    kept = home.root / "damaged" / f"{at.astimezone(SHANGHAI):%Y%m%dT%H%M%S}"
    with writing(home, what=actor, waiting=waiting):
        held = _reach(home, home.database, with_log=True)
        shown = _reach(home, home.snapshot, with_log=False)
        # What can be read may still fail to be written: where it differs from a snapshot that
        # goes as far, that one takes its place and nothing is lost.
        if held is not None and (is_fresh(home) or shown is None or held > shown):
            raise _nothing_to_mend(home)
        source = _newest_whole(home, shown) or _written_anew(home)
        if source is None:
            raise _nothing_whole(home)
        _put_in_place(home, source, kept)
    with open_store(home, write=True, waiting=waiting, actor=actor) as store:
        is_mail_held = bool(unsettled_letters(store))
        last = store.one("SELECT max(recorded_at) FROM reception")
        with store.transaction():
            record(store, "restore", "in_place", detail={"history": store.history()}, at=at)
            if is_mail_held:
                reason = (
                    "数据库损坏后就地恢复：其后可能已寄出，请核对后放行"
                    " / recovered after damage: letters may have gone out since"
                )
                keep_hold(store, by=actor, reason=reason, at=at)
        history = store.history()
    return Recovered(source, kept, history, read_moment(last) if last else None, is_mail_held)


def _newest_whole(home: Home, shown: tuple[int, int] | None) -> Source | None:
    """What takes the place: the file without its log where that goes further than the snapshot."""
    if wal_of(home.database).exists():
        alone = _reach(home, home.database, with_log=False)
        if alone is not None and (shown is None or alone >= shown):
            return "file"
    return None if shown is None else "snapshot"


def _written_anew(home: Home) -> Source | None:
    """The rows of a database that can be read and not be written, in a file without its keys."""
    fresh = _fresh(home)
    fresh.unlink(missing_ok=True)
    if not _holds_anything(home.database):
        return None
    try:
        with _opened_copy(home, home.database, with_log=True) as connection:
            ensure_whole(connection)
            ensure_not_behind(home, connection)
            copy_rows(connection, fresh)
    except (StoreError, duckdb.Error):
        return None
    return "rows"


def _fresh(home: Home) -> Path:
    return home.work / "written-anew.duckdb"


def _reach(home: Home, database: Path, *, with_log: bool) -> tuple[int, int] | None:
    """How far a copy goes that opens, can be read whole and written anew; None where it does not.

    Raises for one of a newer program.
    """
    if not _holds_anything(database):
        return None
    try:
        with _opened_copy(home, database, with_log=with_log) as connection:
            ensure_whole(connection)
            reached = reach(connection)
            ensure_changeable(connection)
    except (StoreError, duckdb.Error) as error:
        if cause_of(error) is Cause.DATABASE_NEWER:
            raise
        return None
    return reached


def _holds_anything(database: Path) -> bool:
    """An empty file, or none, would be opened as a new database that is whole."""
    return database.exists() and database.stat().st_size > 0


@contextmanager
def _opened_copy(
    home: Home, database: Path, *, with_log: bool
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy, open to write, that is thrown away."""
    with tempfile.TemporaryDirectory(dir=home.work, prefix="look-") as folder:
        mine = Path(folder) / home.database.name
        copy_bytes(database, mine)
        if with_log and wal_of(database).exists():
            copy_bytes(wal_of(database), wal_of(mine))
        connection = connect(home, mine, read_only=False, scratch=mine.parent)
        try:
            yield connection
        finally:
            with suppress(duckdb.Error):  # one that is fatal cannot even be closed
                connection.close()


def _put_in_place(home: Home, source: Source, kept: Path) -> None:
    """Each step leaves a home that can be recovered again, wherever the next one fails."""
    kept.mkdir(parents=True)
    temporary = home.database.with_name(f".{home.database.name}.part")
    taken = {"file": home.database, "snapshot": home.snapshot, "rows": _fresh(home)}[source]
    copy_bytes(taken, temporary)
    if wal_of(home.database).exists():
        wal_of(home.database).rename(kept / wal_of(home.database).name)
    if home.database.exists():
        copy_bytes(home.database, kept / home.database.name)
        fsync_folder(kept)
    keep_file(temporary, home.database)
    _fresh(home).unlink(missing_ok=True)


def _nothing_to_mend(home: Home) -> WrongUse:
    return WrongUse(
        Text(
            f"数据库 {home.database} 完好，没有作任何改动。",
            f"The database {home.database} is whole; nothing was changed.",
        )
    )


def _nothing_whole(home: Home) -> StoreError:
    return StoreError(
        Text(
            f"{home.root} 中的数据库与快照都不完好，没有作任何改动。"
            f"请把备份恢复到一个空文件夹（备份通常在 {home.backups}）。",
            f"Neither the database nor the snapshot in {home.root} is whole; nothing was changed. "
            f"Restore a backup into an empty folder (they are usually in {home.backups}).",
        ),
        Cause.DATABASE_DAMAGED,
    )
