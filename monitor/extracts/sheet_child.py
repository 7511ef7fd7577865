"""The confined child: a workbook on one open file, its rows as text on another, facts on a third.

Started by `sheet.py`. Standard library and the spreadsheet reader only.
"""

from __future__ import annotations

import codecs
import io
import json
import os
import re
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TextIO

import python_calamine

from monitor.extracts.confine import confine
from monitor.extracts.sheet_gate import GateClosed, open_archive
from monitor.extracts.sheet_parts import MarkedCells, read_marked_cells, read_workbook

MOST_ROWS = 1_048_576
MOST_COLUMNS = 512
# Enough for a header under its title rows, when several sheets are to choose from.
HEAD_ROWS = 100
_FLUSH_ROWS = 5_000
_EXACT_DIGITS = 10**15
_CONTROL = dict.fromkeys((*range(32), 127, 0x85, 0x2028, 0x2029), " ")
_ESCAPED_CONTROL = re.compile(r"_x00[01][0-9A-Fa-f]_")


def main(book: int, rows: int, facts: int) -> None:
    """Read the job from standard input; answer on the three open files."""
    job = json.load(sys.stdin)
    # Loaded when first needed, which would be too late.
    codecs.lookup("cp437")
    held = confine() if job["confined"] else {}
    with os.fdopen(book, "rb") as file, os.fdopen(facts, "w", encoding="utf-8") as answer:
        try:
            found = _work(file, rows, job["sheet"])
        except GateClosed as closed:
            found = {"refused": closed.code, "reason": closed.reason}
        except MemoryError:
            found = {"refused": "sheet_too_large", "reason": "memory"}
        except python_calamine.PasswordError:
            found = {"refused": "sheet_encrypted", "reason": "encrypted"}
        except Exception as error:  # noqa: BLE001 - whatever a stranger's bytes bring about
            found = {"refused": "sheet_unreadable", "reason": type(error).__name__}
        json.dump(found | {"held": held}, answer)


def _work(file: io.BufferedReader, rows: int, wanted: int | None) -> dict[str, Any]:
    archive = open_archive(file)
    parts = read_workbook(archive)
    file.seek(0)
    book = python_calamine.CalamineWorkbook.from_filelike(file)
    table = python_calamine.SheetTypeEnum.WorkSheet
    listed: list[dict[str, Any]] = [
        {
            "index": at,
            "name": one.name,
            "is_visible": one.visible == python_calamine.SheetVisibleEnum.Visible,
        }
        for at, one in enumerate(book.sheets_metadata)
        if one.typ == table
    ]
    facts: dict[str, Any] = {
        "epoch_1904": parts.epoch_1904,
        "macros": any(name.casefold().endswith("vbaproject.bin") for name in archive.namelist()),
        "sheets": listed,
    }
    if wanted is None:
        if len(listed) > 1:
            return facts | {"heads": [_head(book, one["index"]) for one in listed]}
        wanted = listed[0]["index"] if listed else None
    if wanted is None:
        raise GateClosed("sheet_unreadable", "no_sheet")
    sheet = _sheet(book, wanted)
    part = parts.part_of.get(sheet.name)
    marked = read_marked_cells(archive, part) if part else MarkedCells()
    with os.fdopen(rows, "w", encoding="utf-8", newline="\n") as out:
        written = _write(sheet, marked, out)
    return facts | {"sheet": sheet.name} | written


def _sheet(book: python_calamine.CalamineWorkbook, index: int) -> python_calamine.CalamineSheet:
    sheet = book.get_sheet_by_index(index)
    if sheet.end is not None and sheet.end[0] >= MOST_ROWS:
        raise GateClosed("sheet_too_large", "rows")
    return sheet


def _head(book: python_calamine.CalamineWorkbook, index: int) -> dict[str, Any]:
    sheet = _sheet(book, index)
    texts = _Texts()
    head = []
    for at, row in enumerate(_iter_rows(sheet)):
        if at >= HEAD_ROWS:
            break
        head.append([texts.of(value) for value in row[:MOST_COLUMNS]])
    return {"index": index, "rows": head, "merged": _merged(sheet)[0]}


def _iter_rows(sheet: python_calamine.CalamineSheet) -> Iterator[list[Any]]:
    return iter(sheet.iter_rows()) if sheet.end is not None else iter(())


def _merged(sheet: python_calamine.CalamineSheet) -> tuple[list[list[int]], list[int]]:
    """(merges that begin in the head as top, left, bottom, right; tops of those below)."""
    head, below = [], []
    left = sheet.start[1] if sheet.start else 0
    for (top, first), (bottom, last) in sheet.merged_cell_ranges or []:
        if top < HEAD_ROWS:
            head.append([top, first - left, bottom, last - left])
        else:
            below.append(top)
    return head, below


def _write(
    sheet: python_calamine.CalamineSheet, marked: MarkedCells, out: TextIO
) -> dict[str, Any]:
    """Write rows that hold anything: sheet row, mark, cells, parted by tabs, without quotes."""
    texts = _Texts()
    left = sheet.start[1] if sheet.start else 0
    lines: list[str] = []
    width = written = 0
    for at, row in enumerate(_iter_rows(sheet)):
        if len(row) > MOST_COLUMNS and any(value != "" for value in row[MOST_COLUMNS:]):
            raise GateClosed("file_too_many_columns", str(at + 1))
        cells = [texts.of(value) for value in row[:MOST_COLUMNS]]
        for column, text in marked.errors.get(at, {}).items():
            if 0 <= column - left < len(cells):
                cells[column - left] = text
        mark = "f" if at in marked.unvalued_rows else ""
        if mark or any(cells):
            lines.append("\t".join((str(at + 1), mark, *cells)))
            width, written = len(cells), written + 1
        if len(lines) >= _FLUSH_ROWS:
            out.write("\n".join(lines) + "\n")
            lines.clear()
    if lines:
        out.write("\n".join(lines) + "\n")
    head, below = _merged(sheet)
    return {
        "width": width,
        "rows": written,
        "merged": head,
        "merged_below": len(below),
        "merged_below_row": min(below, default=-1) + 1,
        "formulas": marked.formulas,
        "formula_row": marked.first_row + 1,
        "unvalued": len(marked.unvalued_rows),
        "unvalued_row": min(marked.unvalued_rows, default=-1) + 1,
        "long_numbers": texts.long_numbers,
    }


class _Texts:
    """Cells as text: days as ISO, whole numbers without a point, nothing that ends a line."""

    def __init__(self) -> None:
        self.long_numbers = 0

    def of(self, value: object) -> str:  # noqa: PLR0911 - one for each type of cell
        """One cell's text."""
        if isinstance(value, str):
            if not value or (value.isprintable() and "_x00" not in value):
                return value
            return _ESCAPED_CONTROL.sub(" ", value).translate(_CONTROL)
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, float | int):
            return self._number(value)
        if isinstance(value, datetime):
            if value.time() == time():
                return value.date().isoformat()
            return value.isoformat(" ", "seconds")
        if isinstance(value, date | time):
            return value.isoformat()
        if isinstance(value, timedelta):
            return self._number(value / timedelta(days=1))
        return str(value).translate(_CONTROL)

    def _number(self, value: float) -> str:
        if abs(value) >= _EXACT_DIGITS:
            self.long_numbers += 1
        if value == int(value) and abs(value) < _EXACT_DIGITS:
            return str(int(value))
        return format(Decimal(repr(value)), "f").removesuffix(".0")
