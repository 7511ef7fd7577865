"""Plain text set in columns and lines where a Chinese character is two cells wide."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

TEXT_WIDTH: Final = 78
_PAIR_WIDTH: Final = 9
_TOKEN: Final = re.compile(r"\s+|[^\s\u1100-\uffff]+(?: %)?|.", re.DOTALL)
_NEVER_FIRST: Final = frozenset("，。、；：？）》」』”％%,.;:)]")
_NEVER_LAST: Final = frozenset("（《「『“([")


class _Widths(dict[str, int]):
    """The cells of each character, looked up once: bulletins are set by the thousand."""

    def __missing__(self, character: str) -> int:
        width = (
            0
            if unicodedata.combining(character)
            else 2
            if unicodedata.east_asian_width(character) in "WF"
            else 1
        )
        self[character] = width
        return width


_WIDTHS: Final = _Widths()


@lru_cache(maxsize=65536)
def cells(text: str) -> int:
    """How many cells `text` takes in a terminal: wide and full-width characters take two."""
    return sum(map(_WIDTHS.__getitem__, text))


def left(text: str, width: int) -> str:
    """`text` at the left of `width` cells."""
    return text + " " * (width - cells(text))


def right(text: str, width: int) -> str:
    """`text` at the right of `width` cells."""
    return " " * (width - cells(text)) + text


def wrap(text: str, indent: int = 0, hanging: int = 0, width: int = TEXT_WIDTH) -> str:
    """Lines of at most `width` cells; further lines are indented by `hanging` more.

    Chinese breaks between characters, other words stay whole, and no stop begins a line.
    """
    lines: list[str] = []
    line, taken, is_blank = " " * indent, indent, True
    for token in _glued(_TOKEN.findall(" ".join(text.split()))):
        if taken + cells(token.rstrip()) > width and not is_blank:
            lines.append(line.rstrip())
            line, taken, is_blank = " " * (indent + hanging), indent + hanging, True
            token = token.lstrip()  # noqa: PLW2901 - a line does not begin with a space
        line += token
        taken += cells(token)
        is_blank = is_blank and not token.strip()
    lines.append(line.rstrip())
    return "\n".join(lines)


def _glued(tokens: list[str]) -> list[str]:
    """Tokens with their stops: a break may come before each of them."""
    glued: list[str] = []
    for token in tokens:
        if glued and (token[0] in _NEVER_FIRST or glued[-1][-1] in _NEVER_LAST):
            glued[-1] += token
        else:
            glued.append(token)
    return glued


def ends(start: str, end: str, indent: int = 0, width: int = TEXT_WIDTH) -> str:
    """`start` at the left edge and `end` at the right one of its last line."""
    room = width - cells(end)
    *above, last = wrap(start, indent, width=room - 2).split("\n")
    return "\n".join([*above, left(last, room) + end])


def pairs(items: Sequence[tuple[str, str]], indent: int = 0, in_row: int = 3) -> str:
    """Names and values in a grid of `in_row` columns, values right-aligned under each other."""
    rows = [items[at : at + in_row] for at in range(0, len(items), in_row)]
    columns = [[row[at] for row in rows if at < len(row)] for at in range(in_row)]
    names = [max((cells(name) for name, _ in column), default=0) for column in columns]
    values = [max([_PAIR_WIDTH, *(cells(value) for _, value in column)]) for column in columns]
    return "\n".join(
        " " * indent
        + "    ".join(
            left(name, names[at]) + "  " + right(value, values[at])
            for at, (name, value) in enumerate(row)
        )
        for row in rows
    )


def table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], sides: str, indent: int = 0
) -> str:
    """Rows under headings; `sides` has l or r for each column.

    Where the columns do not fit, the first stands on a line of its own above the others.
    """
    everything = [headings, *rows]
    widths = [max(cells(row[at]) for row in everything) for at in range(len(headings))]
    gap = _gap(widths, indent)
    apart = 0 if gap else _gap(widths[1:], indent + 2) or 1
    lines = []
    for number, row in enumerate(everything):
        if gap:
            lines.append(_row(row, widths, sides, gap, indent))
        else:
            lines.append(" " * indent + row[0])
            lines.append(_row(row[1:], widths[1:], sides[1:], apart, indent + 2))
        if number == 0:
            lines.append(" " * indent + "-" * max(cells(line.strip()) for line in lines))
    return "\n".join(lines)


def _gap(widths: Sequence[int], indent: int) -> int:
    """The space between columns that fits; 0 where none does."""
    bare = indent + sum(widths)
    return next((gap for gap in (2, 1) if bare + gap * (len(widths) - 1) <= TEXT_WIDTH), 0)


def _row(row: Sequence[str], widths: Sequence[int], sides: str, gap: int, indent: int) -> str:
    set_ = [
        left(text, width) if side == "l" else right(text, width)
        for text, width, side in zip(row, widths, sides, strict=True)
    ]
    return (" " * indent + (" " * gap).join(set_)).rstrip()
