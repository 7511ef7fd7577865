"""A received file with some texts put into other words, in whatever dress they stand there."""

from __future__ import annotations

import codecs
import re
import zipfile
from collections.abc import Mapping
from io import BytesIO
from xml.sax.saxutils import escape

from monitor.extracts.signature import tell_signature

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = 0xFEE0
# A file that comes again must not pass for the one that was redacted: their lengths differ.
_LONGER = "\n"


def in_any_dress(text: str) -> re.Pattern[str]:
    """What finds an identifier in small or capital, plain or full-width letters, spaced or not."""
    pieces = []
    for letter in text:
        dresses = {letter, letter.lower(), letter.upper()}
        dresses |= {chr(ord(one) + _WIDE) for one in dresses if "!" <= one <= "~"}
        pieces.append("[" + "".join(re.escape(one) for one in sorted(dresses)) + "]")
    return re.compile(r"[ \t\u3000\u00a0]?".join(pieces))


def redacted(data: bytes, identifiers: Mapping[str, str], words: Mapping[str, str]) -> bytes | None:
    """The bytes with each identifier, in any dress, and each word put otherwise.

    None where none of them stands there. `words` are cells as they were written.
    """
    if tell_signature(data[:8192]) == "zip":
        return _in_workbook(data, identifiers, words)
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _in_text(data, len(mark), encoding, identifiers, words)
    for encoding in ("utf-8", "gb18030", "utf-16-le", "utf-16-be"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        made = _in_text(data, 0, encoding, identifiers, words)
        if made is not None:
            return made
    return _in_text(data, 0, "utf-8", identifiers, words)


def _in_text(
    data: bytes,
    start: int,
    encoding: str,
    identifiers: Mapping[str, str],
    words: Mapping[str, str],
) -> bytes | None:
    text = data[start:].decode(encoding, "surrogateescape" if encoding == "utf-8" else "replace")
    made = put_otherwise(text, identifiers, words)
    if made == text:
        return None
    errors = "surrogateescape" if encoding == "utf-8" else "strict"
    return data[:start] + (made + _LONGER).encode(encoding, errors)


def put_otherwise(text: str, identifiers: Mapping[str, str], words: Mapping[str, str]) -> str:
    """A text with identifiers, in any dress, and words put otherwise."""
    for old, new in identifiers.items():
        text = in_any_dress(old).sub(new, text)
    for old, new in words.items():
        text = text.replace(old, new)
    return text


def _in_workbook(
    data: bytes, identifiers: Mapping[str, str], words: Mapping[str, str]
) -> bytes | None:
    """A workbook whose parts are rewritten one by one; one that cannot be opened stays."""
    out, changed = BytesIO(), False
    escaped = {escape(old): escape(new) for old, new in words.items()}
    try:
        with zipfile.ZipFile(BytesIO(data)) as book, zipfile.ZipFile(out, "w") as made:
            for entry in book.infolist():
                part = book.read(entry)
                if entry.filename.endswith(".xml"):
                    text = part.decode("utf-8", "surrogateescape")
                    other = put_otherwise(text, identifiers, escaped)
                    changed = changed or other != text
                    part = other.encode("utf-8", "surrogateescape")
                made.writestr(entry, part, compress_type=zipfile.ZIP_DEFLATED)
            made.comment = book.comment + b" "
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError):
        return None
    return out.getvalue() if changed else None
