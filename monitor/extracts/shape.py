"""Whether lines can go to the fast parser and come out exactly as the careful one reads them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from monitor.extracts.records import Dialect

_LF, _CR, _QUOTE = 10, 13, 34

Places = NDArray[np.int64]


class Wanted(NamedTuple):
    """How a table's lines are to be cut: into `cells` cells, `least` of which the header names."""

    dialect: Dialect
    cells: int
    least: int


class Shape(NamedTuple):
    """What some whole lines are made of.

    `is_plain`: every record is one line and every quotation mark stands where RFC 4180 wants
    it. `short` marks lines, counted from 0, with fewer cells than wanted, blank ones among them
    (None where there are none); `is_over` that some line has more.
    """

    lines: int
    is_plain: bool
    is_over: bool
    short: Places | None


def measure(data: bytes, start: int, end: int, wanted: Wanted) -> Shape:
    """Measure whole lines from `start` to `end`, without lone CR.

    Where a line has a cell too many and another one too few, their sum does not show it; the
    fast parser refuses the former.
    """
    dialect, cells, least = wanted
    codes = np.frombuffer(data, np.uint8, end - start, start)
    feeds = np.flatnonzero(codes == _LF)
    parts = codes == ord(dialect.separator)
    quotes = np.empty(0, np.int64)
    if dialect.is_quoted and data.find(b'"', start, end) >= 0:
        quotes = np.flatnonzero(codes == _QUOTE)
        if not _is_strict(codes, quotes, feeds, ord(dialect.separator)):
            return Shape(len(feeds), is_plain=False, is_over=False, short=None)
    if len(quotes) and (quotes[1::2] - quotes[0::2] > 1).any():
        # A separator behind an odd number of quotation marks is text.
        places = np.flatnonzero(parts)
        places = places[np.searchsorted(quotes, places) % 2 == 0]
    elif int(np.count_nonzero(parts)) == len(feeds) * (cells - 1):
        return Shape(len(feeds), is_plain=True, is_over=False, short=None)
    else:
        places = np.flatnonzero(parts)
    parts_of_line = np.diff(np.searchsorted(places, feeds), prepend=0)
    short = np.flatnonzero(parts_of_line < least - 1)
    return Shape(
        len(feeds),
        is_plain=True,
        is_over=bool((parts_of_line >= cells).any()),
        short=short if len(short) else None,
    )


def _is_strict(codes: NDArray[np.uint8], quotes: Places, feeds: Places, separator: int) -> bool:
    """Whether every quotation mark opens a cell, closes one, or is half of a doubled one."""
    if len(quotes) % 2 or (np.searchsorted(quotes, feeds) % 2).any():
        return False
    opening, closing = quotes[0::2], quotes[1::2]
    # Closed and opened again at once: a doubled mark within a cell.
    doubled = opening[1:] == closing[:-1] + 1
    # The byte before the first is the last, an LF, which is as good as the one before it.
    before = codes[opening - 1]
    begins = (before == separator) | (before == _LF)
    begins[1:] |= doubled
    after = codes[closing + 1]
    ends = (after == separator) | (after == _LF) | (after == _CR)
    ends[:-1] |= doubled
    return bool(begins.all() and ends.all())
