"""The figures of a bulletin read back out of each of its forms, by that form's own reader."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from html.parser import HTMLParser
from typing import NamedTuple

import openpyxl
import pypdf

from monitor.bulletins.bulletin_view import BulletinView
from monitor.bulletins.parts import Figures

# What a row of figures says, by the names of the view's headings.
WORDS = ("target", "counted", "new_energy", "share", "short_by", "still_needed")
NUMBERS = ("counted", "least", "most", "share", "short_by", "still_needed", "target")
Read = Iterable[tuple[str, Mapping[str, str]]]
Numbers = Iterable[tuple[str, Mapping[str, Decimal | None]]]

_CODE = re.compile(r"X\d+")


class Shown(NamedTuple):
    """A row of figures, whether its table has targets, and what it is known by without a code."""

    row: Figures
    has_target: bool
    title: str = ""


def rows_of(view: BulletinView) -> Iterator[Shown]:
    """Every row of figures of a view."""
    for block in view.blocks:
        yield from (Shown(row, block.has_target) for row in block.rows)
        for group in block.members:
            over = f"{block.mandate} {group.title}"
            yield from (Shown(r, block.has_target, f"{over} {r.label}") for r in group.rows)
    yield from (Shown(row, has_target=True) for row in view.past)


def words_of(row: Figures) -> dict[str, str]:
    return {name: getattr(row, name) for name in WORDS}


def numbers_of(row: Figures) -> dict[str, Decimal | None]:
    values = {name: getattr(row.values, name) for name in NUMBERS}
    return {name: None if value is None else Decimal(value) for name, value in values.items()}


class _Rows(HTMLParser):
    """Table rows: the text of the first header cell, the others by their label or their column.

    A member's row bears no code; it is known by the title over its table and its own name.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[tuple[str, dict[str, str]]] = []
        self._title = ""
        self._heads: list[str] = []
        self._cells: list[tuple[str, str]] = []
        self._open: str | None = None
        self._label = ""
        self._said = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"h3", "th", "td"}:
            self._open, self._said = tag, ""
            self._label = dict(attrs).get("data-label") or ""
        elif tag == "tr":
            self._cells = []
        elif tag == "thead":
            self._heads = []
        elif tag == "br":
            self._said += " "

    def handle_endtag(self, tag: str) -> None:
        said = " ".join(self._said.split())
        if tag == self._open == "h3":
            self._title = said
        elif tag in {"th", "td"} and tag == self._open:
            self._cells.append((self._label, said))
        elif tag == "thead":
            self._heads = [text for _, text in self._cells]
        elif tag == "tr" and self._cells and self._heads:
            (_, name), *rest = self._cells
            heads = self._heads[1:]
            cells = {
                label or (heads[at] if at < len(heads) else ""): text
                for at, (label, text) in enumerate(rest)
            }
            code = _CODE.search(name)
            self.rows.append((code.group() if code else f"{self._title} {name}", cells))

    def handle_data(self, data: str) -> None:
        self._said += data


def read_html(page: str, view: BulletinView) -> Read:
    names = {view.headings[name]: name for name in WORDS}
    reader = _Rows()
    reader.feed(page)
    for key, cells in reader.rows:
        yield key, {names[k]: v for k, v in cells.items() if k in names}


def read_text(text: str, view: BulletinView) -> Read:
    """Pairs of names and values above each code, and the lines of tables that end with one."""
    names = {view.headings[name]: name for name in WORDS}
    told = re.escape(view.headings["explain"])
    found: dict[str, str] = {}
    heads: list[str] = []
    for line in text.splitlines():
        pieces = re.split(r" {2,}", line.strip())
        code = _CODE.fullmatch(line.split()[-1]) if line.split() else None
        if re.match(rf"\s*{told}.*X\d+$", line):
            yield _CODE.findall(line)[-1], found
            found = {}
        elif code and heads:
            yield code.group(), _of_columns(line, heads, names)
        elif len(pieces) >= 2 and any(piece in names for piece in pieces[::2]):
            found |= {
                names[k]: v for k, v in zip(pieces[::2], pieces[1::2], strict=False) if k in names
            }
        shown = [piece for piece in line.split() if piece in names]
        if len(shown) >= 3 and line.split()[-1] in {view.headings["explain"], told}:
            heads = shown


