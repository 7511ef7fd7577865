"""The database as the last writer left it: published for those who read beside a writer.

Nobody reads the database's own file: a reader gets a private name of the snapshot, which is never
written again, and lets go of the lock at once. So readers never keep a writer waiting, several of
one process do not meet in one DuckDB instance, and what they see cannot change under them.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from monitor.errors import Cause
from monitor.model import SHANGHAI, Text
from monitor.store.breakdowns import cause_of
from monitor.store.home import Home, fsync_folder, keep_file
from monitor.store.locking import Waiting, holder_words, reading

_PREFIX: Final = "read-"
_CHUNK: Final = 1 << 26


def wal_of(database: Path) -> Path:
    """Where DuckDB keeps what is committed and not yet in the file."""
    return database.with_name(f"{database.name}.wal")


def is_fresh(home: Home) -> bool:
    """Whether the snapshot is the database as it stands; only under the lock is that so for long.

    The snapshot bears the database's own moment, so a writer that was killed before it published
    leaves two that differ.
    """
    try:
        held, shown = home.database.stat(), home.snapshot.stat()
    except FileNotFoundError:
        return False
    same = (held.st_size, held.st_mtime_ns) == (shown.st_size, shown.st_mtime_ns)
    return same and not wal_of(home.database).exists()


def snapshot_moment(home: Home) -> datetime | None:
    """When what the snapshot holds was written."""
    try:
        moment = home.snapshot.stat().st_mtime
    except FileNotFoundError:
        return None
    return datetime.fromtimestamp(moment, UTC).astimezone(SHANGHAI)


def publish(home: Home) -> bool:
    """Copy the closed database to the snapshot's place, durably; False where it is there already.

    The caller holds the writer's lock. A reader of the earlier snapshot keeps what it has.
    """
    if is_fresh(home):
        return False
    home.snapshot.parent.mkdir(exist_ok=True)
    temporary = home.snapshot.with_suffix(".part")
    copy_database(home.database, temporary)
    held = home.database.stat()
    os.utime(temporary, ns=(held.st_atime_ns, held.st_mtime_ns))
    keep_file(temporary, home.snapshot)
    return True


def copy_database(source: Path, target: Path) -> None:
    """Copy a database that nobody has open, with its log where there is one."""
    copy_bytes(source, target)
    if wal_of(source).exists():
        copy_bytes(wal_of(source), wal_of(target))


def copy_bytes(source: Path, target: Path) -> None:
    """Copy inside the kernel; a file system that can shares the blocks instead."""
    with source.open("rb") as old, target.open("wb") as new:
        left = os.fstat(old.fileno()).st_size
        try:
            while left > 0:
                done = os.copy_file_range(old.fileno(), new.fileno(), min(left, _CHUNK))
                if not done:  # some file systems say so of files that have more
                    old.seek(-left, os.SEEK_END)
                    new.seek(0, os.SEEK_END)
                    shutil.copyfileobj(old, new, _CHUNK)
                    break
                left -= done
        except OSError:  # not every file system can
            old.seek(0)
            new.seek(0)
            new.truncate()
            shutil.copyfileobj(old, new, _CHUNK)


@contextmanager
def pinned(home: Home, *, waiting: Waiting) -> Iterator[Path]:
    """A private file of the database to read: the newest, or the snapshot beside a writer.

    The second is told with its moment. Where a writer is at work on a home without a snapshot, it
    is waited for. Where the home's disk has no room for a copy, it is made elsewhere.
    """
    with ExitStack() as folders:
        try:
            mine = _take(home, folders.enter_context(_private_folder(home.work)), waiting)
        except OSError as error:
            if cause_of(error) is not Cause.DISK_FULL:
                raise
            mine = _take(home, folders.enter_context(_private_folder(None)), waiting)
        yield mine


def _take(home: Home, folder: Path, waiting: Waiting) -> Path:
    mine = folder / home.database.name
    with reading(home, waiting=None) as is_quiet:
        if is_quiet:
            _take_newest(home, mine)
    if not is_quiet and not _take_snapshot(home, mine, waiting):
        with reading(home, waiting=waiting):
            _take_newest(home, mine)
    return mine


def _take_newest(home: Home, mine: Path) -> None:
    """The snapshot where it is fresh; else a copy of what a killed writer or no writer left."""
    if is_fresh(home):
        _share(home.snapshot, mine)
    else:
        copy_database(home.database, mine)


def _take_snapshot(home: Home, mine: Path, waiting: Waiting) -> bool:
    try:
        _share(home.snapshot, mine)
    except FileNotFoundError:
        return False
    moment = datetime.fromtimestamp(mine.stat().st_mtime, UTC).astimezone(SHANGHAI)
    who = holder_words(home)
    waiting(
        Text(
            f"{who.zh}正在写入；以下为 {moment:%Y-%m-%d %H:%M:%S} 的数据。",
            f"{who.en} is writing; what follows is of {moment:%Y-%m-%d %H:%M:%S}.",
        )
    )
    return True


def _share(snapshot: Path, mine: Path) -> None:
    try:
        mine.hardlink_to(snapshot)
    except FileNotFoundError:
        raise
    except OSError:  # another file system, or somebody else's file
        copy_bytes(snapshot, mine)
        seen = snapshot.stat()
        os.utime(mine, ns=(seen.st_atime_ns, seen.st_mtime_ns))


@contextmanager
def _private_folder(inside: Path | None) -> Iterator[Path]:
    """A folder that `sweep` leaves alone for as long as its lock is held; None is the system's."""
    folder, descriptor = _new_folder(inside)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(descriptor)


def _new_folder(inside: Path | None) -> tuple[Path, int]:
    if inside is not None and not os.access(inside, os.W_OK):
        inside = None
    while True:
        folder = Path(tempfile.mkdtemp(dir=inside, prefix=_PREFIX))
        try:
            descriptor = os.open(folder, os.O_RDONLY)
        except FileNotFoundError:  # swept before it could be opened
            continue
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        if folder.exists():  # else it was swept before it could be locked
            return folder, descriptor
        os.close(descriptor)


def sweep(home: Home) -> None:
    """Remove what readers that were killed left in the work folder."""
    for folder in home.work.glob(f"{_PREFIX}*"):
        try:
            descriptor = os.open(folder, os.O_RDONLY)
        except FileNotFoundError:  # its reader has just ended
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        else:
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(descriptor)


def keep_before_migration(home: Home, version: int) -> Path:
    """Copy the closed database as an older program left it, before it is brought to `version`.

    Named by its own last moment: the same database is kept once, however often that is tried.
    """
    parts = [path for path in (home.database, wal_of(home.database)) if path.exists()]
    moment = datetime.fromtimestamp(max(path.stat().st_mtime for path in parts), UTC)
    stamp = f"{moment.astimezone(SHANGHAI):%Y%m%dT%H%M%S}"
    final = home.backups / f"before-v{version}-{stamp}.duckdb"
    if not final.exists():
        home.backups.mkdir(exist_ok=True)
        temporary = final.with_suffix(".part")
        copy_database(home.database, temporary)
        if wal_of(temporary).exists():
            keep_file(wal_of(temporary), wal_of(final))
        keep_file(temporary, final)
        fsync_folder(home.backups)
    return final
