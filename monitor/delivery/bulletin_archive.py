"""The archive of bulletins: a folder for each, with every form as a file, there wholly or not."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from monitor.bulletins.rendered import Attachment
from monitor.delivery.outbox import OutboxConflictError
from monitor.model import Text
from monitor.store.home import fsync_folder

_MODE: Final = 0o755


def keep_forms(archive: Path, name: str, files: Sequence[Attachment]) -> Path:
    """Lay the forms of one bulletin under `name` and return their folder; the same twice is one.

    Raises `OutboxConflictError` where the folder is there with other bytes: it is left as it is.
    """
    archive.mkdir(parents=True, exist_ok=True)
    place = archive / name
    if place.exists():
        return _same(place, files)
    temporary = Path(tempfile.mkdtemp(dir=archive, prefix="."))
    try:
        for file in files:
            with (temporary / file.file_name).open("wb") as stream:
                stream.write(file.content)
                stream.flush()
                os.fsync(stream.fileno())
        temporary.chmod(_MODE)
        temporary.rename(place)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    fsync_folder(archive)
    return place


def _same(place: Path, files: Sequence[Attachment]) -> Path:
    for file in files:
        held = place / file.file_name
        if not held.is_file() or held.read_bytes() != file.content:
            raise OutboxConflictError(
                Text(
                    f"通报存档 {place.name} 中的 {file.file_name} 与本次生成的不同，未作改动。"
                    "请查明后移走该文件夹再试。",
                    f"{file.file_name} in the archived bulletin {place.name} differs from what "
                    "was made now; it was left as it is. Find out why, move it away and try again.",
                )
            )
    return place