def _of_columns(line: str, heads: list[str], names: Mapping[str, str]) -> dict[str, str]:
    """The cells of a table's line: as many figures as the header names, from where they begin."""
    value = r"(?:—|[\d,.]+(?: 至 [\d,.]+)?(?: %)?|[^\d\s]+)"
    cells = re.search(rf"\s+({value})" * len(heads) + r"\s+\S+\s+X\d+$", line)
    assert cells, line
    return {names[head]: cell for head, cell in zip(heads, cells.groups(), strict=True)}


def read_pdf(content: bytes, view: BulletinView) -> Read:
    """The figures that stand before a code, in a table of past years behind it.

    A member's row bears no code; it is known by its table's title and its own name.
    """
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    # A narrow cell breaks its words over lines: white space says nothing on paper.
    text = _squeezed("".join(page.extract_text() for page in pages))
    for row, has_target, title in rows_of(view):
        asked = words_of(row)
        names = [n for n in WORDS if has_target or n in {"counted", "new_energy", "share"}]
        names = [name for name in names if not (title and name == "target")]
        figures = re.escape(_squeezed("".join(asked[name] for name in names)))
        if title:
            over = re.escape(_squeezed(title.removesuffix(row.label)))
            wanted = rf"{over}.*{re.escape(_squeezed(row.label))}{figures}"
        else:
            wanted = rf"<{row.explain}>{figures}|{figures}[^<]*<{row.explain}>"
        here = re.search(wanted, text)
        yield row.explain, {name: asked[name] for name in names} if here else {}


def _squeezed(text: str) -> str:
    return re.sub(r"\s", "", _CODE.sub(lambda code: f"<{code.group()}>", text))


def read_workbook(content: bytes, view: BulletinView) -> Numbers:
    sheet = openpyxl.load_workbook(io.BytesIO(content))[view.headings["figures"]]
    heads, *rows = sheet.iter_rows(values_only=True)
    places = {name: heads.index(view.headings[name]) for name in (*NUMBERS, "explain")}
    for row in rows:
        yield str(row[places["explain"]]), {name: _number(row[places[name]]) for name in NUMBERS}


def read_csv(content: bytes, view: BulletinView) -> Numbers:
    heads, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    places = {name: heads.index(view.headings[name]) for name in (*NUMBERS, "explain")}
    for row in rows:
        yield row[places["explain"]], {name: _number(row[places[name]]) for name in NUMBERS}


def _number(cell: object) -> Decimal | None:
    """A number where the cell holds one; words and empty cells hold none."""
    try:
        return Decimal(str(cell))
    except ArithmeticError:
        return None


def read_json(content: bytes) -> Numbers:
    document = json.loads(content)
    for row in (*document["figures"], *document["members"], *document["past"]):
        asked = row | {"target": row["target"] and row["target"]["value"]}
        yield (
            row["explain"],
            {name: None if asked[name] is None else Decimal(asked[name]) for name in NUMBERS},
        )


def lost_words(read: Read, view: BulletinView) -> list[str]:
    """The rows of the view that a form read back does not show as the view has them."""
    shown: dict[str, list[Mapping[str, str]]] = {}
    for key, cells in read:
        shown.setdefault(key, []).append(cells)
    lost = []
    for row, has_target, title in rows_of(view):
        least = {"counted", "new_energy", "share"}
        least |= {"short_by", "still_needed"} if has_target else set()
        asked = words_of(row)
        found = (*shown.get(row.explain, ()), *(shown.get(title, ()) if title else ()))
        if not any(
            least <= set(cells) and all(asked[name] == said for name, said in cells.items())
            for cells in found
        ):
            lost.append(row.explain)
    return lost


def lost_numbers(read: Numbers, view: BulletinView) -> list[str]:
    """The rows of the view that a form read back does not hold as the view has them."""
    held = [(code, dict(cells)) for code, cells in read]
    return [
        shown.row.explain
        for shown in rows_of(view)
        if (shown.row.explain, numbers_of(shown.row)) not in held
    ]
