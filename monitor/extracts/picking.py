"""A few lines of a text, wanted once more, without parsing all the others again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from monitor.extracts.blocks import Block
from monitor.extracts.parsing import LINE, parse_blocks
from monitor.extracts.records import Dialect

_LF, _QUOTE = 10, b'"'


def parse_picked(
    blocks: Iterable[Block], lines: Sequence[int], dialect: Dialect, cells: int, least: int
) -> Iterator[pl.DataFrame]:
    """Parse at least the records that begin on `lines`; tables as of `parse_blocks`.

    From the first block with a quotation mark on, where a record may take several lines, all are.
    """
    wanted = np.unique(np.asarray(lines, dtype=np.int64))
    waiting = iter(blocks)
    for block in waiting:
        if dialect.is_quoted and _QUOTE in block.data:
            yield from parse_blocks(_chain(block, waiting), dialect, cells, least)
            return
        numbers = wanted[np.searchsorted(wanted, block.line) :]
        numbers = numbers[: np.searchsorted(numbers, block.line + block.lines)]
        if len(numbers):
            picked = Block(_cut(block, numbers), 0, len(numbers))
            own = pl.Series(numbers, dtype=pl.UInt32)
            for table in parse_blocks([picked], dialect, cells, least):
                yield table.with_columns(own.gather(table[LINE]).alias(LINE))


def _chain(first: Block, others: Iterator[Block]) -> Iterator[Block]:
    yield first
    yield from others


def _cut(block: Block, numbers: NDArray[np.int64]) -> bytes:
    feeds = np.flatnonzero(np.frombuffer(block.data, np.uint8) == _LF)
    ends = feeds + 1
    starts = np.concatenate([[0], ends[:-1]])
    places = numbers - block.line
    return b"".join(
        block.data[start:end]
        for start, end in zip(starts[places].tolist(), ends[places].tolist(), strict=True)
    )
