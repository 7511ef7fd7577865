"""Secrets on their way to one page: kept in memory until shown once, and never in an address."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Final

from starlette.requests import Request

from monitor.site.desk import desk_of
from monitor.site.visitors import visitor_of

_LIFE: Final = timedelta(minutes=5)
_MOST: Final = 200  # who makes more in five minutes sees the last of them


class ShownOnce:
    """What was made for somebody and not looked at yet."""

    def __init__(self) -> None:
        """Holds nothing; a process that ends takes all of it along."""
        self._held: dict[tuple[str, str], tuple[datetime, str]] = {}
        self._lock = threading.Lock()

    def put(self, whose: str, about: str, secret: str, now: datetime) -> None:
        """Keep a secret for one person, in the place of an earlier one about the same."""
        with self._lock:
            self._held = {key: held for key, held in self._held.items() if now - held[0] < _LIFE}
            while len(self._held) >= _MOST:
                del self._held[next(iter(self._held))]
            self._held[whose, about] = now, secret

    def take(self, whose: str, about: str, now: datetime) -> str | None:
        """The secret, once; None for whoever it was not made for, and after a few minutes."""
        with self._lock:
            made_at, secret = self._held.pop((whose, about), (now - _LIFE, ""))
        return secret if now - made_at < _LIFE else None


_MAKING: Final = threading.Lock()


def keep_for_me(request: Request, about: str, secret: str) -> None:
    """Let the visitor's next look at a page show this."""
    _held(request).put(visitor_of(request).name, about, secret, desk_of(request).now())


def shown_to_me(request: Request, about: str) -> str | None:
    """What was made for the visitor a moment ago; it is gone afterwards."""
    return _held(request).take(visitor_of(request).name, about, desk_of(request).now())


def _held(request: Request) -> ShownOnce:
    state = request.app.state
    with _MAKING:
        if not hasattr(state, "shown_once"):
            state.shown_once = ShownOnce()
        found: ShownOnce = state.shown_once
        return found
