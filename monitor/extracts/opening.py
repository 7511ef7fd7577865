"""The top of a table: what parts its cells, where its header is, where its rows begin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.extracts.blocks import Block, iter_blocks
from monitor.extracts.choice import choose, refuse_incomplete
from monitor.extracts.gates import MOST_COLUMNS, refuse_columns, refuse_empty
from monitor.extracts.header import SEARCHED_ROWS, Header
from monitor.extracts.parsing import end_of_line
from monitor.extracts.records import Dialect, OpenQuote, Record, iter_records
from monitor.extracts.refusal import FileRefused
from monitor.extracts.sheet import SheetRows, fill_merged
from monitor.extracts.source import SHEET_PREFIX, Source
from monitor.model import Interpretation, Text
from monitor.policy.columns import ColumnMap

# Lines, blank ones too, that are looked through for a header.
_HEAD_LINES = 400
_SEPARATOR_WORDS = {"\t": Text("制表符", "tabs"), ";": Text("分号", "semicolons")}

FindHeaders = Callable[[Sequence[Record]], list[Header]]


@dataclass(frozen=True, slots=True)
class Opened:
    """A table whose header is found; its rows are `rest` and then `blocks`.

    `width` is how many cells most rows below the header have.
    """

    header: Header
    dialect: Dialect
    width: int
    rest: Block | None
    blocks: Iterator[Block]
    interpretations: tuple[Interpretation, ...]


@dataclass(frozen=True, slots=True)
class _Head:
    dialect: Dialect
    records: list[Record]
    found: list[Header]
    refused: FileRefused | None

    @property
    def recognised(self) -> int:
        return max((header.recognised for header in self.found), default=0)


def open_table(
    source: Source,
    find: FindHeaders,
    maps: Mapping[str, ColumnMap],
    *,
    sender_known: bool,
) -> Opened:
    """Find dialect and header; leave the rows for whoever reads on.

    Raises FileRefused: file_empty, header_not_found, column_missing, kind_ambiguous,
    file_quote_open, file_too_many_columns.
    """
    blocks = iter_blocks(source.path, source.start)
    first = next(blocks, None)
    if first is None:
        raise refuse_empty()
    cut = end_of_line(first.data, min(_HEAD_LINES, first.lines))
    heads = [_read_head(first.data[:cut], one, source, find) for one in source.dialects]
    # The first of equals: a comma before a tab before a semicolon.
    head = max(heads, key=lambda head: head.recognised)
    if not head.found and heads[0].refused is not None:
        raise heads[0].refused
    header = choose(head.found)
    if header is None:
        widest = max(heads, key=lambda head: max((len(r.cells) for r in head.records), default=0))
        raise refuse_incomplete(
            head.found,
            (head if head.found else widest).records,
            maps,
            sender_known=sender_known,
            encoding=source.encoding,
        )
    if source.sheet is not None:
        header = _with_merged_rows(header, head.records, source.sheet)
    if len(header.names) > MOST_COLUMNS:
        raise refuse_columns(header.lines[0])
    end = header.records[-1].end
    start = end_of_line(first.data, end - first.line)
    rest = Block(first.data[start:], end, first.lines - (end - first.line))
    width = _usual_width([one for one in head.records if one.end > end])
    return Opened(
        header,
        head.dialect,
        min(width, MOST_COLUMNS),
        rest if rest.lines else None,
        blocks,
        tuple(_noted(header, head.dialect)),
    )


def _read_head(data: bytes, dialect: Dialect, source: Source, find: FindHeaders) -> _Head:
    records: list[Record] = []
    refused = None
    filled = 0
    try:
        for record in iter_records(data, 1, dialect):
            records.append(record)
            filled += any(record.cells)
            if filled > SEARCHED_ROWS:
                break
    except OpenQuote:
        pass
    except FileRefused as refusal:
        refused = refusal
    if source.sheet is not None:
        records = _sheet_records(records, source.sheet)
    return _Head(dialect, records, find(records), refused)


def _sheet_records(records: list[Record], sheet: SheetRows) -> list[Record]:
    """Take the prefix off the child's lines, and spread the header's merges."""
    rows = [
        Record(int(record.cells[0]), record.cells[SHEET_PREFIX:], record.end) for record in records
    ]
    last = max((row.line for row in rows), default=0)
    grid: list[list[str]] = [[] for _ in range(last)]
    for row in rows:
        grid[row.line - 1] = row.cells
    fill_merged(grid, sheet.merged)
    return rows


def _with_merged_rows(header: Header, records: Sequence[Record], sheet: SheetRows) -> Header:
    """Take in the rows that merged names of the header reach up or down to."""
    rows = set(header.lines)
    reached = [
        (top + 1, bottom + 1)
        for top, left, bottom, _ in sheet.merged
        if left < len(header.names) and any(top < row <= bottom + 1 for row in rows)
    ]
    first = min([*rows, *(top for top, _ in reached)])
    last = max([*rows, *(bottom for _, bottom in reached)])
    own = tuple(record for record in records if first <= record.line <= last)
    above = tuple(record for record in header.above if record.line < first)
    return replace(header, records=own, above=above)


def _usual_width(records: Sequence[Record]) -> int:
    widths = Counter(len(record.cells) for record in records if any(record.cells))
    return widths.most_common(1)[0][0] if widths else 0


def _noted(header: Header, dialect: Dialect) -> Iterator[Interpretation]:
    words = _SEPARATOR_WORDS.get(dialect.separator)
    if words and dialect.is_quoted:
        yield Interpretation(
            "separator_read", Text(f"单元格以{words.zh}分隔。", f"Cells are parted by {words.en}.")
        )
    if header.above:
        yield Interpretation(
            "title_rows_ignored",
            Text(
                f"表头在第 {header.lines[0]} 行；略去其上的标题行 {len(header.above)} 行。",
                f"The header is line {header.lines[0]}; {len(header.above)} title rows above it "
                "are left out.",
            ),
            count=len(header.above),
            line=header.above[0].line,
        )
    if len(header.lines) > 1:
        first, last = header.lines[0], header.lines[-1]
        yield Interpretation(
            "header_two_lines",
            Text(
                f"第 {first}、{last} 行合为表头。",
                f"Lines {first} and {last} together are the header.",
            ),
            count=2,
            line=first,
        )
