"""Numbers in every writing that extracts use, exact; a unit counts only where it is known."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

import polars as pl

from monitor.extracts.dates import Dress
from monitor.extracts.tidy import clean_text, is_blank_word

Units = Mapping[str, int]

# What a unit is worth in the column's own unit. 万 is no count of vehicles: it is rounded.
VEHICLE_UNITS: Units = MappingProxyType({"辆": 1, "台": 1, "部": 1, "辆车": 1})
KILOMETRE_UNITS: Units = MappingProxyType({"km": 1, "公里": 1, "千米": 1})
KILOGRAM_UNITS: Units = MappingProxyType({"kg": 1, "千克": 1, "公斤": 1, "t": 1000, "吨": 1000})
YUAN_UNITS: Units = MappingProxyType(
    {"元": 1, "圆": 1, "元整": 1, "rmb": 1, "万": 10_000, "万元": 10_000, "亿元": 100_000_000}
)

# Decimals keep six places: money is written as 84.6000000 万元, and times 10,000 two remain.
DECIMAL = pl.Decimal(38, 6)
_PLACES = 6
_SMALLEST = Decimal(1).scaleb(-_PLACES)
_LARGEST = 10**20
_LARGEST_WHOLE = 2**63 - 1
_LONGEST = 40

_NUMBER = re.compile(
    r"(?P<mark>¥ ?)?(?P<sign>[+-]?)(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)"
    r"(?P<part>\.[0-9]+)? ?(?P<open>\()? ?(?P<unit>[^\d\s().,]*) ?(?(open)\))"
)
_PLAIN = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class ParsedNumbers:
    """A column's numbers.

    `values` null where nothing or nothing readable stands; `unreadable` true where something
    stands that is no number of this column; `dresses` an example and a count of each way of
    writing other than plain digits; `blanks` the words that were taken for an empty cell.
    """

    values: pl.Series
    unreadable: pl.Series
    dresses: list[Dress]
    blanks: list[Dress]


def parse_whole(
    raw: pl.Series, *, units: Units = VEHICLE_UNITS, bare_factor: int = 1
) -> ParsedNumbers:
    """Read whole numbers as Int64; `12.0` is one, `12.5` is unreadable.

    `units` are the units that may follow, with what each is worth; `bare_factor` is what a
    number without a unit is multiplied by (see `header_factor`).
    """
    return _parse(raw, pl.Int64(), lambda text: _whole(text, units, bare_factor))


def parse_decimal(
    raw: pl.Series, *, units: Units = YUAN_UNITS, bare_factor: int = 1
) -> ParsedNumbers:
    """Read decimals, exact to six places; a number that needs more is unreadable.

    `units` and `bare_factor` as in `parse_whole`.
    """
    return _parse(raw, DECIMAL, lambda text: _decimal(text, units, bare_factor))


def header_factor(header: str, units: Units) -> int:
    """Say what a bare number is worth under a header such as `合同金额（万元）`; else 1."""
    named = re.search(r"\(([^()]*)\)$", clean_text(header))
    return units.get(named[1].strip().lower(), 1) if named else 1


def _whole(text: str, units: Units, bare_factor: int) -> int | None:
    number = _number(text, units, bare_factor)
    if number is None or number != number.to_integral_value() or abs(number) > _LARGEST_WHOLE:
        return None
    return int(number)


def _decimal(text: str, units: Units, bare_factor: int) -> Decimal | None:
    number = _number(text, units, bare_factor)
    if number is None or abs(number) >= _LARGEST or number != round(number, _PLACES):
        return None
    # Noughts at its end too: with those of 8.460000000000000000000000 kept, a column of decimals
    # would have no room for the digits of a large number beside it, and drop that without a word.
    return number.quantize(_SMALLEST)


def _number(text: str, units: Units, bare_factor: int) -> Decimal | None:
    found = _NUMBER.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        return None
    unit = found["unit"].lower()
    if (unit and unit not in units) or (found["open"] and not unit):
        return None
    if found["mark"] and "元" not in units:
        return None
    factor = units[unit] if unit else bare_factor
    digits = found["whole"].replace(",", "")
    return Decimal(f"{found['sign']}{digits}{found['part'] or ''}") * factor


def _shown(number: int | Decimal) -> str:
    text = f"{Decimal(number):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _parse(
    raw: pl.Series,
    dtype: pl.DataType,
    read: Callable[[str], int | Decimal | None],
) -> ParsedNumbers:
    counts = raw.alias("written").drop_nulls().value_counts(name="count").sort("written")
    values: list[int | Decimal | None] = []
    bad: list[str] = []
    dresses: dict[str, Dress] = {}
    blanks: list[Dress] = []
    for written, count in counts.iter_rows():
        text = clean_text(written)
        number = read(text)
        values.append(number)
        if number is None:
            if text and is_blank_word(text):
                blanks.append(Dress(written, "", count))
            elif text:
                bad.append(written)
        elif not _PLAIN.fullmatch(written):
            form = re.sub(r"[0-9０-９]+", "9", written)
            first = dresses.get(form, Dress(written, _shown(number), 0))
            dresses[form] = first._replace(cells=first.cells + count)
    written_once = counts.to_series(0)
    return ParsedNumbers(
        raw.replace_strict(
            written_once,
            pl.Series(values, dtype=dtype, strict=True),
            default=None,
            return_dtype=dtype,
        ),
        raw.is_in(bad).fill_null(value=False),
        list(dresses.values()),
        blanks,
    )
