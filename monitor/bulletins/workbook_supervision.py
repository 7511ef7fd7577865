"""The sheet of how places stand and what is to be done: points, ranks and days as numbers."""

from __future__ import annotations

from datetime import datetime, time
from typing import Final

from xlsxwriter import Workbook

from monitor.bulletins.bulletin_view import BulletinView
from monitor.bulletins.supervision_parts import FollowUpRow, ScorecardView
from monitor.bulletins.workbook_ink import TONES, Ink, Said, put, put_head, put_spoken
from monitor.bulletins.workbook_page import Page

_WIDTHS: Final = (18, 30, 44, 14, 14, 16, 16, 14, 14, 14, 14, 14)
_NUMBERS: Final = ("rank_best", "rank_worst", "total_least", "total_most")
_RANKS: Final = ("by_one", "less_one", "always")
_ITEM: Final = (
    *("item", "who", "subject", "due", "state", "about", "concerned"),
    *("days_late", "moved", "remarks"),
)
_DAY: Final = "yyyy-mm-dd"


def set_supervision(book: Workbook, view: BulletinView, ink: Ink) -> None:
    """The scorecard and the items; no sheet where there is neither."""
    section = view.supervision
    if section is None:
        return
    page = Page(book, view, "supervision", _WIDTHS, ink)
    if section.scorecard is not None:
        _scorecard(page, section.scorecard)
        page.row += 1
    page.sheet.write_string(page.row, 0, page.headings["follow_ups"], ink.title)
    page.row += 1
    page.line(section.summary, text_wrap=False)
    rows = (*section.still_open, *section.settled)
    if rows:
        page.head(*_ITEM)
        for row in rows:
            _item(page, row)


def _scorecard(page: Page, card: ScorecardView) -> None:
    page.sheet.write_string(page.row, 0, card.title, page.ink.title)
    page.row += 1
    page.line(card.weights, text_wrap=False)
    if card.rows:
        heads = [page.headings[name] for name in ("division", *_NUMBERS)]
        heads += [part.name for part in card.parts]
        put_head(page.sheet, page.row, [*heads, *(page.headings[n] for n in _RANKS)], page.ink)
        page.row += 1
    for row in card.rows:
        values = row.values
        numbers: tuple[Said, ...] = (values.best, values.worst, values.least, values.most)
        put(page.sheet, page.row, 0, row.place, page.ink, bold=True)
        for column, number in enumerate(numbers, start=1):
            put(page.sheet, page.row, column, number, page.ink)
        said = (*(cell.figure for cell in row.cells), row.by_one, row.less_one, row.always)
        for column, words in enumerate(said, start=1 + len(numbers)):
            put_spoken(page.sheet, page.row, column, words, page.ink)
        page.row += 1
    for line in (*card.stability, *card.notes, card.method):
        page.line(line, text_wrap=False)
    page.row += 1
    page.head("part", "weight", "meaning", "scale")
    for part in card.parts:
        page.line(part.name, part.weight, part.how, part.scale)
    if card.shortlist is not None:
        page.row += 1
        page.sheet.write_string(page.row, 0, card.shortlist.title, page.ink.title)
        page.row += 1
        page.line(card.shortlist.note, text_wrap=False)
        for told in card.shortlist.lines:
            page.line(told.name, told.value)


def _item(page: Page, row: FollowUpRow) -> None:
    sheet, ink = page.sheet, page.ink
    for column, words in enumerate((row.code, row.who, row.what)):
        put(sheet, page.row, column, words, ink)
    sheet.write_datetime(page.row, 3, datetime.combine(row.values.due_on, time()), ink.number(_DAY))
    put(sheet, page.row, 4, row.state, ink, font_color=TONES[row.tone])
    for column, words in enumerate((row.about, row.concerned), start=5):
        put(sheet, page.row, column, words, ink)
    put(sheet, page.row, 7, row.values.days_late, ink)
    put(sheet, page.row, 8, row.moved, ink)
    put(sheet, page.row, 9, row.note, ink)
    page.row += 1
