"""The follow-up list: who does what by when, and what became of it; nothing is ever edited.

An item is kept as it was entered. What happens to it afterwards is an event beside it, so that the
list of any earlier moment can be had again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from monitor.store import audit
from monitor.store.knowledge import read_moment, stored_moment
from monitor.store.store import Store


class FollowUpEvent(StrEnum):
    """What happened to an item."""

    ADDED = "added"
    MOVED = "moved"
    DONE = "done"
    DROPPED = "dropped"
    REOPENED = "reopened"


class FollowUpState(StrEnum):
    """How an item stands; whether an open one is overdue is a matter of the day."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


_STATES = {
    FollowUpEvent.DONE: FollowUpState.DONE,
    FollowUpEvent.DROPPED: FollowUpState.DROPPED,
}


class NewFollowUp(NamedTuple):
    """Something to be done, as it is entered.

    `place` is the province or city on whose list it stands. `who` is a body's name as its document
    has it (`is_body`) or a division's code; `about` a clause's id; `division` whom it concerns.
    """

    place: str
    who: str
    is_body: bool
    what: str
    about: str | None = None
    division: str | None = None


class FollowUpLine(NamedTuple):
    """One thing that happened: when and by whom, with the day it is then due, and words."""

    event: FollowUpEvent
    due_on: date | None
    words: str | None
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class FollowUp:
    """An item with all that was known to have happened to it, the oldest first; never without
    `added`.
    """

    id: str
    item: NewFollowUp
    lines: tuple[FollowUpLine, ...]

    @property
    def state(self) -> FollowUpState:
        """Open until it was done or dropped, and again once it was reopened."""
        last = [line for line in self.lines if line.event is not FollowUpEvent.MOVED][-1]
        return _STATES.get(last.event, FollowUpState.OPEN)

    @property
    def due_on(self) -> date:
        """The last day on which it is in time."""
        return [line.due_on for line in self.lines if line.due_on is not None][-1]

    @property
    def first_due_on(self) -> date:
        """The day that it was entered with."""
        return next(line.due_on for line in self.lines if line.due_on is not None)

    @property
    def added(self) -> FollowUpLine:
        """Who entered it and when."""
        return self.lines[0]

    @property
    def settled(self) -> FollowUpLine | None:
        """Who said that it is done or dropped, and when; None while it is open."""
        if self.state is FollowUpState.OPEN:
            return None
        return next(line for line in reversed(self.lines) if line.event in _STATES)

    def days_late(self, as_of: date) -> int:
        """Days past the due day of an open item; 0 within time and where it is settled."""
        late = (as_of - self.due_on).days
        return max(0, late) if self.state is FollowUpState.OPEN else 0

    def names(self, code: str) -> bool:
        """Whether it is on the list of a province or division, to be done by it, or about it."""
        is_its_own = not self.item.is_body and self.item.who == code
        return is_its_own or code in {self.item.place, self.item.division}


def add_follow_up(
    store: Store, new: NewFollowUp, *, due_on: date, words: str | None, by: str, at: datetime
) -> str:
    """Enter an item with an audit line, in the caller's transaction; gives its id."""
    item = f"F{store.one('SELECT count(*) + 1 FROM follow_up'):06d}"
    columns = "id, place, who, is_body, what, about, division"
    store.insert(f"follow_up ({columns})", [[item, *new]])
    add_line(store, item, FollowUpLine(FollowUpEvent.ADDED, due_on, words, by, at))
    return item


def add_line(store: Store, item: str, line: FollowUpLine) -> None:
    """Say what happened to an item, with an audit line, in the caller's transaction."""
    seq = int(store.one("SELECT coalesce(max(seq), 0) + 1 FROM follow_up_event"))
    moment = stored_moment(line.made_at)
    store.connection.execute(
        "INSERT INTO follow_up_event VALUES (?, ?, ?, ?, ?, ?, ?)",
        [seq, item, line.event.value, line.due_on, line.words, line.made_by, moment],
    )
    audit.record(
        store,
        "follow_up",
        item,
        detail={
            "by": line.made_by,
            "event": line.event.value,
            "due_on": line.due_on.isoformat() if line.due_on else None,
        },
        at=line.made_at,
    )


def follow_ups(store: Store, known_at: datetime | None = None) -> tuple[FollowUp, ...]:
    """Every item as it was known at a moment (None: now), in the order of entry."""
    known = stored_moment(known_at) if known_at else None
    lines: dict[str, list[FollowUpLine]] = {}
    for item, event, due_on, words, made_by, made_at in store.rows(
        "SELECT item, event, due_on, words, made_by, made_at FROM follow_up_event "
        "WHERE ?::TIMESTAMP IS NULL OR made_at <= ? ORDER BY seq",
        [known, known],
    ):
        said = FollowUpLine(FollowUpEvent(event), due_on, words, made_by, read_moment(made_at))
        lines.setdefault(item, []).append(said)
    return tuple(
        FollowUp(item, NewFollowUp(*rest), tuple(lines[item]))
        for item, *rest in store.rows(
            "SELECT id, place, who, is_body, what, about, division FROM follow_up ORDER BY id"
        )
        # A clock that went back can have told what came later before what came first.
        if item in lines and lines[item][0].event is FollowUpEvent.ADDED
    )


def told_by(store: Store, run: int) -> datetime:
    """Until when a run's bulletins tell what happened: what was known then, else its start."""
    return read_moment(
        store.one("SELECT coalesce(known_at, started_at) FROM run WHERE id = ?", [run])
    )
