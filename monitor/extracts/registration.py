"""Registration rows typed: one vehicle a row, with all that rules and figures rest on."""

from __future__ import annotations

import re

import polars as pl

from monitor.extracts.columns import ColumnReader, by_distinct
from monitor.extracts.context import ExtractContext
from monitor.extracts.credit_code import WELL_FORMED as CREDIT_CODE
from monitor.extracts.credit_code import credit_code_facts
from monitor.extracts.lookup import translated
from monitor.extracts.organisation import PERSON, organisation_names
from monitor.extracts.plate import COMMON, NEW_ENERGY_FORMS, plate_forms
from monitor.extracts.scope import scope_needs
from monitor.extracts.values import KILOGRAM_UNITS, KILOMETRE_UNITS
from monitor.extracts.vin import WELL_FORMED, vin_facts
from monitor.policy.codes import CodeTable
from monitor.policy.policy import Policy

# What a maker writes into a model's name when the vehicle is of that kind (ZK6650BEVG21).
_MODEL_MARKS = {"FCEV": "fcev", "PHEV": "phev", "REEV": "reev", "BEV": "bev"}
_MODEL_MARK = re.compile("|".join(_MODEL_MARKS))
_CODED = (
    "use",
    "plate_kind",
    "owner_kind",
    "area",
    "reason",
    "exemption",
    "business",
    "fuel",
    "category",
)
ROW_COLUMNS = ("line", "is_overlong", "has_unvalued_formula")


