"""The outbox: a folder of letters, each there wholly or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from datetime import date
from pathlib import Path
from typing import Final

from monitor.errors import FleetmonError
from monitor.model import Language, Text
from monitor.store.home import fsync_folder

_HASH_CHARACTERS: Final = 12
_MODE: Final = 0o644


class OutboxConflictError(FleetmonError):
    """A letter of this name is there with other bytes; it is left as it is."""


def letter_name(as_of: date, division: str, language: Language, message: bytes) -> str:
    """Name a letter by day judged, division, language and content: other content, other name."""
    digest = hashlib.sha256(message).hexdigest()[:_HASH_CHARACTERS]
    return f"{as_of.isoformat()}_{division}_{language}_{digest}.eml"


def put(outbox: Path, name: str, message: bytes) -> Path:
    """Lay a letter in the outbox and return where it lies; the same letter twice is one.

    The bytes reach the disk before the name does, so a reader never sees half a letter. Raises
    `OutboxConflictError` where the name is taken by other bytes, and `ValueError` for a name
    that is not a plain file name.
    """
    if not name or Path(name).name != name or name.startswith("."):
        message_of_fault = f"not a plain file name: {name!r}"
        raise ValueError(message_of_fault)
    outbox.mkdir(parents=True, exist_ok=True)
    place = outbox / name
    if place.exists():
        return _same(place, message)
    descriptor, temporary = tempfile.mkstemp(dir=outbox, prefix=".", suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(message)
            stream.flush()
            os.fchmod(stream.fileno(), _MODE)
            os.fsync(stream.fileno())
        Path(temporary).rename(place)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(temporary).unlink()
        raise
    fsync_folder(outbox)
    return place


def _same(place: Path, message: bytes) -> Path:
    if place.read_bytes() != message:
        raise OutboxConflictError(
            Text(
                f"发件箱中已有同名而内容不同的信件 {place.name}，未作改动。请查明后移走旧信再试。",
                f"The outbox holds another letter named {place.name}; it was left as it is. "
                "Find out why, move it away and try again.",
            )
        )
    return place
