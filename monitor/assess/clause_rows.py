"""Lines that are counted over the rows of a declared kind: shares, counts, places covered."""

from __future__ import annotations

from fractions import Fraction

import polars as pl

from monitor.assess.arithmetic import Sides
from monitor.assess.clause_counts import Tally, marked, of, tally
from monitor.assess.clause_found import (
    CENT,
    Asked,
    Found,
    beyond,
    number_status_of,
    share_status_of,
)
from monitor.assess.clause_status import plain
from monitor.model import Fact, Text
from monitor.policy.clauses import Clause
from monitor.policy.lines import Line


def by_rows(asked: Asked) -> Found:
    """What the rows of the clause's kind come to."""
    frame = asked.held.records.get(asked.clause.evidence.kind)
    if frame is None:
        return Found(is_known=False)
    if asked.line.measure == "covered":
        return _covered(asked, frame)
    floor = floor_of(asked.clause, asked.line)
    found = of(tally(frame, asked.line, asked.year, asked.until, floor), asked.members)
    return _count(asked, found) if asked.line.measure == "count" else _share(asked, found)


def floor_of(clause: Clause, line: Line) -> Fraction:
    """The share that each row must reach, where the line looks at each: the target's own."""
    if line.measure != "each":
        return Fraction(0)
    targets = clause.targets_of(line)
    return Fraction(targets[0].value or 0) / CENT if targets else Fraction(0)


def _share(asked: Asked, found: Tally) -> Found:
    sides = Sides(denominator=found.rows, numerator=found.hits, undetermined=found.unsure)
    misses = found.rows - found.hits - found.unsure
    return Found(
        is_known=found.rows > 0,
        status=share_status_of(asked, sides),
        unit="share",
        sides=sides,
        misses=misses,
    )


def _count(asked: Asked, found: Tally) -> Found:
    low = found.total
    high = low + found.unsure if asked.line.unsure else low
    return Found(
        is_known=found.rows > 0,
        status=number_status_of(asked, low, high),
        value=plain(low),
        value_most=plain(high) if high != low else None,
        unit=asked.line.unit,
        notes=beyond(asked, low),
    )


def _covered(asked: Asked, frame: pl.DataFrame) -> Found:
    places = asked.policy.townships.of(asked.members, asked.until)
    counted = marked(frame, asked.line, asked.year, asked.until, Fraction(0))
    counted = counted.filter(pl.col("division").is_in(list(asked.members)))
    if places is None:
        lacking = Text(
            "乡镇名单（data/townships，注明日期和出处）",
            "the list of townships (data/townships, with its date and source)",
        )
        named = counted["township_code"].n_unique() if counted.height else 0
        fact = Fact(
            Text("报来有公共充电设施的乡镇", "townships reported with public charging"),
            str(named),
            "个",
        )
        return Found(
            is_known=counted.height > 0, status="not_computable", missing=(lacking,), facts=(fact,)
        )
    with_one = set(counted["township_code"].drop_nulls())
    have = {place.code for place in places.counted if place.code in with_one}
    apart = [place for place in places.apart if place.code in with_one]
    sides = Sides(denominator=len(places.counted), numerator=len(have))
    unplaced = int(counted["township_code"].is_null().sum())
    facts = [
        Fact(
            Text(
                f"街道另列：{len(places.apart)} 个中 {len(apart)} 个有",
                f"subdistricts apart: {len(apart)} of {len(places.apart)} have one",
            ),
            str(len(apart)),
            "个",
        )
    ]
    if unplaced:
        facts.append(
            Fact(Text("没有写明乡镇的设施", "facilities without a township"), str(unplaced), "个")
        )
    return Found(
        is_known=counted.height > 0 or frame.height > 0,
        status=share_status_of(asked, sides),
        unit="share",
        sides=sides,
        misses=len(places.counted) - len(have),
        facts=tuple(facts),
        sources=(places.source,),
    )
