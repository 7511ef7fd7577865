"""Records of a text one by one, with exact line numbers: the careful way, for odd places."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from monitor.extracts.gates import MOST_COLUMNS, refuse_columns
from monitor.extracts.refusal import FileRefused, refusal
from monitor.model import Text

MOST_QUOTED_LINES = 64
# No text holds NUL (see gates), so a record that swallows this line ended in an open quote.
_SENTINEL = "\x00\n"
# The gates bound lines and MOST_QUOTED_LINES a cell's lines, so the module's own bound on a cell
# would only make the careful way differ from the fast one.
csv.field_size_limit(1 << 27)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How cells are parted; `is_quoted` false where a quotation mark is a letter like others."""

    separator: str
    is_quoted: bool = True


class Record(NamedTuple):
    """One record: the sender's line it begins on, its cells, the text's line after its last."""

    line: int
    cells: list[str]
    end: int


class OpenQuote(Exception):
    """The block ended within a quoted cell of the record that begins after `done` lines."""

    def __init__(self, done: int) -> None:
        """Keep how many whole lines lie before the record."""
        super().__init__(done)
        self.done = done


def iter_records(data: bytes, first_line: int, dialect: Dialect) -> Iterator[Record]:
    """Read whole lines of UTF-8 as records; blank lines are records without cells.

    Raises OpenQuote at the end of `data` where a quoted cell goes on, FileRefused
    `file_quote_open` where it goes on for more than 64 lines, `file_too_many_columns`.
    """
    text = data.decode("utf-8").replace("\r\n", "\n")
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    feed = _Feed(lines, first_line)
    reader = csv.reader(
        feed,
        delimiter=dialect.separator,
        quoting=csv.QUOTE_MINIMAL if dialect.is_quoted else csv.QUOTE_NONE,
    )
    start = 0
    while start < len(lines):
        cells = next(reader)
        if feed.at > len(lines):
            raise OpenQuote(start)
        if len(cells) > MOST_COLUMNS and any(cells[MOST_COLUMNS:]):
            raise refuse_columns(first_line + start)
        yield Record(first_line + start, cells, first_line + feed.at)
        start = feed.at
        feed.taken = 0


class _Feed(Iterator[str]):
    """Hands out lines, counting those of the present record."""

    def __init__(self, lines: list[str], first_line: int) -> None:
        self._lines = lines
        self._first_line = first_line
        self.at = 0
        self.taken = 0

    def __next__(self) -> str:
        if self.taken > MOST_QUOTED_LINES:
            raise refuse_open_quote(self._first_line + self.at - self.taken)
        at, self.at, self.taken = self.at, self.at + 1, self.taken + 1
        if at < len(self._lines):
            return self._lines[at] + "\n"
        if at == len(self._lines):
            return _SENTINEL
        raise StopIteration


def refuse_open_quote(line: int) -> FileRefused:
    """Say which record opens a quotation mark and never closes it."""
    return refusal(
        "file_quote_open",
        Text(
            f"第 {line} 行的引号没有配对，之后的行都被当作同一单元格。"
            "请补上或删除该引号后重新上报。",
            f"Line {line} opens a quotation mark that is not closed, so the lines after it read as "
            "one cell. Close or delete it and send the file again.",
        ),
        line=line,
    )
