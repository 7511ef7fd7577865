"""Vehicle identification numbers by GB 16735, over whole columns at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

_LENGTH = 17
_CHECK_PLACE = 8
_WEIGHTS = np.array([8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2], dtype=np.int32)
_LETTERS = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", [*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)], strict=True)
)
_VALUES = np.zeros(256, dtype=np.int32)
for _character, _value in (_LETTERS | {str(digit): digit for digit in range(10)}).items():
    _VALUES[ord(_character)] = _value
_WEIGHED = (_WEIGHTS[:, None] * _VALUES[None, :]).astype(np.int16)
_CHECK_CHARACTERS = np.frombuffer(b"0123456789X", dtype=np.uint8)
_YEARS = "ABCDEFGHJKLMNPRSTVWXY123456789"
_YEAR_PLACE = 9
_FIRST_YEAR, _CYCLE = 1980, 30

WELL_FORMED = r"^[A-HJ-NPR-Z0-9]{17}$"
_FILLER = "0" * _LENGTH


class VinFacts(NamedTuple):
    """What a well-formed VIN tells; null in every column where the VIN is not well formed."""

    check_holds: pl.Series
    key_hash: pl.Series
    year_letter: pl.Series


def vin_facts(vins: pl.Series, well_formed: pl.Series) -> VinFacts:
    """Check digit, a 64-bit key that is the same on every machine, and the year letter.

    `vins` are upper-case; `well_formed` says which match `WELL_FORMED`.
    """
    # One of the right length in place of each that is not: their rows keep their places.
    filled = pl.select(pl.when(well_formed).then(vins).otherwise(pl.lit(_FILLER))).to_series()
    joined = filled.str.join("").item() or ""
    octets = np.frombuffer(joined.encode("ascii"), dtype=np.uint8).reshape(-1, _LENGTH)
    sums = np.zeros(len(octets), dtype=np.int16)
    for place, column in enumerate(np.ascontiguousarray(octets.T)):
        sums += _WEIGHED[place][column]
    holds = _CHECK_CHARACTERS[sums % 11] == octets[:, _CHECK_PLACE]
    facts = pl.DataFrame(
        {
            "check_holds": holds,
            "key_hash": _hash(octets),
            "year_letter": np.ascontiguousarray(octets[:, _YEAR_PLACE]),
        }
    )
    if not well_formed.all():
        facts = facts.select(pl.when(well_formed).then(pl.all()))
    return VinFacts(*facts.get_columns())


def _hash(octets: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """64 bits mixed from all 17 characters; fixed here, since it is stored with the facts."""
    head = np.ascontiguousarray(octets[:, :8]).view("<u8").ravel()
    tail = np.ascontiguousarray(octets[:, 9:17]).view("<u8").ravel()
    mixed = mix(head) ^ (tail + octets[:, _CHECK_PLACE].astype(np.uint64) * np.uint64(0x9E37))
    return mix(mixed)


def mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of SplitMix64: every bit of the input bears on every bit of the output."""
    with np.errstate(over="ignore"):
        values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def model_years(letter: int | None, until: int) -> tuple[int, ...]:
    """The years up to `until` that a VIN's tenth character may stand for (it recurs in 30)."""
    place = _YEARS.find(chr(letter)) if letter is not None else -1
    return tuple(range(_FIRST_YEAR + place, until + 1, _CYCLE)) if place >= 0 else ()
