"""Every received byte, kept under its SHA-256 and never changed."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from monitor.errors import WrongUse
from monitor.model import Text
from monitor.store.home import Home, keep_file

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Kept:
    """Bytes at rest: their hash, where they lie, how many, and the name they came under."""

    sha256: str
    path: Path
    size: int
    name: str


def display_name(path: Path) -> str:
    """The sender's file name, for showing only: no folders, no control characters, bounded."""
    return "".join(c for c in path.name if c.isprintable())[:120] or "unnamed"


def stored_at(home: Home, sha256: str) -> Path:
    """Where bytes of this hash lie."""
    return home.archive / sha256[:2] / sha256


def keep(home: Home, path: Path) -> Kept:
    """Copy a file into the archive, durably; the same bytes are kept once.

    Raises `WrongUse` where the file cannot be read.
    """
    digest = hashlib.sha256()
    size = 0
    descriptor, temporary_name = tempfile.mkstemp(dir=home.work)
    temporary = Path(temporary_name)
    try:
        with os.fdopen(descriptor, "wb") as target, open_for_reading(path) as source:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                target.write(chunk)
                size += len(chunk)
        final = stored_at(home, digest.hexdigest())
        if final.exists() and final.stat().st_size == size:
            temporary.unlink()
        else:
            final.parent.mkdir(exist_ok=True)
            keep_file(temporary, final)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return Kept(digest.hexdigest(), final, size, display_name(path))


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
