"""Registers of charging, swap and hydrogen facilities: stations, their piles, and the lone ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from clause_filings import Row
from draw import Draw

_PILES = (("公共", 120), ("公共", 60), ("公共", 120), ("专用", 80))


@dataclass(frozen=True, slots=True)
class Spot:
    """Where facilities stand: a county, a township in it and its nine digits (or nothing)."""

    county: str
    township: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Register:
    """A city's register: the spots that have stations, the years in which they opened, and up to
    when the platform heard from them.
    """

    city: str
    name: str
    spots: tuple[Spot, ...]
    first: date
    last: date
    swaps: int = 0
    hydrogen: int = 0
    homes: int = 3


def spots(lines: str) -> tuple[Spot, ...]:
    """Spots written as county, township and code, one a line."""
    return tuple(Spot(*line.split()) for line in lines.strip().splitlines())


def facilities(register: Register) -> list[Row]:
    """One station a spot with two to four piles; every fifth one has gone quiet."""
    rows: list[Row] = []
    for place, spot in enumerate(register.spots):
        draw = Draw("station", register.city, place)
        opened = _opened(draw, register)
        number = f"{register.city}-CZ-{place + 1:03d}"
        kinds = [_PILES[(place + n) % 4] for n in range(draw.between(2, 4))]
        # A bus depot's station is its company's own.
        access = "专用" if place % 6 == 5 else "公共"
        operator = f"{register.name}{draw.pick(('绿动', '城投', '顺驰'))}充电设施运营有限公司"
        station = _row(number, "充电站", access, opened, spot, register, place % 5 != 4)
        station |= {
            "桩数": len(kinds),
            "功率(kW)": sum(power for _, power in kinds),
            "运营单位": operator,
        }
        rows.append(station)
        for at, (own, power) in enumerate(kinds, 1):
            whose = "专用" if access == "专用" else own
            name = f"{number}-{at:02d}"
            pile = _row(name, "充电桩", whose, opened, spot, register, place % 5 != 4)
            rows.append(pile | {"所属站编号": number, "功率(kW)": power, "运营单位": operator})
    for label, letters, count in (
        ("换电站", "HD", register.swaps),
        ("加氢站", "JQ", register.hydrogen),
    ):
        for at in range(count):
            draw = Draw(label, register.city, at)
            spot = register.spots[(3 * at + 1) % len(register.spots)]
            number = f"{register.city}-{letters}-{at + 1:03d}"
            row = _row(number, label, "公共", _opened(draw, register), spot, register, True)
            row["运营单位"] = f"{register.name}新能源发展有限公司"
            rows.append(row | ({"加氢能力": 500 * (at + 1)} if label == "加氢站" else {}))
    for at in range(register.homes):
        draw = Draw("home", register.city, at)
        spot = register.spots[at % len(register.spots)]
        row = _row(
            f"{register.city}-GR-{at + 1:03d}",
            "充电桩",
            "个人",
            _opened(draw, register),
            spot,
            register,
            False,
        )
        rows.append(row | {"功率(kW)": 7})
    # The oldest station was taken down, with its piles, when its ground was built on.
    stations = [row for row in rows if row["设施类型"] == "充电站"]
    oldest = min(stations, key=lambda row: (str(row["投运日期"]), str(row["设施编号"])))
    for row in rows:
        if oldest["设施编号"] in {row["设施编号"], row["所属站编号"]}:
            row["停用日期"] = register.last - timedelta(days=200)
            row["最近上线日期"] = ""
    return rows


def _opened(draw: Draw, register: Register) -> date:
    return register.first + timedelta(days=draw.below((register.last - register.first).days - 40))


def _row(
    number: str,
    label: str,
    access: str,
    opened: date,
    spot: Spot,
    register: Register,
    connected: bool,  # noqa: FBT001  # a column of the row like the others
) -> Row:
    draw = Draw("facility", number)
    joined = opened + timedelta(days=draw.between(3, 30))
    # A pile in three dozen has not been heard of for months.
    quiet = draw.below(36) == 0
    heard = register.last - timedelta(days=draw.between(90, 200) if quiet else draw.below(10))
    return {
        "设施编号": number,
        "设施类型": label,
        "服务对象": access,
        "所属站编号": "",
        "桩数": "",
        "投运日期": opened,
        "停用日期": "",
        "行政区划代码": spot.county,
        "乡镇": spot.township,
        "乡镇代码": spot.code,
        "功率(kW)": "",
        "加氢能力": "",
        "接入平台日期": joined if connected else "",
        "最近上线日期": max(heard, joined) if connected else "",
        "运营单位": "",
    }
