"""标准车: the table of 财建〔2016〕7号, with ranges where a column is missing."""

from decimal import Decimal

import polars as pl
import pytest

from monitor.assess.standard_vehicles import plain, weigh
from monitor.policy.policy import load_policy

POLICY = load_policy()
SORT = {
    "energy": "bev",
    "category": "other",
    "vehicle_class": "passenger_car",
    "range_km": 300,
    "gross_mass_kg": None,
    "fast_charge": None,
    "vehicles": 1,
}
SCHEMA = {
    "energy": pl.String,
    "category": pl.String,
    "vehicle_class": pl.String,
    "range_km": pl.Int32,
    "gross_mass_kg": pl.Int32,
    "fast_charge": pl.Boolean,
    "vehicles": pl.Int64,
}


@pytest.mark.parametrize(
    ("sort", "low", "high", "unweighted"),
    [
        ({}, "1", "1", 0),
        ({"range_km": 149}, "0.8", "0.8", 0),
        ({"range_km": 150}, "1", "1", 0),
        ({"range_km": None}, "0.8", "1", 0),
        ({"vehicle_class": "coach", "fast_charge": False}, "12", "12", 0),
        ({"vehicle_class": "coach", "fast_charge": True}, "20", "20", 0),
        ({"vehicle_class": "coach"}, "12", "20", 0),
        ({"vehicle_class": None, "category": "bus", "fast_charge": False}, "12", "12", 0),
        ({"vehicle_class": "coach", "energy": "phev"}, "5", "5", 0),
        ({"vehicle_class": "coach", "energy": "hybrid"}, "0", "5", 0),
        ({"vehicle_class": "special", "gross_mass_kg": 3500}, "3", "3", 0),
        ({"vehicle_class": "special", "gross_mass_kg": 2500, "vehicles": 50}, "75", "75", 0),
        ({"vehicle_class": "special", "gross_mass_kg": None}, "1.5", "3", 0),
        ({"vehicle_class": "special", "energy": "fcev", "vehicles": 3}, "0", "0", 3),
        ({"energy": "petrol"}, "0", "0", 0),
    ],
)
def test_weights(sort: dict[str, object], low: str, high: str, unweighted: int) -> None:
    weighed = weigh(POLICY, pl.DataFrame([SORT | sort], schema=SCHEMA))
    assert weighed == (Decimal(low), Decimal(high), unweighted)


def test_a_decimal_is_written_plainly() -> None:
    assert plain(Decimal("1475.0")) == "1475"
    assert plain(Decimal("0.80")) == "0.8"
    assert plain(Decimal(100000)) == "100000"
    assert plain(Decimal(0)) == "0"
