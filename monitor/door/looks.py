"""Which submissions a steward has looked at: a note at the door, no figure rests on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.door.acts import record_act
from monitor.door.database import Door, moment, stored


@dataclass(frozen=True, slots=True)
class Look:
    """Who looked at a submission last, when, and what they noted."""

    submission: str
    made_by: str
    made_at: datetime
    note: str | None


def mark(door: Door, submission: str, by: str, note: str | None, at: datetime) -> None:
    """Note that somebody looked; a later look takes the place of an earlier one.

    `by` is an actor as acts name them. The note stays at the door: the log says only that it was.
    """
    kept = (note or "").strip() or None
    with door.transaction():
        door.change(
            "INSERT INTO look (submission, made_by, made_at, note) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (submission) DO UPDATE SET made_by = excluded.made_by, "
            "made_at = excluded.made_at, note = excluded.note",
            [submission, by, stored(at), kept],
        )
        record_act(door, by, "look", submission, detail={"noted": kept is not None}, at=at)


def looked(door: Door, submissions: Sequence[str] | None = None) -> dict[str, Look]:
    """The looks at these submissions (None: at all), by submission; those without are left out."""
    wanted = None if submissions is None else frozenset(submissions)
    return {
        submission: Look(submission, made_by, moment(made_at), note)
        for submission, made_by, made_at, note in door.rows(
            "SELECT submission, made_by, made_at, note FROM look ORDER BY submission"
        )
        if wanted is None or submission in wanted
    }
