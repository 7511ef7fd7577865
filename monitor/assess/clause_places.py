"""Lines that ask for something in every township, against a dated list of them."""

from __future__ import annotations

from fractions import Fraction

import polars as pl

from monitor.assess.answer import Fact
from monitor.assess.arithmetic import Sides
from monitor.assess.clause_counts import marked
from monitor.assess.clause_found import Asked, Found, share_status_of
from monitor.model import Text
from monitor.policy.townships import Township, TownshipList

_PLACE = ("township_code", "township", "county")


def by_places(asked: Asked) -> Found:
    """The townships of the list that one of the rows stands in; subdistricts are shown apart.

    Without a list of the province nothing can be said of all townships, and that is told.
    """
    frame = asked.held.records.get(asked.clause.kind_of(asked.line))
    if frame is None:
        return Found(is_known=False)
    members = list(asked.members)
    rows = marked(frame, asked.line, asked.year, asked.until, Fraction(0)).filter(
        pl.col("division").is_in(members)
    )
    named = rows.select(_PLACE).group_by(_PLACE, maintain_order=True).len()
    divisions = asked.policy.divisions
    listed = asked.policy.townships.on(divisions.province_of(asked.division), asked.until)
    if listed is None:
        return _without_list(named)
    townships, subdistricts = _own(asked, listed)
    found = [
        (listed.find(code=code, name=name, county=county), rows_there)
        for code, name, county, rows_there in named.iter_rows()
    ]
    have = {place.code for place, _ in found if place is not None}
    lost = sum(rows_there for place, rows_there in found if place is None)
    covered = sum(place.code in have for place in townships)
    apart = sum(place.code in have for place in subdistricts)
    sides = Sides(denominator=len(townships), numerator=covered)
    facts = [
        Fact(
            Text(
                f"街道另列：{len(subdistricts)} 个中有 {apart} 个",
                f"subdistricts, shown apart: {apart} of {len(subdistricts)}",
            ),
            str(apart),
            "个",
        )
    ]
    if lost:
        told = Text("所在乡镇不明的设施", "facilities whose township is not known")
        facts.append(Fact(told, str(lost), "个"))
    made_up = (
        (Text("乡镇名单为示例，非真实名单", "the list of townships is made up"),)
        if listed.illustrative
        else ()
    )
    return Found(
        is_known=frame.height > 0,
        status=share_status_of(asked, sides),
        unit="share",
        sides=sides,
        misses=len(townships) - covered,
        facts=tuple(facts),
        sources=(
            Text(
                f"乡镇名单：{listed.source}（{listed.as_of}）",
                f"list of townships: {listed.source} ({listed.as_of})",
            ),
        ),
        notes=made_up,
    )


def _own(asked: Asked, listed: TownshipList) -> tuple[tuple[Township, ...], tuple[Township, ...]]:
    """Of the list those that report to the division: what counts, and what is shown apart."""
    reports_to, members = asked.policy.divisions.reports_to, frozenset(asked.members)
    mine = [
        place
        for county, places in listed.counties.items()
        if reports_to.get(county) in members
        for place in places
    ]
    return (
        tuple(place for place in mine if not place.is_subdistrict),
        tuple(place for place in mine if place.is_subdistrict),
    )


def _without_list(named: pl.DataFrame) -> Found:
    told = named.filter(pl.col("township_code").is_not_null() | pl.col("township").is_not_null())
    return Found(
        is_known=named.height > 0,
        status="not_computable",
        missing=(
            Text(
                "乡镇名单（放入 data/townships，注明日期和出处）",
                "the list of townships (put into data/townships with its day and source)",
            ),
        ),
        facts=(
            Fact(
                Text("报来有公共充电设施的乡镇", "townships reported with public charging"),
                str(told.height),
                "个",
            ),
        ),
    )
