"""A bulletin as an XLSX workbook: figures as numbers, every word a word, no formula anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time
from io import BytesIO
from typing import Final

from xlsxwriter import Workbook

from monitor.bulletins.bulletin_view import BulletinView, Provincial
from monitor.bulletins.parts import Line, OtherClauses, Reason
from monitor.bulletins.workbook_figures import set_dictionary, set_figures
from monitor.bulletins.workbook_ink import TONES, Ink, put, put_head, put_spoken
from monitor.bulletins.workbook_outlook import set_outlook
from monitor.bulletins.workbook_page import Page
from monitor.bulletins.workbook_supervision import set_supervision

_OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
# The moment that a file names as its making; without the day judged, any fixed one.
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def make_workbook(view: BulletinView) -> bytes:
    """The workbook of one bulletin; the same view makes the same bytes."""
    content = BytesIO()
    book = Workbook(content, _OPTIONS)
    day = view.as_of_on
    book.set_properties(
        {
            "title": view.subject,
            "created": datetime.combine(day, time()) if day else _EPOCH,
        }
    )
    ink = Ink(book)
    _overview(book, view, ink)
    set_figures(book, view, ink)
    if view.provincial:
        _matrix(book, view, ink)
    if view.clauses:
        _clauses(book, view, view.clauses, ink)
    set_supervision(book, view, ink)
    set_outlook(book, view, ink)
    _changes(book, view, ink)
    _lines(book, view, "reconciled", view.reconciled.summary, view.reconciled.lines, ink)
    _quality(book, view, ink)
    _sources(book, view, ink)
    set_dictionary(book, view, ink)
    book.close()
    return content.getvalue()


def _overview(book: Workbook, view: BulletinView, ink: Ink) -> None:
    page = Page(book, view, "overview", (26, 96, 16, 16), ink)
    page.line(view.product, font_color=TONES["quiet"])
    page.line(view.division, f"{view.issue} · {view.as_of}", bold=True, font_size=14)
    page.row += 1
    page.line("", view.headline, bold=True, font_size=12, font_color=TONES[view.headline_tone])
    page.row += 1
    for tally in view.tallies:
        put(page.sheet, page.row, 0, tally.verdict.word, ink, font_color=TONES[tally.verdict.tone])
        put_spoken(page.sheet, page.row, 1, tally.count, ink, align="left")
        page.row += 1
    page.title("actions")
    for number, action in enumerate(view.actions, start=1):
        put(page.sheet, page.row, 0, number, ink, align="left")
        put(page.sheet, page.row, 1, action.text, ink)
        put(page.sheet, page.row, 2, action.explain, ink)
        page.row += 1
    if not view.actions:
        page.line("", view.headings["nothing_to_do"])
    if view.comparisons:
        page.title("comparison")
        page.head("subject", "own", "province", "rank")
        for row in view.comparisons:
            page.spoken((row.subject,), (row.own, row.province), (row.rank,), align="left")
    if view.provincial:
        _members_behind(page, view.provincial)
    page.row += 1
    page.line("", view.headings["privacy"], font_color=TONES["quiet"])


def _members_behind(page: Page, province: Provincial) -> None:
    page.title("laggards")
    for laggard in province.laggards:
        page.line(laggard.subject, laggard.divisions, laggard.strength)
    if not province.laggards:
        page.line("", page.headings["none_behind"])
    page.title("needs")
    for need in province.needs:
        page.line(need.name, need.value)
    page.title("silent")
    page.line("", province.silent)
    if province.turned:
        page.title("turned")
        for turned in province.turned:
            page.line("", turned)


def _matrix(book: Workbook, view: BulletinView, ink: Ink) -> None:
    if not view.provincial:
        return
    matrix = view.provincial.matrix
    page = Page(book, view, "matrix", (18, *(16 for _ in matrix.columns)), ink)
    heads = [" ".join(column) for column in matrix.columns]
    put_head(page.sheet, 0, [view.headings["city"], *heads], ink)
    for row, (name, cells) in enumerate(matrix.rows, start=1):
        put(page.sheet, row, 0, name, ink, bold=True)
        for column, cell in enumerate(cells, start=1):
            if cell:
                word, tone = cell.verdict.word, TONES[cell.verdict.tone]
                put_spoken(page.sheet, row, column, cell.value, ink, f"  {word}", font_color=tone)
    page.sheet.freeze_panes(1, 1)
    page.sheet.repeat_rows(0)


def _clauses(book: Workbook, view: BulletinView, clauses: OtherClauses, ink: Ink) -> None:
    page = Page(book, view, "clauses", (12, 46, 10, 26, 34, 16, 60, 46), ink)
    page.line("", clauses.summary, text_wrap=False)
    page.row += 1
    page.head("clause_id", "subject", "period", "target", "known", "verdict", "remarks", "explain")
    for row in clauses.rows:
        words = (row.clause, row.name, row.period, row.target, row.figure, row.verdict.word)
        page.line(*words, " ".join(row.remarks), row.explain)
    if clauses.lines:
        page.row += 1
        for line in clauses.lines:
            page.line("", f"{line.name}{view.headings['colon']}{line.value}")


def _changes(book: Workbook, view: BulletinView, ink: Ink) -> None:
    page = Page(book, view, "changes", (34, 14, 24, 16, 16, 16, 24), ink)
    page.line(view.changes.summary, text_wrap=False)
    page.row += 1
    page.head("subject", "period", "value", "before", "after")
    for change in view.changes.items:
        before = change.before.word if change.before else ""
        after = change.after.word if change.after else ""
        page.line(change.subject, change.period, view.headings["verdict"], before, after)
        for moved in change.figures:
            words = (change.subject, change.period, moved.name)
            page.spoken(words, (moved.before, moved.after))
    caused = [change for change in view.changes.items if change.causes]
    if caused:
        page.row += 1
        page.head(
            "subject", "period", "cause", "counted", "new_energy", "undetermined", "turned_to"
        )
    for change in caused:
        for row in change.causes:
            words = (change.subject, change.period, row.cause)
            page.spoken(words, (row.counted, row.new_energy, row.undetermined), (row.turned,))


def _lines(
    book: Workbook, view: BulletinView, name: str, summary: str, lines: Sequence[Line], ink: Ink
) -> None:
    page = Page(book, view, name, (40, 100), ink)
    page.line(summary, text_wrap=False)
    if lines:
        page.row += 1
        page.head("name", "value")
    for line in lines:
        page.line(line.name, line.value)


def _quality(book: Workbook, view: BulletinView, ink: Ink) -> None:
    page = Page(book, view, "quality", (40, 90, 12), ink)
    page.head("name", "value")
    for line in view.quality.lines:
        page.line(line.name, line.value)
    for name, reasons in (("set_aside", view.quality.set_aside), ("warned", view.quality.warned)):
        if reasons:
            page.title(name)
            page.head("code", "reason", "rows")
            for reason in reasons:
                _reason(page, reason)


def _reason(page: Page, reason: Reason) -> None:
    put(page.sheet, page.row, 0, reason.code, page.ink)
    put(page.sheet, page.row, 1, reason.title, page.ink)
    put_spoken(page.sheet, page.row, 2, reason.rows, page.ink)
    page.row += 1


def _sources(book: Workbook, view: BulletinView, ink: Ink) -> None:
    page = Page(book, view, "sources", (26, 110, 30), ink)
    page.head("mandate", "clause", "strength")
    for block in view.blocks:
        clause = block.clause
        number = f"（{clause.number}）" if clause.number else ""
        said = f"《{clause.document}》{number}{clause.section}：“{clause.words}”"
        page.line(block.mandate, said, clause.strength)
    if view.readings:
        page.title("readings")
        for reading in view.readings:
            page.line(reading.mandate, reading.what, reading.taken)
            for said in reading.otherwise:
                page.line("", said)
    page.title("method")
    for said in view.method:
        page.line("", said)
    page.title("imprint")
    for line in view.imprint:
        page.line(line.name, line.value)
