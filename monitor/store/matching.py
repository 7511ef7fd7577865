"""Which registered vehicle belongs to which contract line, over all groups at once.

A contract that names a vehicle is met by that vehicle alone, whenever it was registered. All else
is a queue (see `matching_queue`): a vehicle belongs to a line signed by its day of registration.
Passes, each on what the ones before left over: alike in division, category, buyer, model and
energy; in another kind of the same category (a postal van may be registered as a goods vehicle);
the model told on one side only; another energy; the buyer told on one side only; the category of
the vehicle not told. In each but the fourth, "alike in energy" means first the same, then one that
is told only as new-energy, then one that is not told.

In a pass, as many vehicles are matched as can be. Which lines get them is settled first: those
whose delivery is near, neither long to come nor long past, earliest planned delivery first. Then
vehicles are handed to these lines, the earliest vehicle first, which leaves the most for the
others; then the others are served from what is left. At last, lines and vehicles of a group are
paired in the order of planned delivery where every vehicle is registered after signing then, else
in the order of signing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from monitor.store.matching_queue import serve

_SAME = ("division", "category")
_KIN = ("division", "root")
_ALL = pl.lit(value=True)
_OPEN = "undetermined"


class _Pass(NamedTuple):
    """The columns in which a line and a vehicle agree, and which of either side take part."""

    keys: tuple[str, ...]
    lines: pl.Expr = _ALL
    vehicles: pl.Expr = _ALL


def match(lines: pl.DataFrame, vehicles: pl.DataFrame) -> pl.DataFrame:
    """Pairs `line`, `vehicle`: each vehicle once, a line as often as its quantity at most.

    `lines`: `line`, `vehicle_vin`, `signed_on`, `near_from`, `near_until`, `expected_on`,
    `quantity`; `vehicles`: `vehicle`, `vin`, `on`, `is_unplaced` (the category is not told); both
    `division`, `category`, `root` (the category that it is a kind of), `party`, `model`, `energy`,
    `new_energy` (of the class: yes, no, undetermined).
    """
    found = _by_vin(lines, vehicles)
    named = pl.col("vehicle_vin").is_not_null().cast(pl.Int64)
    lines = lines.with_columns((pl.col("quantity").cast(pl.Int64) - named).alias("open"))
    vehicles = vehicles.join(found, on="vehicle", how="anti")
    for one in _passes():
        pairs = _queue(lines.filter(one.lines), vehicles.filter(one.vehicles), one.keys)
        if not pairs.height:
            continue
        found = pl.concat([found, pairs])
        vehicles = vehicles.join(pairs, on="vehicle", how="anti")
        taken = pairs.group_by("line").agg(pl.len().cast(pl.Int64).alias("taken"))
        lines = (
            lines.join(taken, on="line", how="left", maintain_order="left")
            .with_columns(pl.col("open") - pl.col("taken").fill_null(0))
            .drop("taken")
        )
    return found


def add_differences(
    pairs: pl.DataFrame, lines: pl.DataFrame, vehicles: pl.DataFrame
) -> pl.DataFrame:
    """The pairs with `differs`: whether the energies contradict each other."""
    told = ("energy", "new_energy")
    both = pairs.join(
        lines.select("line", *(pl.col(c).alias(f"{c}_bought") for c in told)), on="line"
    ).join(vehicles.select("vehicle", *told), on="vehicle")
    is_nev = (pl.col("energy") == "nev") | (pl.col("energy_bought") == "nev")
    both_new = (pl.col("new_energy") == "yes") & (pl.col("new_energy_bought") == "yes")
    is_open = (pl.col("new_energy") == _OPEN) | (pl.col("new_energy_bought") == _OPEN)
    agrees = (pl.col("energy") == pl.col("energy_bought")) | (is_nev & both_new) | is_open
    return both.select("line", "vehicle", (~agrees).alias("differs"))


def _passes() -> list[_Pass]:
    is_new, is_open = pl.col("new_energy") == "yes", pl.col("new_energy") == _OPEN
    is_nev = pl.col("energy") == "nev"
    no_model, no_party = pl.col("model").is_null(), pl.col("party").is_null()
    unplaced = pl.col("is_unplaced")

    def alike(
        keys: tuple[str, ...], lines: pl.Expr = _ALL, vehicles: pl.Expr = _ALL
    ) -> list[_Pass]:
        return [
            _Pass((*keys, "energy"), lines, vehicles),
            _Pass(keys, lines & is_new, vehicles & is_nev),
            _Pass(keys, lines & is_nev, vehicles & is_new),
            _Pass(keys, lines, vehicles & is_open),
            _Pass(keys, lines & is_open, vehicles),
        ]

    return [
        *alike((*_SAME, "party", "model")),
        *alike((*_KIN, "party", "model")),
        *alike((*_SAME, "party"), lines=no_model),
        *alike((*_SAME, "party"), vehicles=no_model),
        _Pass((*_SAME, "party", "model")),
        *alike((*_SAME, "model"), lines=no_party),
        *alike((*_SAME, "model"), vehicles=no_party),
        *alike((*_KIN, "model"), vehicles=no_party),
        *alike(("division", "party", "model"), vehicles=unplaced),
        *alike(("division", "model"), vehicles=unplaced & no_party),
    ]


def _by_vin(lines: pl.DataFrame, vehicles: pl.DataFrame) -> pl.DataFrame:
    """A vehicle that two lines name belongs to the one signed first."""
    named = (
        lines.filter(pl.col("vehicle_vin").is_not_null())
        .sort("signed_on", "line")
        .unique("vehicle_vin", keep="first", maintain_order=True)
    )
    found = vehicles.join(named, left_on="vin", right_on="vehicle_vin")
    return found.select("line", "vehicle")


def _queue(lines: pl.DataFrame, vehicles: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Pairs of one pass; see the module's words."""
    told = [pl.col(key).is_not_null() for key in keys]
    vehicles = vehicles.filter(*told).join(
        lines.filter(pl.col("open") > 0, *told), on=list(keys), how="semi"
    )
    lines = (
        lines.filter(pl.col("open") > 0, *told)
        .join(vehicles, on=list(keys), how="semi")
        .sort("expected_on", "line")
    )
    if not vehicles.height:
        return pl.DataFrame(
            schema={"line": lines["line"].dtype, "vehicle": vehicles["vehicle"].dtype}
        )
    awaited = lines.select(*keys, "line", since="near_from", until="near_until", units="open")
    near = serve(awaited, vehicles, keys)
    chosen = near.group_by("line").agg(pl.len().cast(pl.Int64).alias("chosen"))
    lines = lines.join(chosen, on="line", how="left", maintain_order="left").with_columns(
        pl.col("chosen").fill_null(0)
    )
    lines = lines.with_columns((pl.col("open") - pl.col("chosen")).alias("others"))
    first = serve(_waiting(lines, "signed_on", "chosen", keys), vehicles, keys)
    left = vehicles.join(first, on="vehicle", how="anti")
    rest = serve(_waiting(lines, "signed_on", "others", keys), left, keys)
    return _paired(pl.concat([first, rest]), lines, vehicles, keys)


