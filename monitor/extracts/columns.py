"""Typed columns shared by the extract kinds: division, dates, numbers, owner, category, energy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date

import polars as pl

from monitor.extracts.context import ExtractContext
from monitor.extracts.lookup import (
    Lookup,
    ReadCodes,
    dressed_interpretation,
    table_lookup,
    translated,
)
from monitor.extracts.values import (
    ParsedDates,
    ParsedNumbers,
    clean,
    clean_code,
    header_factor,
    parse_dates,
    parse_decimal,
    parse_whole,
)
from monitor.model import Interpretation, Text
from monitor.policy.codes import normal_name

_COUNTY_DIGITS = 6


class ColumnReader:
    """Reads the columns of one submission batch by batch and remembers what was read as what."""

    def __init__(self, context: ExtractContext) -> None:
        """Lookups are made when a column is first read."""
        self.context = context
        self._lookups: dict[str, Lookup] = {}
        self._tables: dict[str, str] = {}
        self._dates: dict[str, Counter[tuple[str, str]]] = {}
        self._trimmed: Counter[str] = Counter()

    def raw(self, frame: pl.DataFrame, column: str) -> pl.Series:
        """The sender's cells of a column; the map's constant, or nulls, where it has none."""
        if column in frame.columns:
            return frame[column]
        constant = self.context.constants.get(column)
        return pl.repeat(constant, frame.height, dtype=pl.String, eager=True)

    def has(self, frame: pl.DataFrame, column: str) -> bool:
        """Whether the layout has the column, or a constant in its stead."""
        return column in frame.columns or column in self.context.constants

    def codes(self, frame: pl.DataFrame, column: str, table: str) -> ReadCodes:
        """Codes of a table."""
        if column not in self._lookups:
            self._lookups[column] = table_lookup(self.context.policy.codes[table])
            self._tables[column] = table
        return self._look_up(frame, column, column)

    def meanings(
        self,
        frame: pl.DataFrame,
        column: str,
        codes: Iterable[str],
        meaning: Callable[[str], str | None],
        *,
        as_name: str | None = None,
    ) -> ReadCodes:
        """Like `codes`, by a meaning of the caller's."""
        name = as_name or column
        if name not in self._lookups:
            self._lookups[name] = Lookup(codes, meaning)
        return self._look_up(frame, column, name)

    def _look_up(self, frame: pl.DataFrame, column: str, name: str) -> ReadCodes:
        lookup = self._lookups[name]
        if not self.has(frame, column):
            return lookup.read_nothing(frame.height)
        return lookup.read(self.raw(frame, column))

    def written(self, frame: pl.DataFrame, column: str) -> pl.Series:
        """Whether the cell holds anything."""
        return self.text(frame, column).is_not_null()

    def text(self, frame: pl.DataFrame, column: str) -> pl.Series:
        """Cleaned text; null where empty."""
        return clean(self.raw(frame, column))

    def dates(self, frame: pl.DataFrame, column: str) -> ParsedDates:
        """Days of a column; what was written otherwise is remembered."""
        parsed = parse_dates(self.raw(frame, column), epoch_1904=self.context.epoch_1904)
        kept = self._dates.setdefault(column, Counter())
        for written, iso, count in parsed.dresses:
            kept[written, iso] += count
        return parsed

    def whole(self, frame: pl.DataFrame, column: str, units: Mapping[str, int]) -> ParsedNumbers:
        """Whole numbers of a column, in the first of `units`."""
        factor = header_factor(self.context.headers.get(column, ""), units)
        return parse_whole(self.raw(frame, column), units=units, bare_factor=factor)

    def decimal(self, frame: pl.DataFrame, column: str, units: Mapping[str, int]) -> ParsedNumbers:
        """Decimals of a column, in the first of `units`."""
        factor = header_factor(self.context.headers.get(column, ""), units)
        return parse_decimal(self.raw(frame, column), units=units, bare_factor=factor)

    def code_text(self, frame: pl.DataFrame, column: str) -> pl.Series:
        """Upper-case text of a column of many distinct values, such as plates."""
        codes = clean_code(self.raw(frame, column))
        self._trimmed[column] += codes.changed
        return codes.texts

    def identifiers(
        self, frame: pl.DataFrame, column: str, form: str
    ) -> tuple[pl.Series, pl.Series]:
        """As `code_text`, and which of them are of a form (see `clean_code`)."""
        codes = clean_code(self.raw(frame, column), form)
        self._trimmed[column] += codes.changed
        return codes.texts, codes.fits

    def division(self, frame: pl.DataFrame) -> pl.DataFrame:
        """`division` (reporting), `county`, and how the cell came by them, a row a row."""
        divisions = self.context.policy.divisions
        column = "division_code"
        if not self.has(frame, column) and self.has(frame, "managing_office"):
            column = "managing_office"

        def place(clean: str) -> str | None:
            name = normal_name(clean)
            if name in divisions.reports_to:
                return divisions.county_of[name]
            head = name[:_COUNTY_DIGITS]
            longer = len(name) > _COUNTY_DIGITS and name.isdigit()
            return divisions.county_of.get(head) if longer else None

        known = sorted(set(divisions.county_of.values()))
        county, unknown, _ = self.meanings(frame, column, known, place, as_name="division")
        province_codes = set(divisions.provinces)
        reporting = translated(
            county,
            {code: divisions.reports_to[normal_name(code)] for code in known},
            pl.Enum(list(divisions.divisions)),
        )
        empty = county.is_null() & ~unknown
        of_province = unknown
        if unknown.any():
            # Only few are unknown; a column that is looked up need not be cleaned for the others.
            texts = clean(self.raw(frame, column).filter(unknown))
            is_province = texts.is_in(list(province_codes)).fill_null(value=False)
            of_province = unknown.clone().scatter(unknown.arg_true(), is_province)
        own = self.context.own_division
        table = pl.DataFrame(
            {
                "county": county,
                "division": reporting,
                "division_is_empty": empty,
                "division_is_unknown": unknown & ~of_province,
                "division_is_province": of_province,
            }
        )
        if own is not None:
            table = table.with_columns(
                pl.when("division_is_empty")
                .then(pl.lit(own, dtype=reporting.dtype))
                .otherwise("division")
                .alias("division")
            )
        return table

    def interpretations(self) -> list[Interpretation]:
        """What was read as what, once a column, with counts."""
        found: list[Interpretation] = []
        for column, lookup in self._lookups.items():
            table = self.context.policy.codes.get(self._tables.get(column, column))
            shown = table.label if table else self.context.policy.divisions.name
            told = dressed_interpretation(self._header(column), lookup.dressed, shown)
            found += [told] if told else []
        for column, dressed in self._dates.items():
            told = dressed_interpretation(self._header(column), dressed, lambda iso: Text(iso, iso))
            found += [told] if told else []
        for column, count in self._trimmed.items():
            if count:
                header = self._header(column)
                found.append(
                    Interpretation(
                        code="tidied",
                        column=header,
                        count=count,
                        message=Text(
                            f"“{header}”：{count} 处去除空白、前导撇号或转为半角大写后读取。",
                            f'"{header}": {count} cells read without white space or apostrophe, '
                            "as half-width capitals.",
                        ),
                    )
                )
        return found

    def _header(self, column: str) -> str:
        wanted = "division_code" if column == "division" else column
        return self.context.headers.get(wanted, wanted)


def by_distinct(
    raw: pl.Series,
    dtype: pl.DataType | type[pl.DataType],
    meaning: Callable[[str | None], str | date | None],
) -> pl.Series:
    """Apply `meaning` once to each distinct value of a text column."""
    distinct = raw.unique().drop_nulls()
    return raw.replace_strict(
        distinct,
        pl.Series([meaning(value) for value in distinct], dtype=dtype),
        default=None,
        return_dtype=dtype,
    )
