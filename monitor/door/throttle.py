"""Guessing made slow: after a few failures a name waits, longer each time.

A name waits whether or not it is an account's, so waiting tells nothing. By name and not by
address: a bureau's people share one address, and one who forgot must not lock out the others.
`by` counts apart what strangers cannot try: a browser that is known (`monitor.door.devices`), or
somebody who is signed in.
"""

from __future__ import annotations

import hashlib
import unicodedata
from datetime import datetime, timedelta
from typing import Final

from monitor.door.database import Door, moment, stored

_FREE: Final = 5  # so many failures; the last of them is the first that makes a name wait
_FIRST: Final = timedelta(seconds=30)
_LONGEST: Final = timedelta(minutes=15)
_FORGOTTEN: Final = timedelta(days=1)
_MOST_NAMES: Final = 10_000
_STRANGERS: Final = "strangers"  # no name's key: those are hexadecimal
_STRANGERS_EVERY: Final = timedelta(minutes=1)


def claim_try(door: Door, name: str, now: datetime, *, by: str = "") -> timedelta | None:
    """Count a try before it is made, so that many at once are no way around; None: go ahead.

    Otherwise how long this name has to wait. `clear_tries` takes the count back after a success.
    """
    key = _key(name, by)
    with door.transaction():
        row = door.row("SELECT failures, blocked_until FROM attempt WHERE name = ?", [key])
        failures = 0
        if row is not None:
            wait = moment(row[1]) - now
            if timedelta(0) < wait <= _LONGEST:  # longer: the clock was put back
                return wait
            failures = row[0] if now - moment(row[1]) < _FORGOTTEN else 0
        failures += 1
        until = now + pause_after(failures)
        door.change(
            "INSERT OR REPLACE INTO attempt (name, failures, blocked_until) VALUES (?, ?, ?)",
            [key, failures, stored(until)],
        )
        if row is None:
            _bound(door)
    return None


def pause_after(failures: int) -> timedelta:
    """How long a name waits after so many failures."""
    if failures < _FREE:
        return timedelta(0)
    doublings = min(failures - _FREE, _LONGEST // _FIRST)  # more cannot matter
    return min(_FIRST * (1 << doublings), _LONGEST)


def tries_of(door: Door, name: str, *, by: str = "") -> int:
    """How many tries of a name count against it."""
    row = door.row("SELECT failures FROM attempt WHERE name = ?", [_key(name, by)])
    return int(row[0]) if row else 0


def clear_tries(door: Door, name: str, *, by: str = "") -> None:
    """Forget the failures of a name: it has shown who it is."""
    door.change("DELETE FROM attempt WHERE name = ?", [_key(name, by)])


def strangers_to_tell(door: Door, now: datetime) -> int:
    """Count a failure of a name that does not exist; gives how many to write down now, or 0.

    One act a minute tells of all of them: whoever tries a million names must not fill the log.
    """
    with door.transaction():
        row = door.row("SELECT failures, blocked_until FROM attempt WHERE name = ?", [_STRANGERS])
        count, next_at = (row[0] + 1, moment(row[1])) if row else (1, now)
        is_due = not timedelta(0) < next_at - now <= _STRANGERS_EVERY
        left, then = (0, now + _STRANGERS_EVERY) if is_due else (count, next_at)
        door.change(
            "INSERT OR REPLACE INTO attempt (name, failures, blocked_until) VALUES (?, ?, ?)",
            [_STRANGERS, left, stored(then)],
        )
    return count if is_due else 0


def sweep_tries(door: Door, now: datetime) -> int:
    """Remove the names that have been quiet for a day; gives how many."""
    return door.change(
        "DELETE FROM attempt WHERE blocked_until < ? AND name <> ?",
        [stored(now - _FORGOTTEN), _STRANGERS],
    )


def _bound(door: Door) -> None:
    """Keep no more names than a file should hold; those that failed most stay longest."""
    held = door.row("SELECT count(*) FROM attempt")
    surplus = (held[0] if held else 0) - _MOST_NAMES
    if surplus > 0:
        door.change(
            "DELETE FROM attempt WHERE name IN (SELECT name FROM attempt WHERE name <> ? "
            "ORDER BY failures, blocked_until LIMIT ?)",
            [_STRANGERS, surplus],
        )


def _key(name: str, by: str) -> str:
    """What stands for a name: hashed, because people type passwords into the wrong field.

    The length goes first, so that nothing that is typed is another's count.
    """
    written = unicodedata.normalize("NFKC", name).strip().casefold()
    told = f"{len(by)}:{by}:{written}"
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()
