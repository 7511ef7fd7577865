"""A text as blocks of bytes cut at line ends, each with the sender's number of its first line."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from monitor.extracts.gates import count_feeds

# Half a million rows: what a step costs however few its rows are is then a hundredth of the work.
BLOCK_BYTES = 1 << 26


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
        while data := file.read(size):
            # A CR at the very end may be half of a CRLF; the file's last line may have no end.
            cut = max(data.rfind(b"\n"), data.rfind(b"\r", 0, len(data) - 1)) + 1
            if len(data) == size and cut:
                file.seek(cut - size, os.SEEK_CUR)
                data = data[:cut]
            block = _block(data, line)
            yield block
            line += block.lines


def _block(data: bytes, line: int) -> Block:
    if b"\r" in data and data.count(b"\r") != data.count(b"\r\n"):
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if not data.endswith(b"\n"):
        data += b"\n"
    return Block(data, line, count_feeds(data))
