"""An extract opened: what it is, how it was understood, and its data rows in batches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import polars as pl

from monitor.extracts.blocks import Block, iter_blocks
from monitor.extracts.choice import candidate_maps
from monitor.extracts.encoding import decode_file
from monitor.extracts.gates import refuse_rows
from monitor.extracts.header import Header, find_headers
from monitor.extracts.layout import refuse_twins
from monitor.extracts.opening import Opened, open_table
from monitor.extracts.parsing import LINE, OVERLONG, SHORT, parse_blocks
from monitor.extracts.picking import parse_picked
from monitor.extracts.pseudonyms import Veil
from monitor.extracts.records import Dialect, Record
from monitor.extracts.sheet import fill_merged, read_workbook
from monitor.extracts.sifting import RowSieve
from monitor.extracts.signature import tell_signature
from monitor.extracts.source import Source, source_of_sheet, source_of_text
from monitor.extracts.tidy import clean
from monitor.model import Finding, Interpretation, Text
from monitor.policy.columns import ColumnMap

BATCH_ROWS = 1_000_000
UNVALUED = "has_unvalued_formula"
_HEAD_BYTES = 1 << 13


class LineCounts(NamedTuple):
    """What the lines of a file are: read = ignored + data; the header and blank lines apart."""

    read: int
    ignored: int
    data: int


class Reading:
    """One extract, understood; `batches` may be gone through once.

    `mapping` has the physical column (`c0`..) of each logical one, `headers` the sender's name of
    each physical column. `interpretations` and `counts` are whole only after the last batch.
    """

    def __init__(self, source: Source, opened: Opened, most_rows: int | None = None) -> None:
        """Keep what opening found; a file of more than `most_rows` data rows is refused."""
        header = opened.header
        self._source = source
        self._opened = opened
        self._most_rows = most_rows
        self.kind = header.layout.map.kind
        self.map = header.layout.map
        self.header_lines = header.lines
        self.headers = header.names
        self.mapping = {name: f"c{at}" for name, at in header.layout.columns.items()}
        self.encoding = source.encoding
        self.epoch_1904 = source.sheet is not None and source.sheet.epoch_1904
        self.findings: tuple[Finding, ...] = source.findings
        self._sieve = RowSieve(
            header.layout.columns,
            _required(self.map),
            [record.cells for record in header.records],
        )
        self._data = 0
        self._short = 0
        self._first_short: int | None = None
        self._is_spent = False
        # What stands between the sender's cells and everything after them; see `pseudonyms`.
        self.veil: Veil = lambda raw: raw

    @property
    def titles(self) -> int:
        """How many rows stand above the header."""
        return len(self._opened.header.above)

    @property
    def counts(self) -> LineCounts:
        """What the lines gone through so far were."""
        ignored = self.titles + self._sieve.ignored
        return LineCounts(self._data + ignored, ignored, self._data)

    @property
    def interpretations(self) -> tuple[Interpretation, ...]:
        """What was read as other than it was written, so far."""
        layout = self._opened.header.layout
        return (
            *self._source.interpretations,
            *self._opened.interpretations,
            *layout.interpretations(self.header_lines[0]),
            *self._sieve.interpretations(),
            *self._ragged(),
        )

    def batches(self, rows: int = BATCH_ROWS) -> Iterator[pl.DataFrame]:
        """Go through the data rows, at most `rows` at a time.

        Columns: `line` (UInt32, the sender's own; a workbook's row), `c0`.. (String, null where
        empty), `is_overlong` (a cell stands beyond the header's last), `has_unvalued_formula`.
        Raises FileRefused where a later part of the file is no table: file_quote_open,
        file_too_many_columns, column_ambiguous; file_too_many_rows as soon as it is one.
        """
        if self._is_spent:
            raise RuntimeError("the batches of a reading can be gone through once")
        self._is_spent = True
        for table in parse_blocks(self._rows_of(self._opened.blocks), *self._form()):
            kept = self._sieve.sift(self._shape(table))
            self._data += kept.height
            if self._most_rows is not None and self._data > self._most_rows:
                raise refuse_rows(self._most_rows)
            self._note_short(kept)
            self._compare_twins(kept)
            kept = kept.drop(SHORT)
            for at in range(0, kept.height, rows):
                yield self.veil(kept.slice(at, rows))

    def rows_on(self, lines: Sequence[int]) -> Iterator[pl.DataFrame]:
        """The data rows of these lines once more, as `batches` gave them; any number of times.

        Neither is the encoding told anew for them, nor does what they say change what was counted.
        """
        blocks = iter_blocks(self._source.path, self._source.start)
        next(blocks)  # the header's, of which `rest` is what holds rows
        tables = (
            parse_blocks(self._rows_of(blocks), *self._form())
            if self._source.prefix
            else parse_picked(self._rows_of(blocks), lines, *self._form())
        )
        for table in tables:
            found = self._shape(table).filter(pl.col(LINE).is_in(list(lines)))
            if found.height:
                yield self.veil(found.drop(SHORT))

    def _rows_of(self, blocks: Iterator[Block]) -> Iterator[Block]:
        """What stands below the header in its own block, and then the others."""
        return chain((self._opened.rest,) if self._opened.rest else (), blocks)

    def _form(self) -> tuple[Dialect, int, int]:
        """How lines are cut: the dialect, the most cells of a row, and the least of a whole one."""
        prefix, width = self._source.prefix, len(self.headers)
        return self._opened.dialect, max(width, self._opened.width) + prefix, width + prefix

    def _shape(self, table: pl.DataFrame) -> pl.DataFrame:
        """Bring a parsed table to the header's columns, the sheet's own line numbers to `line`."""
        width = len(self.headers)
        if prefix := self._source.prefix:
            return table.select(
                pl.col("c0").cast(pl.UInt32).alias(LINE),
                *(pl.col(f"c{at + prefix}").alias(f"c{at}") for at in range(width)),
                SHORT,
                OVERLONG,
                (pl.col("c1") == "f").fill_null(value=False).alias(UNVALUED),
            )
        names = [f"c{at}" for at in range(width)]
        beyond = [name for name in table.columns[1:-2] if name not in names]
        if beyond:
            filled = [pl.col(name).str.contains(r"\S").fill_null(value=False) for name in beyond]
            table = table.with_columns(pl.any_horizontal(OVERLONG, *filled).alias(OVERLONG))
        return table.select(LINE, *names, SHORT, OVERLONG, pl.lit(value=False).alias(UNVALUED))

    def _note_short(self, kept: pl.DataFrame) -> None:
        short = kept[SHORT]
        if short.any():
            if self._first_short is None:
                self._first_short = kept[LINE].filter(short)[0]
            self._short += int(short.sum())

    def _ragged(self) -> Iterator[Interpretation]:
        if self._short:
            yield Interpretation(
                "rows_short",
                Text(
                    f"{self._short} 行的单元格少于表头（首见于第 {self._first_short} 行），"
                    "末尾所缺各格视为空。",
                    f"{self._short} rows have fewer cells than the header (first: line "
                    f"{self._first_short}); the missing ones at their end are taken as empty.",
                ),
                count=self._short,
                line=self._first_short,
            )

    def _compare_twins(self, kept: pl.DataFrame) -> None:
        layout = self._opened.header.layout
        for logical, others in layout.twins.items():
            own = clean(kept[f"c{layout.columns[logical]}"])
            for at in others:
                other = clean(kept[f"c{at}"])
                differs = own.ne_missing(other)
                if differs.any():
                    row = differs.arg_max() or 0
                    raise refuse_twins(layout, logical, kept[LINE][row], (own[row], other[row]))


def open_extract(
    path: Path,
    *,
    name: str,
    maps: Mapping[str, ColumnMap],
    work: Path,
    kind: str | None = None,
    map_name: str | None = None,
    sender_known: bool = False,
    most_rows: int | None = None,
) -> Reading:
    """Open a file by its bytes and find its table.

    `maps` are the policy's, by name; `work` a folder of its own for this reading, kept until the
    last batch. A file of more than `most_rows` data rows is refused by the batches. Raises
    FileRefused with the finding its sender is told, WrongUse for a `map_name` that is not there,
    SheetReaderFailed where our own spreadsheet reader does not start.
    """
    del name  # a file is what its bytes are; the name is for whoever shows the findings
    candidates = candidate_maps(maps, kind, map_name)

    def headers(records: Sequence[Record]) -> list[Header]:
        return find_headers(records, candidates, sender_known=sender_known)

    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if tell_signature(head) == "zip":

        def has_header(rows: list[list[str]], merged: list[list[int]]) -> bool:
            fill_merged(rows, merged)
            records = [Record(at + 1, row, at + 2) for at, row in enumerate(rows)]
            return any(not header.missing for header in headers(records))

        source = source_of_sheet(read_workbook(path, work, has_header))
    else:
        source = source_of_text(decode_file(path, work))
    opened = open_table(source, headers, maps, sender_known=sender_known)
    return Reading(source, opened, most_rows)


def _required(columns: ColumnMap) -> list[str]:
    """Columns that say whether a row is data: identity first, for it says most."""
    required = [name for name, names in columns.columns.items() if names.required]
    required += [name for group in columns.required_one_of for name in group]
    return sorted(required, key=lambda name: name != "vin" and not name.endswith("_no"))
