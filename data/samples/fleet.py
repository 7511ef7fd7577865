"""Vehicles in batches: so many of a category in a city and year, so many of them new-energy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from draw import Draw
from identifiers import Plates, Vins
from models import Model, models_of
from owners import Owner, owner_of
from places import City

USES = {
    "bus": "公交客运",
    "cruising_taxi": "出租客运",
    "ride_hailing": "预约出租客运",
    "logistics": "货运",
    "postal": "货运",
    "rural_passenger": "公路客运",
    "official_rental": "租赁",
    "car_share": "租赁",
    "scenic": "旅游客运",
}
CATEGORY_NAMES = {
    "bus": "公交车",
    "official": "公务用车",
    "law_enforcement": "执法执勤用车",
    "official_rental": "公务租赁用车",
    "sanitation": "环卫车",
    "logistics": "物流车",
    "postal": "邮政物流车",
    "cruising_taxi": "巡游出租车",
    "ride_hailing": "网约出租车",
    "car_share": "分时租赁车",
    "rural_passenger": "农村客运车",
    "scenic": "景区车辆",
    "private": "私人乘用车",
}
FUELS = {
    "bev": "纯电动",
    "phev": "插电式混合动力",
    "fcev": "燃料电池",
    "diesel": "柴油",
    "petrol": "汽油",
    "gas": "天然气",
    "hev": "非插电式混合动力",
    "hybrid": "混合动力",
}
NEW_ENERGIES = ("bev", "phev", "fcev")
FIRST_GREEN_PLATES = date(2018, 7, 1)
_LARGEST_BATCH = 9
_LAST_GAS_TAXIS = 2020
# Until which year which buses were bought; plug-in ones in early 2018 would bear ordinary plates.
_BUS_ENERGIES: tuple[tuple[int, tuple[str, ...]], ...] = (
    (2018, ("bev",)),
    (2021, ("bev", "bev", "bev", "phev")),
    (2025, (*("bev",) * 7, "fcev")),
)
# Energies by category: of new-energy vehicles, of the others; more often the oftener named.
_ENERGIES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "sanitation": (("bev",), ("diesel",)),
    "rural_passenger": (("bev",), ("diesel",)),
    "scenic": (("bev",), ("diesel",)),
    "postal": (("bev",), ("diesel",)),
    "logistics": (("bev",), ("diesel", "petrol")),
    "private": (("bev", "bev", "phev"), ("petrol", "petrol", "petrol", "hev")),
    "official": (("bev", "bev", "bev", "phev"), ("petrol",)),
    "official_rental": (("bev", "bev", "bev", "phev"), ("petrol",)),
}


@dataclass(frozen=True, slots=True)
class Vehicle:
    """One registration as its city knows it, before any dress; empty text where nothing is said."""

    vin: str
    plate: str
    plate_kind: str
    model: Model
    energy: str
    registered_on: date
    city: str
    county: str
    category: str
    use: str
    owner: Owner
    batch: str
    reason: str = "新增"
    business: str = "注册登记"
    retired_on: date | None = None
    area: str = ""
    exemption: str = ""
    fast_charge: str = ""
    fuel: str = ""

    @property
    def fuel_name(self) -> str:
        """What is written as 燃料种类."""
        return self.fuel or FUELS[self.energy]

    @property
    def is_new_energy(self) -> bool:
        """Surely new-energy; `hybrid` is neither surely so nor surely not."""
        return self.energy in NEW_ENERGIES

    @property
    def is_counted(self) -> bool:
        """Whether it is an addition of its year."""
        return self.business == "注册登记" and self.reason != "过户转入"


class Factory:
    """Makes vehicles with identifiers that no other vehicle of the samples has."""

    def __init__(self) -> None:
        """One factory serves all files."""
        self._vins = Vins()
        self._plates = Plates()

    def batch(
        self,
        city: City,
        category: str,
        count: int,
        energies: tuple[str, ...],
        start: date,
        end: date,
        *,
        label: str = "",
        area: str = "",
        owner: Owner | None = None,
        reason: str = "",
    ) -> list[Vehicle]:
        """`count` like vehicles registered within a few weeks between `start` and `end`."""
        name = f"{city.code}.{category}.{start}.{end}.{'-'.join(energies)}.{area}.{label}"
        draw = Draw("batch", name)
        found = models_of(category, energies, start.year)
        model = draw.pick(found)
        buyer = owner or owner_of(category, city, draw, urban=area == "中心城区")
        span = (end - start).days
        first = start + timedelta(days=draw.below(max(1, span - 20)))
        why = reason or draw.pick(
            ("新增", "更新", "更新", "报废更新") if category != "private" else ("新增",)
        )
        made = []
        for number in range(count):
            day = _weekday(min(end, first + timedelta(days=draw.below(18))), start)
            made.append(self._vehicle(city, category, model, buyer, day, f"{name}.{number}"))
        return [
            replace(vehicle, area=area, reason=why, batch=name)
            for vehicle in sorted(made, key=lambda v: (v.registered_on, v.vin))
        ]

    def _vehicle(
        self, city: City, category: str, model: Model, owner: Owner, day: date, label: str
    ) -> Vehicle:
        draw = Draw("vehicle", label)
        year = day.year if (day.month > 2 or draw.below(2)) else day.year - 1
        vin = self._vins.take(model.wmi, year, model.name)
        use = USES.get(category, "非营运")
        police = category == "law_enforcement" and "公安局" in owner.name
        kind, form, letter = _plate_traits(model, day, draw, police=police)
        plate = self._plates.take(draw.pick(city.offices), form, letter, label)
        return Vehicle(
            vin=vin,
            plate=plate,
            plate_kind=kind,
            model=model,
            energy=model.energy,
            registered_on=day,
            city=city.code,
            county=owner.county,
            category=category,
            use="警用" if police else use,
            owner=owner,
            batch="",
        )

    def mixed(
        self,
        city: City,
        category: str,
        count: int,
        new_energy: int,
        start: date,
        end: date,
        *,
        area: str = "",
    ) -> list[Vehicle]:
        """`count` vehicles in several batches, exactly `new_energy` of them new-energy."""
        plug, burn = _energies(category, start.year)
        made: list[Vehicle] = []
        for number, of in ((new_energy, plug), (count - new_energy, burn)):
            sizes = _sizes(number, Draw(city.code, category, start, of, area))
            for place, size in enumerate(sizes):
                energies: tuple[str, ...] = (
                    Draw(city.code, category, start, of, place, "energy").pick(of),
                )
                if not models_of(category, energies, start.year):
                    energies = of
                made += self.batch(
                    city, category, size, energies, start, end, label=str(place), area=area
                )
        return made


def _sizes(count: int, draw: Draw) -> list[int]:
    sizes = []
    while count:
        size = min(count, draw.between(2, _LARGEST_BATCH))
        sizes.append(size)
        count -= size
    return sizes


def _energies(category: str, year: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Energies to draw from, those of new-energy vehicles and the others."""
    if category == "bus":
        plug = next(energies for until, energies in _BUS_ENERGIES if year <= until)
        return plug, ("diesel", "diesel", "gas")
    if category in {"cruising_taxi", "ride_hailing"} and year <= _LAST_GAS_TAXIS:
        return ("bev",), ("petrol", "petrol", "gas")
    return _ENERGIES.get(category, (("bev",), ("petrol",)))


def _plate_traits(model: Model, day: date, draw: Draw, *, police: bool) -> tuple[str, str, str]:
    """Plate kind, form and energy letter (GA 36); in early 2018 some still had ordinary plates."""
    if police:
        return "23", "police", ""
    green = model.energy in NEW_ENERGIES
    if green and day < FIRST_GREEN_PLATES and (day.year < 2018 or draw.below(3) == 0):
        green = False
    if not green:
        return ("01" if model.size == "large" else "02"), "ordinary", ""
    letter = "D" if model.energy == "bev" else "F"
    if letter == "D" and model.size == "small" and day.year >= 2023:
        letter = draw.pick("DA")
    return ("51" if model.size == "large" else "52"), model.size, letter


def _weekday(day: date, start: date) -> date:
    """The day itself or the Friday before; offices are closed at weekends and on 1 January."""
    moved = day - timedelta(days=max(0, day.weekday() - 4))
    moved = moved if moved >= start else day + timedelta(days=7 - day.weekday())
    return moved if (moved.month, moved.day) != (1, 1) else moved + timedelta(days=3)
