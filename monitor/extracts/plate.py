"""Plate numbers by GA 36-2018: their form, and what an energy letter says."""

from __future__ import annotations

import polars as pl

PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
_OFFICE = f"^(?:[{PROVINCES}])?[A-HJ-NP-Z]"

# The last four characters of a small new-energy plate are digits: `letter + five of anything`
# would take in ordinary plates that were mistyped.
FORMS = {
    "small_new_energy": rf"{_OFFICE}[DABCEFGHJK][A-HJ-NP-Z0-9][0-9]{{4}}$",
    "large_new_energy": rf"{_OFFICE}[0-9]{{5}}[DABCEFGHJK]$",
    "ordinary": rf"{_OFFICE}[A-HJ-NP-Z0-9]{{5}}$",
    "marked": rf"{_OFFICE}[A-HJ-NP-Z0-9]{{4}}[挂学警领港澳试超]$|^.{{1,2}}[0-9]{{4,6}}使$",
    "emergency": rf"{_OFFICE}[A-HJ-NP-Z0-9]{{4}}应急$",
}
NEW_ENERGY_FORMS = ("small_new_energy", "large_new_energy")
_NOISE = r"[·•.\-\s]"
_BATTERY_LETTERS = "DABCE"


def plate_forms(plates: pl.Series, offices: pl.Series) -> pl.DataFrame:
    """`plate_form` (null: of no known form), `plate_office` (province and letter) and
    `plate_is_battery` (new-energy form only), for upper-case plates.

    Police extracts leave out the province; `offices` (发证机关, such as 赣C) gives it back.
    """
    bare = plates.str.replace_all(_NOISE, "")
    frame = pl.DataFrame({"plate": bare, "office": offices})
    form = pl.coalesce(
        *(
            pl.when(pl.col("plate").str.contains(pattern)).then(pl.lit(name))
            for name, pattern in FORMS.items()
        )
    )
    has_province = pl.col("plate").str.contains(f"^[{PROVINCES}]")
    letter = pl.col("plate").str.extract(r"([DABCEFGHJK])[A-HJ-NP-Z0-9]?[0-9]{4}$", 1)
    last = pl.col("plate").str.slice(-1)
    return frame.select(
        form.cast(pl.Enum([*FORMS])).alias("plate_form"),
        pl.when(has_province)
        .then(pl.col("plate").str.slice(0, 2))
        .otherwise(pl.col("office").str.slice(0, 1) + pl.col("plate").str.slice(0, 1))
        .alias("plate_office"),
        pl.when(pl.col("plate").str.contains(r"[0-9]{5}[DABCEFGHJK]$"))
        .then(last.is_in(list(_BATTERY_LETTERS)))
        .otherwise(letter.is_in(list(_BATTERY_LETTERS)))
        .alias("plate_is_battery"),
    ).with_columns(
        pl.when(pl.col("plate_form").is_in(list(NEW_ENERGY_FORMS))).then("plate_is_battery")
    )
