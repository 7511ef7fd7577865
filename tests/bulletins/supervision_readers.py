"""The scorecard and the follow-up list read back out of each form, by that form's own reader."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from html.parser import HTMLParser

import openpyxl
import pypdf

from monitor.bulletins.bulletin_view import BulletinView
from monitor.bulletins.supervision_parts import FollowUpRow, ScorecardRow

_ITEM = re.compile(r"F\d{6}")
# What a form says of a row: by the place's name or the item's number, the words that are read.
Said = dict[str, tuple[str, ...]]


def rows_of(view: BulletinView) -> tuple[tuple[ScorecardRow, ...], tuple[FollowUpRow, ...]]:
    section = view.supervision
    assert section is not None
    assert section.scorecard is not None
    return section.scorecard.rows, (*section.still_open, *section.settled)


class _Tables(HTMLParser):
    """The cells of each table, by the class of the table; a break or another tag is a space."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[tuple[str, list[str]]] = []
        self._table = ""
        self._cells: list[str] = []
        self._said: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._table = dict(attrs).get("class") or ""
        elif tag == "tr":
            self._cells = []
        elif tag in {"td", "th"}:
            self._said = ""
        elif self._said is not None:
            self._said += " "

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"} and self._said is not None:
            self._cells.append(" ".join(self._said.split()))
            self._said = None
        elif tag == "tr":
            self.rows.append((self._table, self._cells))

    def handle_data(self, data: str) -> None:
        if self._said is not None:
            self._said += data


def read_html(page: str, _view: BulletinView) -> Said:
    reader = _Tables()
    reader.feed(page)
    found: Said = {}
    for table, cells in reader.rows:
        if table == "members scores":
            name, rank, total, *parts, _, _ = cells
            found[name] = (rank, total, *parts)
        elif table == "todo" and (code := _ITEM.search(cells[0])):
            who, what, due, state = cells
            found[code[0]] = (who.removesuffix(code[0]).strip(), what, due, state)
    return found


def read_text(text: str, view: BulletinView) -> Said:
    """The lines of the table, with the line of each place's parts; the block under each number."""
    scores, items = rows_of(view)
    text = text.partition(f"\n{view.headings['supervision']}\n")[2]
    text = text.partition(f"\n{view.headings['tiles']}\n")[0]
    joined = re.sub(r"\n {2,}", " ", text)
    found: Said = {}
    for row in scores:
        line = re.search(rf"^{re.escape(row.place)} +(.+)$", text, re.MULTILINE)
        parts = re.search(rf"^{re.escape(row.place)}：(.+)$", joined, re.MULTILINE)
        if line and parts:
            rank, total = re.split(r" {2,}", line[1])[:2]
            told = [piece.strip() for piece in parts[1].split("；")]
            found[row.place] = (rank, total, *told)
    for one in items:
        block = re.search(rf"^{one.code} (.+?) +\[(.+)\]\n((?: +.+\n)+)", text, re.MULTILINE)
        if block:
            told_lines = _unbroken(block[3])
            found[one.code] = (block[1], told_lines, told_lines, block[2])
    return found


def _unbroken(lines: str) -> str:
    return re.sub(r"\s+", "", lines)


def read_workbook(content: bytes, view: BulletinView) -> Said:
    """Ranks and totals as numbers, the day as a day."""
    sheet = openpyxl.load_workbook(io.BytesIO(content))[view.headings["supervision"]]
    found: Said = {}
    scores, _ = rows_of(view)
    names = {row.place for row in scores}
    for cells in sheet.iter_rows(values_only=True):
        if cells[0] in names and isinstance(cells[1], int):
            found[str(cells[0])] = tuple(str(cell) for cell in cells[1:5])
        elif isinstance(cells[0], str) and _ITEM.fullmatch(cells[0]):
            assert isinstance(cells[3], datetime)
            day = cells[3].date().isoformat()
            found[cells[0]] = (str(cells[1]), str(cells[2]), day, str(cells[4]))
    return found


def read_json(content: bytes, _view: BulletinView) -> Said:
    section = json.loads(content)["supervision"]
    found: Said = {
        row["name"]: (
            *(str(row["rank"][name]) for name in ("best", "worst")),
            *(row["total"][name] for name in ("least", "most")),
        )
        for row in section["scorecard"]["rows"]
    }
    for one in (*section["open"], *section["settled"]):
        words = one["words"]
        found[one["id"]] = (one["who"]["name"], one["what"], one["due_on"], words["state"])
    return found


def lost_in_words(read: Said, view: BulletinView) -> list[str]:
    """What a page or a text does not show as the view has it."""
    scores, items = rows_of(view)
    return [
        *(
            row.place
            for row in scores
            if not _are_in((row.rank, row.total, *_figures(row)), read.get(row.place, ()))
        ),
        *(
            one.code
            for one in items
            if not _are_in((one.who, one.what, one.due, one.state), read.get(one.code, ()))
        ),
    ]


def _figures(row: ScorecardRow) -> Iterator[str]:
    return (cell.figure for cell in row.cells)


def _are_in(asked: Iterable[str], found: tuple[str, ...]) -> bool:
    """Whether each of some words ends or fills its own cell, or stands in it among others."""
    wanted = tuple(asked)
    return len(found) >= len(wanted) and all(
        re.search(rf"(?<![\d.]){re.escape(_unbroken(said))}(?![\d.])", _unbroken(cell))
        for said, cell in zip(wanted, found, strict=False)
    )


def lost_in_numbers(read: Said, view: BulletinView) -> list[str]:
    """What a workbook or a document does not hold as the view has it."""
    scores, items = rows_of(view)
    lost = []
    for row in scores:
        values = row.values
        held = [float(said) for said in read.get(row.place, ())]
        asked = (values.best, values.worst, values.least, values.most)
        if held != [float(number) for number in asked]:
            lost.append(row.place)
    for one in items:
        day = one.values.due_on.isoformat()
        if read.get(one.code) != (one.who, one.what, day, one.state):
            lost.append(one.code)
    return lost


def lost_on_paper(content: bytes, view: BulletinView) -> list[str]:
    """What does not stand on paper in the order of its row."""
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    text = _unbroken("".join(page.extract_text() for page in pages))
    scores, items = rows_of(view)

    def stands(*said: str) -> bool:
        parts = (re.escape(_unbroken(one)) for one in said)
        return re.search(r"(?<![\d.])" + ".{0,80}?".join(parts), text) is not None

    return [
        *(
            row.place
            for row in scores
            if _unbroken("".join((row.place, row.rank, row.total, *_figures(row)))) not in text
        ),
        *(one.code for one in items if not stands(one.who, one.code, one.what, one.due, one.state)),
    ]
