"""Sessions: who is signed in by a browser, and for how long.

Only the SHA-256 of a session's secret is kept: whoever reads the file cannot enter by it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from monitor.door.accounts import Account, account_by_id
from monitor.door.acts import record_act
from monitor.door.database import Door, moment, stored
from monitor.settings import SiteSettings

_SECRET_BYTES: Final = 32
_SEEN_EVERY: Final = timedelta(minutes=1)  # a page is many requests: not each is written down
_SEEN_SHARE: Final = 4  # of the idle time, where that is short


class Opened(NamedTuple):
    """What a browser is given: the secret for its cookie, and what its forms must hold."""

    secret: str
    csrf: str


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody signed in, until `expires_at` at the longest."""

    account: Account
    csrf: str
    expires_at: datetime

    def accepts(self, csrf: str) -> bool:
        """Whether a form was ours."""
        return hmac.compare_digest(self.csrf.encode(), csrf.encode("utf-8", "surrogatepass"))


def open_session(door: Door, account: Account, now: datetime, site: SiteSettings) -> Opened:
    """Open a session of an account that has just shown who it is."""
    opened = Opened(secrets.token_urlsafe(_SECRET_BYTES), secrets.token_urlsafe(_SECRET_BYTES))
    ends_at = now + timedelta(hours=site.session_hours)
    door.change(
        "INSERT INTO session (hash, account, csrf, made_at, seen_at, expires_at) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        [
            *(_digest(opened.secret), account.id, opened.csrf),
            *(stored(now), stored(now), stored(ends_at)),
        ],
    )
    return opened


def session_of(door: Door, secret: str, now: datetime, site: SiteSettings) -> Session | None:
    """The session of a secret; None where it has ended, by time or by somebody's word."""
    digest = _digest(secret)
    row = door.row(
        "SELECT account, csrf, seen_at, expires_at FROM session WHERE hash = ?", [digest]
    )
    if row is None:
        return None
    number, csrf, seen_at, expires_at = row
    idle = timedelta(minutes=site.session_minutes)
    if now >= moment(expires_at) or now >= moment(seen_at) + idle:
        return None
    account = account_by_id(door, number)
    if account is None or account.is_disabled:
        return None
    if now >= moment(seen_at) + min(_SEEN_EVERY, idle / _SEEN_SHARE):
        door.change(
            "UPDATE session SET seen_at = ? WHERE hash = ? AND seen_at = ?",
            [stored(now), digest, seen_at],
        )
    return Session(account, csrf, moment(expires_at))


def close_session(door: Door, secret: str, *, now: datetime) -> None:
    """Sign out; nothing where there is no such session."""
    digest = _digest(secret)
    with door.transaction():
        row = door.row("SELECT account FROM session WHERE hash = ?", [digest])
        account = account_by_id(door, row[0]) if row else None
        if account is not None:
            door.change("DELETE FROM session WHERE hash = ?", [digest])
            record_act(door, account.actor, "sign_out", account.name, at=now)


def sweep_sessions(door: Door, now: datetime, site: SiteSettings) -> int:
    """Remove the sessions that have ended; gives how many."""
    idle_since = now - timedelta(minutes=site.session_minutes)
    return door.change(
        "DELETE FROM session WHERE expires_at <= ? OR seen_at <= ?",
        [stored(now), stored(idle_since)],
    )


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
