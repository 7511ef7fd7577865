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
# Nearly all plates are of one of these, which their length and last character tell apart.
_COMMON = ("ordinary", "small_new_energy", "large_new_energy")
COMMON = "|".join(FORMS[name] for name in _COMMON)
_ORDINARY_BYTES = [len("A12345"), len("赣A12345".encode())]
_FORM = pl.Enum([*FORMS])
NEW_ENERGY_FORMS = ("small_new_energy", "large_new_energy")
_NOISE = r"[·•.\-\s]"
_BATTERY_LETTERS = "DABCE"
_DIGITS = "0123456789"


def plate_forms(plates: pl.Series, is_common: pl.Series, offices: pl.Series) -> pl.DataFrame:
    """`plate_form` (null: of no known form), `plate_office` (province and letter) and
    `plate_is_battery` (new-energy form only), for upper-case plates.

    `is_common` says which are of the form `COMMON`, null where none stands. Police extracts leave
    out the province; `offices` (发证机关, such as 赣C) gives it back.
    """
    if plates.null_count() == len(plates):
        nothing = pl.Series("plate_form", [None], dtype=_FORM).new_from_index(0, len(plates))
        return pl.DataFrame(
            [
                nothing,
                nothing.cast(pl.String).alias("plate_office"),
                nothing.cast(pl.Boolean).alias("plate_is_battery"),
            ]
        )
    bare, form = _read(plates, is_common)
    return pl.DataFrame({"plate": bare, "office": offices, "plate_form": form}).select(
        "plate_form", _office().alias("plate_office"), _is_battery().alias("plate_is_battery")
    )


def _read(plates: pl.Series, is_common: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Plates without noise, and the form that fits; only those of no common one are looked at."""
    ordinary, small, large = (pl.lit(name, dtype=_FORM) for name in _COMMON)
    form = pl.select(
        pl.when(is_common)
        .then(
            pl.when(plates.str.len_bytes().is_in(_ORDINARY_BYTES))
            .then(ordinary)
            .when(plates.str.tail(1).is_in(list(_DIGITS)))
            .then(small)
            .otherwise(large)
        )
        .alias("plate_form")
    ).to_series()
    left = (~is_common).arg_true()
    if left.is_empty():
        return plates, form
    closer = pl.DataFrame({"plate": plates.gather(left).str.replace_all(_NOISE, "")}).select(
        "plate",
        form=pl.coalesce(
            pl.when(pl.col("plate").str.contains(pattern)).then(pl.lit(name, dtype=_FORM))
            for name, pattern in FORMS.items()
        ),
    )
    # scatter changes the series that it is asked of, and the sender's cells must stay.
    return plates.clone().scatter(left, closer["plate"]), form.scatter(left, closer["form"])


def _office() -> pl.Expr:
    """Province and letter of an office, the province of `office` where the plate has none."""
    plate = pl.col("plate")
    return (
        pl.when(plate.str.slice(0, 1).is_in(list(PROVINCES)))
        .then(plate.str.slice(0, 2))
        .otherwise(pl.col("office").str.slice(0, 1) + plate.str.slice(0, 1))
    )


def _is_battery() -> pl.Expr:
    """Whether the energy letter says battery: sixth from the end, of large vehicles the last."""
    plate, form = pl.col("plate"), pl.col("plate_form")
    place = pl.when(form == "large_new_energy").then(pl.lit(-1)).otherwise(pl.lit(-6))
    letter = plate.str.slice(place, 1)
    return pl.when(form.is_in(list(NEW_ENERGY_FORMS))).then(letter.is_in(list(_BATTERY_LETTERS)))
