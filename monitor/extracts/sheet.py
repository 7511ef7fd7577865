"""A workbook read by a confined child process; its rows come back as plain text."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import monitor
from monitor.errors import FleetmonError
from monitor.extracts.refusal import FileRefused, refusal
from monitor.extracts.sheet_words import words_of
from monitor.model import Text

WALL_SECONDS = 180
_PACKAGE_ROOT = Path(monitor.__file__).parent.parent
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from monitor.extracts.sheet_child import main; main(*map(int, sys.argv[2:]))"
)
# A child that the kernel, its allocator or its own limits ended while it read.
_ENDED_BY_SIZE = frozenset(
    -number
    for number in (signal.SIGABRT, signal.SIGKILL, signal.SIGXCPU, signal.SIGXFSZ, signal.SIGBUS)
)


class SheetReaderFailed(FleetmonError):
    """The child that reads workbooks could not be started; the file is not to blame."""


@dataclass(frozen=True, slots=True)
class SheetRows:
    """A workbook's chosen sheet as text.

    `path` holds a line for each sheet row that has anything, its cells parted by tabs without
    quotes: the sheet's row number, `f` where a formula of the row has no stored result, then
    `width` cells. `merged` are the header region's merges (top, left, bottom, right, from 0).
    `others` are sheets that were not read, `unread` those of them that hold such a table too.
    """

    path: Path
    name: str
    width: int
    rows: int
    epoch_1904: bool
    has_macros: bool
    merged: tuple[tuple[int, int, int, int], ...]
    merged_below: int
    merged_below_row: int
    formulas: int
    formula_row: int
    unvalued: int
    unvalued_row: int
    long_numbers: int
    others: tuple[str, ...]
    unread: tuple[str, ...]


Head = list[list[str]]
HasHeader = Callable[[Head, list[list[int]]], bool]


def read_workbook(path: Path, work: Path, has_header: HasHeader) -> SheetRows:
    """Read the first sheet with a recognisable header; hidden ones only if no other has one.

    `has_header` judges a sheet's first rows (and its merges there). Raises FileRefused:
    sheet_unreadable, sheet_too_large, sheet_encrypted, file_not_a_table, file_too_many_columns,
    file_empty; SheetReaderFailed.
    """
    rows = work / "sheet.tsv"
    facts = _run_child(path, rows, None)
    others: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    if "heads" in facts:
        chosen, *alike = _choose(facts, has_header)
        names = {one["index"]: one["name"] for one in facts["sheets"]}
        others = tuple(name for index, name in names.items() if index != chosen)
        unread = tuple(names[index] for index in alike)
        facts = _run_child(path, rows, chosen)
    return SheetRows(
        path=rows,
        name=facts["sheet"],
        width=facts["width"],
        rows=facts["rows"],
        epoch_1904=facts["epoch_1904"],
        has_macros=facts["macros"],
        merged=tuple((top, left, bottom, right) for top, left, bottom, right in facts["merged"]),
        merged_below=facts["merged_below"],
        merged_below_row=facts["merged_below_row"],
        formulas=facts["formulas"],
        formula_row=facts["formula_row"],
        unvalued=facts["unvalued"],
        unvalued_row=facts["unvalued_row"],
        long_numbers=facts["long_numbers"],
        others=others,
        unread=unread,
    )


def _choose(facts: dict[str, Any], has_header: HasHeader) -> list[int]:
    """Give the sheet to read, then the visible ones that could have been read as well."""
    visible = {one["index"]: one["is_visible"] for one in facts["sheets"]}
    filled = [head for head in facts["heads"] if any(map(any, head["rows"]))]
    ordered = sorted(filled, key=lambda head: not visible[head["index"]])
    able = [head["index"] for head in ordered if has_header(head["rows"], head["merged"])]
    if not able:
        return [(ordered or facts["heads"])[0]["index"]]
    return [able[0], *(index for index in able[1:] if visible[index])]


def _run_child(path: Path, rows: Path, sheet: int | None) -> dict[str, Any]:
    with path.open("rb") as book, rows.open("wb") as out, tempfile.TemporaryFile() as answer:
        files = (book.fileno(), out.fileno(), answer.fileno())
        command = [sys.executable, "-I", "-X", "utf8", "-c", _START, str(_PACKAGE_ROOT)]
        try:
            status = subprocess.run(
                [*command, *map(str, files)],
                input=json.dumps({"sheet": sheet, "confined": True}).encode(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=files,
                start_new_session=True,
                env={"PATH": os.defpath, "LANG": "C.UTF-8"},
                timeout=WALL_SECONDS,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            raise _refuse("sheet_too_large", "time") from None
        except OSError as error:
            raise _did_not_start(str(error)) from error
        answer.seek(0)
        return _judge(status, answer.read())


def _judge(status: int, answer: bytes) -> dict[str, Any]:
    if status in _ENDED_BY_SIZE:
        raise _refuse("sheet_too_large", "memory")
    if status < 0:
        raise _refuse("sheet_unreadable", "damaged")
    if status > 0 or not answer:
        raise _did_not_start(str(status))
    facts: dict[str, Any] = json.loads(answer)
    if "refused" in facts:
        raise _refuse(facts["refused"], facts["reason"])
    return facts


def _did_not_start(why: str) -> SheetReaderFailed:
    return SheetReaderFailed(
        Text(
            f"读取工作簿的子进程未能启动（{why}）。",
            f"The child that reads workbooks did not start ({why}).",
        )
    )


def _refuse(code: str, reason: str) -> FileRefused:
    line = int(reason) if reason.isdigit() else None
    return refusal(code, words_of(code, reason), line=line)


def fill_merged(rows: Sequence[list[str]], merged: Sequence[Sequence[int]]) -> None:
    """Give a merge's value to each row of it, in place; across, it stays with the first cell.

    `rows` are the sheet's first rows, none left out. A title over many columns stays one cell,
    and a name over two rows is found in either.
    """
    for top, left, bottom, _ in merged:
        if top >= len(rows) or not 0 <= left < len(rows[top]):
            continue
        value = rows[top][left]
        for row in rows[top + 1 : bottom + 1]:
            if left < len(row) and not row[left]:
                row[left] = value
