"""Notes of dropped files at hand: what a killed process leaves for the next one.

A note is written before its file is taken in and removed when the file is put away. Who finds one
looks into the store: the submission is there already and only the file must be moved, or nothing
of it is there and the file is simply taken again.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from monitor.corridor.inbox_look import mark_of
from monitor.store.home import Home, fsync_folder, keep_file
from monitor.store.knowledge import stored_moment
from monitor.store.store import Store

_BEGINNING, _ENDING = "inbox-", ".note"


@dataclass(frozen=True, slots=True)
class Note:
    """A file at hand; `deaths` counts how often in a row a process died at it."""

    division: str | None
    name: str
    shown: str
    sha256: str
    received_at: datetime
    deaths: int = 0

    @property
    def mark(self) -> str:
        """What logs call the file."""
        return mark_of(self.division, self.name)


def write_note(home: Home, note: Note) -> None:
    """Keep the note, durably: it must be there before anything of its file is recorded."""
    content = {
        "division": note.division,
        "name": os.fsencode(note.name).hex(),
        "shown": note.shown,
        "sha256": note.sha256,
        "received_at": note.received_at.isoformat(),
        "deaths": note.deaths,
    }
    final = _place(home, note.mark)
    temporary = final.with_suffix(".part")
    temporary.write_text(json.dumps(content), "utf-8")
    keep_file(temporary, final)


def read_notes(home: Home) -> list[Note]:
    """The notes of files that were not put away, those in hand the longest first."""
    found = [_read(path) for path in home.runs.glob(f"{_BEGINNING}*{_ENDING}")]
    return sorted(found, key=lambda note: (note.received_at, note.mark))


def remove_note(home: Home, mark: str) -> None:
    """The file is put away, or left where it is with nothing of it recorded."""
    _place(home, mark).unlink(missing_ok=True)
    fsync_folder(home.runs)


def recorded(store: Store, note: Note) -> tuple[int, str] | None:
    """The number and the outcome of the submission that a note is about, if it was recorded."""
    found = store.rows(
        "SELECT r.submission, r.outcome FROM reception AS r "
        "JOIN submission AS s ON s.seq = r.submission "
        "WHERE r.sha256 = ? AND r.file_name = ? AND r.received_at = ? "
        "AND s.division IS NOT DISTINCT FROM ? ORDER BY r.recorded_at, r.submission",
        [note.sha256, note.shown, stored_moment(note.received_at), note.division],
    )
    return (int(found[-1][0]), str(found[-1][1])) if found else None


def _place(home: Home, mark: str) -> Path:
    digest = hashlib.sha256(mark.encode()).hexdigest()[:16]
    return home.runs / f"{_BEGINNING}{digest}{_ENDING}"


def _read(path: Path) -> Note:
    held = json.loads(path.read_text("utf-8"))
    return Note(
        division=held["division"],
        name=os.fsdecode(bytes.fromhex(held["name"])),
        shown=held["shown"],
        sha256=held["sha256"],
        received_at=datetime.fromisoformat(held["received_at"]),
        deaths=held["deaths"],
    )
