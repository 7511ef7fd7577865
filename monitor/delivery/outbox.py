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
from monitor.store.deliveries import State, deliveries
from monitor.store.home import Home, fsync_folder
from monitor.store.store import Store

_HASH_CHARACTERS: Final = 12
_MODE: Final = 0o644


class OutboxConflictError(FleetmonError):
    """A letter of this name is there with other bytes; it is left as it is."""


def letter_name(as_of: date, division: str, language: Language, message: bytes) -> str:
    """Name a letter by day judged, division, language and content: other content, other name."""
    return name_with(f"{as_of.isoformat()}_{division}_{language}_", message)


def name_with(name: str, message: bytes) -> str:
    """The name of the same letter with another content."""
    digest = hashlib.sha256(message).hexdigest()[:_HASH_CHARACTERS]
    return f"{name.rpartition('_')[0]}_{digest}.eml"


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


def place_of(home: Home, name: str) -> Path:
    """Where a letter lies: among the sent once it went out, else in the outbox."""
    sent = home.sent / name
    return sent if sent.exists() and not (home.outbox / name).exists() else home.outbox / name


def lying(home: Home) -> list[Path]:
    """The files of the outbox that may be letters.

    A name that is no text is none of ours: the store could not even be asked for it.
    """
    return [one for one in home.outbox.iterdir() if one.is_file() and one.name.isprintable()]


def tidy(store: Store) -> None:
    """Put letters that went out into `sent` and take away those that were replaced before they did.

    In a writer's session only, or a letter that is just being laid down again could be taken.
    """
    home = store.home
    names = {path.name for path in lying(home)}
    is_changed = False
    ended = deliveries(store, files=names, states=(State.SENT, State.BOUNCED, State.SUPERSEDED))
    for one in ended:
        place = home.outbox / one.file_name
        if one.state is State.SUPERSEDED:
            place.unlink()
        else:
            place.replace(home.sent / one.file_name)
        is_changed = True
    if is_changed:
        fsync_folder(home.sent)
        fsync_folder(home.outbox)


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
