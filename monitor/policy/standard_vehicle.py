"""The table of 新能源标准车: how many standard vehicles one vehicle of a sort stands for."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import Field

from monitor.policy.codes import Strict
from monitor.policy.yamlfile import load


class Weight(Strict):
    """One line of the table; a bound that is None does not matter for this line."""

    energy: tuple[str, ...]
    vehicle_class: tuple[str, ...] = Field(alias="class")
    weight: Decimal
    range_km_from: int | None = None
    range_km_below: int | None = None
    gross_mass_kg_from: int | None = None
    gross_mass_kg_below: int | None = None
    fast_charge: bool | None = None
    note: str | None = None


class WeightTable(Strict):
    """All lines, with the paper that they come from."""

    table: Literal["standard_vehicle"]
    source: str
    entries: tuple[Weight, ...]


def load_weights(path: Path) -> WeightTable:
    """The table of one file."""
    return load(path, WeightTable)
