"""The text of a long PDF in the order in which it is set, and its bookmarks, read in a second.

`pypdf` reads each page's fonts anew, which takes seconds of a hundred pages. Here each font's
characters are read once. It knows what typst writes: two-byte fonts, in the strings of a page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO

from pypdf import PdfReader
from pypdf.generic import DictionaryObject, StreamObject

_PLAIN = rb"\\.|[^()\\]"
# Parentheses that pair stand in a string as they are.
_LITERAL = rb"\(((?:" + _PLAIN + rb"|\((?:" + _PLAIN + rb"|\((?:" + _PLAIN + rb")*\))*\))*)\)"
# What a span is read aloud as is no text of its own.
_TOKEN = re.compile(
    rb"/ActualText ?<[0-9A-F]+>|/(\w+) [\d.]+ Tf|<([0-9A-F]+)>|" + _LITERAL, re.DOTALL
)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_CHARACTER = re.compile(r"<([0-9A-F]+)> <([0-9A-F]+)>\s")
_NAMED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page without white space: lines break, and Chinese is spaced, as the page
    needs it.
    """
    tables: dict[int, dict[bytes, str]] = {}
    told: list[str] = []
    for page in PdfReader(BytesIO(pdf)).pages:
        fonts = _dictionary(_dictionary(page["/Resources"])["/Font"])
        names = {}
        for name in fonts:
            number = fonts.raw_get(name).idnum
            if number not in tables:
                tables[number] = _characters(_dictionary(fonts[name])["/ToUnicode"])
            names[name.removeprefix("/").encode()] = tables[number]
        contents = page.get_contents()
        assert contents is not None
        told.append(re.sub(r"\s", "", "".join(_spoken(contents.get_data(), names))))
    return told


def _dictionary(value: object) -> DictionaryObject:
    assert isinstance(value, DictionaryObject)
    return value


def _spoken(content: bytes, fonts: dict[bytes, dict[bytes, str]]) -> list[str]:
    said: list[str] = []
    table: dict[bytes, str] = {}
    for font, written, literal in _TOKEN.findall(content):
        if font:
            table = fonts.get(font, {})
            continue
        if not (written or literal):
            continue
        codes = bytes.fromhex(written.decode()) if written else _ESCAPE.sub(_meant, literal)
        said += [table.get(codes[at : at + 2], "") for at in range(0, len(codes), 2)]
    return said


def _meant(found: re.Match[bytes]) -> bytes:
    what = found[1]
    return bytes([int(what, 8)]) if what.isdigit() else _NAMED.get(what, what)


def _characters(stream: object) -> dict[bytes, str]:
    assert isinstance(stream, StreamObject)
    return {
        bytes.fromhex(glyph): bytes.fromhex(meant).decode("utf-16-be")
        for glyph, meant in _CHARACTER.findall(stream.get_data().decode())
        if len(glyph) == 4
    }


def bookmarks_of(pdf: bytes) -> list[str]:
    """The titles of all bookmarks, in their order."""
    root = _dictionary(PdfReader(BytesIO(pdf)).trailer["/Root"])
    return list(_titles(_dictionary(root["/Outlines"])))


def _titles(above: DictionaryObject) -> Iterator[str]:
    one = above.get("/First")
    while one is not None:
        mark = one.get_object()
        yield str(mark["/Title"])
        yield from _titles(mark)
        one = mark.get("/Next")
