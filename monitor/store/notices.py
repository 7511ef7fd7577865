"""Notices: what was told to whom, each once; one without a delivery is still to be told."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.model import Text
from monitor.store.knowledge import read_moment, stored_moment
from monitor.store.store import Store


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing told to one recipient; `key` is what makes it the same one.

    `kind` is reminder, past_due, escalation or operators; `recipient` the bare address, None where
    none is known; `delivery` the letter that tells it, None while none does.
    """

    key: str
    kind: str
    division: str | None
    role: str
    recipient: str | None
    about: str
    made_at: datetime
    text: Text
    delivery: str | None

    @property
    def desk(self) -> str:
        """Whom it is for, address or not; the same as deliveries are keyed by."""
        return desk_of(self.recipient, self.role, self.division)


def desk_of(recipient: str | None, role: str, division: str | None) -> str:
    """What one recipient is known by: the address, else role and division until it has one."""
    return recipient.lower() if recipient else f"{role}.{division or ''}"


_COLUMNS = "key, kind, division, role, recipient, about, made_at, zh, en, delivery"


def add_notices(store: Store, new: Sequence[Notice]) -> None:
    """Keep notices, in the caller's transaction; the store refuses a key that it holds."""
    store.insert(
        f"notice ({_COLUMNS})",
        [
            [
                *(one.key, one.kind, one.division, one.role, one.recipient, one.about),
                *(stored_moment(one.made_at), one.text.zh, one.text.en, one.delivery),
            ]
            for one in new
        ],
    )


def told_at(store: Store, kinds: Collection[str]) -> Mapping[str, datetime]:
    """When each notice of these kinds was made, by its key."""
    return {
        key: read_moment(made_at)
        for key, made_at in store.rows(
            "SELECT key, made_at FROM notice WHERE list_contains(?, kind)", [list(kinds)]
        )
    }


def last_letter_at(store: Store, kinds: Collection[str]) -> Mapping[str, datetime]:
    """When each desk was last written a letter of these kinds: not always when it was noticed."""
    return {
        desk: read_moment(made_at)
        for desk, made_at in store.rows(
            "SELECT coalesce(lower(n.recipient), n.role || '.' || coalesce(n.division, '')), "
            "max(coalesce(d.made_at, n.made_at)) "
            "FROM notice AS n LEFT JOIN delivery AS d ON d.id = n.delivery "
            "WHERE n.delivery IS NOT NULL AND list_contains(?, n.kind) GROUP BY ALL",
            [list(kinds)],
        )
    }


def untold(store: Store, kind: str) -> list[Notice]:
    """The notices of a kind that no letter tells yet, the oldest first."""
    found = store.rows(
        f"SELECT {_COLUMNS} FROM notice WHERE kind = ? AND delivery IS NULL ORDER BY made_at, key",
        [kind],
    )
    return [_read(row) for row in found]


def notices(store: Store, most: int | None = None) -> list[Notice]:
    """Notices in the order of their making; the last `most` of them where that is given."""
    found = store.rows(
        f"SELECT {_COLUMNS} FROM notice ORDER BY made_at DESC, key DESC LIMIT ?", [most]
    )
    return [_read(row) for row in reversed(found)]


def mark_told(store: Store, keys: Sequence[str], delivery: str) -> None:
    """Keep which letter tells these notices, in the caller's transaction."""
    store.connection.execute(
        "UPDATE notice SET delivery = ? WHERE list_contains(?, key)", [delivery, list(keys)]
    )


def _read(row: tuple[Any, ...]) -> Notice:
    key, kind, division, role, recipient, about, made_at, zh, en, delivery = row
    return Notice(
        key=key,
        kind=kind,
        division=division,
        role=role,
        recipient=recipient,
        about=about,
        made_at=read_moment(made_at),
        text=Text(zh, en),
        delivery=delivery,
    )
