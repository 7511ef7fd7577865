"""What the machine does to us, told apart by what stopped: no room, no right, no memory, damage.

DuckDB, SQLite and polars each say the same of a full disk in words of their own; people are told
in ours. Nothing is imported here that may be what could not be loaded.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from monitor.errors import Breakdown, Cause, FleetmonError
from monitor.model import Text

_BY_NUMBER: Final = {
    errno.ENOSPC: Cause.DISK_FULL,
    errno.EDQUOT: Cause.DISK_FULL,
    errno.EROFS: Cause.READ_ONLY,
    errno.EACCES: Cause.READ_ONLY,
    errno.EPERM: Cause.READ_ONLY,
    errno.EMFILE: Cause.OPEN_FILES,
    errno.ENFILE: Cause.OPEN_FILES,
    errno.ENOMEM: Cause.MEMORY,
    errno.EIO: Cause.DISK_ERROR,
}
# What libraries say of it, in lower case; the first that is found counts.
_BY_WORDS: Final = (
    ("no space left on device", Cause.DISK_FULL),
    ("disk quota exceeded", Cause.DISK_FULL),
    ("database or disk is full", Cause.DISK_FULL),
    ("offload limit", Cause.DISK_FULL),
    ("read-only file system", Cause.READ_ONLY),
    ("readonly database", Cause.READ_ONLY),
    ("permission denied", Cause.READ_ONLY),
    ("too many open files", Cause.OPEN_FILES),
    ("out of memory", Cause.MEMORY),
    ("cannot allocate memory", Cause.MEMORY),
    ("failed to map segment", Cause.MEMORY),
    ("could not spawn threads", Cause.MEMORY),
    ("can't start new thread", Cause.MEMORY),
    ("capacity overflow", Cause.MEMORY),
    ("bad_alloc", Cause.MEMORY),
    ("input/output error", Cause.DISK_ERROR),
    ("disk i/o error", Cause.DISK_ERROR),
    ("wal file", Cause.LOG_DAMAGED),
    ("this wal was created", Cause.LOG_DAMAGED),
    ("with version number", Cause.DATABASE_NEWER),
    ("newer version", Cause.DATABASE_NEWER),
    ("corrupt database file", Cause.DATABASE_DAMAGED),
    ("could not read enough bytes", Cause.DATABASE_DAMAGED),
    ("not a valid duckdb database", Cause.DATABASE_DAMAGED),
    ("does not contain duckdb", Cause.DATABASE_DAMAGED),
    ("failed to load metadata", Cause.DATABASE_DAMAGED),
    ("database disk image is malformed", Cause.ACCOUNTS_DAMAGED),
    ("file is not a database", Cause.ACCOUNTS_DAMAGED),
)
# Whose words are looked at: a file's name in an error of ours may hold any of them.
_LIBRARIES: Final = ("duckdb", "_duckdb", "sqlite3", "polars", "pyo3_runtime", "pyarrow")
# With these a database must not take the place of the snapshot that was made of it.
UNFIT: Final = frozenset(
    {Cause.DATABASE_DAMAGED, Cause.LOG_DAMAGED, Cause.DISK_ERROR, Cause.DATABASE_STALE}
)

# The `{where}` in them is a file in parentheses, or nothing.
_WORDS: Final = {
    Cause.DISK_FULL: Text(
        "磁盘已满{where}，这一步没有做完。已收下的数据都在；腾出空间后重做即可，不会重复计算。",
        "The disk is full{where}, and this step did not end. What was taken in is kept; make room "
        "and do it again: nothing is counted twice.",
    ),
    Cause.READ_ONLY: Text(
        "没有写入的权限，或磁盘为只读{where}，这一步没有做完。已收下的数据都在；"
        "请以服务的用户运行，检查权限与磁盘后重做。",
        "The disk is read-only or may not be written to{where}, and this step did not end. What "
        "was taken in is kept; run as the service's user, look at rights and disk, do it again.",
    ),
    Cause.DISK_ERROR: Text(
        "磁盘读写出错{where}，这一步没有做完。请先检查磁盘，再做其他事。",
        "The disk failed to read or write{where}, and this step did not end. Look at the disk "
        "before anything else.",
    ),
    Cause.OPEN_FILES: Text(
        "同时打开的文件数已到系统上限{where}，这一步没有做完。请调高上限（ulimit -n）后重做。",
        "The system's limit of open files is reached{where}, and this step did not end. Raise it "
        "(ulimit -n) and do it again.",
    ),
    Cause.MEMORY: Text(
        "内存不足，这一步没有做完。已收下的数据都在；请增加内存或放宽限制后重做，不会重复计算。",
        "There is not enough memory, and this step did not end. What was taken in is kept; give "
        "it more memory and do it again: nothing is counted twice.",
    ),
    Cause.DATABASE_DAMAGED: Text(
        "数据库文件已损坏{where}，没有再写入任何内容。请保留该文件，按步骤恢复。",
        "The database is damaged{where}; nothing more was written. Keep the file and recover it.",
    ),
    Cause.LOG_DAMAGED: Text(
        "数据库的日志文件（.wal）已损坏{where}，没有再写入任何内容。请保留该文件，按步骤恢复。",
        "The database's log (.wal) is damaged{where}; nothing more was written. Keep the files "
        "and recover them.",
    ),
    Cause.DATABASE_NEWER: Text(
        "数据库由更新的程序写成{where}，本程序不能读取，没有作任何改动。请改用那一版程序。",
        "The database was written by a newer program{where}; this one cannot read it and changed "
        "nothing. Use that program.",
    ),
    Cause.ACCOUNTS_DAMAGED: Text(
        "账户文件 door.sqlite 已损坏，没有再写入任何内容。请保留该文件，按步骤恢复。",
        "The accounts file door.sqlite is damaged; nothing more was written. Keep it and recover.",
    ),
}


def cause_of(error: BaseException) -> Cause | None:
    """What of the machine an error is about; None where it is none of these."""
    for one in _chain(error):
        found = one.cause if isinstance(one, FleetmonError) else _cause(one)
        if found is not None:
            return found
    return None


def breakdown(error: BaseException, where: Path | None = None) -> Breakdown | None:
    """The error in words, with what to do; None where it is not the machine's.

    `where` is the file that it is about, unless the error names one itself.
    """
    cause = cause_of(error)
    if cause is None:
        return None
    if isinstance(error, Breakdown):
        return error
    name = next((found for one in _chain(error) if (found := _file_of(one))), where)
    zh, en = _WORDS[cause]
    told = Text(
        zh.format(where=f"（{name}）" if name else ""),
        en.format(where=f" ({name})" if name else ""),
    )
    return Breakdown(told, cause)


def _file_of(error: BaseException) -> str | None:
    name = error.filename if isinstance(error, OSError) else None
    return name if isinstance(name, str) else None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error and what it came from."""
    one: BaseException | None = error
    for _ in range(8):  # deeper than any of ours; a ring would have no end
        if one is None:
            return
        yield one
        one = one.__cause__ or one.__context__


def _cause(error: BaseException) -> Cause | None:
    if isinstance(error, MemoryError):
        return Cause.MEMORY
    by_number = _BY_NUMBER.get(error.errno or 0) if isinstance(error, OSError) else None
    if by_number is not None:
        return by_number
    is_foreign = any(
        kind.__module__.partition(".")[0] in _LIBRARIES for kind in type(error).__mro__
    )
    if not (is_foreign or isinstance(error, OSError | ImportError | RuntimeError)):
        return None
    said = str(error).lower()
    return next((cause for words, cause in _BY_WORDS if words in said), None)
