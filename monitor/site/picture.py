"""How things stand today, judged once for all who look, as long as nothing changes.

Fifty clerks open their first page within the same minute of the morning: the figures of all
divisions are worked out once, and each page takes its own from them.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import date
from threading import Lock

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from monitor.corridor.all_divisions import DivisionLine, overview
from monitor.corridor.division_page import DivisionToday, division_today
from monitor.corridor.judged import Judged, judge_day
from monitor.model import Language
from monitor.policy.policy import Policy
from monitor.site.desk import Desk, desk_of
from monitor.store.home import Home

# What figures rest on: the database as it was last published, the rules, the day.
Key = tuple[tuple[int, ...], str, date]


@dataclass
class Picture:
    """One judgement of everything, and the pages that were made of it.

    A page is kept under its own division and language, and made of that division's rows only.
    """

    desk: Desk
    policy: Policy
    key: Key
    judged: Judged
    _pages: dict[tuple[str, Language], DivisionToday] = field(default_factory=dict)
    _lines: dict[tuple[str, ...], tuple[DivisionLine, ...]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def division(self, code: str, language: Language) -> DivisionToday:
        """Everything for the page of one division; blocking."""
        with self._lock:
            found = self._pages.get((code, language))
        if found is None:
            with self.desk.store() as store:
                found = division_today(
                    store,
                    self.policy,
                    self.desk.words(language),
                    code,
                    self.judged.as_of,
                    judged=self.judged,
                )
            with self._lock:
                self._pages[code, language] = found
        return found

    def lines(self, codes: tuple[str, ...]) -> tuple[DivisionLine, ...]:
        """One line for each of these divisions; blocking."""
        with self._lock:
            found = self._lines.get(codes)
        if found is None:
            with self.desk.store() as store:
                found = overview(store, self.policy, codes, self.judged.as_of, judged=self.judged)
            with self._lock:
                self._lines[codes] = found
        return found


class Gallery:
    """The picture of today; who asks while it is drawn waits for that one, and holds no thread."""

    def __init__(self) -> None:
        """Nothing was judged yet."""
        self._lock = asyncio.Lock()
        self._held: Picture | None = None

    async def today(self, desk: Desk) -> Picture:
        """The picture as the store, the rules and the day are now."""
        held = await run_in_threadpool(self._if_fresh, desk)
        if held is not None:
            return held
        async with self._lock:
            held = await run_in_threadpool(self._if_fresh, desk)
            if held is None:
                held = self._held = await run_in_threadpool(_draw, desk)
        return held

    def _if_fresh(self, desk: Desk) -> Picture | None:
        held = self._held
        return held if held is not None and held.key == _key(desk, desk.policy()) else None


async def picture_of(request: Request) -> Picture:
    """The picture of today of the site behind a request."""
    state = request.app.state
    if not hasattr(state, "gallery"):  # one loop serves all requests: nobody comes between
        state.gallery = Gallery()
    gallery: Gallery = state.gallery
    return await gallery.today(desk_of(request))


def _draw(desk: Desk) -> Picture:
    policy = desk.policy()
    key = _key(desk, policy)  # before the store is opened: what comes meanwhile is drawn next time
    with desk.store() as store:
        judged = judge_day(store, policy, key[2])
    return Picture(desk, policy, key, judged)


def _key(desk: Desk, policy: Policy) -> Key:
    return _written(desk.home), policy.ruleset, desk.today()


def _written(home: Home) -> tuple[int, ...]:
    """When what readers see was last written: the snapshot, in an older home the database."""
    for path in (home.snapshot, home.database):
        try:
            held = path.stat()
        except FileNotFoundError:
            continue
        return (held.st_mtime_ns, held.st_size, held.st_ino)
    return ()
