"""A text as blocks of bytes cut at line ends, each with the sender's number of its first line."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from monitor.extracts.gates import count_feeds

# Half a million rows: what a step costs however few its rows are is then a hundredth of the work.
BLOCK_BYTES = 1 << 26
_TAIL_BYTES = 1 << 12


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines: `data` ends in a line end, LF or CRLF and never a lone CR.

    `line` is the sender's number of its first line (1 = the first of the file), `lines` how many.
    """

    data: bytes
    line: int
    lines: int


def iter_blocks(path: Path, start: int = 0, size: int = BLOCK_BYTES) -> Iterator[Block]:
    """Cut UTF-8 text that has passed the gates into blocks of about `size` bytes."""
    line = 1
    with path.open("rb") as file:
        file.seek(start)
        while data := file.read(_whole_lines(file, size)):
            block = _block(data, line)
            yield block
            line += block.lines


def _whole_lines(file: BinaryIO, size: int) -> int:
    """How many of the next `size` bytes are whole lines; all, where there is no line end.

    Looked for at their end before they are read: to cut them afterwards would copy them all.
    """
    here = file.tell()
    if os.fstat(file.fileno()).st_size - here <= size:
        return size
    looked_at, cut = 0, 0
    while not cut and looked_at < size:
        looked_at = min(size, 8 * looked_at or _TAIL_BYTES)
        file.seek(here + size - looked_at)
        tail = file.read(looked_at)
        feed = tail.rfind(b"\n")
        # A CR at the very end may be half of a CRLF.
        cut = max(feed, tail.rfind(b"\r", feed + 1, looked_at - 1)) + 1
    file.seek(here)
    return size - looked_at + cut if cut else size


def _block(data: bytes, line: int) -> Block:
    if b"\r" in data and data.count(b"\r") != data.count(b"\r\n"):
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if not data.endswith(b"\n"):
        data += b"\n"
    return Block(data, line, count_feeds(data))
