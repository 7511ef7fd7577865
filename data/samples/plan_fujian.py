"""Fujian, 2022 to 2025: nine cities and 平潭, and the law-enforcement fleets of before 2022."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from dresses import Dress
from filings import Filing, by_day, of_quotas, registration, scaled, whole_year
from fleet import Factory, Vehicle
from identifiers import credit_code
from layouts import FUJIAN as COLUMNS
from owners import Owner
from places import FUJIAN, City

YEARS = (2022, 2023, 2024, 2025)
# Buses added and replaced by year; all are new-energy but for those of BURNING.
BUSES = {
    "350100": (48, 44, 50, 46),
    "350128": (4, 5, 4, 6),
    "350200": (46, 50, 44, 48),
    "350300": (20, 18, 22, 20),
    "350400": (14, 16, 14, 18),
    "350500": (40, 38, 42, 40),
    "350600": (24, 22, 26, 24),
    "350700": (12, 14, 0, 12),
    "350800": (18, 16, 18, 20),
    "350900": (16, 18, 16, 20),
}
BURNING = {("350500", "bus", 2023): 1, ("350600", "ride_hailing", 2024): 1}
# 厦门's law-enforcement cars: (added, new-energy), the fleet of before 2022 first.
_XIAMEN_LAW = ((40, 4), (5, 3), (5, 3), (5, 1), (5, 3))
_EXEMPTIONS = ("实物保障岗位工作用车", "处置突发事件应急用车", "特种专业技术用车", "执法执勤用车")

_PLAIN = Dress()
DRESSES = {
    "350100": Dress(suffix=".xlsx", title=True, dates="real", numbered=True),
    "350128": Dress(habits=frozenset({"dotted", "apostrophe"})),
    "350200": Dress(extra=True),
    "350300": Dress(two_lines=True, numbered=True, dates="slash"),
    "350400": Dress(encoding="gb18030", names="alias", dates="slash"),
    "350500": Dress(encoding="gb18030", title=True, total=True, numbered=True),
    "350600": Dress(separator=";", encoding="utf-8-sig", dates="time"),
    "350700": Dress(encoding="utf-8", dates="compact", names="alias"),
    "350800": Dress(suffix=".tsv", separator="\t", encoding="utf-16-le", dates="chinese"),
    "350900": Dress(dates="serial", extra=True),
}
_TWO_YEARS = {("350128", 2022), ("350128", 2024), ("350700", 2022)}
_SILENT = ("350700", 2024)


def fleet(
    factory: Factory, city: City, year: int, span: tuple[date, date] | None = None
) -> list[Vehicle]:
    """One city's additions of a year (or part of it), without the exceptions."""
    days = span or whole_year(year)
    code = city.code
    plain = {
        "official": scaled(4, city, 2),
        "cruising_taxi": scaled(5, city),
        "ride_hailing": scaled(4, city, 2),
    }
    if BUSES[code][YEARS.index(year)]:
        plain = {"bus": BUSES[code][YEARS.index(year)], **plain}
    quotas = {name: (n, n - BURNING.get((code, name, year), 0)) for name, n in plain.items()}
    law = scaled(2, city)
    quotas["law_enforcement"] = (
        _XIAMEN_LAW[YEARS.index(year) + 1] if code == "350200" else (law, (law + 1) // 2)
    )
    quotas["private"] = (scaled(7, city, 3), scaled(2.5, city))
    quotas["rural_passenger"] = (scaled(1, city), scaled(0.5, city, 0))
    quotas["scenic"] = (scaled(0.5, city), scaled(0.5, city))
    quotas["car_share"] = (scaled(1, city), scaled(1, city))
    made = of_quotas(factory, city, days, quotas)
    made += factory.mixed(
        city, "sanitation", scaled(3, city, 2), scaled(3, city, 2), *days, area="中心城区"
    )
    made += factory.mixed(
        city, "sanitation", scaled(1, city), scaled(0.5, city, 0), *days, area="农村"
    )
    made += factory.mixed(city, "postal", scaled(1, city), scaled(1, city), *days, area="中心城区")
    made += factory.mixed(city, "postal", scaled(0.5, city), 0, *days, area="农村")
    made += factory.mixed(
        city, "logistics", scaled(3, city, 2), scaled(1.7, city), *days, area="其他"
    )
    if city.scale > 1:
        exempt = factory.batch(city, "official", 1, ("petrol",), *days, label="exempt")
        made += [replace(v, exemption=_EXEMPTIONS[(year + int(code[3])) % 3]) for v in exempt]
    return made


def filings(factory: Factory) -> list[Filing]:
    """All that Fujian's cities and the province's own office sent, in no particular order."""
    sent = _fleets_of_before(factory)
    for city in FUJIAN.values():
        years = iter(YEARS)
        for year in years:
            special = _SPECIAL.get((city.code, year))
            if (city.code, year) == _SILENT:
                continue
            if special:
                sent += special(factory, city, year)
            elif (city.code, year) in _TWO_YEARS:
                made = fleet(factory, city, year) + fleet(factory, city, next(years))
                sent.append(_filing(city, made, f"{year}", f"{year}-01..{year + 1}-12", year + 1))
            else:
                sent.append(_plain(city, year, fleet(factory, city, year)))
    sent.append(_deregistrations(sent))
    return sent


def _received(city: City, year: int) -> str:
    place = list(FUJIAN).index(city.code)
    if (city.code, year) == ("350900", 2025):
        return "2026-01-28T17:50+08:00"
    return f"{year + 1}-01-{6 + place % 9:02d}T{8 + place:02d}:{place * 13 % 60:02d}+08:00"


def _filing(
    city: City, made: list[Vehicle], name: str, period: str, year: int, received: str = ""
) -> Filing:
    path = f"fujian/{city.code}-{city.short.removesuffix('综合实验区')}-机动车登记-{name}"
    return registration(
        path,
        city,
        period,
        received or _received(city, year),
        by_day(made),
        DRESSES[city.code],
        columns=COLUMNS,
    )


def _plain(city: City, year: int, made: list[Vehicle]) -> Filing:
    return _filing(city, made, str(year), str(year), year)


def _fuzhou_2022(factory: Factory, city: City, year: int) -> list[Filing]:
    """All four named exemptions, one under another name, and two cars of private companies."""
    keep = [v for v in fleet(factory, city, year) if v.category != "official"]
    days = whole_year(year)
    made = factory.mixed(city, "official", 20, 20, *days)
    names = (*_EXEMPTIONS, "公务接待用车")
    special = factory.batch(city, "official", len(names), ("petrol",), *days, label="named")
    made += [replace(v, exemption=name) for v, name in zip(special, names, strict=True)]
    company = "福州榕江实业有限公司"
    owner = Owner(company, credit_code("91", city.region, company), "其他企业", city.urban[0])
    made += factory.batch(city, "official", 2, ("petrol",), *days, label="company", owner=owner)
    return [_plain(city, year, keep + made)]


def _putian_2023(factory: Factory, city: City, year: int) -> list[Filing]:
    """Sanitation trucks in the urban core, outside it, and two of which nothing is said."""
    made = [v for v in fleet(factory, city, year) if v.category != "sanitation"]
    days = whole_year(year)
    made += factory.mixed(city, "sanitation", 10, 10, *days, area="中心城区")
    made += factory.batch(city, "sanitation", 4, ("diesel",), *days, area="农村")
    made += factory.batch(city, "sanitation", 2, ("diesel",), *days, label="nowhere")
    return [_plain(city, year, made)]


def _sanming_2025(factory: Factory, city: City, year: int) -> list[Filing]:
    """Half-years; the first holds a diesel bus, so the whole year cannot be made good."""
    halves = (
        (
            (date(year, 1, 2), date(year, 6, 30)),
            "上半年",
            "2025-01..2025-06",
            "2025-07-09T10:00+08:00",
            (8, 7),
        ),
        ((date(year, 7, 1), date(year, 12, 31)), "下半年", "2025-07..2025-12", "", (10, 10)),
    )
    early = {"official", "ride_hailing", "sanitation", "rural_passenger", "car_share"}
    rest = [v for v in fleet(factory, city, year, halves[0][0]) if v.category in early]
    later = fleet(factory, city, year, halves[1][0])
    rest += [v for v in later if v.category not in early | {"bus"}]
    sent = []
    for span, name, period, received, buses in halves:
        made = [v for v in rest if span[0] <= v.registered_on <= span[1]]
        made += of_quotas(factory, city, span, {"bus": buses})
        sent.append(_filing(city, made, f"{year}{name}", period, year, received))
    return sent


def _longyan_2022(factory: Factory, city: City, year: int) -> list[Filing]:
    """One bus is written 混合动力 and nothing more."""
    made = fleet(factory, city, year)
    bus = next(v for v in made if v.category == "bus")
    made.remove(bus)
    made += factory.batch(city, "bus", 1, ("hybrid",), date(year, 5, 1), date(year, 6, 30))
    return [_plain(city, year, made)]


_SPECIAL = {
    ("350100", 2022): _fuzhou_2022,
    ("350300", 2023): _putian_2023,
    ("350400", 2025): _sanming_2025,
    ("350800", 2022): _longyan_2022,
}


def _law_before(factory: Factory, city: City) -> list[Vehicle]:
    """The law-enforcement cars held at the end of 2021."""
    if city.code == "350200":
        count, new_energy = _XIAMEN_LAW[0]
    else:
        count, new_energy = scaled(10, city), scaled(1, city)
    plugged = factory.mixed(
        city, "law_enforcement", new_energy, new_energy, date(2021, 1, 4), date(2021, 11, 30)
    )
    burning: list[Vehicle] = []
    for year in range(2016, 2021):
        part = (count - new_energy + year - 2016) // 5
        burning += factory.mixed(
            city, "law_enforcement", part, 0, date(year, 1, 4), date(year, 12, 20)
        )
    return [replace(v, exemption="") for v in plugged + burning]


def _fleets_of_before(factory: Factory) -> list[Filing]:
    """Three cities sent their own list, the province's office one for all others."""
    period, sent, rest = "2016-01..2021-12", [], []
    for place, city in enumerate(FUJIAN.values()):
        held = _law_before(factory, city)
        if city.code not in {"350100", "350200", "350500"}:
            rest += held
            continue
        path = f"fujian/{city.code}-{city.short}-执法执勤用车存量-2021"
        received = f"2022-01-{18 + place}T09:30+08:00"
        title = f"{city.name}执法执勤用车存量登记表（截至2021年12月31日）"
        sent.append(
            registration(
                path,
                city,
                period,
                received,
                by_day(held),
                DRESSES[city.code],
                columns=COLUMNS,
                title=title,
            )
        )
    dress = Dress(suffix=".xlsx", title=True, total=True, numbered=True, dates="real")
    sent.append(
        registration(
            "fujian/350000-福建省-执法执勤用车存量-2021",
            FUJIAN["350300"],
            period,
            "2022-01-25T15:00+08:00",
            by_day(rest),
            dress,
            columns=COLUMNS,
            title="福建省执法执勤用车存量登记表（截至2021年12月31日）",
            sender="福建省机关事务管理局",
        )
    )
    return sent


def _deregistrations(sent: list[Filing]) -> Filing:
    """Six old petrol cars of 福州's law enforcement left the fleet in 2024."""
    stock = next(f for f in sent if f.division == "350100" and "存量" in f.path)
    old = [v for v in stock.vehicles if not v.is_new_energy][:6]
    gone = [
        replace(v, business="注销登记", retired_on=date(2024, 4 + place, 9 + 3 * place))
        for place, v in enumerate(old)
    ]
    return registration(
        "fujian/350100-福州-注销登记-2024",
        FUJIAN["350100"],
        "2016-01..2024-12",
        "2025-01-16T10:10+08:00",
        gone,
        DRESSES["350100"],
        columns=COLUMNS,
        title="福州市2024年执法执勤用车注销登记明细表",
    )


def undelivered() -> dict[str, tuple[Owner, int]]:
    """Bus orders of late 2025 that arrive in 2026: buyer and quantity by city."""
    found = {}
    for code, quantity in (("350400", 6), ("350500", 15), ("350900", 10)):
        city = FUJIAN[code]
        name = f"{city.name}公共交通集团有限公司"
        found[code] = (Owner(name, "", "国有企业", city.urban[0]), quantity)
    return found
