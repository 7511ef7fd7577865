"""What surrounds the figures of the example bulletins: weeks, forecasts, contracts, causes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from monitor.assess.arithmetic import cut_share
from monitor.assess.attribution import Attribution, Cause, Part
from monitor.assess.forecast import Case, Forecast
from monitor.assess.reconciliation import Mismatch, OpenLine, Reconciliation, Unmatched
from monitor.assess.weekly import Weekly, WeekPoint
from monitor.model import Assessment


def weekly_of(rows: Sequence[Assessment], as_of: date) -> tuple[Weekly, ...]:
    """Even weeks up to each row's own figure; the year before somewhat below it."""
    return tuple(
        Weekly(
            row.key,
            this_year=tuple(_ramp(row, as_of.year, as_of, 100)),
            last_year=tuple(_ramp(row, as_of.year - 1, date(as_of.year - 1, 12, 31), 80)),
        )
        for row in rows
        if row.period == str(as_of.year) and row.denominator and row.role == "finding"
    )


def _ramp(row: Assessment, year: int, last: date, per_cent: int) -> Iterator[WeekPoint]:
    start = date(year, 1, 1)
    ends = [start + timedelta(days=6 - start.weekday())]
    while ends[-1] < last:
        ends.append(min(last, ends[-1] + timedelta(days=7)))
    whole = int(row.denominator or 0)
    for place, on in enumerate(ends, start=1):
        counted = whole * place // len(ends)
        new = int(row.numerator) * place * per_cent // (len(ends) * 100)
        maybe = int(row.undetermined) * place // len(ends) if per_cent == 100 else 0
        yield WeekPoint(on, counted, min(new, counted), maybe)


def forecast_of(row: Assessment, due_new: int, beyond: int, lost_from: date | None) -> Forecast:
    """One row carried on, by the arithmetic of `assess.forecast` done here by hand."""
    d, n, u = int(row.denominator or 0), int(row.numerator), int(row.undetermined)
    whole = d + due_new + beyond

    def case(numerator: int) -> Case:
        return Case(whole, numerator, cut_share(numerator, whole))

    low, high = case(n + due_new), case(n + u + due_new + beyond)
    expected = case(n + due_new + (beyond * n // d if d else 0))
    reached = [
        row.target is not None and Decimal(one.share or 0) >= Decimal(row.target.value)
        for one in (low, expected, high)
    ]
    return Forecast(
        key=row.key,
        due_new=due_new,
        due_open=0,
        due_other=0,
        late=0,
        beyond=beyond,
        low=low,
        expected=expected,
        high=high,
        outcome=("sure" if reached[0] else "likely" if reached[1] else "possible")
        if any(reached)
        else "unreachable",
        lost_from=lost_from,
    )


def reconciliation_of(as_of: date, cities: tuple[str, ...]) -> Reconciliation:
    """Two contracts still open, one of them overdue, and one of each thing that does not fit."""
    first, last = cities[0], cities[-1]
    signed = date(as_of.year, 6, 18)

    def unmatched(mismatch: Mismatch, division: str, vehicles: int, days: int | None) -> Unmatched:
        return Unmatched(mismatch, division, "bus", "bev", vehicles, signed, days)

    return Reconciliation(
        as_of=as_of,
        unmatched=(
            unmatched(Mismatch.BOUGHT_NOT_REGISTERED, first, 8, 74),
            unmatched(Mismatch.REGISTERED_NOT_BOUGHT, last, 3, 130),
            unmatched(Mismatch.FUEL_DIFFERS, first, 1, 96),
        ),
        open_lines=(
            OpenLine(first, "bus", "bev", "soe", None, None, as_of - timedelta(days=20), 8),
            OpenLine(last, "sanitation", "diesel", "soe", None, None, as_of + timedelta(40), 2),
        ),
        matched=1204,
        compared=cities,
        usual_delay_days=9,
    )


def begins(row: Assessment) -> Attribution:
    """A row that the earlier bulletin did not have."""
    part = Part("new_data", 0, Decimal(0), Decimal(0), None, row.status)
    return Attribution(row.key, None, row, (part,))


def attribution_of(
    before: Assessment, after: Assessment, shares: Sequence[tuple[Cause, int, int]]
) -> Attribution:
    """A change split into causes with their parts of the denominator and the numerator."""
    parts = [
        Part(cause, counted, Decimal(new), Decimal(0), before.status, before.status)
        for cause, counted, new in shares
    ]
    parts[-1] = replace(parts[-1], status_after=after.status)
    return Attribution(after.key, before, after, tuple(parts))
