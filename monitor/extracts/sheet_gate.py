"""What a workbook's archive must be like before a spreadsheet reader may open it.

Standard library only: it runs in the confined child.
"""

from __future__ import annotations

import re
import zipfile
from typing import BinaryIO

MOST_PARTS = 200
MOST_INFLATED = 400 << 20
MOST_RATIO = 200
_SMALL = 10 << 20
_CHUNK = 1 << 18
_OVERLAP = 16
_DOCUMENT_TYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCRYPTED = 1


class GateClosed(Exception):
    """The archive may not pass; `code` is the finding's, `reason` a word the parent translates."""

    def __init__(self, code: str, reason: str) -> None:
        """Keep both."""
        super().__init__(code, reason)
        self.code = code
        self.reason = reason


def open_archive(file: BinaryIO) -> zipfile.ZipFile:
    """Open an archive whose every part has been inflated and found harmless.

    Raises GateClosed: sheet_too_large, sheet_encrypted, sheet_unreadable, file_not_a_table.
    """
    try:
        archive = zipfile.ZipFile(file)
        parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise GateClosed("sheet_unreadable", "damaged") from error
    _check_names(parts)
    _check_kind({part.filename for part in parts})
    if sum(part.file_size for part in parts) > MOST_INFLATED:
        raise GateClosed("sheet_too_large", "inflated")
    _check_places(parts)
    inflated = 0
    try:
        for part in parts:
            inflated += _inflate(archive, part, MOST_INFLATED - inflated)
    except (zipfile.BadZipFile, EOFError, ValueError, OSError, NotImplementedError) as error:
        raise GateClosed("sheet_unreadable", "damaged") from error
    return archive


def _check_names(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MOST_PARTS:
        raise GateClosed("sheet_too_large", "parts")
    names = [part.filename for part in parts]
    if len({name.casefold() for name in names}) != len(names):
        raise GateClosed("sheet_unreadable", "names")
    for name in names:
        steps = name.replace("\\", "/").split("/")
        if name.startswith(("/", "\\")) or ".." in steps or ":" in name:
            raise GateClosed("sheet_unreadable", "names")
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        raise GateClosed("sheet_encrypted", "encrypted")


def _check_kind(names: set[str]) -> None:
    if any(name.casefold() == "xl/workbook.xml" for name in names):
        return
    reason = "zip"
    for mark, meant in (
        ("xl/workbook.bin", "xlsb"),
        ("word/document.xml", "word"),
        ("ppt/presentation.xml", "slides"),
        ("content.xml", "open_document"),
    ):
        if mark in names:
            reason = meant
            break
    raise GateClosed("file_not_a_table", reason)


def _check_places(parts: list[zipfile.ZipInfo]) -> None:
    """Parts that share bytes inflate to more than the archive could hold."""
    end = 0
    for part in sorted(parts, key=lambda part: part.header_offset):
        if part.header_offset < end:
            raise GateClosed("sheet_unreadable", "overlap")
        end = part.header_offset + part.compress_size


def _inflate(archive: zipfile.ZipFile, part: zipfile.ZipInfo, room: int) -> int:
    size, tail = 0, b""
    is_markup = part.filename.casefold().endswith((".xml", ".rels", ".vml"))
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            if is_markup:
                if size == 0 and b"\0" in chunk[:4]:
                    # UTF-16 would hide what is looked for; no spreadsheet program writes it.
                    raise GateClosed("sheet_unreadable", "entities")
                if _DOCUMENT_TYPE.search(tail + chunk):
                    raise GateClosed("sheet_unreadable", "entities")
                tail = chunk[-_OVERLAP:]
            size += len(chunk)
            if size > room:
                raise GateClosed("sheet_too_large", "inflated")
            if size > _SMALL and size > MOST_RATIO * part.compress_size:
                raise GateClosed("sheet_too_large", "ratio")
    return size
