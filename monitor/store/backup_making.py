"""The making of one backup: what is copied, in which order, and what is linked instead."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

from monitor import __version__
from monitor.errors import StoreError
from monitor.model import SHANGHAI, Text
from monitor.store.archive import hash_of
from monitor.store.audit import KEY_NAME, month_files
from monitor.store.backup_check import Progress, check_copy, opened_copy
from monitor.store.home import Home, fsync_folder
from monitor.store.locking import Waiting
from monitor.store.manifest import (
    MANIFEST,
    HeldFile,
    Manifest,
    named_files,
    read_manifest,
    table_counts,
)
from monitor.store.snapshot import copy_bytes, pinned
from monitor.store.store import Store

PREFIX: Final = "backup-"


def backups(target: Path) -> list[Path]:
    """The backups of a folder that can be relied on, the oldest first."""
    found = []
    for folder in sorted(target.glob(f"{PREFIX}*")):
        try:
            if read_manifest(folder).is_verified:
                found.append(folder)
        except StoreError:
            continue
    return found


@dataclass(frozen=True, slots=True)
class Made:
    """What was made: its manifest, how many files are linked, what is amiss."""

    manifest: Manifest
    linked: int
    faults: tuple[Text, ...]


class Beside(NamedTuple):
    """What another room keeps in the home: its file, and the files that this one names.

    `copy(home, place)` makes the file's copy, False where there is none; `names(home, copy)` gives
    paths in the home. Copied before the database: what it calls done is done there too.
    """

    copy: Callable[[Home, Path], bool]
    names: Callable[[Home, Path], Iterable[str]]


class Making:
    """One backup being made, in a folder that gets its name when all is in it."""

    def __init__(
        self,
        home: Home,
        target: Path,
        name: str,
        at: datetime,
        progress: Progress,
        *,
        beside: Beside,
    ) -> None:
        """`name` is the folder's under `target`, which nobody else backs up into meanwhile."""
        self.home, self.at, self.progress = home, at, progress
        self.beside = beside
        self.target, self.final = target, target / name
        self.folder = target / f".{name}.part"
        earlier = backups(target)
        self.earlier = earlier[-1] if earlier else None
        self.known = (
            {file.path: file for file in read_manifest(self.earlier).files} if self.earlier else {}
        )
        self.files: list[HeldFile] = []
        self.linked = 0

    def make(self, waiting: Waiting) -> Made:
        """Copy, check and name it; raises `OSError` where there is no place for it."""
        self.folder.mkdir(mode=0o700)
        # Journals before the database: a step that both know is the same step, folded once.
        for path in self.home.runs.glob("*.journal"):
            self._copy(path)
        named = self._copy_beside()
        with pinned(self.home, waiting=waiting) as database:
            for path in sorted(database.parent.iterdir()):
                if path.is_file():
                    self._copy(path, path.name)
        with opened_copy(self.folder) as store:
            manifest = Manifest(
                made_at=self.at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
                program=__version__,
                schema_version=int(store.one("SELECT schema_version FROM meta")),
                history=store.history(),
                counts=table_counts(store),
                files=(),
                is_verified=False,
            )
            self._copy_named(store, named)
            self._copy_audit(int(store.one("SELECT coalesce(max(seq), 0) FROM audit")))
        return self._finish(manifest)

    def _finish(self, manifest: Manifest) -> Made:
        manifest = replace(manifest, files=tuple(sorted(self.files, key=lambda f: f.path)))
        faults = tuple(check_copy(self.folder, manifest, self.progress))
        manifest = replace(
            manifest, is_verified=not faults, faults=tuple(fault.en for fault in faults)
        )
        with (self.folder / MANIFEST).open("wb") as file:
            file.write(manifest.as_json())
            file.flush()
            os.fsync(file.fileno())
        for folder, _, _ in os.walk(self.folder):
            fsync_folder(Path(folder))
        self.folder.rename(self.final)
        fsync_folder(self.target)
        return Made(manifest, self.linked, faults)

    def _copy_beside(self) -> set[str]:
        """The other room's file; gives what it names."""
        path = self.home.door.relative_to(self.home.root).as_posix()
        if not self.beside.copy(self.home, self._place(path)):
            return set()
        self._note(path)
        return set(self.beside.names(self.home, self.folder.absolute() / path))

    def _copy_named(self, store: Store, others: set[str]) -> None:
        """Everything immutable: what the database must have, then what else is kept of it."""
        paths = {*named_files(store), *self._kept_beside(store), *others}
        for done, path in enumerate(sorted(paths), start=1):
            if (self.home.root / path).is_file():
                self._take(self.home.root / path, path)
            elif (self.home.sent / Path(path).name).is_file():  # it left while we were at work
                self._take(self.home.sent / Path(path).name, f"sent/{Path(path).name}")
            self.progress(done, len(paths), path)

    def _kept_beside(self, store: Store) -> Iterator[str]:
        """Letters, forms and rules that are there and need not be."""
        home = self.home
        named = {
            name
            for (name,) in store.rows(
                "SELECT file_name FROM bulletin UNION SELECT file_name FROM correction "
                "UNION SELECT file_name FROM delivery"
            )
        }
        for folder, is_listed in ((home.outbox, True), (home.sent, False), (home.held, False)):
            for path in folder.glob("[!.]*"):
                if path.name in named or not is_listed:
                    yield path.relative_to(home.root).as_posix()
        for folder in (home.bulletins, home.rulesets):
            for path in folder.glob("[!.]*/**/*"):
                if path.is_file():
                    yield path.relative_to(home.root).as_posix()

    def _copy_audit(self, last: int) -> None:
        """The log up to where the database of this backup knows it."""
        if (self.home.audit / KEY_NAME).exists():
            self._copy(self.home.audit / KEY_NAME)
        for path in month_files(self.home):
            lines = path.read_bytes().splitlines(keepends=True)
            kept = b"".join(line for line in lines if _seq_of(line) <= last)
            if kept:
                place = self._place(path.relative_to(self.home.root).as_posix())
                place.write_bytes(kept)
                place.chmod(0o600)
                self._note(path.relative_to(self.home.root).as_posix())

    def _take(self, source: Path, path: str) -> None:
        """Link what an earlier backup holds; copy what is new."""
        known = self.known.get(path)
        if known and self.earlier and known.size == source.stat().st_size:
            try:
                self._place(path).hardlink_to(self.earlier / path)
            except OSError:  # gone, or as many links as the file system has
                self._copy(source, path)
            else:
                self.files.append(known)
                self.linked += 1
        else:
            self._copy(source, path)

    def _copy(self, source: Path, path: str | None = None) -> None:
        path = path or source.relative_to(self.home.root).as_posix()
        place = self._place(path)
        copy_bytes(source, place)
        shutil.copymode(source, place)
        self._note(path)

    def _place(self, path: str) -> Path:
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        return place

    def _note(self, path: str) -> None:
        place = self.folder / path
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        self.files.append(HeldFile(path, place.stat().st_size, hash_of(place)))


def _seq_of(line: bytes) -> int:
    try:
        return int(json.loads(line)["seq"])
    except (ValueError, LookupError, TypeError):
        return 0  # spoiled already: kept as it is, for whoever looks into it
