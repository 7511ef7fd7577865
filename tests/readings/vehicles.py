"""Vehicles written down one by one, and what the store would say of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from monitor.assess.assess import Held
from monitor.assess.evidence import Evidence
from monitor.model import Period
from monitor.policy.policy import Policy

NANCHANG, JIUJIANG, FUZHOU, PINGTAN = "360100", "360400", "350100", "350128"
NANJING, JIANGXI, FUJIAN = "320100", "360000", "350000"


@dataclass(frozen=True)
class Car:
    """One vehicle: a battery bus of 南昌, but for what is said."""

    energy: str = "bev"
    category: str = "bus"
    division: str = NANCHANG
    county: str | None = "360102"
    on: date = date(2018, 9, 3)
    reason: str | None = "added"
    owner_kind: str | None = "government"
    area: str | None = None
    exemption: str | None = None
    vehicle_class: str | None = None
    range_km: int | None = None
    count: int = 1


_COUNTS = {
    **{name: pl.String() for name in ("division", "county", "category", "category_basis", "use")},
    **{name: pl.String() for name in ("energy", "owner_kind", "area", "reason", "exemption")},
    "registered_year": pl.Int64(),
    "retired_year": pl.Int64(),
    "counts_added": pl.Boolean(),
    "counts_held": pl.Boolean(),
    "vehicles": pl.Int64(),
}


def counted(cars: Sequence[Car]) -> pl.DataFrame:
    """As `store.question.counts` has them, one row a car."""
    rows = [
        {name: getattr(car, name, None) for name in _COUNTS}
        | {
            "registered_year": car.on.year,
            "counts_added": True,
            "counts_held": True,
            "vehicles": car.count,
        }
        for car in cars
    ]
    return pl.DataFrame(rows, schema=_COUNTS)


def weighed(cars: Sequence[Car]) -> pl.DataFrame:
    """As `store.question.weighed_sorts` has them."""
    extra = pl.DataFrame(
        [(car.vehicle_class, car.range_km, None, None, car.on) for car in cars],
        schema={
            "vehicle_class": pl.String(),
            "range_km": pl.Int64(),
            "gross_mass_kg": pl.Int64(),
            "fast_charge": pl.Boolean(),
            "registered_on": pl.Date(),
        },
        orient="row",
    )
    return pl.concat([counted(cars), extra], how="horizontal")


def held(policy: Policy, cars: Sequence[Car], as_of: date) -> Held:
    """What is held of these cars, every day of every division reported."""

    def early(day: date) -> pl.DataFrame:
        return counted([car for car in cars if date(day.year, 1, 1) <= car.on < day])

    def sorts(divisions: tuple[str, ...]) -> pl.DataFrame:
        return weighed([car for car in cars if car.division in divisions])

    return Held(
        evidence=Evidence(counted(cars), as_of, early),
        sorts=sorts,
        coverage={code: [Period(date(2015, 1, 1), as_of)] for code in policy.divisions.divisions},
        known_at=None,
        history=7,
    )
