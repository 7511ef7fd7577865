"""Vehicles that a file names more than once: copies, and rows that contradict each other."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

_COLUMNS = ("line", "vin", "key_hash", "content_hash", "facet")


class Repeated(NamedTuple):
    """Lines of a file by what their repetition means; `*_aside` were set aside already."""

    copies: tuple[int, ...]
    conflicts: tuple[int, ...]
    copies_aside: tuple[int, ...]
    conflicts_aside: tuple[int, ...]


class Sightings:
    """Remembers, batch by batch, just enough to find repetitions without holding the file."""

    def __init__(self) -> None:
        """Eight bytes a row, and the rows that are set aside."""
        self._keys: list[np.ndarray[tuple[int], np.dtype[np.uint64]]] = []
        self._aside: list[pl.DataFrame] = []

    def add(self, typed: pl.DataFrame, wrong: pl.Series) -> None:
        """Note the vehicles of a batch."""
        self._keys.append(typed["key_hash"].drop_nulls().to_numpy())
        if wrong.any():
            aside = typed.filter(wrong, pl.col("key_hash").is_not_null()).select(_COLUMNS)
            # A few texts keep those of their whole batch alive, unless they are copied out of it.
            arrow = aside.to_arrow(compat_level=pl.CompatLevel.oldest())
            self._aside.append(pl.DataFrame(arrow))

    def repeated(self, part: Path | None, deregistrations: frozenset[int]) -> Repeated:
        """Set the rows of vehicles that come twice against each other.

        One sort over the keys gives the candidates; only they are read back from `part` and
        compared by identifier, so that two identifiers of one key are not taken for one vehicle.
        A deregistration does not repeat the registration of its vehicle: it ends it.
        """
        keys = np.concatenate(self._keys) if self._keys else np.empty(0, dtype=np.uint64)
        keys.sort()
        twice = pl.Series(np.unique(keys[1:][keys[1:] == keys[:-1]]), dtype=pl.UInt64)
        if twice.is_empty():
            return Repeated((), (), (), ())
        candidate = pl.col("key_hash").is_in(twice.implode())
        frames = [frame.filter(candidate).with_columns(aside=True) for frame in self._aside]
        if part is not None:
            counted = pl.scan_parquet(part).filter(candidate).select(_COLUMNS).collect()
            frames.append(counted.with_columns(aside=False))
        vehicle = ["vin", "ends"]
        rows = (
            pl.concat(frames)
            .sort("line")
            .with_columns(ends=pl.col("facet").is_in(list(deregistrations)))
            .with_columns(
                conflicts=pl.col("content_hash").n_unique().over(vehicle) > 1,
                place=pl.int_range(pl.len()).over(vehicle),
            )
        )
        conflicts = rows.filter("conflicts")
        copies = rows.filter(~pl.col("conflicts") & (pl.col("place") > 0))
        return Repeated(
            _lines(copies, aside=False),
            _lines(conflicts, aside=False),
            _lines(copies, aside=True),
            _lines(conflicts, aside=True),
        )


def _lines(rows: pl.DataFrame, *, aside: bool) -> tuple[int, ...]:
    return tuple(rows.filter(pl.col("aside") == aside)["line"].to_list())
