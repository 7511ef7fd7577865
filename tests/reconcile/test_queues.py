"""The set-based matching set against a slow one that tries every way."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from thorough import TIMES

from monitor.store.matching import match
from monitor.store.matching_queue import serve

FIRST = date(2020, 1, 6)
DAYS = st.integers(0, 40)
GROUPS = st.integers(0, 2)


def on(day: int) -> date:
    return FIRST + timedelta(days=day)


def most_pairs(edges: list[list[int]]) -> int:
    """The greatest number of takers with a unit of their own: `edges` lists the units of each."""
    taker_of: dict[int, int] = {}

    def seat(taker: int, seen: set[int]) -> bool:
        for unit in edges[taker]:
            if unit not in seen:
                seen.add(unit)
                if unit not in taker_of or seat(taker_of[unit], seen):
                    taker_of[unit] = taker
                    return True
        return False

    return sum(seat(taker, set()) for taker in range(len(edges)))


@given(
    st.lists(st.tuples(GROUPS, DAYS, st.integers(0, 3)), max_size=6),
    st.lists(st.tuples(GROUPS, DAYS), max_size=12),
    st.none() | st.integers(0, 20),
)
def test_as_many_are_served_as_can_be(
    lines: list[tuple[int, int, int]], takers: list[tuple[int, int]], patience: int | None
) -> None:
    waiting = pl.DataFrame(
        [
            (place, group, on(day), on(day + (patience or 0)), units)
            for place, (group, day, units) in enumerate(lines)
        ],
        schema={
            "line": pl.UInt32,
            "group_key": pl.Int32,
            "since": pl.Date,
            "until": pl.Date,
            "units": pl.Int64,
        },
        orient="row",
    )
    coming = pl.DataFrame(
        [(place, group, on(day)) for place, (group, day) in enumerate(takers)],
        schema={"vehicle": pl.UInt32, "group_key": pl.Int32, "on": pl.Date},
        orient="row",
    )
    served = serve(
        waiting if patience is not None else waiting.drop("until"), coming, ["group_key"]
    )
    units = [line for line in lines for _ in range(line[2])]
    edges = [
        [
            place
            for place, (of, since, _) in enumerate(units)
            if of == group and since <= day and (patience is None or day <= since + patience)
        ]
        for group, day in takers
    ]
    assert served.height == most_pairs(edges)
    assert served["vehicle"].n_unique() == served.height
    for line, vehicle in served.iter_rows():
        (group, since, _), (of, day) = lines[line], takers[vehicle]
        assert group == of
        assert since <= day
        assert patience is None or day <= since + patience
    for line, count in served.group_by("line").len().iter_rows():
        assert count <= lines[line][2]


@given(
    st.lists(
        st.tuples(GROUPS, DAYS, st.integers(0, 30), st.integers(1, 3)), min_size=1, max_size=6
    ),
    st.lists(st.tuples(GROUPS, DAYS), min_size=1, max_size=12),
)
@settings(max_examples=20 * TIMES)
def test_preferring_near_deliveries_costs_no_match(
    lines: list[tuple[int, int, int, int]], vehicles: list[tuple[int, int]]
) -> None:
    shared = {
        "division": pl.lit("360100"),
        "category": pl.lit("bus"),
        "root": pl.lit("bus"),
        "model": pl.lit("ZK6105BEVG29"),
        "energy": pl.lit("bev"),
        "new_energy": pl.lit("yes"),
    }
    bought = pl.DataFrame(
        [
            (place, f"buyer {buyer}", on(signed), on(signed + wait), units)
            for place, (buyer, signed, wait, units) in enumerate(lines)
        ],
        schema={
            "line": pl.UInt32,
            "party": pl.String,
            "signed_on": pl.Date,
            "expected_on": pl.Date,
            "quantity": pl.Int32,
        },
        orient="row",
    ).with_columns(
        pl.lit(None, dtype=pl.String).alias("vehicle_vin"),
        pl.max_horizontal("signed_on", pl.col("expected_on") - pl.duration(days=5)).alias(
            "near_from"
        ),
        (pl.col("expected_on") + pl.duration(days=5)).alias("near_until"),
        **shared,
    )
    registered = pl.DataFrame(
        [(place, f"buyer {owner}", on(day)) for place, (owner, day) in enumerate(vehicles)],
        schema={"vehicle": pl.UInt32, "party": pl.String, "on": pl.Date},
        orient="row",
    ).with_columns(pl.lit("").alias("vin"), pl.lit(value=False).alias("is_unplaced"), **shared)
    pairs = match(bought, registered)
    units = [line for line in lines for _ in range(line[3])]
    edges = [
        [place for place, (of, signed, _, _) in enumerate(units) if of == owner and signed <= day]
        for owner, day in vehicles
    ]
    assert pairs.height == most_pairs(edges)
    for line, vehicle in pairs.iter_rows():
        assert lines[line][0] == vehicles[vehicle][0]
        assert lines[line][1] <= vehicles[vehicle][1]
    for line, count in pairs.group_by("line").len().iter_rows():
        assert count <= lines[line][3]


def test_units_that_wait_in_vain_make_room_for_none() -> None:
    waiting = pl.DataFrame(
        {
            "line": [0, 1],
            "key": ["a", "a"],
            "since": [on(0), on(3)],
            "until": [on(2), on(5)],
            "units": [2, 1],
        }
    )
    coming = pl.DataFrame({"vehicle": [0, 1, 2], "key": ["a"] * 3, "on": [on(2), on(4), on(5)]})
    assert serve(waiting, coming, ["key"]).rows() == [(0, 0), (1, 1)]
