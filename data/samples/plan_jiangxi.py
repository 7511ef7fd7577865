"""Jiangxi, 2018 to 2020: eleven cities and 赣江新区, a file a year each, with exceptions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from dresses import Dress
from filings import Filing, by_day, nil_return, of_quotas, registration
from fleet import Factory
from owners import Owner
from places import JIANGXI, City
from spoiled import spoil, spoilable
from yearly_jiangxi import BUSES, DRESSES, POLICE, fleet, path_of, plain_filing, received_at


def filings(factory: Factory) -> list[Filing]:
    """All that Jiangxi's cities sent, in no particular order."""
    sent: list[Filing] = []
    for city in JIANGXI.values():
        for year in (2018, 2019, 2020):
            special = _SPECIAL.get((city.code, year))
            if special:
                sent += special(factory, city, year)
            elif year in BUSES[city.code]:
                sent.append(plain_filing(city, year, fleet(factory, city, year)))
    _claim_twice(sent)
    sent.append(_deregistrations(sent))
    return sent


def _nanchang_2018(factory: Factory, city: City, year: int) -> list[Filing]:
    """湾里区 was abolished at the end of 2019; in 2018 its code is in order."""
    made = fleet(factory, city, year)
    moved = [replace(v, county="360105") if v.county == "360104" else v for v in made]
    return [plain_filing(city, year, moved)]


def _nanchang_2019(factory: Factory, city: City, year: int) -> list[Filing]:
    """Vehicles that only changed hands are listed and not counted."""
    made = fleet(factory, city, year)
    old = date(year, 3, 1), date(year, 9, 30)
    bought = factory.batch(city, "bus", 4, ("bev",), *old, label="used", reason="过户转入")
    moved = factory.batch(city, "logistics", 3, ("bev",), *old, label="moved")
    made += bought + [replace(v, business="转移登记") for v in moved]
    return [plain_filing(city, year, made)]


def _pingxiang_2020(factory: Factory, city: City, year: int) -> list[Filing]:
    """Two half-years: behind in July, on the floor in January."""
    halves = (
        (
            (date(year, 1, 2), date(year, 6, 30)),
            "2020-01..2020-06",
            "2020-07-08T10:20+08:00",
            (10, 6),
        ),
        (
            (date(year, 7, 1), date(year, 12, 31)),
            "2020-07..2020-12",
            "2021-01-08T09:40+08:00",
            (10, 9),
        ),
    )
    rest = [v for v in fleet(factory, city, year) if v.category != "bus"]
    sent = []
    for span, period, received, buses in halves:
        made = [v for v in rest if span[0] <= v.registered_on <= span[1]]
        made += of_quotas(factory, city, span, {"bus": buses})
        path = path_of(city, year, "上半年" if span[0].month == 1 else "下半年")
        sent.append(registration(path, city, period, received, by_day(made), DRESSES[city.code]))
    return sent


def _jiujiang_2019(factory: Factory, city: City, year: int) -> list[Filing]:
    """Two buses are written 混合动力 and nothing tells whether they have a plug."""
    made = fleet(factory, city, year)
    made += factory.batch(city, "bus", 2, ("hybrid",), date(year, 4, 1), date(year, 6, 30))
    return [plain_filing(city, year, made)]


def _yingtan_2020(factory: Factory, city: City, year: int) -> list[Filing]:
    """Nothing in the first half-year, all in the second."""
    span = date(year, 7, 1), date(year, 12, 31)
    made = fleet(factory, city, year, span)
    path, received = path_of(city, year, "下半年"), received_at(city, year)
    return [
        nil_return(city, "2020-01..2020-06", "2020-07-06T16:05+08:00"),
        registration(path, city, "2020-07..2020-12", received, by_day(made), DRESSES[city.code]),
    ]


def _ganzhou_2019(factory: Factory, city: City, year: int) -> list[Filing]:
    """Three months late."""
    made = fleet(factory, city, year)
    received = "2020-04-20T15:30+08:00"
    return [
        registration(
            path_of(city, year), city, str(year), received, by_day(made), DRESSES[city.code]
        )
    ]


def _jian_2018(factory: Factory, city: City, year: int) -> list[Filing]:
    """The police's own export: no 车辆用途, letters for words, plates without the province."""
    made = by_day(fleet(factory, city, year))
    return [
        registration(path_of(city, year), city, str(year), received_at(city, year), made, POLICE)
    ]


def _jian_2019(factory: Factory, city: City, year: int) -> list[Filing]:
    """Three plug-in buses were first filed as diesel; a later file puts them right."""
    made = by_day(fleet(factory, city, year))
    three = factory.batch(
        city, "bus", 3, ("phev",), date(year, 8, 1), date(year, 9, 30), label="late"
    )
    spare = [v for v in made if v.category == "bus" and v.is_new_energy][-3:]
    made = by_day([v for v in made if v not in spare] + three)
    wrong = [
        replace(v, fuel="柴油", plate_kind="01", plate=v.plate[:-1]) if v in three else v
        for v in made
    ]
    dress = DRESSES[city.code]
    first = registration(
        path_of(city, year), city, str(year), received_at(city, year), wrong, dress
    )
    right = registration(
        path_of(city, year, "-更正"), city, str(year), "2020-03-02T11:00+08:00", three, dress
    )
    return [first, right]


