"""How things stand today, judged once for all who look, as long as nothing changes.

Fifty clerks open their first page within the same minute of the morning: the figures of all
divisions are worked out once, and each page takes its own from them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import Generic, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from monitor.corridor.all_divisions import DivisionLine, overview
from monitor.corridor.answering import Answers, answer
from monitor.corridor.division_page import DivisionToday, division_today
from monitor.corridor.judged import Judged, judge_day
from monitor.model import Language
from monitor.policy.policy import Policy
from monitor.site.desk import Desk, desk_of
from monitor.store.home import Home

# What figures rest on: the database as it was last published, the rules, the day.
Key = tuple[tuple[int, ...], str, date]
Drawn = TypeVar("Drawn")


@dataclass
class Picture:
    """One judgement of everything, and the pages that were made of it.

    A page is kept under its own division and language, and made of that division's rows only.
    """

    desk: Desk
    policy: Policy
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


class Gallery(Generic[Drawn]):
    """What was drawn of today; who asks while it is drawn waits for it, and holds no thread."""

    def __init__(self, draw: Callable[[Desk, Policy, date], Drawn]) -> None:
        """Nothing was drawn yet; `draw` blocks."""
        self._draw_it = draw
        self._lock = asyncio.Lock()
        self._held: tuple[Key, Drawn] | None = None

    async def today(self, desk: Desk) -> Drawn:
        """What it is as the store, the rules and the day are now."""
        held = await run_in_threadpool(self._if_fresh, desk)
        if held is None:
            async with self._lock:
                held = await run_in_threadpool(self._if_fresh, desk)
                if held is None:
                    held = self._held = await run_in_threadpool(self._draw, desk)
        return held[1]

    def _if_fresh(self, desk: Desk) -> tuple[Key, Drawn] | None:
        held = self._held
        return held if held is not None and held[0] == _key(desk, desk.policy()) else None

    def _draw(self, desk: Desk) -> tuple[Key, Drawn]:
        policy = desk.policy()
        # Before the store is opened: what comes meanwhile is drawn next time.
        key = _key(desk, policy)
        return key, self._draw_it(desk, policy, key[2])


async def picture_of(request: Request) -> Picture:
    """The picture of today of the site behind a request."""
    return await _galleries(request).pictures.today(desk_of(request))


async def answers_of(request: Request) -> Answers:
    """What is known today of every clause that is no fleet mandate, of all divisions."""
    return await _galleries(request).answers.today(desk_of(request))


@dataclass(frozen=True)
class _Galleries:
    pictures: Gallery[Picture]
    answers: Gallery[Answers]


def _galleries(request: Request) -> _Galleries:
    state = request.app.state
    if not hasattr(state, "galleries"):  # one loop serves all requests: nobody comes between
        state.galleries = _Galleries(Gallery(_judge), Gallery(_answer))
    found: _Galleries = state.galleries
    return found


def _judge(desk: Desk, policy: Policy, today: date) -> Picture:
    with desk.store() as store:
        return Picture(desk, policy, judge_day(store, policy, today))


def _answer(desk: Desk, policy: Policy, today: date) -> Answers:
    with desk.store() as store:
        return answer(store, policy, today, None)


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
