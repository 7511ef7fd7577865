"""Procurement rows typed: one contract line a row."""

from __future__ import annotations

import polars as pl

from monitor.extracts.columns import ColumnReader
from monitor.extracts.context import ExtractContext
from monitor.extracts.credit_code import credit_code_facts
from monitor.extracts.crosschecks import of_the_file
from monitor.extracts.organisation import is_personal
from monitor.extracts.registration import ROW_COLUMNS, derived_owner_kind
from monitor.extracts.text_hash import text_hash
from monitor.extracts.values import VEHICLE_UNITS, drop_blank_words
from monitor.extracts.vin import WELL_FORMED

_SEPARATOR = "\x1f"


class ProcurementReader:
    """Turns batches of the sender's cells into typed contract lines; one row in, one row out."""

    def __init__(self, context: ExtractContext) -> None:
        """Keep the columns' readings from batch to batch."""
        self.context = context
        self.columns = ColumnReader(context)
        fuels = context.policy.codes["fuel"].entries
        self._energy_dtype = pl.Enum(list(context.policy.codes["energy"].entries))
        self._fuel_energy = {code: entry.energy for code, entry in fuels.items() if entry.energy}
        self._undetermined = sorted(context.policy.energies("undetermined"))

    def read(self, raw: pl.DataFrame) -> pl.DataFrame:
        """The typed lines of a batch, in its order; see docs/columns.md for every column."""
        columns = self.columns
        signed = columns.dates(raw, "signed_on")
        delivery = columns.dates(raw, "delivery_on")
        quantity = columns.whole(raw, "quantity", VEHICLE_UNITS)
        vin = drop_blank_words(columns.code_text(raw, "vehicle_vin"))[0]
        typed = pl.concat(
            [raw.select(ROW_COLUMNS), columns.division(raw), self._codes(raw)], how="horizontal"
        ).with_columns(
            columns.text(raw, "contract_no").alias("contract_no"),
            drop_blank_words(columns.text(raw, "buyer"))[0].alias("buyer"),
            columns.written(raw, "buyer").alias("buyer_written"),
            vin.alias("vehicle_vin_written"),
            pl.select(pl.when(vin.str.contains(WELL_FORMED)).then(vin))
            .to_series()
            .alias("vehicle_vin"),
            columns.written(raw, "fuel").alias("fuel_written"),
            columns.written(raw, "category").alias("category_written"),
            columns.text(raw, "model").str.to_uppercase().alias("model"),
            signed.values.alias("signed_on"),
            signed.unreadable.alias("signed_on_unreadable"),
            delivery.values.alias("delivery_on"),
            delivery.unreadable.alias("delivery_on_unreadable"),
            quantity.values.cast(pl.Int32, strict=False).alias("quantity"),
            columns.written(raw, "quantity").alias("quantity_written"),
        )
        typed = typed.with_columns(
            pl.col("fuel")
            .cast(pl.String)
            .replace_strict(self._fuel_energy, default=None, return_dtype=self._energy_dtype)
            .alias("energy"),
        ).with_columns(
            pl.col("energy").is_in(self._undetermined).alias("energy_is_undetermined"),
            derived_owner_kind(self.context.policy).alias("owner_kind"),
        )
        # A person who buys is no organisation: the name is not kept.
        typed = typed.with_columns(
            pl.when(~is_personal(self.context.policy, "category")).then("buyer").alias("buyer")
        )
        return self._keyed(typed).with_columns(self._fillers())

    def _codes(self, raw: pl.DataFrame) -> pl.DataFrame:
        found: dict[str, pl.Series] = {}
        for column in ("fuel", "category", "owner_kind", "area", "reason", "exemption"):
            codes, unknown, _ = self.columns.codes(raw, column, column)
            found |= {column: codes, f"{column}_unknown": unknown}
        found |= credit_code_facts(self.columns.code_text(raw, "credit_code"))
        return pl.DataFrame(found)

    def _keyed(self, typed: pl.DataFrame) -> pl.DataFrame:
        """A line is known by division, contract, category, model, fuel and planned delivery, and
        by the vehicle where it names one.
        """
        key = pl.concat_str(
            pl.col("contract_no"),
            pl.col("category").cast(pl.String).fill_null(""),
            pl.col("model").fill_null(""),
            pl.col("fuel").cast(pl.String).fill_null(""),
            pl.col("delivery_on").cast(pl.String).fill_null(""),
            separator=_SEPARATOR,
        )
        named = pl.col("vehicle_vin_written")
        key = pl.when(named.is_null()).then(key).otherwise(key + _SEPARATOR + named)
        typed = typed.with_columns(key.alias("vin"))
        return typed.with_columns(text_hash(typed["vin"]).alias("key_hash"))

    def _fillers(self) -> list[pl.Expr]:
        """Columns that a facet has and a contract line has not."""
        codes = self.context.policy.codes
        return [
            pl.lit(None, dtype=pl.Enum(list(codes["use"].entries))).alias("use"),
            pl.lit(None, dtype=pl.Enum(list(codes["business"].entries))).alias("business"),
            pl.lit(None, dtype=pl.Enum(["written"])).alias("category_basis"),
            pl.lit(None, dtype=pl.Enum(["none"])).alias("vehicle_class"),
            pl.lit(value=False).alias("is_addition"),
            pl.lit(value=False).alias("is_deregistration"),
            *of_the_file(self.context),
        ]
