"""Lists that name vehicles of the registrations: the platform's, retired batteries, permits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from clause_filings import Row
from draw import Draw
from filings import Filing
from fleet import CATEGORY_NAMES, Factory, Vehicle
from places import NANJING, City

_DAYS = "123456789ABCDEFGHJKLMNPRSTUVWXY"
_YEARS = "0123456789ABCDEFGHJKLMNP"
_PERMIT_OFFICE = "南京市公安局交通管理局"
# Permits of the restricted zone: new and renewed ones of each year, by energy. Until 2020 only new
# ones had to be of new-energy vehicles, from 2021 on every one in force.
PERMITS = {
    2019: (("新办", "bev", 18), ("新办", "diesel", 3), ("续办", "diesel", 5), ("续办", "bev", 2)),
    2020: (("新办", "bev", 20), ("新办", "diesel", 1), ("续办", "diesel", 4), ("补办", "bev", 1)),
    2021: (("新办", "bev", 22), ("续办", "bev", 8), ("续办", "diesel", 1)),
}


def new_energy_of(sent: Sequence[Filing], division: str, last: date) -> list[Vehicle]:
    """A division's new-energy vehicles that registered up to a day, each once."""
    latest = {
        v.vin: v
        for filing in sorted(sent, key=lambda f: f.received_at)
        if filing.division == division
        for v in filing.vehicles
        if v.registered_on <= last
    }
    return sorted(
        (v for v in latest.values() if v.is_new_energy), key=lambda v: (v.registered_on, v.vin)
    )


def platform(
    vehicles: Sequence[Vehicle], strangers: Sequence[Vehicle], last: date, level: str
) -> list[Row]:
    """What a platform knows: all but every eleventh vehicle, some quiet for months, and
    `strangers`, which the register has not.
    """
    rows: list[Row] = []
    known = [v for place, v in enumerate(vehicles) if place % 11 != 7]
    for vehicle in (*known, *strangers):
        draw = Draw("platform", level, vehicle.vin)
        joined = min(vehicle.registered_on + timedelta(days=draw.between(2, 40)), last)
        quiet = draw.below(14) == 0
        heard = last - timedelta(days=draw.between(45, 160) if quiet else draw.below(6))
        rows.append(
            {
                "车辆识别代号": vehicle.vin,
                "平台级别": level,
                "接入日期": joined,
                "最近上线日期": max(heard, joined),
                "报警数": draw.pick((0, 0, 0, 0, 1, 2, 5)),
                "退出日期": vehicle.retired_on or "",
                "车辆用途": CATEGORY_NAMES[vehicle.category],
                "行政区划代码": vehicle.county,
            }
        )
    for row in rows:
        if row["退出日期"]:
            row["最近上线日期"] = row["退出日期"]
    return rows


def strangers(factory: Factory, city: City, count: int, year: int) -> list[Vehicle]:
    """Vehicles that drive in a city and are registered nowhere in the samples."""
    span = date(year, 3, 1), date(year, 9, 30)
    return factory.batch(city, "ride_hailing", count, ("bev",), *span, label="stranger")


def batteries(vehicles: Sequence[Vehicle], retired_on: Sequence[date], receiver: str) -> list[Row]:
    """A battery of each vehicle; the last went nowhere that anybody knows."""
    rows: list[Row] = []
    for place, (vehicle, day) in enumerate(zip(vehicles, retired_on, strict=True)):
        draw = Draw("battery", vehicle.vin)
        is_last = place == len(vehicles) - 1
        handed = day + timedelta(days=draw.between(4, 60))
        destination = draw.pick(("梯级利用", "梯级利用", "再生利用", "交回生产企业"))
        rows.append(
            {
                "电池编码": battery_code(vehicle),
                "车辆识别代号": vehicle.vin,
                "退役日期": day,
                "去向": "" if is_last else destination,
                "移交日期": "" if is_last else handed,
                "接收企业": "" if is_last else receiver,
                "行政区划代码": vehicle.county,
            }
        )
    return rows


def battery_code(vehicle: Vehicle) -> str:
    """A pack's 24 characters by GB/T 34014-2017, of a maker (Z0A) that there is not."""
    draw = Draw("pack", vehicle.vin)
    made = vehicle.registered_on - timedelta(days=draw.between(40, 120))
    day = _YEARS[made.year - 2010] + _DAYS[made.month - 1] + _DAYS[made.day - 1]
    traced = "".join(draw.pick("0123456789") for _ in range(7))
    kind = draw.pick("BE")
    return f"Z0AP{kind}{draw.between(10, 39)}{traced}{day}{draw.between(1, 99999):07d}"


def permits(factory: Factory, year: int) -> list[Row]:
    """A year's permits of Nanjing, in the order of their numbers."""
    span = date(year, 1, 4), date(year, 11, 30)
    held: list[tuple[str, Vehicle]] = []
    for issue, energy, count in PERMITS[year]:
        made = factory.batch(NANJING, "logistics", count, (energy,), *span, label=f"permit{issue}")
        held += [(issue, vehicle) for vehicle in made]
    held.sort(key=lambda one: (one[1].registered_on, one[1].vin))
    rows: list[Row] = []
    for number, (issue, vehicle) in enumerate(held, 1):
        until = date(year + 1, vehicle.registered_on.month, 28)
        rows.append(
            {
                "通行证编号": f"宁货通{year}{number:05d}",
                "发证日期": vehicle.registered_on,
                "办理类型": issue,
                "号牌号码": vehicle.plate,
                "号牌种类": vehicle.plate_kind,
                "车辆识别代号": vehicle.vin,
                "燃料种类": vehicle.fuel_name,
                "有效期止": until,
                "注销日期": until - timedelta(days=120) if number == 9 else "",
                "发证机关": _PERMIT_OFFICE,
                "行政区划代码": vehicle.county,
            }
        )
    return rows
