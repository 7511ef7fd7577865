"""Which days the submissions cover, and what is silent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from monitor.model import Period

Coverage = dict[str, list[Period]]


def by_division(spans: Iterable[tuple[str, Period]]) -> Coverage:
    """Merged, ordered spans of each division."""
    found: Coverage = {}
    for division, span in spans:
        found.setdefault(division, []).append(span)
    return {division: merged(periods) for division, periods in found.items()}


def merged(periods: list[Period]) -> list[Period]:
    """The same days in the fewest spans."""
    result: list[Period] = []
    for period in sorted(periods):
        if result and period.start <= result[-1].end + timedelta(days=1):
            result[-1] = Period(result[-1].start, max(result[-1].end, period.end))
        else:
            result.append(period)
    return result


def clipped(spans: list[Period], start: date, end: date) -> list[Period]:
    """The parts of the spans that lie between two days."""
    return [
        Period(max(span.start, start), min(span.end, end))
        for span in spans
        if span.start <= end and span.end >= start
    ]


def gaps(spans: list[Period], start: date, end: date) -> list[Period]:
    """The days between `start` and `end` that no span covers."""
    found, next_day = [], start
    for span in clipped(spans, start, end):
        if span.start > next_day:
            found.append(Period(next_day, span.start - timedelta(days=1)))
        next_day = max(next_day, span.end + timedelta(days=1))
    if next_day <= end:
        found.append(Period(next_day, end))
    return found
