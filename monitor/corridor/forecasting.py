"""Weeks and forecasts of what is held, and forecasts of years that are over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from monitor.assess.assess import Held, assess
from monitor.assess.backtest import Backtest, backtests_of
from monitor.assess.coverage import gaps
from monitor.assess.forecast import Forecast, forecasts_of
from monitor.assess.reconciliation import Reconciliation
from monitor.assess.weekly import HeldWeeks, Weekly, weekly_of
from monitor.corridor.judge import hold
from monitor.corridor.reconciling import reconcile
from monitor.model import Assessment
from monitor.policy.policy import Policy
from monitor.store.store import Store

CHECKPOINTS: Final = ((3, 31), (6, 30), (9, 30), (10, 31))


def gather(
    store: Store,
    policy: Policy,
    held: Held,
    assessments: Sequence[Assessment],
    reconciliation: Reconciliation | None,
) -> tuple[tuple[Weekly, ...], tuple[Forecast, ...]]:
    """The weeks and forecasts of the judged year's rows; `held` must be what `store` was last
    asked for. Without a reconciliation no contract is known.
    """
    weeks = HeldWeeks(*store.weeks(held.as_of), held.as_of)
    whole = {
        code: _is_last_year_held(held, policy.divisions.members(code))
        for code in {row.division for row in assessments}
    }
    # Days of which nothing is held added nothing that is known of: no pace can be had from them.
    weekly = tuple(
        one if whole[one.key[1]] else replace(one, ahead=())
        for one in weekly_of(policy, weeks, assessments)
    )
    lines = reconciliation.open_lines if reconciliation else ()
    return weekly, forecasts_of(policy, assessments, weekly, lines)


def forecast_held(
    store: Store,
    policy: Policy,
    as_of: date,
    known_at: datetime | None,
    *,
    mandates: tuple[str, ...] | None = None,
    divisions: tuple[str, ...] | None = None,
) -> tuple[tuple[Assessment, ...], tuple[Forecast, ...]]:
    """The judged year's rows and their forecasts, asked for by themselves."""
    held, rows = _judged(store, policy, as_of, known_at, mandates, divisions)
    return rows, gather(store, policy, held, rows, reconcile(store, policy, as_of))[1]


def _is_last_year_held(held: Held, members: Sequence[str]) -> bool:
    """Whether submissions of all members cover the rest of the year before the one judged."""
    as_of = held.as_of
    year = as_of.year - 1
    month, day = (2, 28) if (as_of.month, as_of.day) == (2, 29) else (as_of.month, as_of.day)
    first = date(year, month, day) + timedelta(days=1)
    return not any(gaps(held.coverage.get(code, []), first, date(year, 12, 31)) for code in members)


def backtest(
    store: Store,
    policy: Policy,
    *,
    until: date,
    known_at: datetime | None = None,
    mandates: tuple[str, ...] | None = None,
    divisions: tuple[str, ...] | None = None,
    progress: Callable[[int, int, str], None] = lambda _done, _all, _name: None,
) -> tuple[Backtest, ...]:
    """Every year over by `until` that anything is held for, forecast at four days of it.

    A forecast sees vehicles registered and contracts signed by its day, whenever they were
    reported; what corrections have mended since is seen as mended.
    """
    found: list[Backtest] = []
    years = list(_years(store, policy, until, known_at))
    for done, year in enumerate(years, start=1):
        chosen = tuple(
            name
            for name in (policy.mandates if mandates is None else mandates)
            if policy.mandates[name].measure == "share_new_replaced"
            and year in policy.mandates[name].years
        )
        final = _judged(store, policy, date(year, 12, 31), known_at, chosen, divisions)[1]
        for month, day in CHECKPOINTS:
            on = date(year, month, day)
            held, rows = _judged(store, policy, on, known_at, chosen, divisions)
            _, forecasts = gather(store, policy, held, rows, reconcile(store, policy, on))
            found += backtests_of(rows, forecasts, final, on)
        progress(done, len(years), str(year))
    return tuple(found)


def _years(store: Store, policy: Policy, until: date, known_at: datetime | None) -> Iterator[int]:
    """The years of some mandate's life that are over and that some submission covers."""
    coverage = hold(store, until, known_at).coverage
    lives = {year for mandate in policy.mandates.values() for year in mandate.years}
    covered = {
        year
        for spans in coverage.values()
        for span in spans
        for year in range(span.start.year, span.end.year + 1)
    }
    yield from sorted(year for year in lives & covered if date(year, 12, 31) <= until)


def _judged(
    store: Store,
    policy: Policy,
    as_of: date,
    known_at: datetime | None,
    mandates: tuple[str, ...] | None,
    divisions: tuple[str, ...] | None,
) -> tuple[Held, tuple[Assessment, ...]]:
    """What is held as of a day, and the rows of its year."""
    held = hold(store, as_of, known_at)
    rows = assess(policy, held, mandates=mandates, divisions=divisions)
    return held, tuple(row for row in rows if row.period == str(as_of.year))
