"""The audit log: who did what, each line holding the hash of the one before.

A line is written in the transaction of what it tells, and mirrored to an append-only file of its
month once that is committed. The hash is keyed: whoever edits table and files without the key
cannot make the chain fit again. Lines hold codes, counts and ids, never a vehicle, plate, owner or
address.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from monitor.errors import StoreError
from monitor.model import Text
from monitor.store.home import Home, fsync_folder, keep_file
from monitor.store.knowledge import read_moment, stored_moment
from monitor.store.store import Store

Detail = Mapping[str, str | int | bool | Sequence[str] | Mapping[str, int] | None]

START: Final = "0" * 64  # what the first line holds as the hash before it
KEY_NAME: Final = "key"
_KEY_BYTES: Final = 32
_BLOCK: Final = 1 << 14
_MONTHS: Final = "[0-9][0-9][0-9][0-9]-[0-9][0-9].jsonl"
_COLUMNS: Final = 'seq, "at", actor, action, object, outcome, detail, previous, hash'


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody did, before it is a line; `detail` as `AuditLine` has it."""

    at: datetime
    actor: str
    action: str
    object: str
    outcome: str
    detail: str


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One act as it is kept; `at` is in UTC to the microsecond, `detail` is JSON."""

    seq: int
    at: str
    actor: str
    action: str
    object: str
    outcome: str
    detail: str
    previous: str
    hash: str

    def expected_hash(self, key: bytes) -> str:
        """The hash that a line of this content has."""
        content = json.dumps(astuple(self)[:-1], ensure_ascii=False, separators=(",", ":"))
        return hmac.new(key, content.encode(), hashlib.sha256).hexdigest()

    def as_json(self) -> str:
        """The line as its file has it."""
        named = dict(zip(self.__slots__, astuple(self), strict=True))
        return json.dumps(named, ensure_ascii=False, separators=(",", ":"))


def record(
    store: Store,
    action: str,
    object: str,  # noqa: A002  # the word of the trade: actor, action, object
    outcome: str = "ok",
    *,
    detail: Detail | None = None,
    at: datetime,
) -> AuditLine:
    """Write down in the caller's transaction that `store.actor` did something.

    `action` is a code, `object` an id; `detail` holds codes, counts and ids only.
    """
    act = Act(at, store.actor or "unknown", action, object, outcome, detail_json(detail or {}))
    (line,) = record_all(store, [act])
    return line


def record_all(store: Store, acts: Iterable[Act]) -> list[AuditLine]:
    """Write down acts, each under its own actor and moment, in the caller's transaction."""
    last = store.rows("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
    seq, previous = last[0] if last else (0, START)
    key = audit_key(store.home)
    lines, rows = [], []
    for act in acts:
        seq += 1
        moment = stored_moment(act.at)
        words = (act.actor, act.action, act.object, act.outcome, act.detail, previous)
        line = AuditLine(seq, moment.isoformat(timespec="microseconds"), *words, hash="")
        previous = line.expected_hash(key)
        lines.append(replace(line, hash=previous))
        rows.append([seq, moment, *words, previous])
    store.insert("audit", rows)
    return lines


def detail_json(detail: Detail) -> str:
    """Details as a line keeps them."""
    return json.dumps(dict(detail), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def audit_lines(store: Store, after: int = 0) -> list[AuditLine]:
    """The lines of the table in their order, those after a number."""
    return [
        AuditLine(seq, at.isoformat(timespec="microseconds"), *rest)
        for seq, at, *rest in store.rows(
            f"SELECT {_COLUMNS} FROM audit WHERE seq > ? ORDER BY seq", [after]
        )
    ]


def moment_of(line: AuditLine) -> datetime:
    """When it was done, in the zone that people here use."""
    return read_moment(datetime.fromisoformat(line.at))


def audit_key(home: Home) -> bytes:
    """The key of the hashes, made once, readable by the service's user alone."""
    held = read_key(home)
    if held is not None:
        return held
    home.audit.mkdir(parents=True, exist_ok=True)
    temporary = home.audit / f".{KEY_NAME}.part"
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(_KEY_BYTES))
    keep_file(temporary, home.audit / KEY_NAME)
    return _read(home.audit / KEY_NAME)


def read_key(home: Home) -> bytes | None:
    """The key, where there is one; raises `StoreError` where it cannot be read."""
    path = home.audit / KEY_NAME
    return _read(path) if path.exists() else None


def _read(path: Path) -> bytes:
    try:
        return bytes.fromhex(path.read_text("ascii"))
    except (OSError, ValueError) as error:
        raise StoreError(
            Text(
                f"审计密钥 {path} 无法读取：{error}。请检查权限，或从备份取回该文件。",
                f"The audit key {path} cannot be read: {error}. Check its rights, or take it from "
                "a backup.",
            )
        ) from error


# --- the files ----------------------------------------------------------------------------------


def month_files(home: Home) -> list[Path]:
    """The files of the log in the order of months."""
    return sorted(home.audit.glob(_MONTHS))


def mirrored_seq(home: Home) -> int:
    """The number of the last line that the files hold; 0 where they hold none."""
    for path in reversed(month_files(home)):
        with path.open("rb") as file:
            for line in _from_end(file):
                try:
                    return int(json.loads(line)["seq"])
                except (ValueError, LookupError, TypeError):
                    continue  # spoiled: `audit verify` tells
    return 0


def _from_end(file: BinaryIO) -> Iterator[bytes]:
    """The whole lines of a file, the last first; of a long file only what is asked for is read."""
    start, rest, is_begun = file.seek(0, os.SEEK_END), b"", False
    while start:
        size = min(_BLOCK, start)
        start -= size
        file.seek(start)
        rest, *lines = (file.read(size) + rest).split(b"\n")
        if lines and not is_begun:
            lines.pop()  # what stands after the last line end is no whole line
            is_begun = True
        yield from reversed(lines)
    if is_begun:
        yield rest


def mirror(home: Home, lines: Iterable[AuditLine]) -> None:
    """Append committed lines that the files lack, durably; done twice it is done once.

    A line goes to the file of its month, or of the last month that has one where the clock went
    back: the files in their order hold the lines in theirs.
    """
    done = mirrored_seq(home)
    by_file: dict[str, list[str]] = {}
    for line in lines:
        if line.seq > done:
            files = [*(path.name for path in month_files(home)), *by_file]
            name = max(f"{moment_of(line):%Y-%m}.jsonl", *files, "")
            by_file.setdefault(name, []).append(line.as_json())
    for name, added in by_file.items():
        _append(home.audit / name, added)
    if by_file:
        fsync_folder(home.audit)


def _append(path: Path, lines: Sequence[str]) -> None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "rb+") as file:
        file.truncate(_end_of_lines(file))  # a line cut short by a power cut is written anew
        file.seek(0, os.SEEK_END)
        file.write("".join(f"{line}\n" for line in lines).encode())
        file.flush()
        os.fsync(file.fileno())


def _end_of_lines(file: BinaryIO) -> int:
    """Where the last whole line ends."""
    start = file.seek(0, os.SEEK_END)
    while start:
        size = min(_BLOCK, start)
        start -= size
        file.seek(start)
        if (found := file.read(size).rfind(b"\n")) >= 0:
            return start + found + 1
    return 0


def file_lines(home: Home) -> Iterator[tuple[Path, int, AuditLine | None]]:
    """Every line of the files: file, number in it, and what it says (None: not a line of ours)."""
    for path in month_files(home):
        pieces = path.read_bytes().split(b"\n")
        complete = pieces[:-1] if not pieces[-1] else pieces
        for number, piece in enumerate(complete, start=1):
            yield path, number, _parsed(piece, is_whole=number < len(pieces))


def _parsed(piece: bytes, *, is_whole: bool) -> AuditLine | None:
    try:
        line = AuditLine(**json.loads(piece))
    except (ValueError, TypeError):
        return None
    return line if is_whole and line.as_json().encode() == piece else None
