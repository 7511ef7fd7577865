"""The sheet of all figures, and the sheet that says what its columns mean."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from xlsxwriter import Workbook

from monitor.bulletins.bulletin_view import BulletinView
from monitor.bulletins.dictionary import COLUMNS
from monitor.bulletins.flat import FlatRow, cells_of, flat_rows
from monitor.bulletins.workbook_ink import TONES, Ink, put, put_share, put_target
from monitor.bulletins.workbook_page import Page

_WIDTHS: Final = {
    "mandate": 9,
    "division": 14,
    "division_code": 10,
    "scope": 26,
    "period": 8,
    "target": 13,
    "counted": 10,
    "least": 14,
    "most": 14,
    "share": 10,
    "short_by": 10,
    "still_needed": 10,
    "verdict": 13,
    "verdict_code": 15,
    "consequence": 18,
    "strength": 16,
    "note": 22,
    "remarks": 52,
    "clause": 46,
    "explain": 14,
}
_FROZEN: Final = COLUMNS.index("period")


def set_figures(book: Workbook, view: BulletinView, ink: Ink) -> None:
    """Every row of figures; the header stays in sight, filters, and stands on every page."""
    page = Page(book, view, "figures", [_WIDTHS[column] for column in COLUMNS], ink)
    page.head(*COLUMNS)
    for row in flat_rows(view):
        _figure(page, row)
    page.sheet.freeze_panes(1, _FROZEN)
    page.sheet.repeat_rows(0)
    page.sheet.autofilter(0, 0, max(page.row - 1, 0), len(COLUMNS) - 1)


def _figure(page: Page, row: FlatRow) -> None:
    cells = cells_of(row)
    sign = str(cells["target_sign"])
    tone = TONES[row.figures.verdict.tone]
    for column, name in enumerate(COLUMNS):
        cell = cells[name]
        if name == "share" and isinstance(cell, Decimal):
            put_share(page.sheet, page.row, column, cell, page.ink)
        elif name == "target":
            put_target(page.sheet, page.row, column, cell, page.ink, row.figures.target, sign)
        elif name == "verdict":
            put(page.sheet, page.row, column, cell, page.ink, bold=True, font_color=tone)
        else:
            put(page.sheet, page.row, column, cell, page.ink)
    page.row += 1


def set_dictionary(book: Workbook, view: BulletinView, ink: Ink) -> None:
    """Column by column: meaning, unit, source."""
    page = Page(book, view, "dictionary", (20, 70, 34, 34), ink)
    page.head("column", "meaning", "unit", "source")
    for column in COLUMNS:
        words = [view.headings[f"{what}.{column}"] for what in ("meaning", "unit", "source")]
        page.line(view.headings[column], *words)
    page.sheet.freeze_panes(1, 0)
