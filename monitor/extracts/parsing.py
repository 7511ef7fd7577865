"""Blocks of text to tables of raw cells: the fast parser where it is provably right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import polars as pl

from monitor.extracts.blocks import Block
from monitor.extracts.gates import MOST_COLUMNS, count_feeds, refuse_columns
from monitor.extracts.records import Dialect, OpenQuote, iter_records, refuse_open_quote
from monitor.extracts.shape import Places, Shape, Wanted, measure

# Small enough to stay in the processor's cache while it is measured, and to be read with care
# when only one of its lines is odd.
PIECE_BYTES = 1 << 20
LINE, SHORT, OVERLONG = "line", "is_short", "is_overlong"


def parse_blocks(
    blocks: Iterable[Block], dialect: Dialect, cells: int, least: int
) -> Iterator[pl.DataFrame]:
    """Parse blocks, a table a block.

    Columns: `line` (UInt32, the sender's), `c0`.. (`cells` String columns, null where empty),
    `is_short` (fewer than `least` cells; blank lines too), `is_overlong` (a cell that is not
    empty beyond the last). Blank lines are rows of nulls. Raises FileRefused as `iter_records`.
    """
    rest, rest_line = b"", 0
    for block in blocks:
        data, line = (rest + block.data, rest_line) if rest else (block.data, block.line)
        rest = b""
        try:
            yield _parse_block(data, line, Wanted(dialect, cells, least))
        except _Unfinished as unfinished:
            rest, rest_line = unfinished.rest, unfinished.line
            if unfinished.tables:
                yield pl.concat(unfinished.tables)
    if rest:
        raise refuse_open_quote(rest_line)


class _Unfinished(Exception):
    def __init__(self, tables: list[pl.DataFrame], rest: bytes, line: int) -> None:
        super().__init__(line)
        self.tables = tables
        self.rest = rest
        self.line = line


def _parse_block(data: bytes, line: int, wanted: Wanted) -> pl.DataFrame:
    tables: list[pl.DataFrame] = []
    run = _Run(0, line)
    at, end = 0, 0
    while end < len(data):
        end = _piece_end(data, end)
        shape = measure(data, at, end, wanted)
        if shape.is_plain and not shape.is_over:
            run.add(shape, end)
            at = end
            continue
        tables += _parse_run(data, run, wanted)
        line, done = run.line + run.lines, end
        try:
            tables.append(_parse_with_care(data[at:end], line, wanted))
            line += shape.lines
        except OpenQuote as open_quote:
            # Records before the open one are complete; it goes on in the next piece.
            done = end_of_line(data, open_quote.done, at)
            if done > at:
                tables.append(_parse_with_care(data[at:done], line, wanted))
            line += open_quote.done
        at = done
        run = _Run(at, line)
    tables += _parse_run(data, run, wanted)
    if at < end:
        raise _Unfinished(tables, data[at:], run.line)
    return pl.concat(tables)


class _Run:
    """Plain pieces in a row: where they begin and end, how many lines, which are short."""

    def __init__(self, start: int, line: int) -> None:
        self.start = self.end = start
        self.line = line
        self.lines = 0
        self.short: list[Places] = []
        self.ends: list[int] = []

    def add(self, shape: Shape, end: int) -> None:
        if shape.short is not None:
            self.short.append(shape.short + self.lines)
        self.lines += shape.lines
        self.end = end
        self.ends.append(end)


def end_of_line(data: bytes, lines: int, start: int = 0) -> int:
    """Find where the first `lines` lines from `start` on end."""
    for _ in range(lines):
        start = data.index(b"\n", start) + 1
    return start


def _piece_end(data: bytes, at: int) -> int:
    return data.rfind(b"\n", at, at + PIECE_BYTES) + 1 or data.index(b"\n", at) + 1


def _parse_run(data: bytes, run: _Run, wanted: Wanted) -> list[pl.DataFrame]:
    """Parse plain pieces in one go; piece by piece, with care, if the parser sees more than we."""
    if not run.lines:
        return []
    # A slice of everything is the bytes themselves, not a copy.
    table = _parse_fast(data[run.start : run.end], wanted)
    if table is None or table.height != run.lines:
        tables, at, line = [], run.start, run.line
        for end in run.ends:
            tables.append(_parse_with_care(data[at:end], line, wanted))
            line += count_feeds(data[at:end])
            at = end
        return tables
    is_short = np.zeros(run.lines, np.bool_)
    if run.short:
        is_short[np.concatenate(run.short)] = True
    return [
        table.select(
            pl.Series(LINE, np.arange(run.line, run.line + run.lines, dtype=np.uint32)),
            *table.columns,
            pl.Series(SHORT, is_short),
            pl.lit(value=False).alias(OVERLONG),
        )
    ]


def _parse_fast(data: bytes, wanted: Wanted) -> pl.DataFrame | None:
    # One byte is found far faster than two, and cells are cut faster where none may be quoted.
    is_quoted = wanted.dialect.is_quoted and b'"' in data
    try:
        table = pl.read_csv(
            data,
            has_header=False,
            schema={f"c{at}": pl.String() for at in range(wanted.cells)},
            separator=wanted.dialect.separator,
            quote_char='"' if is_quoted else None,
            # A first line of fewer cells, the rest of whose columns are then null.
            missing_columns="insert",
        )
    except (pl.exceptions.ComputeError, pl.exceptions.SchemaError):
        return None
    # Only a quoted empty cell is read as empty text.
    if is_quoted and b'""' in data:
        return table.with_columns(pl.col(pl.String).replace("", None))
    return table


def _parse_with_care(data: bytes, line: int, wanted: Wanted) -> pl.DataFrame:
    lines: list[int] = []
    columns: list[list[str | None]] = [[] for _ in range(wanted.cells)]
    short: list[bool] = []
    over: list[bool] = []
    for record in iter_records(data, line, wanted.dialect):
        found = record.cells
        lines.append(record.line)
        short.append(len(found) < wanted.least)
        over.append(any(cell.strip() for cell in found[wanted.cells :]))
        if len(found) > MOST_COLUMNS and over[-1]:
            raise refuse_columns(record.line)
        for at, column in enumerate(columns):
            column.append((found[at] or None) if at < len(found) else None)
    return pl.DataFrame(
        [
            pl.Series(LINE, lines, dtype=pl.UInt32),
            *(pl.Series(f"c{at}", column, dtype=pl.String) for at, column in enumerate(columns)),
            pl.Series(SHORT, short, dtype=pl.Boolean),
            pl.Series(OVERLONG, over, dtype=pl.Boolean),
        ]
    )
