"""The sender's journal: one line a step, on disk before the next step is taken."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from monitor.errors import FleetmonError
from monitor.model import Text
from monitor.store.breakdowns import cause_of
from monitor.store.delivery_events import Event
from monitor.store.home import Home, fsync_folder

_NAME: Final = "deliveries.journal"
_MODE: Final = 0o600


@dataclass(frozen=True, slots=True)
class JournalRead:
    """What a journal holds; `is_torn` where its last line was cut off, `spoiled` other lines that
    could not be read.
    """

    steps: tuple[Event, ...]
    is_torn: bool = False
    spoiled: int = 0


def journal_path(home: Home) -> Path:
    """Where the journal of a home lies."""
    return home.runs / _NAME


def read_journal(path: Path) -> JournalRead:
    """Every whole line of the journal; a missing file is an empty one."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return JournalRead(())
    *lines, rest = content.split(b"\n")
    found = [_step(line) for line in lines]
    steps = tuple(step for step in found if step is not None)
    return JournalRead(steps, is_torn=bool(rest), spoiled=len(found) - len(steps))


def _step(line: bytes) -> Event | None:
    try:
        told = json.loads(line)
        return Event(
            delivery=str(told["delivery"]),
            attempt=int(told["attempt"]),
            at=datetime.fromisoformat(told["at"]),
            event=str(told["event"]),
            code=None if told["code"] is None else int(told["code"]),
            detail=None if told["detail"] is None else str(told["detail"]),
        )
    except (ValueError, LookupError, TypeError):
        return None


class JournalBroken(FleetmonError):
    """A step cannot be written down: nothing more may be sent, or nobody would know of it."""

    def __init__(self, path: Path, error: OSError) -> None:
        """Say which file and why."""
        super().__init__(
            Text(
                f"寄送日志 {path} 写不进去：{error.strerror}。寄送已停止，信件均保留。"
                "请检查磁盘空间与权限。",
                f"The journal {path} cannot be written: {error.strerror}. Sending has stopped, all "
                "letters are kept. Check the disk's space and the rights.",
            ),
            cause_of(error),
        )


class Journal:
    """The journal opened for writing, by the one sender that holds the lock."""

    def __init__(self, path: Path) -> None:
        """A line that was cut off is taken away first, so that the next one stands alone."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _MODE)
        content = path.read_bytes()
        os.ftruncate(self._descriptor, content.rfind(b"\n") + 1)
        os.lseek(self._descriptor, 0, os.SEEK_END)
        fsync_folder(path.parent)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)

    def note(self, step: Event) -> None:
        """Write one step and bring it to the disk.

        Only `started` is left to the system: what a power cut takes of it was surely not sent.
        Raises `JournalBroken` where that cannot be done.
        """
        told = {
            "at": step.at.isoformat(),
            "delivery": step.delivery,
            "attempt": step.attempt,
            "event": step.event,
            "code": step.code,
            "detail": step.detail,
        }
        line = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        view = memoryview(line)
        try:
            while view:
                view = view[os.write(self._descriptor, view) :]
            if step.event != "started":
                os.fsync(self._descriptor)
        except OSError as error:
            raise JournalBroken(self._path, error) from error

    def clear(self) -> None:
        """Empty the journal: its steps are in the store."""
        os.ftruncate(self._descriptor, 0)
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        os.fsync(self._descriptor)
