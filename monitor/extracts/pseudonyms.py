"""Stand-ins for a vehicle that was blanked: of the same form, so that every figure stays.

A stand-in says what rules ask of the identifier (well formed or not, check digit right or wrong,
maker's region, year letter, the form of the plate) and nothing that leads back to the vehicle.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import polars as pl

from monitor.extracts.values import clean_code
from monitor.extracts.vin import WELL_FORMED, vin_facts

_VIN_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
_CHECKS = "0123456789X"
_CHECK_PLACE, _YEAR_PLACE, _MAKER = 8, 9, 3
_VIN_COLUMNS = ("vin", "vehicle_vin")
_PLATE_COLUMN = "plate"
Pick = Callable[[str], str]
Veil = Callable[[pl.DataFrame], pl.DataFrame]


def key_of(vin: str) -> int:
    """The key that a well-formed VIN is known by; 0 for any other text."""
    texts = clean_code(pl.Series([vin], dtype=pl.String), WELL_FORMED)
    fits = texts.fits.fill_null(value=False)
    found = vin_facts(texts.texts, fits).key_hash[0]
    return int(found) if found is not None else 0


def stand_in_for(vin: str, pick: Pick) -> str:
    """Another VIN of the same maker and year, its check digit right where the vehicle's was.

    `pick` gives a character drawn from those it is given.
    """
    letters = [
        letter if place < _MAKER or place == _YEAR_PLACE else pick(_VIN_LETTERS)
        for place, letter in enumerate(vin)
    ]
    was_right = _holds(vin)
    for check in _CHECKS:
        letters[_CHECK_PLACE] = check
        if _holds("".join(letters)) == was_right:
            break
    return "".join(letters)


def plate_stand_in(plate: str, pick: Pick) -> str:
    """A plate of the same form: place and letters stay, every digit is another."""
    return "".join(pick("0123456789") if letter in "0123456789" else letter for letter in plate)


def veil_over(blanked: Mapping[int, str], mapping: Mapping[str, str]) -> Veil:
    """What puts the stand-ins into the sender's cells, so that a blanked vehicle stays blank.

    `blanked` are stand-ins by key, `mapping` leads from a column to the raw one that holds it.
    """
    places = [mapping[name] for name in _VIN_COLUMNS if name in mapping]
    if not blanked or not places:
        return lambda raw: raw
    keys = pl.Series(list(blanked), dtype=pl.UInt64)
    names = pl.Series(list(blanked.values()), dtype=pl.String)

    def veiled(raw: pl.DataFrame) -> pl.DataFrame:
        hidden = pl.Series(np.zeros(raw.height, dtype=bool))
        for place in places:
            texts = clean_code(raw[place], WELL_FORMED)
            key = vin_facts(texts.texts, texts.fits.fill_null(value=False)).key_hash
            meant = key.is_in(keys.implode()).fill_null(value=False)
            if meant.any():
                shown = key.replace_strict(keys, names, default=None, return_dtype=pl.String)
                raw = raw.with_columns(
                    pl.when(pl.lit(meant)).then(pl.lit(shown)).otherwise(place).alias(place)
                )
                hidden = hidden | meant
        if _PLATE_COLUMN in mapping and hidden.any():
            plate = mapping[_PLATE_COLUMN]
            bare = pl.col(plate).str.replace_all("[0-9０-９]", "0")
            raw = raw.with_columns(pl.when(pl.lit(hidden)).then(bare).otherwise(plate).alias(plate))
        return raw

    return veiled


def _holds(vin: str) -> bool:
    return bool(vin_facts(pl.Series([vin]), pl.Series([True])).check_holds[0])
