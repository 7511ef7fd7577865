"""What every view works with: the home, the rules as they stand, the door, the store, the pool."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from anyio import CapacityLimiter
from starlette.requests import Request

from monitor.bulletins.words import Words, load_words
from monitor.door.database import Door, open_door
from monitor.errors import FleetmonError
from monitor.model import SHANGHAI, Language
from monitor.policy.policy import Policy
from monitor.policy.project import Project
from monitor.policy.stamp import Stamp, rules_stamp
from monitor.service.health import ServiceState
from monitor.service.workplace import Workplace
from monitor.settings import Settings
from monitor.site.provider_words import ProviderWords
from monitor.store.home import Home
from monitor.store.store import Store

if TYPE_CHECKING:
    from monitor.site.workers import Workers


# Looking at some hundred files takes as long as a small page.
_FRESH_SECONDS: Final = 1.0
_PASSWORDS_AT_ONCE: Final = 2
_PROVIDERS_AT_ONCE: Final = 4
_WRITERS_AT_ONCE: Final = 4


@dataclass
class Desk:
    """One process's site; `address` is what people type."""

    place: Workplace
    state: ServiceState
    workers: Workers
    address: str
    # A crowd that types passwords waits in its own line, and not in everybody's threads.
    passwords: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(_PASSWORDS_AT_ONCE))
    # A crowd that waits for the store's one writer is turned away, before it holds every thread.
    writers: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(_WRITERS_AT_ONCE)
    )
    # Who waits for another machine, too.
    providers: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(_PROVIDERS_AT_ONCE))
    provider_words: ProviderWords = field(default_factory=ProviderWords)
    arriving: list[int] = field(default_factory=list)  # bytes announced of files on their way in
    _rules: tuple[Stamp, Policy] | None = None
    _is_broken: bool = False
    _broken: Stamp | None = None  # the files as they could not be read
    _looked: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def home(self) -> Home:
        """The home folder."""
        return self.place.home

    @property
    def settings(self) -> Settings:
        """The settings of this process."""
        return self.place.settings

    @property
    def project(self) -> Project:
        """The files of policy."""
        return self.place.project

    @property
    def is_secure(self) -> bool:
        """Whether browsers come by https."""
        return urlsplit(self.address).scheme == "https"

    @property
    def cookie(self) -> str:
        """The name of the session's cookie; the prefix binds it to this host and to https."""
        return "__Host-fleetmon" if self.is_secure else "fleetmon"

    @property
    def device_cookie(self) -> str:
        """The name of the cookie by which a browser is known at the sign-in; it lets nobody in."""
        return f"{self.cookie}-known"

    def now(self) -> datetime:
        """The moment."""
        return self.place.now()

    def today(self) -> date:
        """The day here, which pages judge by."""
        return self.now().astimezone(SHANGHAI).date()

    def policy(self) -> Policy:
        """The rules as their files were within a second; read anew only when one changed.

        Files that cannot be read leave the last good rules in force, and the log is told once.
        Raises `FleetmonError` where there were none yet.
        """
        asked = time.monotonic()
        if self._rules is not None and asked - self._looked < _FRESH_SECONDS:
            return self._rules[1]
        with self._lock:
            self._looked = asked
            return self._read_rules()

    def _read_rules(self) -> Policy:
        held, stamp = self._rules, None
        try:
            stamp = rules_stamp(self.project)
            if held is not None and stamp == self._broken:
                return held[1]
            if held is None or stamp != held[0]:
                held = stamp, self.place.policy()
        except (FleetmonError, OSError) as error:
            if held is None:
                raise
            if not self._is_broken:
                self.place.tell("rules_unreadable", error=error)
            self._is_broken, self._broken = True, stamp
            return held[1]
        self._is_broken, self._broken, self._rules = False, None, held
        return held[1]

    def words(self, language: Language) -> Words:
        """The words of one language."""
        return load_words(self.project, language)

    @contextmanager
    def door(self) -> Iterator[Door]:
        """Accounts, sessions and drafts, for one thread."""
        with open_door(self.home) as door:
            yield door

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The store to read, as the last writer left it; for one thread."""
        with self.place.store(write=False) as store:
            yield store


def desk_of(request: Request) -> Desk:
    """The desk behind a request."""
    found: Desk = request.app.state.desk
    return found
