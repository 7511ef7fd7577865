"""新能源标准车: vehicles weighed by the dated table, as a range where a column is missing."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

import polars as pl

from monitor.policy.policy import Policy
from monitor.policy.standard_vehicle import Weight


class Weighed(NamedTuple):
    """The least and the most that the vehicles stand for, and how many no line fits."""

    low: Decimal
    high: Decimal
    unweighted: int


_CATEGORY_CLASS = {"bus": "coach"}


def weigh(policy: Policy, sorts: pl.DataFrame) -> Weighed:
    """Weigh vehicles given by sort; columns as `store.question.weighed_sorts`.

    A vehicle that is surely new-energy counts at least the lightest line that may be its own; one
    whose energy is open counts nothing at least.
    """
    new, open_energies = policy.energies("yes"), policy.energies("undetermined")
    low = high = Decimal(0)
    unweighted = 0
    grouped = sorts.group_by(
        "energy", "category", "vehicle_class", "range_km", "gross_mass_kg", "fast_charge"
    ).agg(pl.col("vehicles").sum())
    for row in grouped.sort(pl.all()).iter_rows(named=True):
        energy, vehicles = row["energy"], int(row["vehicles"])
        if energy not in new and energy not in open_energies:
            continue
        exact = energy in new and energy != "nev"
        may_be = frozenset(policy.codes["energy"].entries[energy].may_be) or new - {"nev"}
        possible = frozenset({energy}) if exact else may_be
        weights = [line.weight for line in policy.weights.entries if _may_fit(line, row, possible)]
        if not weights:
            unweighted += vehicles if energy in new else 0
            continue
        low += vehicles * (min(weights) if energy in new else Decimal(0))
        high += vehicles * max(weights)
    return Weighed(low, high, unweighted)


def _may_fit(line: Weight, row: dict[str, object], energies: frozenset[str]) -> bool:
    known_class = row["vehicle_class"] or _CATEGORY_CLASS.get(str(row["category"]))
    return (
        not energies.isdisjoint(line.energy)
        and (known_class is None or known_class in line.vehicle_class)
        and _within(row["range_km"], line.range_km_from, line.range_km_below)
        and _within(row["gross_mass_kg"], line.gross_mass_kg_from, line.gross_mass_kg_below)
        and (
            line.fast_charge is None
            or row["fast_charge"] is None
            or row["fast_charge"] == line.fast_charge
        )
    )


def _within(value: object, least: int | None, below: int | None) -> bool:
    """Whether a figure lies in a line's bounds; a missing figure may."""
    if not isinstance(value, int):
        return True
    return (least is None or value >= least) and (below is None or value < below)


def plain(number: Decimal) -> str:
    """A decimal without an exponent or trailing noughts."""
    text = format(number.normalize(), "f")
    return "0" if text in {"-0", ""} else text
