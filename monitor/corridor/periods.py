"""Periods and moments as people write them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from monitor.model import SHANGHAI, Period, month_end

_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_YEAR = re.compile(r"(\d{4})")


# What lies further off is a slip, and some of it no clock can count.
_FIRST, _LAST = date(1980, 1, 1), date(2199, 12, 31)


def of_this_age(day: date) -> date:
    """The day; raises `ValueError` where nobody can mean it."""
    if not _FIRST <= day <= _LAST:
        raise ValueError(day)
    return day


def read_day(text: str) -> date:
    """A day in ISO form; raises `ValueError`."""
    return of_this_age(date.fromisoformat(text.strip()))


def read_moment(text: str) -> datetime:
    """A moment in ISO form; raises `ValueError`."""
    moment = datetime.fromisoformat(text.strip())
    of_this_age(moment.date())
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def read_period(text: str) -> Period:
    """A year, a month, a day, or two of them joined by two dots; raises `ValueError`."""
    first, separator, last = text.strip().partition("..")
    start, end = _part(first), _part(last if separator else first)
    if end.end < start.start:
        raise ValueError(text)
    return Period(of_this_age(start.start), of_this_age(end.end))


def _part(text: str) -> Period:
    if found := _DAY.fullmatch(text):
        day = date(*map(int, found.groups()))
        return Period(day, day)
    if found := _MONTH.fullmatch(text):
        first = date(int(found[1]), int(found[2]), 1)
        return Period(first, month_end(first))
    if found := _YEAR.fullmatch(text):
        return Period(date(int(text), 1, 1), date(int(text) + 1, 1, 1) - timedelta(days=1))
    raise ValueError(text)
