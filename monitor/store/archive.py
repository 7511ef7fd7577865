"""Every received byte, kept under its SHA-256 and never changed."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, Self

from monitor.errors import WrongUse
from monitor.model import Text
from monitor.store.home import Home, keep_file

_CHUNK = 1 << 20
_COPY, _INTAKE = "keep-", "intake-"  # what the scratch space holds of files that are coming in
_STALE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Kept:
    """Bytes at rest: their hash, where they lie, how many, and the name they came under."""

    sha256: str
    path: Path
    size: int
    name: str


def display_name(name: str) -> str:
    """The sender's file name, for showing only: no folders, no control characters, bounded."""
    return "".join(c for c in name if c.isprintable() and c != "/")[:120] or "unnamed"


def stored_at(home: Home, sha256: str) -> Path:
    """Where bytes of this hash lie."""
    return home.archive / sha256[:2] / sha256


def keep(home: Home, path: Path) -> Kept:
    """Copy a file into the archive, durably; the same bytes are kept once.

    Raises `WrongUse` where the file cannot be read.
    """
    with open_for_reading(path) as source:
        return keep_open(home, source, display_name(path.name))


def keep_open(home: Home, source: BufferedReader, name: str) -> Kept:
    """Copy what is left to read of an open file into the archive, durably."""
    with Incoming(home) as coming:
        coming.take(source)
        return coming.keep(name)


class Incoming:
    """Bytes on their way into the archive, hashed as they come; gone at the end unless kept."""

    def __init__(self, home: Home) -> None:
        """Nothing lies in the archive before `keep`."""
        self.size = 0
        self._home = home
        self._digest = hashlib.sha256()
        descriptor, name = tempfile.mkstemp(dir=home.work, prefix=_COPY)
        self._temporary = Path(name)
        self._file = os.fdopen(descriptor, "wb")

    def __enter__(self) -> Self:
        """Ready for bytes."""
        return self

    def __exit__(self, *_failure: object) -> None:
        """Leave nothing half come."""
        with suppress(OSError):  # a full disk: what it holds is to go in any case
            self._file.close()
        self._temporary.unlink(missing_ok=True)

    def write(self, chunk: bytes) -> None:
        """The next bytes."""
        self._digest.update(chunk)
        self._file.write(chunk)
        self.size += len(chunk)

    def take(self, source: BinaryIO) -> None:
        """What is left to read of an open file."""
        while chunk := source.read(_CHUNK):
            self.write(chunk)

    def settle(self) -> str:
        """All of them are on the disk: what follows is quick. Gives their SHA-256."""
        self._file.flush()
        os.fsync(self._file.fileno())
        return self._digest.hexdigest()

    def keep(self, name: str) -> Kept:
        """All of them, durably in the archive; the same bytes are kept once."""
        self._file.close()
        sha256 = self._digest.hexdigest()
        final = stored_at(self._home, sha256)
        # What changed on the disk since is put right by the sender's own copy.
        if not (final.exists() and hash_of(final) == sha256):
            final.parent.mkdir(exist_ok=True)
            keep_file(self._temporary, final)
        return Kept(sha256, final, self.size, name)


def hash_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sweep_scratch(home: Home, now: datetime) -> None:
    """Remove what killed processes left half taken in, a day ago or longer."""
    for path in home.work.iterdir():
        if path.name.startswith((_COPY, _INTAKE)):
            age = now.timestamp() - path.lstat().st_mtime
            if age > _STALE.total_seconds():
                if path.is_dir():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink(missing_ok=True)


def open_for_reading(path: Path) -> BufferedReader:
    """Open a sender's file; raises `WrongUse` that says why it cannot be read."""
    try:
        if not path.is_file():
            raise FileNotFoundError(2, "No such file")
        return path.open("rb")
    except OSError as error:
        raise WrongUse(
            Text(
                f"读不到文件 {path}：{error.strerror}。请检查路径与权限。",
                f"Cannot read {path}: {error.strerror}. Check the path and its rights.",
            )
        ) from error
