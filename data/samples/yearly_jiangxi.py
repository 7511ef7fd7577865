"""Jiangxi's ordinary years: how many vehicles each city adds, and how it dresses its files."""

from __future__ import annotations

from datetime import date

from dresses import Dress
from filings import (
    Filing,
    by_day,
    of_quotas,
    registration,
    scaled,
    share_of,
    spread,
    whole_year,
)
from fleet import Factory, Vehicle
from places import JIANGXI, City

# Buses: (added and replaced, new-energy among them), by city and year.
BUSES = {
    "360100": {2018: (60, 36), 2019: (56, 32), 2020: (64, 52)},
    "360200": {2018: (20, 11), 2019: (18, 13), 2020: (16, 13)},
    "360300": {2018: (20, 10), 2019: (20, 13), 2020: (20, 15)},
    "360400": {2018: (36, 22), 2019: (18, 12), 2020: (34, 27)},
    "360500": {2018: (18, 11), 2020: (16, 12)},
    "360600": {2018: (14, 8), 2019: (12, 8), 2020: (12, 9)},
    "360700": {2018: (44, 27), 2019: (40, 27), 2020: (42, 34)},
    "360800": {2018: (26, 15), 2019: (26, 19), 2020: (24, 19)},
    "360900": {2018: (24, 15), 2019: (22, 15), 2020: (22, 16)},
    "361000": {2018: (22, 13), 2019: (20, 13), 2020: (20, 16)},
    "361100": {2018: (30, 16), 2019: (28, 17), 2020: (30, 23)},
    "36GJXQ": {2019: (6, 5), 2020: (8, 8)},
}
# Public-service vehicles above (or below) the floor of the year, where it is not one.
MARGINS = {("360400", 2018): -2, ("361100", 2020): 0, ("360300", 2020): -1, ("360100", 2020): 4}
_FLOORS = {2018: 30, 2019: 40, 2020: 50}
_POOL = {"official": 3, "law_enforcement": 2, "sanitation": 3, "logistics": 4, "postal": 1}

_PLAIN = Dress()
DRESSES = {
    "360100": _PLAIN,
    "360200": Dress(encoding="gb18030"),
    "360300": Dress(suffix=".xlsx"),
    "360400": Dress(suffix=".xlsx", title=True, total=True, dates="real", numbered=True),
    "360500": Dress(separator=";", dates="slash"),
    "360600": Dress(suffix=".tsv", separator="\t", encoding="utf-8", dates="dot"),
    "360700": Dress(suffix=".xlsx", two_lines=True, numbered=True, dates="slash"),
    "360800": Dress(encoding="gb18030", names="alias", dates="chinese"),
    "360900": Dress(encoding="gb18030", names="ledger"),
    "361000": Dress(encoding="gb18030", title=True, total=True, dates="time", numbered=True),
    "361100": Dress(
        suffix=".txt",
        separator="\t",
        encoding="utf-16-le",
        habits=frozenset({"full_width", "apostrophe"}),
    ),
    "36GJXQ": Dress(encoding="utf-8", habits=frozenset({"lower", "trailing"})),
}
POLICE = Dress(encoding="gb18030", names="police", dates="compact")
_NAMES = {c.code: c.short for c in JIANGXI.values()}


def fleet(
    factory: Factory, city: City, year: int, span: tuple[date, date] | None = None
) -> list[Vehicle]:
    """One city's additions of a year (or part of it), without the exceptions."""
    pool = {name: scaled(number, city) for name, number in _POOL.items()}
    size = sum(pool.values())
    new_energy = share_of(size, _FLOORS[year]) + MARGINS.get((city.code, year), 1)
    quotas = {name: (pool[name], k) for name, k in spread(new_energy, pool).items()}
    plugged = {2018: 4, 2019: 3, 2020: 2}[year]
    for name, number in (("cruising_taxi", 5), ("ride_hailing", 4), ("private", 8)):
        count = scaled(number, city, 2)
        quotas[name] = (count, count // plugged)
    quotas["rural_passenger"] = (scaled(1, city), 0)
    quotas["official_rental"] = (scaled(0.5, city), scaled(0.5, city))
    days = span or whole_year(year)
    return of_quotas(factory, city, days, {"bus": BUSES[city.code][year], **quotas})


def path_of(city: City, year: int, more: str = "") -> str:
    """Path of the file without its suffix."""
    return f"jiangxi/{city.code}-{_NAMES[city.code]}-机动车登记-{year}{more}"


def received_at(city: City, year: int) -> str:
    """Early in the January after."""
    place = list(JIANGXI).index(city.code)
    return f"{year + 1}-01-{7 + place % 9:02d}T{9 + place % 8:02d}:{place * 17 % 60:02d}+08:00"


def plain_filing(city: City, year: int, vehicles: list[Vehicle]) -> Filing:
    """One file for the whole year, dressed as the city dresses its files."""
    return registration(
        path_of(city, year),
        city,
        str(year),
        received_at(city, year),
        by_day(vehicles),
        DRESSES[city.code],
    )
