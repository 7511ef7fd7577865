"""What the spreadsheet reader does not tell: formulas, error cells, the workbook's epoch.

Standard library only: it runs in the confined child, on parts that the gate has let through
(no document type, so no entities).
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

_CHUNK = 1 << 18
_OVERLAP = 64
_MARKED = re.compile(rb"<(?:[A-Za-z]+:)?f[ />]|\bt=[\"']e[\"']")
_MOST_MARKED = 1 << 16
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


@dataclass(frozen=True, slots=True)
class WorkbookParts:
    """Which part holds which sheet, and whether days count from 1904."""

    epoch_1904: bool
    part_of: dict[str, str]


@dataclass(slots=True)
class MarkedCells:
    """Cells with a formula (rows counted from 0) and cells that show an error."""

    formulas: int = 0
    first_row: int = -1
    unvalued_rows: set[int] = field(default_factory=set)
    errors: dict[int, dict[int, str]] = field(default_factory=dict)


def read_workbook(archive: zipfile.ZipFile) -> WorkbookParts:
    """Read the workbook's list of sheets and their parts."""
    names = {name.casefold(): name for name in archive.namelist()}
    found = _Workbook()
    _parse(archive, names["xl/workbook.xml"], found.start)
    targets = _Relations()
    relations = names.get("xl/_rels/workbook.xml.rels")
    if relations:
        _parse(archive, relations, targets.start)
    part_of = {}
    for name, relation in found.sheets.items():
        target = targets.targets.get(relation, "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
        part = names.get(posixpath.normpath(path).casefold())
        if part:
            part_of[name] = part
    return WorkbookParts(found.epoch_1904, part_of)


def read_marked_cells(archive: zipfile.ZipFile, part: str) -> MarkedCells:
    """Find formulas and errors of a sheet; most sheets have none and are only searched."""
    with archive.open(part) as stream:
        tail = b""
        while chunk := stream.read(_CHUNK):
            if _MARKED.search(tail + chunk):
                break
            tail = chunk[-_OVERLAP:]
        else:
            return MarkedCells()
    scan = _CellScan()
    _parse(archive, part, scan.start, scan.end, scan.text)
    return scan.found


def _parse(
    archive: zipfile.ZipFile,
    part: str,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _local(name: str) -> str:
    return name.rpartition(":")[2]


class _Workbook:
    def __init__(self) -> None:
        self.epoch_1904 = False
        self.sheets: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = _local(name)
        if local == "workbookPr":
            self.epoch_1904 = attributes.get("date1904", "0") in {"1", "true"}
        elif local == "sheet":
            relation = next((v for k, v in attributes.items() if k.endswith(":id")), "")
            self.sheets[attributes.get("name", "")] = relation


class _Relations:
    def __init__(self) -> None:
        self.targets: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if _local(name) == "Relationship":
            self.targets[attributes.get("Id", "")] = attributes.get("Target", "")


class _CellScan:
    """Goes through a sheet's cells; `r` may be left out, then a cell follows the one before."""

    def __init__(self) -> None:
        self.found = MarkedCells()
        self._row = self._column = -1
        self._type = ""
        self._has_formula = self._has_value = self._in_value = False
        self._text = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = _local(name)
        if local == "row":
            self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
            self._column = -1
        elif local == "c":
            place = _CELL.fullmatch(attributes.get("r", ""))
            self._column = _column(place[1]) if place else self._column + 1
            self._type = attributes.get("t", "n")
            # A text that is empty is a result too.
            self._has_formula, self._has_value = False, self._type == "str"
            self._text = ""
        elif local == "f":
            self._has_formula = True
        elif local == "v":
            self._in_value = True

    def text(self, data: str) -> None:
        if self._in_value:
            self._has_value = True
            self._text += data if self._type == "e" else ""

    def end(self, name: str) -> None:
        local = _local(name)
        if local == "v":
            self._in_value = False
        elif local == "c":
            found = self.found
            if self._has_formula:
                found.formulas += 1
                found.first_row = self._row if found.first_row < 0 else found.first_row
                if not self._has_value:
                    found.unvalued_rows.add(self._row)
            if self._type == "e" and self._text and len(found.errors) < _MOST_MARKED:
                found.errors.setdefault(self._row, {})[self._column] = self._text


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
