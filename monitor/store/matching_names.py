"""Who is who and what is what on both sides: buyers and owners, models, classes of energy."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from monitor.extracts.credit_code import credit_code_facts
from monitor.extracts.tidy import BLANK_WORDS

# A model by its announcement: the maker's letters, four figures that say kind and size, more.
_ANNOUNCED = r"[A-Z]{2,4}[0-9]{4}[A-Z0-9]*"
_DRESS = r"[\s\-_/·.,()（）“”\"']|牌"


def named_alike(
    lines: pl.DataFrame, vehicles: pl.DataFrame, energy_names: Mapping[str, str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Both sides with `party` and with `model` and `energy` as they are compared; row for row.

    Both need `division`, `credit_code`, `organisation`, `model`, `energy`. A party is known by its
    credit code; without one by the code that its name bears in the division, else by its name. A
    code that does not hold counts only if the other side has it too.
    """
    sides = [
        side.with_columns(_plain("organisation").alias("name"), pl.col("credit_code").alias("code"))
        for side in (lines, vehicles)
    ]
    usable = _usable_codes(*sides)
    sides = [
        side.with_columns(pl.when(pl.col("code").is_in(usable)).then("code").alias("code"))
        for side in sides
    ]
    borne = (
        pl.concat([side.select("division", "name", "code") for side in sides])
        .drop_nulls()
        .group_by("division", "name")
        .agg(pl.col("code").min().alias("code_of_name"))
    )
    found = [
        side.join(borne, on=["division", "name"], how="left", maintain_order="left").with_columns(
            pl.coalesce("code", "code_of_name", "name").alias("party"),
            _model().alias("model"),
            pl.col("energy").replace(dict(energy_names)).alias("energy"),
        )
        for side in sides
    ]
    return (
        found[0].drop("name", "code", "code_of_name"),
        found[1].drop("name", "code", "code_of_name"),
    )


def _usable_codes(lines: pl.DataFrame, vehicles: pl.DataFrame) -> pl.Series:
    bought, registered = lines["code"].unique().drop_nulls(), vehicles["code"].unique().drop_nulls()
    every = pl.concat([bought, registered]).unique()
    holds = credit_code_facts(every)["credit_code_holds"].fill_null(value=False)
    shared = bought.filter(bought.is_in(registered.implode()))
    return pl.concat([every.filter(holds), shared]).unique().implode()


def _plain(column: str) -> pl.Expr:
    """A name without the dress in which two offices write it differently; empty is null."""
    bare = pl.col(column).str.to_uppercase().str.replace_all(r"[\s()（）·]", "")
    return pl.when(bare != "").then(bare)


def _model() -> pl.Expr:
    """The announced model in what is written (宇通牌ZK6105BEVG29), else all of it; blanks null."""
    bare = pl.col("model").str.to_uppercase().str.replace_all(_DRESS, "")
    told = pl.coalesce(bare.str.extract(f"({_ANNOUNCED})", 1), bare)
    return pl.when((told != "") & ~pl.col("model").is_in(list(BLANK_WORDS))).then(told)
