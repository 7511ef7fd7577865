"""Immutable Parquet parts: the rows of one submission, written batch by batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import polars as pl
import pyarrow.parquet as pq

# No compression makes them smaller: keys are as good as random, lines are written as differences.
_DENSE = frozenset({"key_hash", "content_hash", "line"})
# Columns of many values gain nothing from a dictionary and cost much in building it.
_PLAIN = _DENSE | {"vin", "credit_code", "owner", "buyer"}


class PartWriter:
    """Writes batches of one shape to one Parquet file; no file where no row came."""

    def __init__(self, path: Path) -> None:
        """`path` is a temporary place; the caller moves the finished file."""
        self.path = path
        self.rows = 0
        self._writer: pq.ParquetWriter | None = None

    def write(self, frame: pl.DataFrame) -> None:
        """Append a batch."""
        if not frame.height:
            return
        table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
        if self._writer is None:
            self._writer = pq.ParquetWriter(
                self.path,
                table.schema,
                compression={
                    name: "none" if name in _DENSE else "zstd" for name in table.column_names
                },
                compression_level={name: 1 for name in table.column_names if name not in _DENSE},
                use_dictionary=[name for name in table.column_names if name not in _PLAIN],
                column_encoding={"line": "DELTA_BINARY_PACKED"},
                write_statistics=False,
            )
        self._writer.write_table(table.cast(self._writer.schema))
        self.rows += frame.height

    def __enter__(self) -> Self:
        """Use as a context, so that a half-written file is closed on failure."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Finish the file."""
        if self._writer is not None:
            self._writer.close()


def read_part(path: Path, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
    """Some columns of a part, in pieces of the size that they were written in.

    Whoever reads ten million rows so holds no more of them than of a hundred thousand.
    """
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            yield pl.DataFrame(file.read_row_group(group, columns=list(columns)))


def part_name(seq: int, sha256: str) -> str:
    """The file name of a submission's part, and of its rows set aside."""
    return f"{seq:06d}-{sha256[:8]}.parquet"
