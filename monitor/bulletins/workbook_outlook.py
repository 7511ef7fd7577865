"""The sheet of what the year will come to: every case as counts and a share, the day as a day."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal
from typing import Final

from xlsxwriter import Workbook

from monitor.assess.forecast import Case
from monitor.bulletins.bulletin_view import BulletinView, ForecastRow
from monitor.bulletins.workbook_ink import TONES, Ink, put, put_head, put_share, put_target
from monitor.bulletins.workbook_page import Page

_CASES: Final = ("now", "low", "expected", "high")
_FIGURES: Final = ("new_energy", "counted", "share")
_AFTER: Final = ("target", "contracted", "outcome", "lost_from", "remarks")
_WIDTHS: Final = (34, *(11 for _ in _CASES for _ in _FIGURES), 13, 11, 16, 13, 60)
_DAY: Final = "yyyy-mm-dd"


def set_outlook(book: Workbook, view: BulletinView, ink: Ink) -> None:
    """The forecasts, the contracts behind them and the method; no sheet where there is neither."""
    outlook = view.outlook
    if not outlook.forecasts and not outlook.pipeline:
        return
    page = Page(book, view, "outlook", _WIDTHS, ink)
    if outlook.forecasts:
        words = page.headings
        cases = [
            f"{words[case]}{words['colon']}{words[figure]}"
            for case in _CASES
            for figure in _FIGURES
        ]
        heads = [words["subject"], *cases, *(words[name] for name in _AFTER)]
        put_head(page.sheet, page.row, heads, ink)
        page.row += 1
        for row in outlook.forecasts:
            _forecast(page, row)
        page.sheet.freeze_panes(1, 1)
        page.sheet.repeat_rows(0)
    if outlook.pipeline:
        page.title("pipeline")
        page.head("scope", "new_energy", "other", "undetermined", "due_this_year", "overdue")
        for line in outlook.pipeline:
            numbers = (line.new_energy, line.other, line.undetermined, line.due_this_year)
            page.spoken((line.label,), (*numbers, line.overdue))
    if outlook.method:
        page.title("method")
        for said in outlook.method:
            page.line(said, text_wrap=False)


def _forecast(page: Page, row: ForecastRow) -> None:
    values, ink = row.values, page.ink
    put(page.sheet, page.row, 0, row.subject, ink)
    column = 1
    for case in (values.now, values.low, values.expected, values.high):
        _case(page, column, case)
        column += len(_FIGURES)
    sign, _, said = row.target.partition(" ")
    put_target(page.sheet, page.row, column, values.target, ink, said, sign)
    put(page.sheet, page.row, column + 1, values.contracted, ink)
    put(page.sheet, page.row, column + 2, row.outcome, ink, bold=True, font_color=TONES[row.tone])
    if values.lost_from:
        day = datetime.combine(values.lost_from, time())
        page.sheet.write_datetime(page.row, column + 3, day, ink.number(_DAY))
    put(page.sheet, page.row, column + 4, " ".join(row.remarks), ink)
    page.row += 1


def _case(page: Page, column: int, case: Case) -> None:
    """Three cells; a measure that is a count has only the first."""
    put(page.sheet, page.row, column, case.numerator, page.ink)
    if case.denominator is not None:
        put(page.sheet, page.row, column + 1, case.denominator, page.ink)
    if case.share is not None:
        put_share(page.sheet, page.row, column + 2, Decimal(case.share), page.ink)
