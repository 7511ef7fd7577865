"""Columns that set two cells of a row against each other, for the rules to ask."""

from __future__ import annotations

from datetime import date

import polars as pl

from monitor.extracts.context import ExtractContext
from monitor.extracts.lookup import translated
from monitor.extracts.plate import NEW_ENERGY_FORMS
from monitor.extracts.vin import model_years

# A WMI that begins with L (or, lately, H) is Chinese; others need not code a year.
_DOMESTIC = "^[LH]"
_BATTERY, _NOT_BATTERY = ["bev"], ["phev", "reev", "fcev"]
_PLAUSIBLE_RANGE_KM = (10, 2000)
_PLAUSIBLE_MASS_KG = (300, 60000)


def add_crosschecks(typed: pl.DataFrame, context: ExtractContext) -> pl.DataFrame:
    """Add the comparisons that `checks/registration.yml` names; one row in, one row out."""
    kinds = context.policy.codes["plate_kind"].entries
    is_ordinary_kind = {c: entry.form == "ordinary" for c, entry in kinds.items() if entry.form}
    is_new_kind = {code: entry.new_energy == "yes" for code, entry in kinds.items()}
    form_is_new = pl.col("plate_form").is_in(list(NEW_ENERGY_FORMS))
    both = pl.col("plate_kind").is_not_null() & pl.col("plate_form").is_not_null()
    kind_is_ordinary = pl.lit(translated(typed["plate_kind"], is_ordinary_kind, pl.Boolean))
    kind_is_new = pl.lit(translated(typed["plate_kind"], is_new_kind, pl.Boolean))
    return typed.with_columns(
        *of_the_file(context),
        _abolished(typed, context).alias("division_is_abolished"),
        _vin_year_is_late(typed, context.received_on),
        (
            pl.col("model_energy").is_not_null()
            & pl.col("fuel_energy").is_not_null()
            & ~pl.col("fuel_is_open").fill_null(value=True)
            & (pl.col("model_energy") != pl.col("fuel_energy"))
        ).alias("fuel_contradicts_model"),
        (
            (pl.col("fuel_energy").is_in(_BATTERY) & ~pl.col("plate_is_battery"))
            | (pl.col("fuel_energy").is_in(_NOT_BATTERY) & pl.col("plate_is_battery"))
        ).alias("fuel_contradicts_plate_letter"),
        _owner_contradicts(context).alias("owner_kind_contradicts"),
        (
            both
            & (
                (kind_is_new & ~form_is_new)
                | (kind_is_ordinary & (pl.col("plate_form") != "ordinary"))
            )
        ).alias("plate_contradicts_kind"),
        _elsewhere(context).alias("plate_is_elsewhere"),
        (
            ~pl.col("range_km").is_between(*_PLAUSIBLE_RANGE_KM).fill_null(value=True)
            | ~pl.col("gross_mass_kg").is_between(*_PLAUSIBLE_MASS_KG).fill_null(value=True)
        ).alias("number_is_implausible"),
    )


def _elsewhere(context: ExtractContext) -> pl.Expr:
    """A plate of another office than the division's own, where the division has one."""
    own = {
        code: division.plates
        for code, division in context.policy.divisions.divisions.items()
        if division.plates
    }
    pairs = [code + office for code, offices in own.items() for office in offices]
    pair = pl.col("division").cast(pl.String) + pl.col("plate_office")
    return (
        pl.col("plate_form").is_not_null()
        & pl.col("division").is_in(list(own))
        & ~pair.is_in(pairs)
    )


def of_the_file(context: ExtractContext) -> list[pl.Expr]:
    """What is the same for all rows of a file, and whether a row's division is the sender's."""
    senders, period = context.senders, context.period
    return [
        pl.lit(context.received_on).alias("received_on"),
        pl.lit(period.start if period else None, dtype=pl.Date).alias("period_start"),
        pl.lit(period.end if period else None, dtype=pl.Date).alias("period_end"),
        pl.lit(senders is not None).alias("sender_known"),
        (
            ~pl.col("division").is_in(sorted(senders))
            if senders is not None
            else pl.lit(None, dtype=pl.Boolean)
        ).alias("division_is_foreign"),
    ]


def _abolished(typed: pl.DataFrame, context: ExtractContext) -> pl.Expr:
    until = translated(typed["county"], context.policy.divisions.abolished, pl.Date)
    return pl.col("registered_on") > pl.lit(until)


def _vin_year_is_late(typed: pl.DataFrame, received_on: date) -> pl.Expr:
    letters = typed["vin_year"].unique().drop_nulls()
    years = [max(model_years(letter, received_on.year + 1), default=None) for letter in letters]
    coded = pl.col("vin_year").replace_strict(
        letters, pl.Series(years, dtype=pl.Int32), default=None, return_dtype=pl.Int32
    )
    return (
        pl.col("vin").str.contains(_DOMESTIC) & (pl.col("registered_on").dt.year() < coded - 1)
    ).alias("vin_year_is_late")


def _owner_contradicts(context: ExtractContext) -> pl.Expr:
    """A written owner kind against the class that a sound credit code states."""
    kinds = context.policy.codes["owner_kind"].entries
    stated = {prefix: code for code, entry in kinds.items() for prefix in entry.credit_prefixes}
    by_code = (
        pl.col("credit_code")
        .str.slice(0, 2)
        .replace_strict(stated or {"": ""}, default=None, return_dtype=pl.String)
    )
    return pl.col("credit_code_holds") & (by_code != pl.col("owner_kind").cast(pl.String))
