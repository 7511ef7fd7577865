"""The empty table of a kind as a workbook: the table, how to fill it in, and what cells may say."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import Final

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from monitor.bulletins.blank_table import BlankForm, explained
from monitor.bulletins.words import Words
from monitor.bulletins.workbook_ink import TONES, Ink, put, sheet

_OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_MADE: Final = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_ROWS: Final = 20_000  # rows that have the look of their columns and offer their values
_WIDTH: Final = 20
_HEAD: Final = 1  # the row of the names, under what is said of them
_TALL: Final = 96


def blank_workbook(form: BlankForm, words: Words) -> bytes:
    """The workbook; the same form makes the same bytes. The examples stand beside the explanation,
    so that none can be sent by mistake.
    """
    content = BytesIO()
    book = Workbook(content, _OPTIONS)
    book.set_properties({"title": form.title, "created": _MADE})
    ink = Ink(book)
    _table(book, form, ink, words)
    _explanation(book, form, ink, words)
    _values(book, form, ink, words)
    book.close()
    return content.getvalue()


def _table(book: Workbook, form: BlankForm, ink: Ink, words: Words) -> None:
    page = sheet(book, form.title, form.title, [_WIDTH] * len(form.columns))
    page.set_row(0, _TALL)
    for at, column in enumerate(form.columns):
        put(page, 0, at, explained(column), ink, font_color=TONES["quiet"], font_size=9)
        page.write_string(_HEAD, at, column.marked, ink.head)
        # As text: a spreadsheet program would turn 02 to 2 and a long number to 1.2E+17.
        look = {"day": "yyyy-mm-dd", "number": "General"}.get(column.nature, "@")
        page.set_column(at, at, _WIDTH, ink.format(num_format=look))
        if column.values:
            _offer(page, form, at, words)
    page.freeze_panes(_HEAD + 1, 1)


def _offer(page: Worksheet, form: BlankForm, at: int, words: Words) -> None:
    """A list to choose from; other writings that the reader knows may be typed all the same."""
    coded = [column.name for column in form.columns if column.values]
    column = form.columns[at]
    place = xl_col_to_name(coded.index(column.name))
    name = words("可填的值").replace("'", "''")
    page.data_validation(
        _HEAD + 1,
        at,
        _ROWS,
        at,
        {
            "validate": "list",
            "source": f"='{name}'!${place}$2:${place}${len(column.values) + 1}",
            "error_type": "information",
            "show_error": False,
        },
    )


def _explanation(book: Workbook, form: BlankForm, ink: Ink, words: Words) -> None:
    examples = max((len(column.examples) for column in form.columns), default=0)
    widths = (24, 28, 70, 50, *(28 for _ in range(examples)))
    page = sheet(book, words("填写说明"), form.title, widths)
    put(page, 0, 0, form.about, ink, text_wrap=False)
    put(
        page,
        1,
        0,
        words("只读第一张表；示例只供对照，不会被当作数据。列的次序不限，多出的列保留但不统计。"),
        ink,
        text_wrap=False,
    )
    heads = [words("列"), words("是否必填"), words("怎样填"), words("也认的列名")]
    heads += [words("示例 %(number)s", number=number + 1) for number in range(examples)]
    for at, head in enumerate(heads):
        page.write_string(3, at, head, ink.head)
    for row, column in enumerate(form.columns, start=4):
        cells = (column.header, column.must, column.how, words.listed(column.aliases))
        for at, cell in enumerate((*cells, *column.examples)):
            put(page, row, at, cell, ink)
    page.freeze_panes(4, 1)


def _values(book: Workbook, form: BlankForm, ink: Ink, words: Words) -> None:
    coded = [column for column in form.columns if column.values]
    page = sheet(book, words("可填的值"), form.title, [_WIDTH] * len(coded))
    for at, column in enumerate(coded):
        # Not the bare name: a sheet whose header has the names of the table would be one.
        page.write_string(0, at, words("“%(column)s”可填", column=column.header), ink.head)
        for row, value in enumerate(column.values, start=1):
            put(page, row, at, value, ink)
    page.freeze_panes(1, 0)
