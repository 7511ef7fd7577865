"""Which characters a face has: read from its `cmap` table (OpenType 1.9, chapter cmap)."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final

_WHOLE_UNICODE: Final = 12  # the subtable format that covers all planes, in groups of characters


def covered_characters(face: Path) -> frozenset[int]:
    """The code points that `face` can print; empty where it has no table that we read."""
    content = face.read_bytes()
    table = _table(content, b"cmap")
    (count,) = struct.unpack_from(">H", table, 2)
    covered: set[int] = set()
    for number in range(count):
        (offset,) = struct.unpack_from(">I", table, 8 + 8 * number)
        (form,) = struct.unpack_from(">H", table, offset)
        if form == _WHOLE_UNICODE:
            covered |= _groups(table, offset)
    return frozenset(covered)


def _table(content: bytes, tag: bytes) -> bytes:
    (count,) = struct.unpack_from(">H", content, 4)
    for number in range(count):
        name, _, offset, length = struct.unpack_from(">4sIII", content, 12 + 16 * number)
        if name == tag:
            return content[offset : offset + length]
    return b"\0" * 4


def _groups(table: bytes, offset: int) -> set[int]:
    (count,) = struct.unpack_from(">I", table, offset + 12)
    groups = struct.iter_unpack(">III", table[offset + 16 : offset + 16 + 12 * count])
    return {point for first, last, _ in groups for point in range(first, last + 1)}
