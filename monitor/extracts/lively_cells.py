"""Cells that a spreadsheet program would carry out, made harmless wherever a table is written."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Final

# Both patterns hold for Python's and for Polars' regular expressions alike. A number with its sign
# stays a number.
LIVELY: Final = r"^[\s\x1c-\x1f\xa0]*[=+\-@＝＋－＠\|%]|^[\t\r\n\x00]"
NUMBER: Final = r"^-?[0-9][0-9,]*(?:\.[0-9]+)?$"
MARK: Final = "'"
_BOM: Final = "\ufeff"

_LIVELY, _NUMBER = re.compile(LIVELY), re.compile(NUMBER)


def harmless(cell: str) -> str:
    """The cell, with an apostrophe before it where a spreadsheet program would carry it out.

    The reader takes the apostrophe off again when the file comes back.
    """
    lively = _LIVELY.match(cell) and not (_NUMBER.match(cell) and not cell.endswith("\n"))
    return MARK + cell if lively else cell


def spreadsheet_csv(rows: Iterable[Sequence[str]], *, are_harmless: bool = False) -> bytes:
    """Rows as spreadsheet programs open them: UTF-8 with a mark at its head, CRLF lines.

    Each cell is made harmless, unless all are.
    """
    text = StringIO(newline="")
    cells = rows if are_harmless else ([harmless(cell) for cell in row] for row in rows)
    csv.writer(text, lineterminator="\r\n").writerows(cells)
    return (_BOM + text.getvalue()).encode()
