"""Facets: the distinct combinations of codes that vehicles have, each known by a number.

A fact row carries one small number instead of a dozen codes, so that the one heavy question is a
count by number and year.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np
import polars as pl

from monitor.extracts.vin import mix
from monitor.store.schema import FACET_COLUMNS as COLUMNS

# A county's code and the way to a category are dress: two rows that differ in them only agree.
_DRESS = frozenset({"county", "category_basis"})
_NUMBERS = {
    "registration": ("registered_on", "retired_on", "range_km", "gross_mass_kg", "fast_charge"),
    "procurement": ("signed_on", "delivery_on", "quantity"),
}
# A row of a declared kind says all that it says in one number of its own.
_RECORD_NUMBERS = ("content_key",)

FacetKey = tuple[str | bool | None, ...]


class FacetBook:
    """Numbers of the known facets; new ones are numbered on as they come."""

    def __init__(self, known: Iterable[tuple[int, FacetKey]]) -> None:
        """`known` are the facets that the store holds."""
        self._numbers = {key: number for number, key in known}
        self._content: dict[int, int] = {n: _content_key(k) for k, n in self._numbers.items()}
        self.new: list[tuple[int, FacetKey]] = []

    def number(self, kind: str, typed: pl.DataFrame) -> pl.DataFrame:
        """`facet` and `content_hash` for each row of a typed batch, in its order."""
        packed = typed.select(_packed(typed).alias("packed")).to_series()
        # In the order of the rows, so that the same files give the same numbers.
        first = packed.arg_unique().sort()
        numbers = [self._number_of(key) for key in typed.select(COLUMNS)[first].iter_rows()]
        content = pl.Series([self._content[n] for n in numbers], dtype=pl.UInt64)
        places = packed.replace_strict(
            packed.gather(first),
            pl.Series(range(len(numbers)), dtype=pl.UInt32),
            return_dtype=pl.UInt32,
        )
        facets = pl.Series(numbers, dtype=pl.Int32).gather(places)
        hashed = content.gather(places).to_numpy()
        for column in _NUMBERS.get(kind, _RECORD_NUMBERS):
            values = typed[column].cast(pl.Int64).fill_null(-1).to_numpy().astype(np.uint64)
            hashed = mix(hashed ^ values)
        return pl.DataFrame({"facet": facets, "content_hash": hashed})

    def deregistrations(self) -> frozenset[int]:
        """The facets whose rows end a vehicle's time in the fleet."""
        place = COLUMNS.index("is_deregistration")
        return frozenset(number for key, number in self._numbers.items() if key[place])

    def divisions(self) -> dict[int, str]:
        """The reporting division of each facet that has one."""
        place = COLUMNS.index("division")
        return {n: str(key[place]) for key, n in self._numbers.items() if key[place] is not None}

    def _number_of(self, key: FacetKey) -> int:
        if key not in self._numbers:
            number = len(self._numbers) + 1
            self._numbers[key] = number
            self._content[number] = _content_key(key)
            self.new.append((number, key))
        return self._numbers[key]


def _packed(typed: pl.DataFrame) -> pl.Expr:
    """All code columns of a row as one integer: Enum places in a mixed radix."""
    packed, radix = pl.lit(0, dtype=pl.UInt64), 1
    for column in COLUMNS:
        dtype = typed.schema[column]
        size = len(dtype.categories) if isinstance(dtype, pl.Enum) else 2
        place = pl.col(column).to_physical().cast(pl.UInt64).fill_null(size)
        packed = packed + place * pl.lit(radix, dtype=pl.UInt64)
        radix *= size + 1
    if radix >= 1 << 64:
        message = "the code tables have outgrown a 64-bit facet"
        raise OverflowError(message)
    return packed


def _content_key(key: FacetKey) -> int:
    content = [v for name, v in zip(COLUMNS, key, strict=True) if name not in _DRESS]
    digest = hashlib.blake2b(repr(content).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")
