"""A look into the drop folder: what lies in `inbox/`, and which of it is ready to be taken.

`inbox/<division code>/` belongs to one sender: the folder's name says who sends. A file in `inbox/`
itself has no declared sender. Looking is cheap: no store is opened and no table is read.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from monitor.corridor.inbox_files import (
    Stamp,
    hash_of,
    names_in,
    open_dropped,
    open_folder,
    refusal_of,
    stamp_in,
    unreadable,
)
from monitor.corridor.masking import mask
from monitor.errors import WrongUse
from monitor.model import Text
from monitor.store.home import Home

TAKEN, REFUSED = "taken", "refused"
COMPANION = ".sha256"
PATIENCE = timedelta(hours=1)  # how long a companion may disagree before somebody is told
UNKNOWN_FOLDER = Text(
    "文件夹名不是任何报送单位的代码，其中的文件未读取。代码见 fleetmon divisions。",
    "The folder's name is no division's code; nothing in it was read. See fleetmon divisions.",
)
_LOOKS = "inbox.json"
_BEGINNINGS = (".", "~$")
# What browsers, mail and SFTP clients, and offices call a file that is still on its way.
_ENDINGS = (".part", ".partial", ".filepart", ".tmp", ".crdownload", ".download", COMPANION)
_SYSTEM = {"thumbs.db", "desktop.ini"}
_LONGEST_COMPANION = 4096
_HASH = re.compile(rb"\\?([0-9a-fA-F]{64})(?:\s|$)")


@dataclass(frozen=True, slots=True)
class Dropped:
    """A file that is ready: `division` is its folder's name, None in `inbox/` itself."""

    division: str | None
    name: str
    stamp: Stamp

    @property
    def mark(self) -> str:
        """What logs call the file: its name may say more than a log should hold."""
        return mark_of(self.division, self.name)


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """What is not taken and why; `is_told` where somebody has to do something about it."""

    division: str | None
    name: str
    reason: Text
    is_told: bool

    @property
    def mark(self) -> str:
        """What logs call the file."""
        return mark_of(self.division, self.name)


@dataclass(frozen=True, slots=True)
class Inbox:
    """All that lies in the drop folder: the ready in the order in which they came."""

    ready: tuple[Dropped, ...] = ()
    waiting: tuple[LeftAlone, ...] = ()
    refused: tuple[LeftAlone, ...] = ()

    @property
    def faults(self) -> tuple[Text, ...]:
        """What somebody has to do something about, one sentence each."""
        left = (*self.refused, *self.waiting)
        return tuple(fault_of(a.division, a.name, a.reason) for a in left if a.is_told)


def mark_of(division: str | None, name: str) -> str:
    """A short name for a dropped file that tells nothing of it but its folder."""
    digest = hashlib.sha256(os.fsencode(name)).hexdigest()[:8]
    return f"{division or 'inbox'}/{digest}"


def fault_of(division: str | None, name: str, reason: Text) -> Text:
    """A reason with the place that it is about; what a name may tell of a vehicle is masked."""
    place = mask("/".join(filter(None, ("inbox", division, name))))
    return Text(f"{place}：{reason.zh}", f"{place}: {reason.en}")


def waiting_files(
    home: Home,
    now: datetime,
    quiet_seconds: float,
    *,
    is_known: Callable[[str], bool] = lambda _code: True,
    is_noted: bool = True,
) -> Inbox:
    """Look through the drop folder; `is_known` tells which folders are a division's.

    A file is ready when it was neither written to nor renamed for `quiet_seconds`, and agrees with
    `NAME.sha256` beside it where there is one. The next look knows of this one unless it is not
    `is_noted`: then nothing is written. Raises nothing for what senders do.
    """
    looking = _Looking(home, now, quiet_seconds, is_noted=is_noted)
    if home.inbox.is_dir():
        with open_folder(home.inbox) as root:
            for name in names_in(root):
                if name in {TAKEN, REFUSED} or is_ignored(name):
                    continue
                status = _status(root, name)
                if status is not None and stat.S_ISDIR(status.st_mode):
                    looking.look_into(root, name, is_known=is_known(name))
                else:
                    looking.look_at(root, None, name, status)
    return looking.end()


def is_ignored(name: str) -> bool:
    """Whether a name says that it is no file of a sender's, or not yet."""
    low = name.lower()
    return low.startswith(_BEGINNINGS) or low.endswith(_ENDINGS) or low in _SYSTEM


def declared_hash(folder: int, name: str) -> str | None:
    """What `NAME.sha256` says that the file is; "" where it cannot be read as a hash.

    None where there is no such file.
    """
    if stamp_in(folder, name + COMPANION) is None:
        return None
    try:
        with open_dropped(folder, name + COMPANION) as (source, _):
            found = _HASH.match(source.read(_LONGEST_COMPANION).removeprefix(b"\xef\xbb\xbf"))
    except (WrongUse, OSError):
        return ""
    return found[1].decode().lower() if found else ""


def _status(folder: int, name: str) -> os.stat_result | None:
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None


