"""The hold on all mail: while one lasts, nothing goes out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.store import audit
from monitor.store.knowledge import read_moment, stored_moment
from monitor.store.store import Store


@dataclass(frozen=True, slots=True)
class MailHold:
    """Who stopped all mail, when and why."""

    id: int
    held_at: datetime
    held_by: str
    reason: str | None


def mail_hold(store: Store) -> MailHold | None:
    """The hold that lasts; None where mail goes out."""
    found = store.rows(
        "SELECT id, held_at, held_by, reason FROM mail_hold WHERE released_at IS NULL "
        "ORDER BY id DESC LIMIT 1"
    )
    if not found:
        return None
    number, held_at, held_by, reason = found[0]
    return MailHold(number, read_moment(held_at), held_by, reason)


def hold_mail(store: Store, *, by: str, reason: str | None, at: datetime) -> MailHold:
    """Stop all mail; where it is stopped, the hold that lasts is given and stays as it is."""
    with store.transaction():
        return keep_hold(store, by=by, reason=reason, at=at)


def keep_hold(store: Store, *, by: str, reason: str | None, at: datetime) -> MailHold:
    """What `hold_mail` does, in the caller's transaction."""
    lasting = mail_hold(store)
    if lasting is not None:
        return lasting
    number = int(store.one("SELECT coalesce(max(id), 0) + 1 FROM mail_hold"))
    store.connection.execute(
        "INSERT INTO mail_hold (id, held_at, held_by, reason) VALUES (?, ?, ?, ?)",
        [number, stored_moment(at), by, reason],
    )
    audit.record(store, "mail_hold", str(number), detail={"by": by}, at=at)
    return MailHold(number, at, by, reason)


def release_mail(store: Store, *, by: str, at: datetime) -> MailHold | None:
    """Let mail go out again; gives the hold that ended, None where there was none."""
    lasting = mail_hold(store)
    if lasting is None:
        return None
    with store.transaction():
        store.connection.execute(
            "UPDATE mail_hold SET released_at = ?, released_by = ? WHERE id = ?",
            [stored_moment(at), by, lasting.id],
        )
        audit.record(store, "mail_release", str(lasting.id), detail={"by": by}, at=at)
    return lasting
