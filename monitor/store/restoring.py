"""A backup put back, into an empty home only, every byte checked on the way."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from monitor.errors import StoreError, WrongUse
from monitor.model import Text
from monitor.store.audit import month_files, record
from monitor.store.backup_check import Progress, no_progress
from monitor.store.home import Home, fsync_folder, keep_file, make_root
from monitor.store.locking import Waiting
from monitor.store.mail_hold import keep_hold
from monitor.store.manifest import HeldFile, Manifest, read_manifest, unsettled_letters
from monitor.store.opening import open_store
from monitor.store.schema import SCHEMA_VERSION
from monitor.store.snapshot import wal_of

_MARK: Final = ".restoring"  # there while a restore is at work, or was cut off
_MAY_BE_THERE: Final = {"fleetmon.toml", _MARK}
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back; `is_mail_held` where letters were still to be sent when it was made."""

    made_at: str
    files: int
    history: int
    is_mail_held: bool


def restore(
    folder: Path,
    home: Home,
    *,
    at: datetime,
    actor: str,
    progress: Progress = no_progress,
    waiting: Waiting,
) -> Restored:
    """Put a backup into a home that holds nothing; the database comes last.

    Letters that were waiting may have gone out since the backup was made: all mail is held until
    somebody has looked. Raises `WrongUse` where the folder is no backup or the home is not empty,
    `StoreError` where a file is not as the manifest says; a restore that was cut off is begun anew.
    """
    manifest = read_manifest(folder)
    _ensure_readable(folder, manifest)
    _ensure_empty(home)
    make_root(home.root)
    (home.root / _MARK).touch()
    home.create()
    _clear_remains(home, {file.path for file in manifest.files})
    last = sorted(manifest.files, key=lambda file: file.path.startswith(home.database.name))
    for done, file in enumerate(last, start=1):
        _put_back(folder, home, file)
        progress(done, len(last), file.path)
    for place, _, _ in os.walk(home.root):
        fsync_folder(Path(place))
    with open_store(home, write=True, waiting=waiting, actor=actor) as store:
        is_mail_held = bool(unsettled_letters(store))
        with store.transaction():
            detail = {"files": len(last), "history": manifest.history}
            record(store, "restore", folder.name, detail=detail, at=at)
            if is_mail_held:
                reason = (
                    f"由备份 {folder.name} 恢复：备份之后可能已寄出，请核对后放行"
                    " / restored: letters may have gone out since the backup"
                )
                keep_hold(store, by=actor, reason=reason, at=at)
    # Only now: one that was cut off before its hold is begun anew, and ends with the hold.
    (home.root / _MARK).unlink()
    fsync_folder(home.root)
    return Restored(manifest.made_at, len(last), manifest.history, is_mail_held)


def _ensure_readable(folder: Path, manifest: Manifest) -> None:
    if manifest.schema_version > SCHEMA_VERSION:
        raise StoreError(
            Text(
                f"备份 {folder} 的结构版本为 {manifest.schema_version}，本程序只到 "
                f"{SCHEMA_VERSION}。请用写出它的程序版本（{manifest.program}）恢复。",
                f"The backup {folder} has schema version {manifest.schema_version}; this program "
                f"knows {SCHEMA_VERSION}. Restore it with the program that made it "
                f"({manifest.program}).",
            )
        )
    if not manifest.is_verified:
        raise StoreError(
            Text(
                f"备份 {folder} 生成时核对未通过，不能恢复。请选更早的备份。",
                f"The backup {folder} did not pass its check when it was made and is not restored. "
                "Choose an earlier one.",
            )
        )
    for file in manifest.files:
        if Path(file.path).is_absolute() or ".." in Path(file.path).parts:
            raise _changed(folder, file)


def _ensure_empty(home: Home) -> None:
    held = {path.name for path in home.root.iterdir()} if home.root.is_dir() else set()
    if _MARK not in held and held - _MAY_BE_THERE:
        raise WrongUse(
            Text(
                f"{home.root} 中已有数据，未作任何改动。请用 --home 指定一个空文件夹，"
                "核对无误后再换用。",
                f"{home.root} holds data already; nothing was changed. Name an empty folder by "
                "--home and change over when you have looked at it.",
            )
        )


def _clear_remains(home: Home, wanted: set[str]) -> None:
    """Take away what a restore that was cut off had written itself, on top of the backup.

    Its log would be played into the database that is put back, its lines of the audit would stand
    before those that are written now, and its snapshot would be ahead of what is put back.
    """
    for path in (home.database, wal_of(home.database), home.snapshot, *month_files(home)):
        if path == home.database or path.relative_to(home.root).as_posix() not in wanted:
            path.unlink(missing_ok=True)


def _put_back(folder: Path, home: Home, file: HeldFile) -> None:
    place = home.root / file.path
    place.parent.mkdir(parents=True, exist_ok=True)
    temporary = place.with_name(f".{place.name}.part")
    digest = hashlib.sha256()
    try:
        with (folder / file.path).open("rb") as source, temporary.open("wb") as target:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                target.write(chunk)
    except FileNotFoundError as error:
        raise _changed(folder, file) from error
    if digest.hexdigest() != file.sha256:
        raise _changed(folder, file)
    keep_file(temporary, place)
    shutil.copymode(folder / file.path, place)


def _changed(folder: Path, file: HeldFile) -> StoreError:
    return StoreError(
        Text(
            f"备份 {folder} 中的 {file.path} 缺失或与清单不符，恢复中止。"
            "请先用 fleetmon backup --verify 核对，或改用另一份备份。",
            f"{file.path} in the backup {folder} is missing or not as its manifest says; the "
            "restore stopped. Check it by fleetmon backup --verify, or use another backup.",
        )
    )
