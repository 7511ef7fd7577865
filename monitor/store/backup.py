"""Backups: consistent while others write, whole by themselves, proved before they count as made.

The database is a private copy of one moment; everything else that it names was written before
that moment and is never changed after, so it may be copied while writers go on. A file that an
earlier backup beside this one holds is linked to it, so a daily backup costs what is new.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count
from pathlib import Path
from typing import Final

from monitor.errors import Cause, StoreError
from monitor.model import SHANGHAI, Text
from monitor.store.audit import record
from monitor.store.backup_check import Progress, no_progress
from monitor.store.backup_making import PREFIX, Beside, Making, backups
from monitor.store.breakdowns import cause_of
from monitor.store.home import Home
from monitor.store.locking import Waiting
from monitor.store.opening import open_store
from monitor.store.soundness import ensure_not_missing

_TOLD: Final = 5  # faults that a message names


class BackupDoubtful(StoreError):
    """A backup was made and kept, and does not hold all that it should."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A finished backup; `linked` of its files lie in an earlier one too, `size` is of all."""

    folder: Path
    files: int
    linked: int
    size: int
    history: int


def _nobody(_words: Text) -> None:
    """A backup beside a writer is as good as any: it says of which moment it is."""


def make_backup(
    home: Home,
    target: Path,
    *,
    beside: Beside,
    at: datetime,
    actor: str = "job:backup",
    progress: Progress = no_progress,
    waiting: Waiting = _nobody,
) -> Backup:
    """Back everything up into a new folder of `target` and prove that it can be restored.

    Raises `BackupDoubtful` where something that the database names is missing or damaged: the
    folder is kept, marked, and never counts as a backup to fall back on; `StoreError` where there
    is nothing to back up or no place for it.
    """
    _ensure_held(home)
    try:
        target.mkdir(parents=True, exist_ok=True)
        with _alone(target):
            name = _free_name(target, at)
            made = Making(home, target, name, at, progress, beside=beside).make(waiting)
    except OSError as error:
        raise _no_place(target, error) from error
    manifest = made.manifest
    size = sum(file.size for file in manifest.files)
    finished = Backup(target / name, len(manifest.files), made.linked, size, manifest.history)
    with open_store(home, write=True, waiting=waiting, actor=actor) as store, store.transaction():
        outcome = "ok" if manifest.is_verified else "doubtful"
        detail = {"files": finished.files, "bytes": size, "faults": len(manifest.faults)}
        record(store, "backup", name, outcome, detail=detail, at=at)
    if manifest.faults:
        raise _doubtful(finished.folder, made.faults)
    return finished


def thin_out(target: Path, kept: int) -> int:
    """Remove all but the last `kept` backups that can be relied on; gives how many went."""
    with _alone(target):
        going = backups(target)[: -max(kept, 1)]
        for folder in going:
            leaving = folder.with_name(f".{folder.name}.removing")
            folder.rename(leaving)  # a half-removed folder must not look like a backup
            shutil.rmtree(leaving)
    return len(going)


def _free_name(target: Path, at: datetime) -> str:
    """By the second; who is quick after one that was killed at its end gets a number behind it."""
    first = f"{PREFIX}{at.astimezone(SHANGHAI):%Y%m%dT%H%M%S}"
    names = chain([first], (f"{first}-{number}" for number in count(2)))
    return next(name for name in names if not (target / name).exists())


def _ensure_held(home: Home) -> None:
    ensure_not_missing(home)
    if not home.database.exists():
        raise StoreError(
            Text(
                f"{home.root} 中还没有数据，无可备份。请检查 --home。",
                f"There is no data in {home.root} to back up. Check --home.",
            )
        )


def _doubtful(folder: Path, faults: tuple[Text, ...]) -> BackupDoubtful:
    more = len(faults) - _TOLD
    zh = "；".join(fault.zh for fault in faults[:_TOLD]) + (f"；另有 {more} 处" if more > 0 else "")
    en = "; ".join(fault.en for fault in faults[:_TOLD]) + (f"; {more} more" if more > 0 else "")
    return BackupDoubtful(
        Text(
            f"备份 {folder} 已生成，但核对未通过：{zh}。请用 fleetmon doctor --all 查明缺损，"
            "并从较早的备份取回。",
            f"The backup {folder} was made and did not pass its check: {en}. See what is damaged "
            "by fleetmon doctor --all, and take it back from an earlier backup.",
        ),
        Cause.BACKUP_DOUBTFUL,
    )


def _no_place(target: Path, error: OSError) -> StoreError:
    return StoreError(
        Text(
            f"无法在 {target} 中备份：{error.strerror}。请检查该文件夹的权限与空间。",
            f"Cannot back up into {target}: {error.strerror}. Check its rights and its space.",
        ),
        cause_of(error),
    )


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """One backup at a time into a folder; what a killed one left half made is swept."""
    descriptor = os.open(target, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreError(
                Text(
                    f"另一进程正在 {target} 中备份。请待其结束再试。",
                    f"Another process is backing up into {target}. Try again when it is done.",
                )
            ) from None
        for pattern in (f".{PREFIX}*.part", f".{PREFIX}*.removing"):
            for left in target.glob(pattern):
                shutil.rmtree(left)
        yield
    finally:
        os.close(descriptor)
