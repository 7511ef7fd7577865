"""Acts of the door carried into the store's audit log: in order, each exactly once."""

from __future__ import annotations

from typing import Any, Final

from monitor.door.database import Door, moment
from monitor.store.audit import Act, record_all
from monitor.store.knowledge import stored_moment
from monitor.store.store import Store

_SELECT: Final = 'SELECT seq, "at", actor, action, object, outcome, detail FROM act'


def fold_acts(store: Store, door: Door) -> int:
    """Write down in the audit log what the door's acts since the last time say; gives how many.

    Acts and the mark of how far they were carried are one transaction of the store, so a kill
    anywhere loses none and doubles none. `store` is open to write and in no transaction.
    """
    mark = int(store.one("SELECT coalesce(max(act), 0) FROM door_fold"))
    numbered = _numbered(door)
    if numbered < mark:
        return _fold_restored(store, door, mark)
    rows = door.rows(f"{_SELECT} WHERE seq > ? ORDER BY seq", [mark])
    if not rows:
        return 0
    with store.transaction():
        record_all(store, [_act(row) for row in rows])
        store.connection.execute("DELETE FROM door_fold")
        store.connection.execute("INSERT INTO door_fold VALUES (?)", [rows[-1][0]])
    return len(rows)


def waiting_acts(store: Store, door: Door) -> bool:
    """Whether `fold_acts` would have something to do; `store` may be open to read."""
    mark = int(store.one("SELECT coalesce(max(act), 0) FROM door_fold"))
    # A restored file numbers far ahead of its acts: see `copy_door`.
    is_ahead = door.row("SELECT 1 FROM act WHERE seq > ? LIMIT 1", [mark]) is not None
    return is_ahead or _numbered(door) < mark


def unfolded_acts(store: Store, door: Door) -> list[Act]:
    """The acts that `fold_acts` would carry over now, in their order; `store` is open to read."""
    mark = int(store.one("SELECT coalesce(max(act), 0) FROM door_fold"))
    rows = door.rows(f"{_SELECT} WHERE seq > ? ORDER BY seq", [mark])
    return [_act(row) for row in rows]


def _fold_restored(store: Store, door: Door, mark: int) -> int:
    """The same after the door's file was restored or made anew: its numbers start over.

    What is already a line there is known by its content and moment; later acts are numbered from
    the mark on. Nobody acts meanwhile: an act between the two steps would be passed over for ever.
    """
    with door.transaction():
        found = [_act(row) for row in door.rows(f"{_SELECT} ORDER BY seq")]
        held = {tuple(row) for row in store.rows('SELECT "at", actor, action, object FROM audit')}
        missing = [
            act
            for act in found
            if (stored_moment(act.at), act.actor, act.action, act.object) not in held
        ]
        with store.transaction():
            record_all(store, missing)
        door.change("DELETE FROM sqlite_sequence WHERE name = 'act'")
        door.change("INSERT INTO sqlite_sequence (name, seq) VALUES ('act', ?)", [mark])
    return len(missing)


def _numbered(door: Door) -> int:
    """The number of the last act that was ever made in this file."""
    found = door.row("SELECT seq FROM sqlite_sequence WHERE name = 'act'")
    return int(found[0]) if found else 0


def _act(row: tuple[Any, ...]) -> Act:
    _, at, actor, action, object_, outcome, detail = row
    return Act(moment(at), actor, action, object_, outcome, detail)
