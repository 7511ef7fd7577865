"""A period as a clerk types it into one field."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Final

from monitor.corridor.periods import read_period
from monitor.model import Period, Text, month_end

WRONG_PERIOD: Final = Text(
    "看不懂所属期间。请写成 2020、2020-06 或 2020-01 至 2020-06。",
    "The period cannot be understood. Write 2020, 2020-06 or 2020-01..2020-06.",
)
_TO: Final = re.compile(r"\.{2,3}|…|~|至|到|—+|–| - ")
_PART: Final = re.compile(r"(\d{4})(?:[-./年](\d{1,2})(?:[-./月](\d{1,2})日?)?)?[年月]?")
# 2020年1-6月: the year stands once.
_MONTHS: Final = re.compile(r"(\d{4})年(\d{1,2})月?[-~至到](\d{1,2})月")


def read_period_field(text: str) -> Period | None:
    """The period that was typed, None where nothing was; raises `ValueError`."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return None
    tight = "".join(plain.split())
    if found := _MONTHS.fullmatch(tight):
        year, first, last = found.groups()
        return read_period(f"{year}-{int(first):02d}..{year}-{int(last):02d}")
    parts = [_part(part) for part in _TO.split(plain)]
    if len(parts) > 2:  # noqa: PLR2004  # from and to
        raise ValueError(text)
    return read_period("..".join(parts))


def _part(text: str) -> str:
    found = _PART.fullmatch("".join(text.split()))
    if found is None:
        raise ValueError(text)
    year, *rest = found.groups()
    return "-".join([year, *(f"{int(one):02d}" for one in rest if one is not None)])


def period_field(period: Period | None) -> str:
    """The same period as the field shows it: what it gives back when it is read."""
    if period is None:
        return ""
    start, end = period
    if (start, end) == (date(start.year, 1, 1), date(start.year, 12, 31)):
        return f"{start.year}"
    if start.day == 1 and end == month_end(end):
        first, last = f"{start:%Y-%m}", f"{end:%Y-%m}"
        return first if first == last else f"{first}..{last}"
    return f"{start}" if start == end else f"{start}..{end}"
