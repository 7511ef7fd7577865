"""A check: the same corridor over a scratch copy; nothing of it is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Final

from monitor.assess.assess import Held, assess
from monitor.corridor.answers_moved import Moved, answers_moved
from monitor.corridor.declared import Declared
from monitor.corridor.judge import hold, hold_another_day
from monitor.corridor.reception import receive
from monitor.model import SHANGHAI, Assessment, Receipt
from monitor.policy.policy import Policy
from monitor.store.archive import Kept
from monitor.store.borne_on import borne_on
from monitor.store.home import Home
from monitor.store.knowledge import gather
from monitor.store.locking import Waiting
from monitor.store.opening import scratch_store
from monitor.store.store import Store


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What the files would get, and the figures that they touch, before and after.

    `history` is the number of the last submission that they were set against. `answers` are those
    to other clauses that the files move.
    """

    receipts: tuple[Receipt, ...]
    before: tuple[Assessment, ...]
    after: tuple[Assessment, ...]
    history: int
    answers: tuple[Moved, ...] = ()


_GATHERED_ROWS: Final = 1_000_000  # about a hundred megabytes

# Called with the scratch store and each receipt, while what the file led to is still there.
Inspect = Callable[[Store, Receipt], None]


def _seen(_store: Store, _receipt: Receipt) -> None:
    """Most callers want what is given back and nothing more."""


def rehearse(
    home: Home,
    policy: Policy,
    files: Sequence[Path | Kept | None],
    declared: Declared,
    *,
    now: datetime,
    waiting: Waiting,
    inspect: Inspect = _seen,
) -> Rehearsed:
    """Take files in over a scratch copy of `home` and judge what they touch.

    Each touched year is judged at its end, or on the day of receipt where it is not over.
    """
    with scratch_store(home, waiting=waiting) as store:
        start = store.history()
        receipts = []
        for file in files:
            receipts.append(receive(store, policy, file, declared, now=now))
            inspect(store, receipts[-1])
        touched = _touched(store, policy, start)
        if touched:
            gather(store.connection, store.facts, "registration", _GATHERED_ROWS)
        before = _judge(store, policy, touched, declared.received_at, start)
        after = _judge(store, policy, touched, declared.received_at, store.history())
        today = declared.received_at.astimezone(SHANGHAI).date()
        kinds = {receipt.kind for receipt in receipts if receipt.submission is not None}
        answers = answers_moved(store, policy, kinds, today, start)
    shown = tuple(replace(receipt, submission=None, code=None) for receipt in receipts)
    return Rehearsed(shown, before, after, start, answers)


def _touched(store: Store, policy: Policy, start: int) -> dict[int, tuple[str, ...]]:
    """The divisions, and their provinces, that the new submissions bear on, by year."""
    touched: dict[int, list[str]] = {}
    for division, year in borne_on(store, start):
        codes = touched.setdefault(year, [])
        for code in (division, policy.divisions.province_of(division)):
            if code not in codes:
                codes.append(code)
    return {year: tuple(codes) for year, codes in touched.items()}


def _judge(
    store: Store,
    policy: Policy,
    touched: dict[int, tuple[str, ...]],
    received_at: datetime,
    history: int,
) -> tuple[Assessment, ...]:
    found: list[Assessment] = []
    held: Held | None = None
    today = received_at.astimezone(SHANGHAI).date()
    for year, divisions in touched.items():
        as_of = min(date(year, 12, 31), today)
        if as_of.year == year:
            held = (
                hold_another_day(store, held, as_of)
                if held is not None
                else hold(store, as_of, None, history)
            )
            found += assess(policy, held, divisions=divisions, only_year=year)
    return tuple(found)
