"""Lines that set another list against the register: vehicles on a platform, batteries recovered."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import polars as pl

from monitor.assess.answer import Fact
from monitor.assess.arithmetic import Sides, cut_share, share_status
from monitor.assess.clause_evidence import Links
from monitor.assess.clause_found import Asked, Found, share_status_of
from monitor.model import Text
from monitor.policy.policy import Policy

# GB/T 34014-2017: 24 places of digits and capitals without I and O.
BATTERY_CODE = "^[0-9A-HJ-NP-Z]{24}$"
_BY = {"category": Text("用途", "use"), "owner_kind": Text("单位性质", "owner kind")}


def by_platform(asked: Asked) -> Found:
    """How many of the registered new-energy vehicles a monitoring platform has."""
    links = asked.held.platform.get(asked.line.rows or "")
    if links is None:
        return Found(is_known=False)
    sides, online, strangers = _connected(links, asked.members, asked.year)
    days = asked.line.online_within_days
    facts = [
        Fact(
            Text(
                f"其中名单收到前 {days} 天内上线",
                f"of which online within {days} days before the list came",
            ),
            str(online),
            "辆",
        ),
        Fact(
            Text("在平台而不在登记中", "on the platform and not registered"), str(strangers), "辆"
        ),
        Fact(
            Text("在登记而不在平台", "registered and not on the platform"),
            str(sides.denominator - sides.numerator),
            "辆",
        ),
        *_connected_parts(asked.policy, links, asked.members, asked.year),
    ]
    status = share_status_of(asked, sides)
    if asked.line.everywhere:
        reached = _reached(links, asked)
        facts.insert(0, _places(reached))
        if asked.target is not None and reached.denominator:
            status = share_status(reached, Fraction(1), ">=", complete=asked.complete)
    return Found(
        is_known=True,
        status=status,
        unit="share",
        sides=sides,
        facts=tuple(facts),
    )


def _reached(links: Links, asked: Asked) -> Sides:
    """The divisions that have new-energy vehicles, and those of which one is connected."""
    each = [_connected(links, (code,), asked.year)[0] for code in asked.members]
    there = [sides for sides in each if sides.denominator]
    return Sides(denominator=len(there), numerator=sum(sides.numerator > 0 for sides in there))


def _places(reached: Sides) -> Fact:
    told = f"{reached.numerator} / {reached.denominator}"
    return Fact(Text("有车辆接入的市", "divisions with a vehicle connected"), told)


def by_batteries(asked: Asked) -> Found:
    """How many of the retired new-energy vehicles have batteries with a destination."""
    links = asked.held.battery
    if links is None:
        return Found(is_known=False)
    sides, facts = _recovered(links, asked.members, asked.year)
    return Found(
        is_known=True,
        status=share_status_of(asked, sides),
        unit="share",
        sides=sides,
        facts=(*facts, *_codes(asked)),
    )


def _codes(asked: Asked) -> tuple[Fact, ...]:
    """Battery codes that are not what GB/T 34014 lays down, and those of two vehicles."""
    frame = asked.held.records.get("battery")
    if frame is None:
        return ()
    mine = frame.filter(
        pl.col("division").is_in(list(asked.members)), pl.col("dated_on") <= asked.until
    )
    bound = mine.group_by("battery_code").agg(pl.col("vehicle_vin").n_unique().alias("vehicles"))
    return (
        Fact(
            Text("不合 GB/T 34014 的电池编码", "battery codes not as GB/T 34014 has them"),
            str(int((~mine["battery_code"].str.contains(BATTERY_CODE)).sum())),
            "个",
        ),
        Fact(
            Text("一码绑定两辆车的电池编码", "battery codes bound to two vehicles"),
            str(bound.filter(pl.col("vehicles") > 1).height),
            "个",
        ),
    )


def _connected(links: Links, divisions: Sequence[str], year: int) -> tuple[Sides, int, int]:
    """The registered vehicles at the end of a year and those on the platform then; how many of
    these were lately online; how many on the platform are not in the register.
    """
    fleet = _in_fleet(links.vehicles, divisions, year)
    on_it = fleet.filter(_on_platform(year))
    strangers = links.strangers.filter(
        pl.col("division").is_in(list(divisions)), pl.col("connected_year") <= year
    )
    sides = Sides(denominator=_sum(fleet), numerator=_sum(on_it))
    return sides, _sum(on_it.filter("is_online")), _sum(strangers)


def _connected_parts(
    policy: Policy, links: Links, divisions: Sequence[str], year: int
) -> tuple[Fact, ...]:
    """The share on the platform by use and by owner kind, the largest fleets first."""
    fleet = _in_fleet(links.vehicles, divisions, year)
    facts: list[Fact] = []
    for column, of in _BY.items():
        found = (
            fleet.group_by(column)
            .agg(
                pl.col("vehicles").sum().alias("all"),
                pl.col("vehicles").filter(_on_platform(year)).sum().alias("on_it"),
            )
            .sort("all", column, descending=[True, False])
        )
        table = policy.codes[column]
        for code, every, on_it in found.iter_rows():
            name = table.label(code) if code else Text("不明", "not known")
            share = cut_share(int(on_it), int(every)) or ""
            facts.append(
                Fact(
                    Text(
                        f"{of.zh}“{name.zh}”：{every} 辆中接入 {on_it} 辆",
                        f"{of.en} {name.en}: {on_it} of {every} connected",
                    ),
                    share,
                    "share",
                )
            )
    return tuple(facts)


def _recovered(links: Links, divisions: Sequence[str], year: int) -> tuple[Sides, tuple[Fact, ...]]:
    """The vehicles retired by the end of a year and those whose batteries have a destination."""
    retired = links.vehicles.filter(
        pl.col("division").is_in(list(divisions)), pl.col("retired_year") <= year
    )
    gone = retired.filter("has_destination")
    facts = [
        Fact(
            Text("没有电池记录的退役车辆", "retired vehicles without a battery on record"),
            str(_sum(retired.filter(~pl.col("is_listed")))),
            "辆",
        )
    ]
    days = gone.filter(pl.col("days").is_not_null()).sort("days")
    if days.height:
        facts += _delays(days)
    strangers = links.strangers.filter(pl.col("division").is_in(list(divisions)))
    if many := _sum(strangers):
        facts.append(
            Fact(
                Text(
                    "有电池记录而登记中未退役或查不到的车辆",
                    "vehicles with a battery on record that the register does not know as retired",
                ),
                str(many),
                "辆",
            )
        )
    return Sides(denominator=_sum(retired), numerator=_sum(gone)), tuple(facts)


def _delays(days: pl.DataFrame) -> list[Fact]:
    """Half of the vehicles took at most so many days from retirement to hand-over, all so many."""
    half = (_sum(days) + 1) // 2
    middle = days.with_columns(pl.col("vehicles").cum_sum().alias("so_far")).filter(
        pl.col("so_far") >= half
    )["days"][0]
    return [
        Fact(
            Text("退役到移交，半数车辆不超过", "retirement to hand-over, half within"),
            str(middle),
            "天",
        ),
        Fact(
            Text("退役到移交，最长", "retirement to hand-over, longest"),
            str(days["days"].max()),
            "天",
        ),
    ]


def _in_fleet(vehicles: pl.DataFrame, divisions: Sequence[str], year: int) -> pl.DataFrame:
    return vehicles.filter(
        pl.col("division").is_in(list(divisions)),
        pl.col("registered_year") <= year,
        pl.col("retired_year").is_null() | (pl.col("retired_year") > year),
    )


def _on_platform(year: int) -> pl.Expr:
    left = pl.col("left_year")
    return (pl.col("connected_year") <= year).fill_null(value=False) & (
        left.is_null() | (left > year)
    )


def _sum(frame: pl.DataFrame) -> int:
    return int(frame["vehicles"].sum())
