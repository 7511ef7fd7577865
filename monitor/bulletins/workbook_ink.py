"""How cells of a workbook are written: words as words, numbers as numbers, never a formula."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from monitor.bulletins.formats import NOTHING
from monitor.bulletins.parts import Tone

FONT: Final = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"}
TONES: Final[dict[Tone, str]] = {
    "good": "#1E6B45",
    "bad": "#A3221F",
    "warn": "#8A5300",
    "unsure": "#4F4A8C",
    "quiet": "#5B6470",
}
_SHARE: Final = "0.00%"
_WHOLE: Final = "#,##0"
# A number as a page shows it: with separators, a sign that tells a change, or as per cent.
_SPOKEN: Final = re.compile(r"([+\-−]?)([0-9]{1,3}(?:,?[0-9]{3})*(?:\.[0-9]+)?)( ?%)?")
_MM_AN_INCH: Final = 25.4
_MARGINS_MM: Final = (12, 12, 19, 15)  # left, right, top, bottom
_LONGEST: Final = 32_767  # characters that a cell can hold; more would lose the whole cell
_UNFIT: Final = re.compile(r"[\[\]:*?/\\]")
_LONGEST_NAME, _LONGEST_HEAD = 31, 180

Said = str | int | Decimal


class Ink:
    """The formats of one workbook, made when they are first asked for."""

    def __init__(self, book: Workbook) -> None:
        """`book` is the workbook that the formats belong to."""
        self.book = book
        self._made: dict[tuple[tuple[str, object], ...], Format] = {}

    def format(self, **properties: object) -> Format:
        """A format with these properties over the workbook's font."""
        key = tuple(properties.items())
        if key not in self._made:
            self._made[key] = self.book.add_format(FONT | properties)
        return self._made[key]

    def number(self, pattern: str, **properties: object) -> Format:
        """A format of numbers, set to the right."""
        return self.format(**({"num_format": pattern, "align": "right"} | properties))

    @property
    def words(self) -> Format:
        """Words that may run over several lines."""
        return self.format(text_wrap=True)

    @property
    def head(self) -> Format:
        """The header of a table."""
        return self.format(
            bold=True, text_wrap=True, bottom=1, bg_color="#EDF1F5", font_color="#17406D"
        )

    @property
    def title(self) -> Format:
        """The title over a table."""
        return self.format(bold=True, font_color="#17406D", font_size=12)


def sheet(book: Workbook, name: str, head: str, widths: Sequence[float]) -> Worksheet:
    """A sheet that prints on A4 across, as wide as the paper, under `head` with page numbers."""
    made = book.add_worksheet(_sheet_name(name))
    for column, width in enumerate(widths):
        made.set_column(column, column, width)
    made.set_landscape()
    made.set_paper(9)
    made.fit_to_pages(1, 0)
    made.set_margins(*(margin / _MM_AN_INCH for margin in _MARGINS_MM))
    made.set_header("&L" + " ".join(head.split())[:_LONGEST_HEAD].replace("&", "&&"))
    made.set_footer("&C&P / &N")
    made.hide_gridlines(2)
    return made


def _sheet_name(name: str) -> str:
    """A name that a sheet can bear; one that is too long ends with a whole word."""
    fit = _UNFIT.sub(" ", name)
    if len(fit) <= _LONGEST_NAME:
        return fit
    return fit[: _LONGEST_NAME + 1].rpartition(" ")[0].rstrip(" ,、") or fit[:_LONGEST_NAME]


def put(page: Worksheet, row: int, column: int, said: Said, ink: Ink, **look: object) -> None:
    """Write one cell; a number keeps every digit that the page shows, a word stays a word."""
    if isinstance(said, str):
        if said:
            page.write_string(
                row, column, said[:_LONGEST], ink.format(**({"text_wrap": True} | look))
            )
    else:
        page.write_number(row, column, said, ink.number(pattern_of(said), **look))


def pattern_of(value: int | Decimal) -> str:
    """The number format that shows a count, or a decimal with all its places."""
    exponent = value.as_tuple().exponent if isinstance(value, Decimal) else 0
    places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return f"{_WHOLE}.{'0' * places}" if places else _WHOLE


def put_share(page: Worksheet, row: int, column: int, share: Decimal, ink: Ink) -> None:
    """Write a share of 0..1 as per cent, cut as it came."""
    page.write_number(row, column, share, ink.number(_SHARE))


def put_target(
    page: Worksheet, row: int, column: int, asked: Said, ink: Ink, said: str, sign: str
) -> None:
    """Write a target as a number that shows its sign, or in the words that the page says it in."""
    if isinstance(asked, str):
        put(page, row, column, said if asked else "", ink, align="right")
        return
    pattern = _SHARE if said.endswith("%") else pattern_of(asked)
    page.write_number(row, column, asked, ink.number(f'"{sign} "{pattern}' if sign else pattern))


def put_spoken(
    page: Worksheet, row: int, column: int, said: str, ink: Ink, after: str = "", **look: object
) -> None:
    """Write what a page says in words as the number that it is, where it is one.

    `after` is shown behind it and is no part of the number.
    """
    found = _SPOKEN.fullmatch(said)
    look = {"align": "right"} | look
    if said == NOTHING or not found:
        shown = "" if said == NOTHING and not after else said + after
        put(page, row, column, shown, ink, **look)
        return
    sign, digits, percent = found.groups()
    value = Decimal(digits.replace(",", ""))
    value = -value if sign and sign != "+" else value
    value = value.scaleb(-2) if percent else value
    pattern = _SHARE if percent else pattern_of(value)
    pattern = f"+{pattern};-{pattern};0" if sign else pattern
    page.write_number(
        row,
        column,
        value,
        ink.format(num_format=f'{pattern}"{after}"' if after else pattern, **look),
    )


def put_head(page: Worksheet, row: int, names: Iterable[str], ink: Ink) -> None:
    """Write the header of a table."""
    for column, name in enumerate(names):
        page.write_string(row, column, name, ink.head)
