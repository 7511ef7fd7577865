"""Every figure of a bulletin as one flat table: for the workbook, and as a CSV file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from monitor.bulletins.bulletin_view import BulletinView
from monitor.bulletins.dictionary import COLUMNS
from monitor.bulletins.formats import NOTHING
from monitor.bulletins.parts import Figures, MandateBlock
from monitor.extracts.lively_cells import spreadsheet_csv

FlatCell = str | int | Decimal
Part = Literal["in_force", "members", "past"]

_TARGET: Final = COLUMNS.index("target")
CSV_COLUMNS: Final = (*COLUMNS[:_TARGET], "target_sign", *COLUMNS[_TARGET:])


@dataclass(frozen=True, slots=True)
class FlatRow:
    """One row of figures with what stands around it on the page."""

    part: Part
    figures: Figures
    division: str
    scope: str
    note: str
    block: MandateBlock | None


def flat_rows(view: BulletinView) -> Iterator[FlatRow]:
    """The rows of every block, then those of a province's members, then the past."""
    blocks = {block.mandate: block for block in view.blocks}
    for block in view.blocks:
        for row in block.rows:
            whole = row.label == view.division
            scope = block.title if whole else _scope(view, row)
            yield FlatRow("in_force", row, view.division, scope, block.note, block)
    for block in view.blocks:
        for group in block.members:
            name = ""
            for row in group.rows:
                # A member's breakdowns stand under its finding, which bears its name.
                name = name if row.is_breakdown else row.label
                scope = _scope(view, row) if row.is_breakdown else group.title
                yield FlatRow("members", row, name, scope, block.members_note, block)
    for row in view.past:
        scope = _scope(view, row)
        yield FlatRow("past", row, view.division, scope, "", blocks.get(row.mandate))


def _scope(view: BulletinView, row: Figures) -> str:
    return view.headings["part_of"] + row.label if row.is_breakdown else row.label


def cells_of(row: FlatRow) -> dict[str, FlatCell]:
    """The cells by the names of `CSV_COLUMNS`: numbers where there are numbers, else words."""
    figures, values, block = row.figures, row.figures.values, row.block
    sign, target = target_of(figures)
    return {
        "mandate": figures.mandate,
        "division": row.division,
        "division_code": figures.division,
        "scope": row.scope,
        "period": figures.period,
        "target_sign": sign,
        "target": target,
        "counted": _cell(values.counted, figures.counted),
        "least": _cell(values.least, figures.new_energy),
        "most": _cell(values.most, figures.new_energy),
        "share": _cell(values.share, figures.share),
        "short_by": _cell(values.short_by, figures.short_by),
        "still_needed": _cell(values.still_needed, figures.still_needed),
        "verdict": figures.verdict.word,
        "verdict_code": figures.verdict.code,
        "consequence": figures.consequence,
        "strength": block.clause.strength if block else "",
        "note": row.note,
        "remarks": " ".join(figures.remarks),
        "clause": clause_words(block) if block else "",
        "explain": figures.explain,
    }


def target_of(figures: Figures) -> tuple[str, FlatCell]:
    """A target's sign and its number, or what it is to be compared with in words."""
    sign, _, asked = figures.target.partition(" ")
    if not asked:
        return "", _cell(figures.values.target, figures.target)
    return sign, _cell(figures.values.target, asked)


def clause_words(block: MandateBlock) -> str:
    """Where a demand stands: document, number, section."""
    clause = block.clause
    number = f"（{clause.number}）" if clause.number else ""
    return f"《{clause.document}》{number}{clause.section}"


def _cell(value: int | Decimal | None, said: str) -> FlatCell:
    if value is not None:
        return value
    return "" if said == NOTHING else said


def make_csv(view: BulletinView) -> bytes:
    """The figures as UTF-8 with a mark at its head, CRLF lines and one header row of words.

    Numbers have no separators and shares lie between 0 and 1; a text that a spreadsheet program
    would carry out is made harmless.
    """
    heads = [view.headings[column] for column in CSV_COLUMNS]
    rows = (cells_of(row) for row in flat_rows(view))
    written = ([_written(cells[column]) for column in CSV_COLUMNS] for cells in rows)
    return spreadsheet_csv([heads, *written])


def _written(cell: FlatCell) -> str:
    if isinstance(cell, str):
        return " ".join(cell.split())
    return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)
