"""Rows of declared kinds typed: permits, facilities, tenders, figures and whatever a file adds."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from monitor.extracts.columns import ColumnReader, by_distinct
from monitor.extracts.context import ExtractContext
from monitor.extracts.credit_code import credit_code_facts
from monitor.extracts.crosschecks import of_the_file
from monitor.extracts.lookup import translated
from monitor.extracts.numbers import DECIMAL
from monitor.extracts.plate import COMMON, NEW_ENERGY_FORMS, plate_forms
from monitor.extracts.text_hash import text_hash
from monitor.extracts.values import drop_blank_words
from monitor.extracts.vin import WELL_FORMED, vin_facts
from monitor.policy.clauses import Clause
from monitor.policy.codes import normal_name
from monitor.policy.kinds import ExtractKind, RecordColumn
from monitor.policy.lines import Line

ROW_COLUMNS = ("line", "is_overlong", "has_unvalued_formula")
_SEPARATOR = "\x1f"
# What every row of a fact part has, whatever its kind: no column of a kind is stored twice.
_SHARED = frozenset({"model", "credit_code"})


class RecordReader:
    """Turns batches of the sender's cells into typed rows; one row in, one row out.

    Each declared column comes with what rules ask of it: `x_written`, and by its nature
    `x_unreadable` (days, numbers), `x_unknown` (codes), `x_well_formed` and `x_check_holds`
    (VINs), `x_holds` (credit codes), `x_in` (the unit that a reported unit is worth so much of, or
    that an item is asked for in). `vin` is what the row is known by, as in every fact row:
    its key, null where the first part of it is missing.
    """

    def __init__(self, context: ExtractContext) -> None:
        """Keep the columns' readings from batch to batch."""
        self.context = context
        self.columns = ColumnReader(context)
        self.kind: ExtractKind = context.policy.kinds[context.kind]
        codes = context.policy.codes
        self._fuel_energy = {
            code: entry.energy for code, entry in codes["fuel"].entries.items() if entry.energy
        }
        self._energy_dtype = pl.Enum(list(codes["energy"].entries))
        self._green = sorted(codes["plate_kind"].where(new_energy="yes"))

    def read(self, raw: pl.DataFrame) -> pl.DataFrame:
        """The typed rows of a batch, in its order."""
        found: dict[str, pl.Series] = {}
        for name, column in self.kind.columns.items():
            found |= {part.name: part for part in self._column(raw, name, column)}
        typed = pl.concat(
            [raw.select(ROW_COLUMNS), self._division(raw), pl.DataFrame(found)], how="horizontal"
        )
        if self.kind.tells_energy:
            typed = self._energy(typed)
        typed = typed.with_columns(
            self._key().alias("vin"),
            pl.col(self.kind.day).alias("dated_on"),
            *of_the_file(self.context),
        )
        return typed.with_columns(
            text_hash(typed["vin"]).alias("key_hash"), self._content(typed).alias("content_key")
        ).with_columns(self._fillers(typed))

    def _column(self, raw: pl.DataFrame, name: str, column: RecordColumn) -> Iterator[pl.Series]:
        columns, nature = self.columns, column.nature
        if nature == "code":
            yield from self._codes(raw, name, column.table or name)
            return
        yield columns.written(raw, name).alias(f"{name}_written")
        if nature == "day":
            days = columns.dates(raw, name)
            yield from (days.values.alias(name), days.unreadable.alias(f"{name}_unreadable"))
        elif nature == "whole":
            whole = columns.whole(raw, name, column.units)
            yield from (whole.values.alias(name), whole.unreadable.alias(f"{name}_unreadable"))
        elif nature == "decimal":
            exact = columns.decimal(raw, name, column.units)
            yield from (
                exact.values.cast(DECIMAL).alias(name),
                exact.unreadable.alias(f"{name}_unreadable"),
            )
        elif nature == "text":
            yield drop_blank_words(columns.text(raw, name))[0].alias(name)
        elif nature == "item":
            yield from self._items(raw, name)
        else:
            yield from self._identifier(raw, name, nature)

    def _codes(self, raw: pl.DataFrame, name: str, table: str) -> Iterator[pl.Series]:
        codes, unknown, written = self.columns.codes(raw, name, table)
        yield from (
            codes.alias(name),
            unknown.alias(f"{name}_unknown"),
            written.alias(f"{name}_written"),
        )
        entries = self.context.policy.codes[table].entries
        if units := {code: entry.unit for code, entry in entries.items() if entry.unit}:
            yield translated(codes, units, pl.String).alias(f"{name}_in")

    def _identifier(self, raw: pl.DataFrame, name: str, nature: str) -> Iterator[pl.Series]:
        text = drop_blank_words(self.columns.code_text(raw, name))[0].alias(name)
        yield text
        if nature == "vin":
            well_formed = text.str.contains(WELL_FORMED)
            facts = vin_facts(text, well_formed.fill_null(value=False))
            yield well_formed.alias(f"{name}_well_formed")
            yield facts.check_holds.alias(f"{name}_check_holds")
        elif nature == "clause":
            known = list(self.context.policy.clauses)
            yield (~text.is_in(known)).alias(f"{name}_unknown")
        elif nature == "credit_code":
            yield credit_code_facts(text)["credit_code_holds"].alias(f"{name}_holds")

    def _items(self, raw: pl.DataFrame, name: str) -> Iterator[pl.Series]:
        """What a clause asks for, by the name that its lines have; the only one where none is
        written. An item that its clause does not ask for is unknown; `item_in` is the unit that
        it is asked for in.
        """
        asked = pl.DataFrame(
            [
                (clause.id, normal_name(writing), line.name.zh, _asked_in(clause, line))
                for clause in self.context.policy.clauses.values()
                for line in clause.lines
                for writing in {
                    line.name.zh,
                    line.name.en,
                    *([""] if len(clause.lines) == 1 else []),
                }
            ],
            schema=dict.fromkeys(("clause", "written", "meant", "unit"), pl.String),
            orient="row",
        )
        text = self.columns.text(raw, name)
        plain = by_distinct(text, pl.String, lambda written: normal_name(written or ""))
        told = pl.DataFrame(
            {"clause": self.columns.code_text(raw, "clause"), "written": plain.fill_null("")}
        ).join(asked, on=("clause", "written"), how="left", maintain_order="left")
        found = told["meant"]
        yield from (found.fill_null(text).alias(name), told["unit"].alias(f"{name}_in"))
        known = pl.Series(list(self.context.policy.clauses), dtype=pl.String)
        of_known = self.columns.code_text(raw, "clause").is_in(known.implode())
        yield (found.is_null() & of_known).alias(f"{name}_unknown")

    def _division(self, raw: pl.DataFrame) -> pl.DataFrame:
        """Where each row belongs; to the province itself where the kind may be a province's."""
        table = self.columns.division(raw)
        if not self.kind.of_provinces:
            return table
        divisions = self.context.policy.divisions
        dtype = pl.Enum([*divisions.divisions, *divisions.provinces])
        written = self.columns.text(raw, "division_code")
        sender = self.context.sender
        return table.with_columns(
            pl.when("division_is_province")
            .then(written.cast(dtype, strict=False))
            .when("division_is_empty")
            .then(pl.lit(sender, dtype=dtype))
            .otherwise(pl.col("division").cast(dtype))
            .alias("division"),
            pl.lit(value=False).alias("division_is_province"),
        )

    def _energy(self, typed: pl.DataFrame) -> pl.DataFrame:
        """The energy class by fuel, else by plate: a new-energy plate proves new-energy where the
        fuel leaves it open, an ordinary one disproves nothing.
        """
        policy = self.context.policy
        nothing = pl.lit(None, dtype=self._energy_dtype)
        if "fuel" in typed.columns:
            typed = typed.with_columns(
                pl.col("fuel")
                .cast(pl.String)
                .replace_strict(self._fuel_energy, default=None, return_dtype=self._energy_dtype)
                .alias("energy")
            )
        else:
            typed = typed.with_columns(nothing.alias("energy"))
        green = pl.lit(value=False)
        if "plate" in typed.columns:
            nowhere = pl.repeat(None, typed.height, dtype=pl.String, eager=True)
            is_common = typed["plate"].str.contains(COMMON)
            forms = plate_forms(typed["plate"], is_common, nowhere)
            typed = typed.with_columns(
                forms["plate_form"], forms["plate_form"].is_null().alias("_no_form")
            ).with_columns(
                (pl.col("plate").is_not_null() & pl.col("_no_form")).alias("plate_malformed")
            )
            green = pl.col("plate_form").is_in(list(NEW_ENERGY_FORMS)).fill_null(value=False)
        if "plate_kind" in typed.columns:
            green |= pl.col("plate_kind").is_in(self._green).fill_null(value=False)
        undetermined = sorted(policy.energies("undetermined"))
        new, old = sorted(policy.energies("yes")), sorted(policy.energies("no"))
        is_open = pl.col("energy").is_null() | pl.col("energy").is_in(undetermined)
        return typed.with_columns(
            is_new_energy=pl.col("energy").is_in(new).fill_null(value=False) | (is_open & green),
            energy_is_undetermined=is_open & ~green,
            fuel_contradicts_plate=pl.col("energy").is_in(old).fill_null(value=False) & green,
        ).with_columns(
            # A fuel that its plate contradicts tells nothing.
            energy_is_undetermined=pl.col("energy_is_undetermined")
            | pl.col("fuel_contradicts_plate")
        )

    def _key(self) -> pl.Expr:
        first, *more = self.kind.key
        return pl.concat_str(
            _as_text(first), *(_as_text(name).fill_null("") for name in more), separator=_SEPARATOR
        )

    def _content(self, typed: pl.DataFrame) -> pl.Series:
        """One number for all that the row says; Int64, as numbers of a row's content are."""
        told = typed.select(
            pl.concat_str(
                *(_as_text(name).fill_null("") for name in self.kind.columns),
                separator=_SEPARATOR,
            ).alias("content")
        )
        return (text_hash(told["content"]) // 2).cast(pl.Int64)

    def _fillers(self, typed: pl.DataFrame) -> list[pl.Expr]:
        """Columns that every fact row has and this kind has not."""
        codes = self.context.policy.codes
        tables = ("category", "use", "energy", "owner_kind", "area", "reason", "exemption")
        blank: list[pl.Expr] = [
            pl.lit(None, dtype=pl.Enum(list(codes[name].entries))).alias(name)
            for name in (*tables, "business")
            if name not in typed.columns
        ]
        if "model" not in typed.columns:
            blank.append(pl.lit(None, dtype=pl.String).alias("model"))
        if "credit_code" not in typed.columns:
            blank.append(pl.lit(None, dtype=pl.String).alias("credit_code"))
        return [
            *blank,
            pl.lit(None, dtype=pl.Enum(["written"])).alias("category_basis"),
            pl.lit(None, dtype=pl.Enum(["none"])).alias("vehicle_class"),
            pl.lit(value=False).alias("is_addition"),
            pl.lit(value=False).alias("is_deregistration"),
        ]


_KEPT: dict[str, pl.DataType] = {
    "day": pl.Date(),
    "whole": pl.Int64(),
    "decimal": DECIMAL,
}


def record_columns(kind: ExtractKind) -> dict[str, pl.DataType]:
    """What is kept of a row beside the columns that every fact row has, with their types."""
    kept = {
        name: _KEPT.get(column.nature, pl.String())
        for name, column in kind.columns.items()
        if name not in _SHARED
    }
    told = ("is_new_energy", "energy_is_undetermined") if kind.tells_energy else ()
    return kept | dict.fromkeys(told, pl.Boolean())


def _asked_in(clause: Clause, line: Line) -> str | None:
    """The unit that a line's figures are asked for in: its own, else that of its targets."""
    return line.unit or next((t.unit for t in clause.targets_of(line) if t.unit), None)


def _as_text(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.String)