def _waiting(lines: pl.DataFrame, since: str, units: str, keys: Sequence[str]) -> pl.DataFrame:
    return lines.select(*keys, "line", pl.col(since).alias("since"), pl.col(units).alias("units"))


def _paired(
    pairs: pl.DataFrame, lines: pl.DataFrame, vehicles: pl.DataFrame, keys: Sequence[str]
) -> pl.DataFrame:
    """The same lines and vehicles paired in the order of delivery, or of signing where they must.

    Vehicles in the order of registration fit lines in the order of signing wherever any pairing
    of the two does.
    """
    taken = pairs.join(lines.select(*keys, "line", "signed_on", "expected_on"), on="line")
    coming = (vehicles.join(pairs, on="vehicle", how="semi").sort(*keys, "on", "vehicle")).select(
        *keys, "vehicle", "on"
    )
    by_delivery = taken.sort(*keys, "expected_on", "signed_on", "line")
    by_signing = taken.sort(*keys, "signed_on", "expected_on", "line")
    tried = coming.with_columns(
        by_delivery["line"].alias("near"),
        by_delivery["signed_on"].alias("signed_on"),
        by_signing["line"].alias("sure"),
    ).with_columns((pl.col("signed_on") <= pl.col("on")).all().over(list(keys)).alias("fits"))
    return tried.select(pl.when("fits").then("near").otherwise("sure").alias("line"), "vehicle")
