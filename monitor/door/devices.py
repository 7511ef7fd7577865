"""Browsers in which somebody has signed in before: strangers' guesses do not keep them out.

A name that many guess at waits, and its owner with it. Who comes by a browser that signed in under
this name before is counted apart, so that only their own failures make them wait. The cookie lets
nobody in, and of its secret only the SHA-256 is kept.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime, timedelta
from typing import Final

from monitor.door.database import Door, stored

_SECRET_BYTES: Final = 32
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_MOST_OF_AN_ACCOUNT: Final = 10
KEPT: Final = timedelta(days=180)  # since it was last signed in with


def device_of(door: Door, account: int | None, secret: str | None) -> str:
    """What this browser's tries are counted by; empty where nobody signed in by it as `account`."""
    digest = _digest(secret)
    if account is None or digest is None:
        return ""
    known = door.row("SELECT 1 FROM device WHERE hash = ? AND account = ?", [digest, account])
    return digest.hex() if known else ""


def remember_device(door: Door, account: int, secret: str | None, *, now: datetime) -> str:
    """Note that an account has just signed in by this browser; gives the secret for its cookie.

    People who share a browser share its cookie, and each is known by it for themselves alone.
    """
    digest = _digest(secret)
    with door.transaction():
        held = digest and door.row("SELECT 1 FROM device WHERE hash = ?", [digest])
        if secret is None or not held:
            secret = secrets.token_urlsafe(_SECRET_BYTES)
            digest = _digest(secret)
        door.change(
            "INSERT OR REPLACE INTO device (hash, account, seen_at) VALUES (?, ?, ?)",
            [digest, account, stored(now)],
        )
        door.change(
            "DELETE FROM device WHERE account = ? AND hash NOT IN (SELECT hash FROM device "
            "WHERE account = ? ORDER BY seen_at DESC, hash LIMIT ?)",
            [account, account, _MOST_OF_AN_ACCOUNT],
        )
    return secret


def forget_devices(door: Door, account: int) -> int:
    """Know no browser of an account any more; gives how many there were."""
    return door.change("DELETE FROM device WHERE account = ?", [account])


def sweep_devices(door: Door, now: datetime) -> int:
    """Remove the browsers that nobody signed in with for half a year; gives how many."""
    return door.change("DELETE FROM device WHERE seen_at < ?", [stored(now - KEPT)])


def _digest(secret: str | None) -> bytes | None:
    """What is kept of a secret; None for what was never one."""
    if secret is None or not _SECRET.fullmatch(secret):
        return None
    return hashlib.sha256(secret.encode()).digest()
