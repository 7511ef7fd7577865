"""Touching files that others put into a folder of theirs: nothing is followed, nothing is trusted.

A sender may write into the folder at any moment, so everything goes by descriptors, and a name is
only ever looked up in a folder that is already open.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader
from pathlib import Path
from typing import NamedTuple

from monitor.errors import WrongUse
from monitor.model import Text

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
# Without O_NONBLOCK, opening a pipe would wait until somebody writes into it.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
_LONGEST_NAME = 180  # bytes: names of files may have 255, and ours put a number before and after
_CHUNK = 1 << 20


class Stamp(NamedTuple):
    """What changes when a file is written to or another takes its name; times in nanoseconds."""

    device: int
    inode: int
    size: int
    modified: int
    changed: int

    @classmethod
    def of(cls, status: os.stat_result) -> Stamp:
        """The stamp of a file as the system tells it."""
        return cls(
            status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
        )

    @property
    def content(self) -> tuple[int, int, int, int]:
        """The stamp but for the change of its entry: a rename of ours changes that too."""
        return self[:4]


def refusal_of(status: os.stat_result) -> Text | None:
    """Why what stands under a name is not taken; None for a plain file of one name."""
    if stat.S_ISLNK(status.st_mode):
        return Text("是符号链接，不予读取。请放入文件本身。", "A symbolic link. Put the file here.")
    if stat.S_ISDIR(status.st_mode):
        return Text(
            "是文件夹，其中的文件不会被读取。请把文件直接放在本单位的文件夹中。",
            "A folder; nothing in it is read. Put files into the division's own folder.",
        )
    if not stat.S_ISREG(status.st_mode):
        return Text("不是普通文件。请放入文件本身。", "Not a plain file. Put the file here.")
    if status.st_nlink != 1:
        return Text(
            "同一文件在别处还有名字（硬链接），不予读取。请放入一份副本。",
            "The file has another name elsewhere (a hard link). Put a copy here.",
        )
    return None


@contextmanager
def open_folder(path: str | Path, within: int | None = None) -> Iterator[int]:
    """A folder's descriptor; raises `OSError` where it is a link and `within` another."""
    flags = _FOLDER if within is None else _FOLDER | os.O_NOFOLLOW
    descriptor = os.open(path, flags, dir_fd=within)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def open_dropped(folder: int, name: str) -> Iterator[tuple[BufferedReader, Stamp]]:
    """A dropped file with its stamp; raises `WrongUse` with why it is not taken."""
    try:
        descriptor = os.open(name, _FILE, dir_fd=folder)
    except OSError as error:
        raise WrongUse(unreadable(error)) from error
    with os.fdopen(descriptor, "rb") as source:
        status = os.fstat(descriptor)
        refusal = refusal_of(status)
        if refusal is not None:
            raise WrongUse(refusal)
        yield source, Stamp.of(status)


def unreadable(error: OSError) -> Text:
    """Words for a file that the system does not let us read."""
    return Text(
        f"读不到（{error.strerror}）。请检查文件与文件夹的权限。",
        f"Cannot be read ({error.strerror}). Check the rights of the file and its folder.",
    )


def names_in(folder: int) -> list[str]:
    """The names in an open folder, in order."""
    with os.scandir(folder) as entries:
        return sorted(entry.name for entry in entries)


def stamp_in(folder: int, name: str) -> Stamp | None:
    """The stamp of what stands under a name now, links not followed."""
    try:
        return Stamp.of(os.stat(name, dir_fd=folder, follow_symlinks=False))
    except FileNotFoundError:
        return None


def hash_of(source: BufferedReader) -> str:
    """The SHA-256 of what is left to read."""
    digest = hashlib.sha256()
    while chunk := source.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


@contextmanager
def open_shelf(folder: int, *steps: str) -> Iterator[int]:
    """A folder below another, made where it is missing; a link in its place is not followed."""
    with suppress(FileExistsError):
        os.mkdir(steps[0], 0o770, dir_fd=folder)
    with open_folder(steps[0], folder) as descriptor:
        if steps[1:]:
            with open_shelf(descriptor, *steps[1:]) as last:
                yield last
        else:
            yield descriptor


def write_text(folder: int, name: str, text: str) -> None:
    """Put a text into a folder, whole or not at all, in the place of an older one."""
    temporary = f".{name}"
    descriptor = os.open(temporary, _NEW, 0o660, dir_fd=folder)
    with os.fdopen(descriptor, "wb") as target:
        target.write(text.encode("utf-8", "replace"))
        target.flush()
        os.fsync(target.fileno())
    os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)


def move(folder: int, name: str, shelf: int, new_name: str, stamp: Stamp) -> bool:
    """Move a file durably to a shelf, if it is still the one of `stamp`; tells whether it was.

    What took its name in between is left to be looked at by itself.
    """
    found = stamp_in(folder, name)
    if found is None or found.content != stamp.content:
        return False
    os.rename(name, new_name, src_dir_fd=folder, dst_dir_fd=shelf)
    moved = stamp_in(shelf, new_name)
    if moved is not None and moved.content != stamp.content and stamp_in(folder, name) is None:
        os.rename(new_name, name, src_dir_fd=shelf, dst_dir_fd=folder)
        return False
    os.fsync(shelf)
    os.fsync(folder)
    return True


def bounded(name: str) -> str:
    """A name for showing, short enough to stand in a name of ours; its ending is kept."""
    stem, dot, suffix = name.rpartition(".")
    if not dot or len(suffix.encode()) > _LONGEST_NAME // 4:
        stem, dot, suffix = name, "", ""
    room = _LONGEST_NAME - len((dot + suffix).encode())
    return stem.encode()[:room].decode("utf-8", "ignore") + dot + suffix


def free_name(shelf: int, first: str, shown: str) -> str:
    """A name that no file of the shelf has: the same file may come twice on one day."""
    name, again = f"{first}-{shown}", 1
    while stamp_in(shelf, name) is not None:
        again += 1
        name = f"{first}-{again}-{shown}"
    return name