class RegistrationReader:
    """Turns batches of the sender's cells into typed rows; one row in, one row out."""

    def __init__(self, context: ExtractContext) -> None:
        """Keep the columns' readings from batch to batch."""
        self.context = context
        self.columns = ColumnReader(context)
        codes = context.policy.codes
        self._energy_dtype = pl.Enum(list(codes["energy"].entries))
        self._category_dtype = pl.Enum(list(codes["category"].entries))
        self._fuel_energy = {
            code: entry.energy for code, entry in codes["fuel"].entries.items() if entry.energy
        }
        self._new_energy_kinds = sorted(codes["plate_kind"].where(new_energy="yes"))
        self._undetermined = sorted(context.policy.energies("undetermined"))
        self._not_new = sorted(context.policy.energies("no"))
        self._new = sorted(context.policy.energies("yes"))

    def read(self, raw: pl.DataFrame) -> pl.DataFrame:
        """The typed rows of a batch, in its order; see docs/columns.md for every column."""
        parts = [
            raw.select(ROW_COLUMNS),
            self._vehicle(raw),
            self.columns.division(raw),
            self._days(raw),
            self._codes(raw),
            self._numbers(raw),
        ]
        typed = pl.concat(parts, how="horizontal")
        typed = self._category(typed)
        typed = self._energy(typed)
        return self._standing(typed)

    def _vehicle(self, raw: pl.DataFrame) -> pl.DataFrame:
        if self.context.identity == "row":
            nothing = pl.repeat(None, raw.height, dtype=pl.Boolean, eager=True)
            return pl.DataFrame(
                {
                    "vin": nothing.cast(pl.String),
                    "vin_well_formed": nothing,
                    "vin_check_holds": nothing,
                    "vin_year": nothing.cast(pl.UInt8),
                    "key_hash": nothing.cast(pl.UInt64),
                    "has_identifier": pl.repeat(False, raw.height, dtype=pl.Boolean, eager=True),
                }
            )
        vin, well_formed = self.columns.identifiers(raw, "vin", WELL_FORMED)
        facts = vin_facts(vin, well_formed.fill_null(value=False))
        return pl.DataFrame(
            {
                "vin": vin,
                "vin_well_formed": well_formed,
                "vin_check_holds": facts.check_holds,
                "vin_year": facts.year_letter,
                "key_hash": facts.key_hash,
                "has_identifier": pl.repeat(True, raw.height, dtype=pl.Boolean, eager=True),
            }
        )

    def _days(self, raw: pl.DataFrame) -> pl.DataFrame:
        registered = self.columns.dates(raw, "registered_on")
        retired = self.columns.dates(raw, "retired_on")
        return pl.DataFrame(
            {
                "registered_on": registered.values,
                "registered_on_unreadable": registered.unreadable,
                "retired_on": retired.values,
                "retired_on_unreadable": retired.unreadable,
            }
        )

    def _codes(self, raw: pl.DataFrame) -> pl.DataFrame:
        columns: dict[str, pl.Series] = {}
        for column in _CODED:
            codes, unknown, written = self.columns.codes(raw, column, column)
            columns |= {column: codes, f"{column}_unknown": unknown, f"{column}_written": written}
        columns["category_code"] = columns.pop("category")
        columns["fuel_energy"] = translated(columns["fuel"], self._fuel_energy, self._energy_dtype)
        fast, _, _ = self.columns.codes(raw, "fast_charge", "yes_no")
        columns["fast_charge"] = fast == "yes"
        columns["vehicle_class"] = self._vehicle_class(raw)
        credit, well_formed = self.columns.identifiers(raw, "credit_code", CREDIT_CODE)
        columns |= credit_code_facts(credit, well_formed)
        columns["model"] = self.columns.text(raw, "model").str.to_uppercase()
        columns["model_energy"] = self._model_energy(columns["model"])
        plate, is_common = self.columns.identifiers(raw, "plate", COMMON)
        columns["plate_written"] = plate.is_not_null()
        forms = plate_forms(plate, is_common, self.columns.text(raw, "issuing_office"))
        table = pl.DataFrame(columns).hstack(forms.get_columns())
        owner = organisation_names(self.columns.raw(raw, "owner"), table, self.context.policy)
        return table.with_columns(self._owner_kind(raw, table), owner)

    def _owner_kind(self, raw: pl.DataFrame, table: pl.DataFrame) -> pl.Expr:
        """The owner kind written or derived; a private owner may be written as 个人."""
        kinds = self.context.policy.codes["owner_kind"].entries
        names = list(kinds[PERSON].names) if PERSON in kinds else []
        owner = self.columns.raw(raw, "owner").str.strip_chars()
        is_person = owner.is_in(names).fill_null(value=False)
        person = pl.lit(PERSON if names else None, dtype=table["owner_kind"].dtype)
        return pl.coalesce(
            derived_owner_kind(self.context.policy),
            pl.when(~pl.col("owner_kind_unknown") & is_person).then(person),
        ).alias("owner_kind")

    def _vehicle_class(self, raw: pl.DataFrame) -> pl.Series:
        table = self.context.policy.codes["vehicle_type"]
        classes = sorted({e.vehicle_class for e in table.entries.values() if e.vehicle_class})
        found, _, _ = self.columns.meanings(
            raw, "vehicle_type", classes, lambda clean: vehicle_class(table, clean)
        )
        return found

    def _model_energy(self, model: pl.Series) -> pl.Series:
        """What the model's name marks the vehicle as; few models make many vehicles."""

        def marked(name: str | None) -> str | None:
            found = _MODEL_MARK.search(name or "")
            return _MODEL_MARKS[found[0]] if found else None

        return by_distinct(model, self._energy_dtype, marked)

    def _numbers(self, raw: pl.DataFrame) -> pl.DataFrame:
        distance = self.columns.whole(raw, "range_km", KILOMETRE_UNITS)
        mass = self.columns.whole(raw, "gross_mass_kg", KILOGRAM_UNITS)
        return pl.DataFrame(
            {
                "range_km": distance.values.cast(pl.Int32, strict=False),
                "range_km_unreadable": distance.unreadable,
                "gross_mass_kg": mass.values.cast(pl.Int32, strict=False),
                "gross_mass_kg_unreadable": mass.unreadable,
            }
        )

    def _category(self, typed: pl.DataFrame) -> pl.DataFrame:
        """Written; else derived from 使用性质 where that is sure; else `other`, undetermined."""
        dtype = self._category_dtype
        sure: dict[str, str] = {}
        private: dict[str, str] = {}
        for code, entry in self.context.policy.codes["use"].entries.items():
            if entry.category:
                sure[code] = entry.category
            if entry.person_category:
                private[code] = entry.person_category
        use = pl.col("use").cast(pl.String)
        derived = pl.coalesce(
            use.replace_strict(sure, default=None, return_dtype=dtype),
            pl.when(pl.col("owner_kind") == PERSON).then(
                use.replace_strict(private, default=None, return_dtype=dtype)
            ),
        )
        may_derive = ~pl.col("category_written") & pl.col("use").is_not_null()
        return typed.with_columns(
            pl.when(may_derive).then(derived).alias("category_derived")
        ).with_columns(
            pl.coalesce(
                "category_code",
                "category_derived",
                pl.when(may_derive).then(pl.lit("other", dtype=dtype)),
            ).alias("category"),
            pl.when(pl.col("category_written"))
            .then(pl.lit("written"))
            .when(pl.col("category_derived").is_not_null())
            .then(pl.lit("derived"))
            .when(may_derive)
            .then(pl.lit("undetermined"))
            .cast(pl.Enum(["written", "derived", "undetermined"]))
            .alias("category_basis"),
        )

    def _energy(self, typed: pl.DataFrame) -> pl.DataFrame:
        """The energy class: by fuel, and where that is not decisive by plate or model.

        An ordinary plate never disproves new-energy; a fuel that is not new-energy on a
        new-energy plate leaves the vehicle undetermined.
        """
        dtype = self._energy_dtype
        on_plate = pl.col("plate_kind").is_in(self._new_energy_kinds).fill_null(value=False) | (
            pl.col("plate_form").is_in(list(NEW_ENERGY_FORMS)).fill_null(value=False)
        )
        return (
            typed.with_columns(on_plate.alias("on_new_energy_plate"))
            .with_columns(
                (pl.col("fuel_energy").is_in(self._not_new) & pl.col("on_new_energy_plate")).alias(
                    "fuel_contradicts_plate"
                ),
                pl.col("fuel_energy").is_in(self._undetermined).alias("fuel_is_open"),
            )
            .with_columns(
                pl.when("fuel_contradicts_plate")
                .then(pl.lit("undetermined", dtype=dtype))
                .when(pl.col("fuel_is_open") & pl.col("model_energy").is_not_null())
                .then("model_energy")
                .when(pl.col("fuel_is_open") & pl.col("on_new_energy_plate"))
                .then(pl.lit("nev", dtype=dtype))
                .otherwise("fuel_energy")
                .alias("energy")
            )
            .with_columns(
                pl.col("energy").is_in(self._undetermined).alias("energy_is_undetermined"),
                pl.col("energy").is_in(self._new).alias("is_new_energy"),
            )
        )

    def _standing(self, typed: pl.DataFrame) -> pl.DataFrame:
        """Whether the row is an addition or ends a vehicle's time, and what mandates need of it."""
        codes = self.context.policy.codes
        adding = sorted(codes["business"].where(effect="addition"))
        ending = sorted(codes["business"].where(effect="deregistration"))
        uncounted = sorted(codes["reason"].where(counted=False))
        plain = pl.col("business").is_null() & ~pl.col("business_unknown")
        typed = typed.with_columns(
            (
                (plain | pl.col("business").is_in(adding).fill_null(value=False))
                & ~pl.col("reason").is_in(uncounted).fill_null(value=False)
            ).alias("is_addition"),
            pl.col("business").is_in(ending).fill_null(value=False).alias("is_deregistration"),
        )
        return typed.with_columns(scope_needs(self.context.policy))


def derived_owner_kind(policy: Policy) -> pl.Expr:
    """`owner_kind` as written; an empty one by the class that the credit code begins with."""
    kinds = policy.codes["owner_kind"].entries
    dtype = pl.Enum(list(kinds))
    by_code = [
        pl.when(pl.col("credit_code").str.starts_with(prefix)).then(pl.lit(code, dtype=dtype))
        for code, entry in kinds.items()
        for prefix in entry.credit_prefixes
    ]
    derived = pl.coalesce(pl.lit(None, dtype=dtype), *by_code)
    return pl.coalesce("owner_kind", pl.when(~pl.col("owner_kind_unknown")).then(derived))


def vehicle_class(table: CodeTable, clean: str) -> str | None:
    """The class of a GA/T 16.4 type, by its longest known prefix, or of its name."""
    name = clean.upper()
    by_name = table.by_writing.get(name)
    if by_name is not None:
        return table.entries[by_name].vehicle_class
    for length in range(min(len(name), 3), 0, -1):
        entry = table.entries.get(name[:length])
        if entry is not None:
            return entry.vehicle_class
    return None
