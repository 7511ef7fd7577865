"""Nanjing, 2019 and 2020: new-energy vehicles with what 标准车 weights ask for."""

from __future__ import annotations

from dataclasses import replace

from dresses import Dress
from filings import Filing, by_day, registration, whole_year
from fleet import Factory, Vehicle
from layouts import NANJING as COLUMNS
from places import NANJING

# Category, energy, number in 2019 and in 2020. Goods vehicles have no weight in the table.
_ADDED = (
    ("bus", "bev", 12, 14),
    ("bus", "phev", 3, 0),
    ("bus", "diesel", 2, 1),
    ("cruising_taxi", "bev", 10, 12),
    ("ride_hailing", "bev", 8, 10),
    ("official", "bev", 4, 5),
    ("official", "phev", 2, 2),
    ("official", "petrol", 3, 2),
    ("sanitation", "bev", 5, 6),
    ("private", "bev", 6, 8),
    ("private", "petrol", 9, 9),
)


def filings(factory: Factory) -> list[Filing]:
    """Two files, the second as a workbook."""
    return [
        _filing(factory, 2019, "2020-01-09T10:30+08:00", Dress(), 0),
        _filing(factory, 2020, "2021-01-08T10:45+08:00", Dress(suffix=".xlsx", dates="real"), 1),
    ]


def _filing(factory: Factory, year: int, received: str, dress: Dress, column: int) -> Filing:
    days = whole_year(year)
    made: list[Vehicle] = []
    for category, energy, *counts in _ADDED:
        if counts[column]:
            made += factory.batch(NANJING, category, counts[column], (energy,), *days)
    made = [replace(v, fast_charge=_fast(v, made)) for v in made]
    span = f"nanjing/320100-南京-机动车登记-{year}"
    return registration(span, NANJING, str(year), received, by_day(made), dress, columns=COLUMNS)


def _fast(vehicle: Vehicle, made: list[Vehicle]) -> str:
    """Two buses of each year are of the fast-charging kind (钛酸锂)."""
    electric = [v.vin for v in made if v.category == "bus" and v.energy == "bev"]
    if vehicle.vin not in electric:
        return ""
    return "是" if vehicle.vin in electric[:2] else "否"
