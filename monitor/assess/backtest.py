"""Forecasts held against what the year came to, beside the share on the day itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from monitor.assess.arithmetic import cut_share, reaches
from monitor.assess.forecast import Case, Forecast, Outcome
from monitor.model import Assessment, RowKey

_HUNDRED = 100
# What each outcome says of the verdict at the end of the year.
_FORETOLD = {"sure": "met", "likely": "met", "possible": "not_met", "unreachable": "not_met"}
_CERTAIN = frozenset({"sure", "unreachable"})


@dataclass(frozen=True, slots=True)
class Backtest:
    """One forecast of a share, made with what was dated by `on`, and what the year came to.

    `now` is the share on the day, the naive forecast; None shares mean that nothing was counted.
    Errors are forecast less actual, in percentage points, exact. `is_within`: the actual share is
    no less than the low case's and no more than the high one's. `agrees`: the outcome foretold the
    verdict (`possible` foretells a miss); `is_refuted`: `sure` or `unreachable` turned out wrong;
    both None where the year ended undetermined.
    """

    key: RowKey
    on: date
    now: Case
    low: Case
    expected: Case
    high: Case
    actual: Case
    outcome: Outcome
    status: str
    is_within: bool
    error_points: Fraction
    naive_error_points: Fraction | None
    agrees: bool | None
    naive_agrees: bool | None
    is_refuted: bool | None


@dataclass(frozen=True, slots=True)
class BacktestSummary:
    """Backtests of one day of the year (`checkpoint` as 03-31, or `all`).

    `within`, `agreed` and `refuted` count rows, of `decided` rows with a verdict. The others
    compare with the share on the day, over the rows that have one: `both_agreed` and
    `naive_agreed` of `both_decided` rows with a verdict, mean errors without sign over `compared`.
    """

    checkpoint: str
    rows: int
    within: int
    decided: int
    agreed: int
    refuted: int
    both_decided: int
    both_agreed: int
    naive_agreed: int
    compared: int
    mean_error_points: Fraction | None
    naive_mean_error_points: Fraction | None


def backtests_of(
    now: Iterable[Assessment],
    forecasts: Iterable[Forecast],
    final: Iterable[Assessment],
    on: date,
) -> tuple[Backtest, ...]:
    """Every forecast of a share whose year counted at least one vehicle in the end."""
    before = {row.key: row for row in now}
    after = {row.key: row for row in final}
    return tuple(
        _backtest(before[forecast.key], forecast, after[forecast.key], on)
        for forecast in forecasts
        if forecast.key in after and after[forecast.key].denominator
    )


def _backtest(now: Assessment, forecast: Forecast, final: Assessment, on: date) -> Backtest:
    actual = Fraction(int(final.numerator), final.denominator or 1)
    expected = _share(forecast.expected)
    naive = Fraction(int(now.numerator), now.denominator) if now.denominator else None
    verdict = final.status if final.status in {"met", "not_met"} else None
    agrees = _FORETOLD[forecast.outcome] == verdict if verdict else None
    return Backtest(
        key=forecast.key,
        on=on,
        now=_case(now),
        low=forecast.low,
        expected=forecast.expected,
        high=forecast.high,
        actual=_case(final),
        outcome=forecast.outcome,
        status=final.status,
        is_within=_share(forecast.low) <= actual <= _share(forecast.high),
        error_points=_HUNDRED * (expected - actual),
        naive_error_points=_HUNDRED * (naive - actual) if naive is not None else None,
        agrees=agrees,
        naive_agrees=_naive(naive, final) == verdict if verdict and naive is not None else None,
        is_refuted=agrees is False and forecast.outcome in _CERTAIN if verdict else None,
    )


def _naive(share: Fraction, final: Assessment) -> str:
    target = final.target
    if target is None:
        return "trend"
    return "met" if reaches(share, Fraction(target.value), target.op) else "not_met"


def _share(case: Case) -> Fraction:
    return Fraction(case.numerator, case.denominator or 1)


def _case(row: Assessment) -> Case:
    n, d = int(row.numerator), row.denominator or 0
    return Case(d, n, cut_share(n, d))


def summarised(tests: Sequence[Backtest]) -> tuple[BacktestSummary, ...]:
    """One summary for each day of the year, in the order of the days, and one of all."""
    days = sorted({f"{test.on:%m-%d}" for test in tests})
    each = [_summary(day, [t for t in tests if f"{t.on:%m-%d}" == day]) for day in days]
    return (*each, _summary("all", tests))


def _summary(checkpoint: str, tests: Sequence[Backtest]) -> BacktestSummary:
    pairs = [
        (abs(t.error_points), abs(t.naive_error_points))
        for t in tests
        if t.naive_error_points is not None
    ]
    both = [t for t in tests if t.naive_agrees is not None]
    return BacktestSummary(
        checkpoint=checkpoint,
        rows=len(tests),
        within=sum(t.is_within for t in tests),
        decided=sum(t.agrees is not None for t in tests),
        agreed=sum(t.agrees is True for t in tests),
        refuted=sum(t.is_refuted is True for t in tests),
        both_decided=len(both),
        both_agreed=sum(t.agrees is True for t in both),
        naive_agreed=sum(t.naive_agrees is True for t in both),
        compared=len(pairs),
        mean_error_points=_mean([own for own, _ in pairs]),
        naive_mean_error_points=_mean([naive for _, naive in pairs]),
    )


def _mean(errors: Sequence[Fraction]) -> Fraction | None:
    return sum(errors, Fraction(0)) / len(errors) if errors else None
