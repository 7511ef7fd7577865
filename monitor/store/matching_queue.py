"""A queue worked out for all groups at once: who comes is given what has waited longest.

In plain words. Within a group, let A be how many units have begun to wait by some moment, V how
many takers have come, and D how many units are gone: taken, or waited too long. A taker takes a
unit if one is there: D becomes D + 1, but never more than A. When the unit numbered k has waited
too long, D becomes at least k. With y = D - V both read alike: a taker makes y at most A - V, the
end of a wait makes y at least k - V, and nothing else changes y. Without ends of waits this is
Lindley's recursion, and y is the running minimum of A - V, or 0 if that is less: the takers who
found nothing, counted downwards. With them, note that "at least this, then at most that" is of
the same form when done twice; so the steps of a group are put together two by two, then four by
four, until each step knows all that came before it. A taker is served where y did not change at
its step, and takes the unit numbered D. Nobody who could be served by waiting units is turned
away, so no other way of pairing serves more takers.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

_ARRIVES, _TAKES, _ENDS = 0, 1, 2
_FAR = 1 << 40


def serve(waiting: pl.DataFrame, coming: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Pairs `line`, `vehicle`: as many as there can be where a vehicle needs a waiting unit.

    `waiting`: `line`, `since`, `units` and, where waits end, `until` (inclusive; it must not run
    against `since`), those that begin on one day in the order of the frame. `coming`: `vehicle`,
    `on`. Both have the columns `keys`, without nulls, which make the groups.
    """
    waiting = waiting.filter(pl.col("units") > 0)
    groups = (
        waiting.select(keys).unique().join(coming.select(keys).unique(), on=list(keys)).sort(keys)
    ).with_row_index("group")
    lines = waiting.join(groups, on=list(keys)).sort("group", "since", maintain_order=True)
    takers = coming.join(groups, on=list(keys)).sort("group", "on", "vehicle")
    if not takers.height:
        return pl.DataFrame(
            schema={"line": waiting["line"].dtype, "vehicle": coming["vehicle"].dtype}
        )
    lines = lines.with_columns(pl.col("units").cast(pl.Int64)).with_columns(
        pl.col("units").cum_sum().over("group").alias("last"),
        pl.col("units").cum_sum().alias("last_of_all"),
    )
    events = _events(lines, takers)
    gone = _gone(events)
    served = gone.filter(pl.col("is_served"))
    before = lines.group_by("group").agg(pl.col("last_of_all").min() - pl.col("units").first())
    offset = served.select("group").join(before, on="group", how="left", maintain_order="left")
    unit = offset["last_of_all"] + served["number"]
    place = np.searchsorted(lines["last_of_all"].to_numpy(), unit.to_numpy())
    return pl.DataFrame(
        {"line": lines["line"].gather(place), "vehicle": takers["vehicle"].gather(served["taker"])}
    )


def _events(lines: pl.DataFrame, takers: pl.DataFrame) -> pl.DataFrame:
    """What happens in each group, in order; on one day units come first and waits end last."""
    shared = {
        "units": pl.lit(0, pl.Int64),
        "last": pl.lit(0, pl.Int64),
        "taker": pl.lit(0, pl.UInt32),
    }
    parts = [
        lines.select("group", day="since", kind=pl.lit(_ARRIVES), **(shared | {"units": "units"})),
        takers.with_row_index("place").select(
            "group", day="on", kind=pl.lit(_TAKES), **(shared | {"taker": "place"})
        ),
    ]
    if "until" in lines.columns:
        parts.append(
            lines.select("group", day="until", kind=pl.lit(_ENDS), **(shared | {"last": "last"}))
        )
    return (
        pl.concat(parts)
        .sort("group", "day", "kind", "taker", "last")
        .with_columns(
            pl.col("units").cum_sum().over("group").alias("arrived"),
            (pl.col("kind") == _TAKES).cum_sum().cast(pl.Int64).over("group").alias("come"),
        )
    )


def _gone(events: pl.DataFrame) -> pl.DataFrame:
    """Takers with whether they were served and by the unit of which number in their group."""
    kind, come = events["kind"].to_numpy(), events["come"].to_numpy()
    least = np.where(kind == _ENDS, events["last"].to_numpy() - come, -_FAR)
    most = np.where(kind == _TAKES, events["arrived"].to_numpy() - come, _FAR)
    group = events["group"].to_numpy()
    starts = np.r_[True, group[1:] != group[:-1]]
    # A group begins at nought, whatever lies before it in the table.
    least[starts] = most[starts] = np.clip(0, least[starts], most[starts])
    longest = int(np.diff(np.r_[np.flatnonzero(starts), len(group)]).max())
    level = _put_together(least, most, longest)
    before = np.r_[0, level[:-1]]
    before[starts] = 0
    return events.with_columns(
        pl.Series("is_served", (kind == _TAKES) & (level == before)),
        pl.Series("number", level + come),
    ).select("group", "taker", "number", "is_served")


def _put_together(
    least: NDArray[np.int64], most: NDArray[np.int64], longest: int
) -> NDArray[np.int64]:
    """What each step comes to after all steps before it, by doubling."""
    reach = 1
    while reach < longest:
        low, high = least[reach:].copy(), most[reach:].copy()
        least[reach:] = np.clip(least[:-reach].copy(), low, high)
        most[reach:] = np.clip(most[:-reach].copy(), low, high)
        reach *= 2
    return least
