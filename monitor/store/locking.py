"""The home's own lock: one writer alone, who says what for, or many readers.

DuckDB's own lock vanishes as soon as the process opens and closes the file otherwise (a POSIX
lock), so it cannot be relied on. A writer first takes its turn, then waits for the readers that
were there before it: while it waits nobody new may read, or two readers in a row would keep it
out for ever. It leaves who it is in the lock file, for those who come meanwhile.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from monitor.errors import StoreBusy, StoreError
from monitor.model import SHANGHAI, Text
from monitor.store.breakdowns import cause_of
from monitor.store.home import Home

# Told once, in words, where another process is in the way.
Waiting = Callable[[Text], None]

_QUIET_SECONDS: Final = 0.2  # readers are gone within it; longer, and somebody is told
_PAUSE_SECONDS: Final = 0.01
_LONGER_PAUSE_SECONDS: Final = 0.05
BUSY: Final = Text(
    "系统正在处理其他数据，这一步还没有执行，没有保存。请稍后再试。",
    "The system is at work on other data; this was not carried out and not kept. Try again later.",
)
_MODE: Final = 0o660


@dataclass(frozen=True, slots=True)
class Holder:
    """The writer at work: its process, in whose name it writes, and since when."""

    pid: int
    what: str
    since: datetime

    @property
    def words(self) -> Text:
        """Who it is, to be put into a sentence."""
        since = f"{self.since:%Y-%m-%d %H:%M:%S}"
        return Text(
            f"另一进程（{self.what}，进程号 {self.pid}，自 {since}）",
            f"Another process ({self.what}, process {self.pid}, since {since})",
        )


def holder(home: Home) -> Holder | None:
    """The writer at work or next in turn, as it named itself; None where there is none."""
    try:
        told = json.loads((home.root / "fleetmon.lock").read_bytes())
        return Holder(told["pid"], told["what"], datetime.fromisoformat(told["since"]))
    except (OSError, ValueError, LookupError, TypeError):
        return None


def holder_words(home: Home) -> Text:
    """Who writes, also where it did not say."""
    held = holder(home)
    return held.words if held else Text("另一进程", "Another process")


@contextmanager
def writing(
    home: Home, *, what: str, waiting: Waiting, patience: float | None = None
) -> Iterator[None]:
    """Be the home's only writer, and its only user but for readers of snapshots.

    Raises `StoreBusy` where that is not to be had within `patience` seconds; None waits for ever.
    """
    last = None if patience is None else time.monotonic() + patience
    with _lock_file(home, "fleetmon.turn") as turn, _lock_file(home, "fleetmon.lock") as lock:
        _take(turn, fcntl.LOCK_EX, lambda: waiting(_waits_for(holder_words(home))), last)
        _say_who(lock, what)
        try:
            readers = Text("读取数据的其他进程", "Readers of the data")
            _take(lock, fcntl.LOCK_EX, lambda: waiting(_waits_for(readers)), last)
            yield
        finally:
            os.ftruncate(lock, 0)


@contextmanager
def reading(home: Home, *, waiting: Waiting | None) -> Iterator[bool]:
    """Keep writers out; where `waiting` is None and one is at work or in turn, False at once.

    On a disk that nobody can write to there is no writer to keep out.
    """
    if os.statvfs(home.root).f_flag & os.ST_RDONLY:
        yield True
        return
    with _lock_file(home, "fleetmon.turn") as turn, _lock_file(home, "fleetmon.lock") as lock:
        if waiting is not None:
            _take(turn, fcntl.LOCK_SH, lambda: waiting(_waits_for(holder_words(home))))
            _take(lock, fcntl.LOCK_SH, lambda: waiting(_waits_for(holder_words(home))))
        elif not (_is_taken(turn, fcntl.LOCK_SH) and _is_taken(lock, fcntl.LOCK_SH)):
            yield False
            return
        if os.fstat(lock).st_size:
            os.ftruncate(lock, 0)  # a writer that was killed could not take its name away
        fcntl.flock(turn, fcntl.LOCK_UN)
        yield True


def _waits_for(who: Text) -> Text:
    return Text(
        f"{who.zh}正在使用数据，等待其结束…", f"{who.en} is using the data; waiting for its end."
    )


@contextmanager
def alone(path: Path) -> Iterator[bool]:
    """Hold the lock of one kind of work; False where somebody is at it.

    It goes with the process, however that ends.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _MODE)
    try:
        yield _is_taken(descriptor, fcntl.LOCK_EX)
    finally:
        os.close(descriptor)


@contextmanager
def _lock_file(home: Home, name: str) -> Iterator[int]:
    path = home.root / name
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _MODE)
    except OSError as error:
        raise _unusable(path, error) from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _unusable(path: Path, error: OSError) -> StoreError:
    return StoreError(
        Text(
            f"无法使用锁文件 {path}：{error.strerror}。请检查数据文件夹的权限。",
            f"Cannot use the lock file {path}: {error.strerror}. Check the rights of the home.",
        ),
        cause_of(error),
    )


def _say_who(lock: int, what: str) -> None:
    os.utime(lock)  # the file's own moment says since when
    since = datetime.fromtimestamp(os.fstat(lock).st_mtime, UTC).astimezone(SHANGHAI)
    told = {"pid": os.getpid(), "what": what, "since": since.isoformat(timespec="seconds")}
    os.ftruncate(lock, 0)
    os.pwrite(lock, json.dumps(told, ensure_ascii=False).encode(), 0)


def _take(descriptor: int, mode: int, tell: Callable[[], None], last: float | None = None) -> None:
    for _ in range(round(_QUIET_SECONDS / _PAUSE_SECONDS)):
        if _is_taken(descriptor, mode):
            return
        time.sleep(_PAUSE_SECONDS)
    tell()
    if last is None:
        fcntl.flock(descriptor, mode)
        return
    while not _is_taken(descriptor, mode):
        if time.monotonic() >= last:
            raise StoreBusy(BUSY)
        time.sleep(_LONGER_PAUSE_SECONDS)


def _is_taken(descriptor: int, mode: int) -> bool:
    try:
        fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
