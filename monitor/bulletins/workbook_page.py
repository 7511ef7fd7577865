"""A sheet of a bulletin's workbook, written from the top down."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from monitor.bulletins.bulletin_view import BulletinView
from monitor.bulletins.workbook_ink import Ink, put, put_head, put_spoken, sheet


class Page:
    """A sheet written from the top down."""

    def __init__(
        self, book: Workbook, view: BulletinView, name: str, widths: Sequence[float], ink: Ink
    ) -> None:
        """`name` is the heading that names the sheet, `widths` its columns' in characters."""
        self.sheet: Worksheet = sheet(book, view.headings[name], view.subject, widths)
        self.ink, self.headings, self.row = ink, view.headings, 0

    def title(self, name: str) -> None:
        """A title, with an empty row above it where it is not the first."""
        self.row += 1 if self.row else 0
        self.sheet.write_string(self.row, 0, self.headings[name], self.ink.title)
        self.row += 1

    def head(self, *names: str) -> None:
        """The header of a table by the names of its columns."""
        put_head(self.sheet, self.row, [self.headings[name] for name in names], self.ink)
        self.row += 1

    def line(self, *said: str, **look: object) -> None:
        """One row of words."""
        for column, words in enumerate(said):
            put(self.sheet, self.row, column, words, self.ink, **look)
        self.row += 1

    def spoken(
        self,
        words: Sequence[str],
        numbers: Sequence[str],
        more: Sequence[str] = (),
        **look: str,
    ) -> None:
        """One row: words, then what are numbers where they are, then words again."""
        for column, said in enumerate(words):
            put(self.sheet, self.row, column, said, self.ink)
        for column, said in enumerate(numbers, start=len(words)):
            put_spoken(self.sheet, self.row, column, said, self.ink, **look)
        for column, said in enumerate(more, start=len(words) + len(numbers)):
            put(self.sheet, self.row, column, said, self.ink)
        self.row += 1