def _jian_2020(factory: Factory, city: City, year: int) -> list[Filing]:
    """Dates as spreadsheet serials in a CSV."""
    made = by_day(fleet(factory, city, year))
    dress = Dress(encoding="gb18030", names="alias", dates="serial")
    return [
        registration(path_of(city, year), city, str(year), received_at(city, year), made, dress)
    ]


def _yichun_2018(factory: Factory, city: City, year: int) -> list[Filing]:
    """Six rural coaches were filed as buses; the whole year was filed anew in their stead."""
    made = fleet(factory, city, year)
    coaches = factory.batch(
        city,
        "rural_passenger",
        6,
        ("diesel",),
        date(year, 5, 1),
        date(year, 7, 31),
        label="coaches",
    )
    wrong = [replace(v, category="bus", use="公交客运") for v in coaches]
    dress = DRESSES[city.code]
    first = registration(
        path_of(city, year), city, str(year), received_at(city, year), by_day(made + wrong), dress
    )
    anew = registration(
        path_of(city, year, "-重报"),
        city,
        str(year),
        "2019-02-20T09:15+08:00",
        by_day(made + coaches),
        dress,
        replace=True,
    )
    return [first, anew]


def _fuzhou_2019(factory: Factory, city: City, year: int) -> list[Filing]:
    """The file with faults: one row for nearly every finding, the rest in order."""
    made = by_day(fleet(factory, city, year))
    extra = spoilable(factory, city, year)
    path, received, dress = path_of(city, year), received_at(city, year), DRESSES[city.code]
    sent = registration(path, city, str(year), received, made + extra, dress, edit=spoil)
    return [replace(sent, vehicles=tuple(made))]


def _new_area_2018(_: Factory, city: City, year: int) -> list[Filing]:
    """The new area had no fleet yet and said so."""
    return [nil_return(city, str(year), received_at(city, year))]


_SPECIAL = {
    ("360100", 2018): _nanchang_2018,
    ("360100", 2019): _nanchang_2019,
    ("360300", 2020): _pingxiang_2020,
    ("360400", 2019): _jiujiang_2019,
    ("360600", 2020): _yingtan_2020,
    ("360700", 2019): _ganzhou_2019,
    ("360800", 2018): _jian_2018,
    ("360800", 2019): _jian_2019,
    ("360800", 2020): _jian_2020,
    ("360900", 2018): _yichun_2018,
    ("361000", 2019): _fuzhou_2019,
    ("36GJXQ", 2018): _new_area_2018,
}


def _claim_twice(sent: list[Filing]) -> None:
    """鹰潭 lists a bus that 上饶 had registered a week before."""
    theirs = next(f for f in sent if f.division == "361100" and f.period == "2020")
    place = next(
        i for i, f in enumerate(sent) if f.division == "360600" and f.period.endswith("2020-12")
    )
    bus = max(
        (v for v in theirs.vehicles if v.category == "bus" and v.energy == "bev"),
        key=lambda v: v.registered_on,
    )
    ours = sent[place]
    like = next(v for v in ours.vehicles if v.category == "bus")
    day = date(2020, 12, 29)
    claimed = replace(
        bus,
        city="360600",
        county=like.county,
        owner=like.owner,
        registered_on=day,
        plate="赣L08816D",
    )
    city = JIANGXI["360600"]
    sent[place] = registration(
        ours.path.removesuffix(ours.dress.suffix),
        city,
        ours.period,
        ours.received_at,
        by_day([*ours.vehicles, claimed]),
        ours.dress,
    )


def _deregistrations(sent: list[Filing]) -> Filing:
    """Vehicles of 南昌's file of 2018 that left the fleet in 2020; their additions stand."""
    first = next(f for f in sent if f.division == "360100" and f.period == "2018")
    taxis = [v for v in first.vehicles if v.category == "cruising_taxi"][:5]
    cars = [v for v in first.vehicles if v.category == "official"][:2]
    gone = [
        replace(v, business="注销登记", retired_on=date(2020, 3 + place, 11 + 2 * place))
        for place, v in enumerate(taxis + cars)
    ]
    return registration(
        "jiangxi/360100-南昌-注销登记-2020",
        JIANGXI["360100"],
        "2018-01..2020-12",
        "2021-01-20T14:00+08:00",
        gone,
        DRESSES["360100"],
        title="南昌市2020年机动车注销登记明细表",
    )


def undelivered() -> dict[str, tuple[Owner, int]]:
    """Bus orders of late 2020 that arrive in 2021: buyer and quantity by city."""
    found = {}
    for code, quantity in (("360100", 20), ("360900", 8), ("361100", 12)):
        city = JIANGXI[code]
        name = f"{city.name}公共交通集团有限公司"
        found[code] = (Owner(name, "", "国有企业", city.urban[0]), quantity)
    return found
