"""Cells as rules see them: cleaned text, codes, days and numbers, whole columns at a time."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

import polars as pl

from monitor.extracts.dates import ParsedDates, parse_dates
from monitor.extracts.numbers import (
    KILOGRAM_UNITS,
    KILOMETRE_UNITS,
    VEHICLE_UNITS,
    YUAN_UNITS,
    ParsedNumbers,
    header_factor,
    parse_decimal,
    parse_whole,
)
from monitor.extracts.tidy import BLANK_WORDS, LONGEST_BLANK_WORD, clean

__all__ = [
    "KILOGRAM_UNITS",
    "KILOMETRE_UNITS",
    "VEHICLE_UNITS",
    "YUAN_UNITS",
    "ParsedDates",
    "ParsedNumbers",
    "clean",
    "clean_code",
    "drop_blank_words",
    "header_factor",
    "match_codes",
    "parse_dates",
    "parse_decimal",
    "parse_whole",
]

# Such a cell is its own clean form; see tidy.
_PLAIN_CODE = r"^[A-Z0-9\x{4E00}-\x{9FA5}]+$"
_PARENTHESES = re.compile(r"\([^()]*\)")


class CleanCodes(NamedTuple):
    """A column of identifiers without its dress.

    `texts` are upper-case without white space, null where empty; `fits` says which are of the
    form asked for, null where nothing stands; `changed` counts the cells that were dressed.
    """

    texts: pl.Series
    fits: pl.Series
    changed: int


def clean_code(raw: pl.Series, form: str = _PLAIN_CODE) -> CleanCodes:
    """Clean a column of identifiers, of which most are of `form`; one value in, one value out.

    `form` allows nothing but capitals, digits and ideographs: what is of it needs no second look.
    """
    fits = raw.str.contains(form)
    others = (~fits).fill_null(value=False)
    if not others.any():
        return CleanCodes(raw, fits, 0)
    written, places = raw.filter(others), others.arg_true()
    bare = clean(written).str.to_uppercase().str.replace_all(r"\s+", "").replace("", None)
    return CleanCodes(
        raw.clone().scatter(places, bare),
        fits.scatter(places, bare.str.contains(form)),
        int((bare != written).sum()),
    )


def drop_blank_words(
    cleaned: pl.Series, keep: frozenset[str] = frozenset()
) -> tuple[pl.Series, dict[str, int]]:
    """Make `/`, `无`, `详见附件` and the like null, and count how often each stood there.

    `keep` names words that mean something in this column, such as `无` for a trailer's fuel.
    """
    short = cleaned.filter(cleaned.str.len_bytes() <= LONGEST_BLANK_WORD)
    said = short.filter(short.str.to_uppercase().is_in(BLANK_WORDS) & ~short.is_in(keep))
    if said.is_empty():
        return cleaned, {}
    counts = said.alias("word").value_counts(name="rows").sort("word")
    nothing = pl.Series([None] * counts.height, dtype=pl.String)
    return cleaned.replace(counts["word"], nothing), dict(counts.iter_rows())


def match_codes(cleaned: pl.Series, table: Mapping[str, str]) -> pl.Series:
    """Read the code of each written name; null where `table` (name to code) has none.

    A name is looked up as written and then without what stands in parentheses; case and white
    space do not matter.
    """
    by_name = {_code_name(name): code for name, code in table.items()}
    written = cleaned.unique().drop_nulls()
    codes = [
        by_name.get(name) or by_name.get(_PARENTHESES.sub("", name))
        for name in (_code_name(text) for text in written)
    ]
    return cleaned.replace_strict(
        written, pl.Series(codes, dtype=pl.String), default=None, return_dtype=pl.String
    )


def _code_name(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).upper()
