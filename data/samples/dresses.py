"""The dress of a file: encoding, separator, title and note rows, forms of dates, small habits."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import xlsxwriter
from layouts import GROUPS, Cell

_EXCEL_DAY_ZERO = date(1899, 12, 30)
_CREATED = datetime(2018, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_DATE_FORMS: dict[str, Callable[[date], str]] = {
    "iso": lambda d: d.isoformat(),
    "slash": lambda d: f"{d.year}/{d.month}/{d.day}",
    "dot": lambda d: f"{d.year}.{d.month}.{d.day}",
    "compact": lambda d: f"{d:%Y%m%d}",
    "chinese": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "time": lambda d: f"{d.isoformat()} 00:00:00",
    "serial": lambda d: str((d - _EXCEL_DAY_ZERO).days),
}
_TO_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_VINS = {"车辆识别代号", "车架号", "clsbdh", "busFrameId"}
_PLATES = {"号牌号码", "车牌号", "hphm", "carNo"}
_DATES = {"初次登记日期", "注册日期", "ccdjrq", "busRegDate", "合同签订日期", "计划交付日期"}
_CODES = {"统一社会信用代码", "行政区划代码"}


@dataclass(frozen=True, slots=True)
class Dress:
    """How a sender writes a file; `habits` touch every seventh row only, unless they are forms."""

    suffix: str = ".csv"
    encoding: str = "utf-8-sig"
    separator: str = ","
    names: str = "own"
    dates: str = "iso"
    title: bool = False
    total: bool = False
    two_lines: bool = False
    extra: bool = False
    numbered: bool = False
    habits: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Paper:
    """A table with what a sender puts around it."""

    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    title: str
    sender: str
    filed_on: date


def write(paper: Paper, dress: Dress) -> bytes:
    """The bytes of the file."""
    if dress.suffix == ".xlsx":
        return _workbook(paper, dress)
    lines = [[str(cell) for cell in line] for line in _around(paper, dress)]
    text = "".join(
        dress.separator.join(_quoted(cell, dress.separator) for cell in line) + "\r\n"
        for line in lines
    )
    # `utf-16` would follow the byte order of the machine.
    mark = "\ufeff" if dress.encoding == "utf-16-le" else ""
    return (mark + text).encode(dress.encoding)


def _around(paper: Paper, dress: Dress) -> list[list[Cell]]:
    """All lines of the sheet from the first title to the last note."""
    lines: list[list[Cell]] = []
    if dress.title:
        lines += [[paper.title], [f"填报单位：{paper.sender}", "", f"填报日期：{paper.filed_on}"]]
    if dress.two_lines:
        lines += [_group_line(paper.header, dress)]
        lines += [[_lower(name, dress) for name in paper.header]]
    else:
        lines += [list(paper.header)]
    for number, row in enumerate(paper.rows):
        lines.append(
            [
                _habit(
                    _dated(cell, name, dress),
                    name,
                    dress.habits if number % 7 == 3 else frozenset(),
                )
                for cell, name in zip(row, paper.header, strict=True)
            ]
        )
    if dress.total:
        quantity = f"{len(paper.rows)}辆"
        lines += [["合计", quantity], ["注：本表数据来源于机动车登记系统。"]]
        lines += [["填报人：（略）", "", "审核人：（略）"]]
    return lines


def _group_line(header: Sequence[str], dress: Dress) -> list[Cell]:
    """The upper header line: a group over its first column, else the name itself (XLSX merges)."""
    line: list[Cell] = []
    for name in header:
        group = next(((g, names) for g, names in GROUPS if name in names), None)
        if group is None:
            line.append(name if dress.suffix == ".xlsx" else "")
        else:
            line.append(group[0] if group[1][0] == name else "")
    return line


def _lower(name: str, dress: Dress) -> str:
    grouped = any(name in names for _, names in GROUPS)
    return name if grouped or dress.suffix != ".xlsx" else ""


def _dated(cell: Cell, name: str, dress: Dress) -> Cell:
    if not isinstance(cell, date):
        return cell
    if dress.dates == "real":
        return cell
    form = dress.dates
    # A register's other dates are plain; only the column of registrations has the city's habit.
    return _DATE_FORMS[form if name in _DATES else "iso"](cell)


def _habit(cell: Cell, name: str, habits: frozenset[str]) -> Cell:
    if not isinstance(cell, str):
        return cell
    if name in _VINS and "lower" in habits:
        cell = cell.lower()
    if name in _VINS and "trailing" in habits:
        cell += "  "
    if name in _CODES and cell and "apostrophe" in habits:
        cell = f"'{cell}"
    if name in _PLATES and "full_width" in habits:
        cell = cell.translate(_TO_FULL_WIDTH)
    if name in _PLATES and "dotted" in habits:
        cell = f"{cell[:2]}·{cell[2:]}"
    if name in _DATES and "apostrophe" in habits:
        cell = f"'{cell}"
    return cell


def _quoted(cell: str, separator: str) -> str:
    if any(mark in cell for mark in (separator, '"', "\n")):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def _workbook(paper: Paper, dress: Dress) -> bytes:
    """An XLSX of one sheet; dates are real ones where the dress says so."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": _CREATED})
    sheet = book.add_worksheet("登记明细")
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy/m/d"})
    lines = _around(paper, dress)
    for place, line in enumerate(lines):
        for column, cell in enumerate(line):
            if isinstance(cell, date):
                sheet.write_datetime(place, column, cell, day)
            elif isinstance(cell, int):
                sheet.write_number(place, column, cell)
            elif cell:
                sheet.write_string(place, column, cell)
    top = 2 if dress.title else 0
    if dress.title:
        sheet.merge_range(0, 0, 0, len(paper.header) - 1, paper.title, bold)
    if dress.two_lines:
        _merge_header(sheet, lines[top], lines[top + 1], top, bold)
    book.close()
    return _stored(buffer.getvalue())


def _merge_header(
    sheet: xlsxwriter.worksheet.Worksheet,
    upper: Sequence[Cell],
    lower: Sequence[Cell],
    top: int,
    bold: xlsxwriter.format.Format,
) -> None:
    starts = [column for column, cell in enumerate(upper) if cell]
    for start, after in zip(starts, [*starts[1:], len(upper)], strict=True):
        if not lower[start]:
            sheet.merge_range(top, start, top + 1, start, upper[start], bold)
        elif after - start > 1:
            sheet.merge_range(top, start, top, after - 1, upper[start], bold)


def _stored(packed: bytes) -> bytes:
    """The same workbook without compression: deflate differs between builds of zlib."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in sorted(old.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            entry = zipfile.ZipInfo(name, _ZIP_EPOCH)
            # Fixed, for the default tells the system on which the file was made.
            entry.create_system = 3
            new.writestr(entry, old.read(name))
    return buffer.getvalue()