@dataclass
class _Looking:
    """One look; what must be known of the one before is kept in a small file of the home."""

    home: Home
    now: datetime
    quiet_seconds: float
    is_noted: bool
    ready: list[Dropped] = field(default_factory=list)
    waiting: list[LeftAlone] = field(default_factory=list)
    refused: list[LeftAlone] = field(default_factory=list)
    seen: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.before = _read_looks(self.home)

    def look_into(self, root: int, division: str, *, is_known: bool) -> None:
        """Look through a division's folder."""
        if not is_known:
            self.refused.append(LeftAlone(None, division, UNKNOWN_FOLDER, is_told=True))
            return
        try:
            with open_folder(division, root) as folder:
                for name in names_in(folder):
                    if name not in {TAKEN, REFUSED} and not is_ignored(name):
                        self.look_at(folder, division, name, _status(folder, name))
        except OSError as error:
            self.refused.append(LeftAlone(None, division, unreadable(error), is_told=True))

    def look_at(
        self, folder: int, division: str | None, name: str, status: os.stat_result | None
    ) -> None:
        """Sort one file in; one that went away in between is nobody's."""
        if status is None:
            return
        refusal = refusal_of(status)
        if refusal is not None:
            self.refused.append(LeftAlone(division, name, refusal, is_told=True))
            return
        stamp = Stamp.of(status)
        if not self._is_quiet(division, name, stamp):
            words = Text("仍在写入，稍后再看。", "Still being written; it is looked at again.")
            self.waiting.append(LeftAlone(division, name, words, is_told=False))
            return
        declared = declared_hash(folder, name)
        if declared is not None:
            disagrees = self._disagrees(folder, division, name, stamp, declared)
            if disagrees is not None:
                companion = stamp_in(folder, name + COMPANION)
                since = max(stamp.modified, companion.modified if companion else 0)
                is_told = self.now.timestamp() - since / 1e9 > PATIENCE.total_seconds()
                self.waiting.append(LeftAlone(division, name, disagrees, is_told=is_told))
                return
        self.ready.append(Dropped(division, name, stamp))

    def end(self) -> Inbox:
        """What was found; the next look remembers this one if it is to."""
        if self.is_noted and self.seen != self.before:
            _write_looks(self.home, self.seen)
        self.ready.sort(key=lambda file: (file.stamp.changed, file.division or "", file.name))
        return Inbox(tuple(self.ready), tuple(self.waiting), tuple(self.refused))

    def _is_quiet(self, division: str | None, name: str, stamp: Stamp) -> bool:
        """Whether nothing has changed for long enough.

        The change of the entry cannot be set back by whoever copies, unlike the modification. A
        stamp from the future (a sender's clock, a file server's) says nothing: then two looks that
        far apart must agree.
        """
        at = self.now.timestamp()
        past = [moment / 1e9 for moment in (stamp.modified, stamp.changed) if moment / 1e9 <= at]
        if not self.quiet_seconds:
            return True
        if stamp.changed / 1e9 <= at:
            return at - max(past) >= self.quiet_seconds
        since = self._remembered(division, name, stamp).get("since", at)
        self._remember(division, name, stamp, since=since)
        return bool(at - since >= self.quiet_seconds)

    def _disagrees(
        self, folder: int, division: str | None, name: str, stamp: Stamp, declared: str
    ) -> Text | None:
        if not declared:
            return Text(
                f"旁边的 {COMPANION} 文件读不出 SHA-256。请重新上传该文件或将其删除。",
                f"The {COMPANION} file beside it holds no SHA-256. Send it again or remove it.",
            )
        known = self._remembered(division, name, stamp).get("sha256")
        if known is None:
            try:
                with open_dropped(folder, name) as (source, opened):
                    known = hash_of(source) if opened == stamp else ""
            except (WrongUse, OSError):
                known = ""
        self._remember(division, name, stamp, sha256=known)
        if known == declared:
            return None
        return Text(
            f"内容与旁边的 {COMPANION} 文件不符，可能尚未传完。请重新上传。",
            f"Does not agree with the {COMPANION} file beside it: perhaps not sent to its end. "
            "Send it again.",
        )

    def _remembered(self, division: str | None, name: str, stamp: Stamp) -> dict[str, Any]:
        held = self.before.get(mark_of(division, name))
        same = isinstance(held, dict) and held.get("stamp") == list(stamp)
        return held if same and isinstance(held, dict) else {}

    def _remember(self, division: str | None, name: str, stamp: Stamp, **what: Any) -> None:
        mine = self.seen.setdefault(mark_of(division, name), {"stamp": list(stamp)})
        mine.update({key: value for key, value in what.items() if value})


def _read_looks(home: Home) -> dict[str, Any]:
    try:
        held = json.loads((home.runs / _LOOKS).read_text("utf-8"))
    except (OSError, ValueError):
        return {}  # the first look, or one cut off: files wait once more
    return held if isinstance(held, dict) else {}


def _write_looks(home: Home, looks: dict[str, Any]) -> None:
    home.runs.mkdir(parents=True, exist_ok=True)
    temporary = home.runs / f".{_LOOKS}"
    temporary.write_text(json.dumps(looks), "utf-8")
    temporary.replace(home.runs / _LOOKS)
