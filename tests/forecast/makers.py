"""Assessments, weeks and contract lines as small as a case needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from monitor.assess.reconciliation import OpenLine
from monitor.assess.weekly import Weekly, WeekPoint
from monitor.model import Assessment, Excluded, Target

PINGXIANG = "360300"

_ROW = Assessment(
    mandate="JX-F01",
    division=PINGXIANG,
    period="2020",
    complete=False,
    measure="share_new_replaced",
    categories=("bus",),
    role="finding",
    binding=False,
    target=Target(">=", "0.75", "share"),
    denominator=0,
    numerator=0,
    undetermined=0,
    excluded=Excluded(),
    share=None,
    short_by=0,
    needed_next=0,
    status="behind",
    strength="mandatory",
    consequence="advise",
    covered=None,
    incomplete_data=False,
)


def share_row(d: int, n: int, u: int = 0, target: str = "0.75") -> Assessment:
    """Buses of Pingxiang in 2020: `d` counted, `n` surely new-energy, `u` that may be."""
    return replace(
        _ROW,
        denominator=d,
        numerator=n,
        undetermined=u,
        target=Target(">=", target, "share"),
    )


def count_row(n: int, u: int, target: str) -> Assessment:
    """Jiangxi's count of new-energy vehicles in 2020."""
    return replace(
        _ROW,
        mandate="JX-F03",
        division="360000",
        measure="cumulative_count",
        categories=("all",),
        target=Target(">=", target, "vehicle"),
        denominator=None,
        numerator=n,
        undetermined=u,
    )


def fleet_row(division: str, period: str) -> Assessment:
    """Official vehicles in use (JX-F04)."""
    return replace(
        _ROW,
        mandate="JX-F04",
        division=division,
        period=period,
        measure="monotone_increase",
        categories=("official",),
        target=None,
        status="trend",
    )


def weeks_of(
    row: Assessment, as_of: date, ahead: Sequence[tuple[date, int]], *, last_year_held: bool = True
) -> Weekly:
    """The row's weeks, with what the year before added by the end of each week to come."""
    d, n, u = row.denominator, int(row.numerator), int(row.undetermined)
    before = WeekPoint(date(as_of.year - 1, 12, 31), d and 10, 10, 0)
    points = tuple(
        WeekPoint(on, None if d is None else added, added if d is None else 0, 0)
        for on, added in ahead
    )
    return Weekly(
        row.key,
        (WeekPoint(as_of, d, n, u),),
        (before,) if last_year_held else (),
        points if last_year_held else (),
    )


def line(vehicles: int, energy: str = "bev", **changed: object) -> OpenLine:
    """Buses that the bus company of Pingxiang has ordered, due in November 2020."""
    made = OpenLine(
        division=PINGXIANG,
        category="bus",
        energy=energy,
        owner_kind="soe",
        area=None,
        exemption=None,
        due_on=date(2020, 11, 20),
        vehicles=vehicles,
    )
    return replace(made, **changed)  # type: ignore[arg-type]  # fields of OpenLine
