"""Where the header stands, under which title rows, and which layout it belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest

from monitor.extracts.layout import Layout, missing_columns
from monitor.extracts.records import Record
from monitor.extracts.tidy import clean_text
from monitor.policy.columns import ColumnMap, normal_header

# Rows, blank ones not counted, among which a header is looked for.
SEARCHED_ROWS = 60
_LEAST_RECOGNISED = 2
_FEW_CELLS = 2


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a table: one or two records that name its columns.

    `names` has what each physical column is called, in the sender's words; `records` the header's
    own lines; `above` the records before it that are not blank; `at` its index in the search.
    """

    records: tuple[Record, ...]
    names: tuple[str, ...]
    above: tuple[Record, ...]
    layout: Layout
    missing: tuple[tuple[str, ...], ...]

    @property
    def lines(self) -> tuple[int, ...]:
        """The sender's lines of the header."""
        return tuple(record.line for record in self.records)

    @property
    def recognised(self) -> int:
        """How many columns of the layout the header names."""
        return len(self.layout.columns)


def find_headers(
    records: Sequence[Record], maps: Sequence[ColumnMap], *, sender_known: bool
) -> list[Header]:
    """Find the best header for each map, of those that name anything of it.

    `records` are the first of the file; two adjacent ones are one header only where together
    they name more than either alone (group names above names, merged cells).
    """
    rows = [record for record in records if any(cell.strip() for cell in record.cells)]
    rows = rows[: SEARCHED_ROWS + 1]
    names = [tuple(clean_text(cell) for cell in row.cells) for row in rows]
    found = (_find(rows, names, one, sender_known=sender_known) for one in maps)
    return [header for header in found if header is not None]


def _find(
    rows: Sequence[Record],
    names: Sequence[tuple[str, ...]],
    columns: ColumnMap,
    *,
    sender_known: bool,
) -> Header | None:
    by_header = columns.by_header()
    scores = [_score(row, by_header) for row in names]
    best, best_score, height = -1, 0, 1
    for at, score in enumerate(scores[:SEARCHED_ROWS]):
        if score > best_score:
            best, best_score, height = at, score, 1
        if at + 1 < len(names):
            both = _score(_join(names[at], names[at + 1], by_header), by_header)
            if both > max(best_score, score, scores[at + 1]):
                best, best_score, height = at, both, 2
    if best < 0 or not _is_header(names[best], best_score):
        return None
    row = names[best] if height == 1 else _join(names[best], names[best + 1], by_header)
    layout = Layout.of(columns, row)
    return Header(
        tuple(rows[best : best + height]),
        row,
        tuple(rows[:best]),
        layout,
        missing_columns(columns, layout.columns, sender_known=sender_known),
    )


def _is_header(row: tuple[str, ...], score: int) -> bool:
    """One name alone is a header only where hardly anything stands beside it."""
    return score >= _LEAST_RECOGNISED or sum(map(bool, row)) <= _FEW_CELLS


def _score(row: tuple[str, ...], by_header: Mapping[str, str]) -> int:
    return len({by_header[key] for key in map(column_key, row) if key in by_header})


def _join(
    upper: tuple[str, ...], lower: tuple[str, ...], by_header: Mapping[str, str]
) -> tuple[str, ...]:
    """Put two header lines together: the lower name, or both, or the upper where merged."""
    joined, group = [], ""
    for above, below in zip_longest(upper, lower, fillvalue=""):
        group = above or group
        both = f"{group}{below}"
        if not below:
            joined.append(above)
        elif column_key(below) not in by_header and column_key(both) in by_header:
            joined.append(both)
        elif column_key(below) not in by_header and column_key(above) in by_header:
            # A unit or a remark under a name.
            joined.append(above)
        else:
            joined.append(below)
    return tuple(joined)


@lru_cache(maxsize=8192)
def column_key(name: str) -> str:
    """A header cell as maps compare it, also where a star stands before it."""
    return normal_header(name.lstrip("*＊ "))
