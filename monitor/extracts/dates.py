"""Days in every writing that extracts use; never a guess."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from monitor.extracts.tidy import BLANK_WORDS, clean

# Day 0 of the two serial systems of spreadsheets; 1900's counts a 29 February 1900 that never
# was, which the day before the year's last absorbs.
_DAY_ZERO_1900 = pl.date(1899, 12, 30)
_DAY_ZERO_1904 = pl.date(1904, 1, 1)
# CONTRACT section 2: a bare integer in this span, in a date column, is a serial.
_FIRST_SERIAL, _LAST_SERIAL = 20_000, 60_000

_CLOCK = r"(?:[01]?[0-9]|2[0-4])(?::[0-5][0-9]){1,2}(?:\.[0-9]+)?"
_TIME = (
    r"(?:[ T]*(?:星期|周)[一二三四五六日天])?"
    rf"(?:[ T]*(?:上午|下午|[AaPp][Mm])? *{_CLOCK}(?: *[AaPp][Mm])?"
    r"|[ T]*[0-9]{1,2}[时點点][0-9]{1,2}分(?:[0-9]{1,2}秒)?)?"
)
_PARTED = (
    r"^(?<year>(?:19|20)[0-9]{2}) ?(?<one>[-/.年]) ?(?<month>[0-9]{1,2}) ?(?<two>[-/.月]) ?"
    rf"(?<day>[0-9]{{1,2}}) ?(?<end>日?)(?<time>{_TIME})$"
)
_COMPACT = (
    r"^(?<year>(?:19|20)[0-9]{2})(?<month>[0-9]{2})(?<day>[0-9]{2})"
    r"(?:\.0+|[0-9]{6}|[ T]+" + _CLOCK + r")?$"
)
_SERIAL = r"^([0-9]{5})(?:\.[0-9]+)?$"
_ISO = r"^(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}$"


class Dress(NamedTuple):
    """One writing that stood for another: an example, what it was read as, and how often."""

    written: str
    read: str
    cells: int


@dataclass(frozen=True, slots=True)
class ParsedDates:
    """A column's days.

    `values` null where nothing or nothing readable stands; `unreadable` true where something
    stands that is no day; `dresses` one entry for each way of writing other than 2019-03-05;
    `blanks` the words that were taken for an empty cell.
    """

    values: pl.Series
    unreadable: pl.Series
    dresses: list[Dress]
    blanks: list[Dress]


def parse_dates(raw: pl.Series, *, epoch_1904: bool = False) -> ParsedDates:
    """Read days; `raw` may be cleaned or not, each distinct writing is read once.

    Two-digit years, months without a day and days that no calendar has are unreadable.
    """
    distinct = _read(raw.alias("written").drop_nulls(), epoch_1904=epoch_1904)
    written = distinct["written"]
    values = raw.replace_strict(written, distinct["on"], default=None, return_dtype=pl.Date)
    bad = distinct.filter(pl.col("form") == "unreadable")["written"]
    if bad.is_empty():
        unreadable = pl.repeat(value=False, n=len(raw), dtype=pl.Boolean, eager=True)
    else:
        unreadable = raw.is_in(bad.implode()).fill_null(value=False)
    return ParsedDates(values, unreadable, _dresses(distinct), _blanks(distinct))


def _read(written: pl.Series, *, epoch_1904: bool) -> pl.DataFrame:
    """Table written, count, on, form: a row a distinct writing, sorted by it."""
    distinct = written.value_counts(name="count").sort("written")
    is_iso = pl.col("written").str.contains(_ISO)
    iso = distinct.filter(is_iso).with_columns(
        on=pl.col("written").str.to_date("%Y-%m-%d", strict=False)
    )
    iso = iso.with_columns(
        form=pl.when(pl.col("on").is_null()).then(pl.lit("unreadable")).otherwise(pl.lit("iso"))
    )
    if iso.height == distinct.height:
        return iso
    other = _read_dressed(distinct.filter(~is_iso), epoch_1904=epoch_1904)
    return pl.concat([iso, other])


def _read_dressed(distinct: pl.DataFrame, *, epoch_1904: bool) -> pl.DataFrame:
    distinct = distinct.with_columns(text=clean(distinct["written"]))
    day_zero = _DAY_ZERO_1904 if epoch_1904 else _DAY_ZERO_1900
    serial = pl.col("text").str.extract(_SERIAL).cast(pl.Int64)
    serial = pl.when(serial.is_between(_FIRST_SERIAL, _LAST_SERIAL)).then(serial)
    parted = pl.col("text").str.extract_groups(_PARTED)
    compact = pl.col("text").str.extract_groups(_COMPACT)
    same = parted.struct["one"] == parted.struct["two"]
    western = same & (parted.struct["one"] != "年") & (parted.struct["end"] == "")
    chinese = (parted.struct["one"] == "年") & (parted.struct["two"] == "月")
    # The first form that fits; a day that no calendar has fits none.
    distinct = distinct.with_columns(
        parted=pl.when(western | chinese).then(_day(parted)),
        compact=_day(compact),
        serial=day_zero + pl.duration(days=serial),
        timed=parted.struct["time"].fill_null("") != "",
        mark=parted.struct["one"],
    )
    on = pl.coalesce("parted", "compact", "serial").cast(pl.Date)
    return distinct.select("written", "count", on=on, form=_form())


def _day(groups: pl.Expr) -> pl.Expr:
    parts = [groups.struct[name] for name in ("year", "month", "day")]
    return pl.concat_str(parts, separator="-").str.to_date("%Y-%m-%d", strict=False)


def _form() -> pl.Expr:
    text = pl.col("text")
    return (
        pl.when(text.is_null())
        .then(pl.lit("empty"))
        .when(pl.col("parted").is_not_null() & pl.col("timed"))
        .then(pl.lit("timed") + pl.col("mark"))
        .when(pl.col("parted").is_not_null())
        .then(pl.lit("parted") + pl.col("mark"))
        .when(pl.col("compact").is_not_null())
        .then(pl.lit("compact"))
        .when(pl.col("serial").is_not_null())
        .then(pl.lit("serial"))
        .when(text.str.to_uppercase().is_in(list(BLANK_WORDS)))
        .then(pl.lit("blank"))
        .otherwise(pl.lit("unreadable"))
    )


def _dresses(distinct: pl.DataFrame) -> list[Dress]:
    dressed = distinct.filter(pl.col("on").is_not_null() & (pl.col("form") != "iso"))
    if dressed.is_empty():
        return []
    forms = dressed.group_by("form", maintain_order=True).agg(
        pl.col("written").first(), pl.col("on").first().dt.to_string("iso"), pl.col("count").sum()
    )
    return [Dress(*row) for row in forms.select("written", "on", "count").iter_rows()]


def _blanks(distinct: pl.DataFrame) -> list[Dress]:
    blank = distinct.filter(pl.col("form") == "blank").select("written", "count")
    return [Dress(written, "", count) for written, count in blank.iter_rows()]
