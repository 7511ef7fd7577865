"""A backup proved by opening it: every file as the manifest says, the database whole."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from monitor.errors import StoreError
from monitor.model import Text
from monitor.store.archive import hash_of
from monitor.store.connection import connect
from monitor.store.home import Home
from monitor.store.knowledge import quoted
from monitor.store.manifest import (
    Manifest,
    named_files,
    read_manifest,
    table_counts,
    unsettled_letters,
)
from monitor.store.soundness import ensure_whole
from monitor.store.store import Store

Progress = Callable[[int, int, str], None]


def no_progress(_done: int, _all: int, _name: str) -> None:
    """Nobody watches."""


@contextmanager
def opened_copy(folder: Path) -> Iterator[Store]:
    """The database of a backup, or of a home that nobody uses, read only."""
    home = Home(folder.absolute())
    with tempfile.TemporaryDirectory(prefix="fleetmon-") as scratch:
        connection = connect(home, home.database, read_only=True, scratch=Path(scratch))
        try:
            yield Store(home, connection, home.facts)
        finally:
            connection.close()


def verify_backup(folder: Path, progress: Progress = no_progress) -> tuple[Text, ...]:
    """What is amiss in a finished backup, nothing where it can be restored as it was made.

    Raises `WrongUse` where the folder is no backup, `StoreError` where its manifest is spoiled.
    """
    return tuple(check_copy(folder, read_manifest(folder), progress))


def check_copy(folder: Path, manifest: Manifest, progress: Progress) -> Iterator[Text]:
    """The faults of the files of `folder` against a manifest, and of its database."""
    listed = {file.path: file for file in manifest.files}
    for done, file in enumerate(manifest.files, start=1):
        path = folder / file.path
        if not path.is_file():
            yield Text(f"缺少 {file.path}", f"{file.path} is missing")
        elif path.stat().st_size != file.size or hash_of(path) != file.sha256:
            yield Text(f"{file.path} 的内容已变", f"{file.path} has changed")
        progress(done, len(manifest.files), file.path)
    try:
        with opened_copy(folder) as store:
            yield from _check_database(store, manifest, {p: f.sha256 for p, f in listed.items()})
    except StoreError as error:
        yield error.text
    except duckdb.Error as error:
        yield Text(f"数据库或事实文件读不出：{error}", f"database or facts cannot be read: {error}")


def _check_database(store: Store, manifest: Manifest, held: dict[str, str]) -> Iterator[Text]:
    ensure_whole(store.connection)
    if table_counts(store) != manifest.counts:
        yield Text("数据库各表的行数与清单不符", "the tables' rows are not those of the manifest")
    for path, digest in named_files(store).items():
        if path not in held:
            yield Text(
                f"数据库所记的 {path} 不在其中", f"{path}, which the database names, is not there"
            )
        elif digest is not None and held[path] != digest:
            yield Text(
                f"{path} 与数据库所记的校验值不符",
                f"{path} is not what the database says of it",
            )
    for name, digest in unsettled_letters(store).items():
        if digest not in {held.get(f"outbox/{name}"), held.get(f"sent/{name}")}:
            yield Text(
                f"待寄信件 {name} 不在其中或内容已变",
                f"the letter {name}, still to be sent, is not there or has changed",
            )
    for name, found, rows in miscounted_parts(store):
        yield Text(
            f"facts/{name} 有 {found} 行，应为 {rows} 行",
            f"facts/{name} has {found} rows, not {rows}",
        )


def miscounted_parts(store: Store) -> Iterator[tuple[str, int | None, int]]:
    """Parts that are there with other rows than they should: name, rows (None: unreadable), due."""
    for name, rows in store.rows("SELECT file_name, rows FROM part ORDER BY submission"):
        path = store.facts / name
        if path.is_file():
            try:
                found = store.one(f"SELECT count(*) FROM read_parquet({quoted(str(path))})")
            except duckdb.Error:
                found = None
            if found != rows:
                yield name, found, rows
