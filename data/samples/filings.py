"""A filing: one line of the manifest and the file behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import ceil

from dresses import Dress, Paper
from fleet import Factory, Vehicle
from layouts import JIANGXI, Cell, table
from places import City

Edit = Callable[[list[str], list[list[Cell]]], None]


@dataclass(frozen=True, slots=True)
class Filing:
    """What was sent, by whom, when; a nil return has no file."""

    path: str
    kind: str
    division: str
    period: str
    received_at: str
    content: Paper | None = None
    dress: Dress = field(default_factory=Dress)
    vehicles: tuple[Vehicle, ...] = ()
    nil: bool = False
    replace: bool = False


def registration(
    path: str,
    city: City,
    period: str,
    received_at: str,
    vehicles: Sequence[Vehicle],
    dress: Dress,
    *,
    columns: Sequence[str] = JIANGXI,
    edit: Edit | None = None,
    replace: bool = False,
    title: str = "",
    sender: str = "",
) -> Filing:
    """A registration extract of `vehicles`; `edit` spoils cells as the sender did."""
    used = list(columns)
    if any(v.business != "注册登记" for v in vehicles):
        used += [name for name in ("业务类型", "注销日期") if name not in used]
    header, rows = table(vehicles, dress.names, used, extra=dress.extra, numbered=dress.numbered)
    if edit:
        edit(header, rows)
    paper = Paper(
        header,
        rows,
        title or f"{city.name}{period[:4]}年机动车注册登记明细表",
        sender or f"{city.name}交通运输局",
        date.fromisoformat(received_at[:10]),
    )
    return Filing(
        path + dress.suffix,
        "registration",
        sender_code(city, sender),
        period,
        received_at,
        paper,
        dress,
        tuple(vehicles),
        replace=replace,
    )


def sender_code(city: City, sender: str) -> str:
    """The division that files: the city's own, or the province's where its office sends."""
    return f"{city.code[:2]}0000" if sender.endswith("省机关事务管理局") else city.code


def nil_return(city: City, period: str, received_at: str) -> Filing:
    """Nothing to report in `period`."""
    return Filing("", "registration", city.code, period, received_at, nil=True)


def by_day(vehicles: Sequence[Vehicle]) -> list[Vehicle]:
    """In the order in which registers list them."""
    return sorted(vehicles, key=lambda v: (v.registered_on, v.plate))


def whole_year(year: int) -> tuple[date, date]:
    """First and last day."""
    return date(year, 1, 1), date(year, 12, 31)


def scaled(number: float, city: City, least: int = 1) -> int:
    """`number` vehicles for a city of scale 1."""
    return max(least, round(number * city.scale))


def spread(total: int, sizes: dict[str, int]) -> dict[str, int]:
    """`total` new-energy vehicles over categories, in proportion, exactly."""
    whole = sum(sizes.values())
    shares = {name: total * size // whole for name, size in sizes.items()}
    rests = sorted(sizes, key=lambda name: (-(total * sizes[name] % whole), name))
    for name in rests[: total - sum(shares.values())]:
        shares[name] += 1
    return shares


def of_quotas(
    factory: Factory, city: City, span: tuple[date, date], quotas: dict[str, tuple[int, int]]
) -> list[Vehicle]:
    """Vehicles by category: (all, new-energy among them)."""
    made: list[Vehicle] = []
    for category, (count, new_energy) in quotas.items():
        made += factory.mixed(city, category, count, new_energy, *span)
    return made


def share_of(count: int, percent: int) -> int:
    """The least number that is `percent` of `count`."""
    return ceil(count * percent / 100)
