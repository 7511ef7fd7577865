"""Dated lists of townships of `data/townships/`: what a clause that asks for all of them means."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from monitor.policy.codes import Strict, normal_name
from monitor.policy.divisions import DivisionTable
from monitor.policy.yamlfile import fault, load

# A county's code is the beginning of its townships' (统计用区划代码: 6 + 3 digits).
_TOWNSHIP_DIGITS = 9
# By their last character: 街道 are listed apart, 乡 and 镇 count.
_SUBDISTRICTS = ("街道", "街道办事处")
_TOWNSHIPS = ("乡", "镇")


class Township(Strict):
    """A township or town, or a subdistrict (街道), which a clause on townships does not count."""

    code: Annotated[str, Field(pattern=r"^[0-9]{9}$")]
    name: Annotated[str, Field(min_length=2)]
    is_subdistrict: bool = False

    @model_validator(mode="after")
    def _as_it_is_called(self) -> Self:
        wrong = _TOWNSHIPS if self.is_subdistrict else _SUBDISTRICTS
        if self.name.endswith(wrong):
            message = f"{self.name}: is_subdistrict does not fit / is_subdistrict 与名称不符"
            raise ValueError(message)
        return self


class TownshipList(Strict):
    """The townships of a province, or of those of its counties that are named, as of a day.

    An `illustrative` list is made up: whatever is worked out by it has to say so.
    """

    province: str
    as_of: date
    source: str
    illustrative: bool = False
    counties: Annotated[dict[str, tuple[Township, ...]], Field(min_length=1)]

    @field_validator("counties")
    @classmethod
    def _where_they_belong(
        cls, counties: dict[str, tuple[Township, ...]], info: ValidationInfo
    ) -> dict[str, tuple[Township, ...]]:
        divisions: DivisionTable = (info.context or {})["divisions"]
        province = info.data.get("province", "")
        codes: set[str] = set()
        for county, townships in counties.items():
            if county not in divisions.reports_to or province != divisions.province_of(
                divisions.reports_to[county]
            ):
                message = f"{county} is no county of {province} / 不是该省的县区"
                raise ValueError(message)
            names: set[str] = set()
            for one in townships:
                if not one.code.startswith(county):
                    message = f"{one.code} does not begin with {county} / 代码不以县区代码开头"
                    raise ValueError(message)
                if one.code in codes or normal_name(one.name) in names:
                    message = f"{one.code} {one.name} stands twice / 重复"
                    raise ValueError(message)
                codes.add(one.code)
                names.add(normal_name(one.name))
        return counties

    @property
    def townships(self) -> tuple[Township, ...]:
        """Those that count: townships and towns."""
        return tuple(t for held in self.counties.values() for t in held if not t.is_subdistrict)

    @property
    def subdistricts(self) -> tuple[Township, ...]:
        """Those that are shown apart."""
        return tuple(t for held in self.counties.values() for t in held if t.is_subdistrict)

    def find(self, *, code: str | None, name: str | None, county: str | None) -> Township | None:
        """The entry that a row means: by its code (nine digits, or twelve), else by its name.

        `county` is where the row stands, maybe only the city; a name that several townships there
        have means none of them.
        """
        if code is not None and len(code) >= _TOWNSHIP_DIGITS:
            wanted = code[:_TOWNSHIP_DIGITS]
            everywhere = (t for held in self.counties.values() for t in held)
            return next((t for t in everywhere if t.code == wanted), None)
        if name is None:
            return None
        # The code of a city is its counties' first digits, filled up with noughts.
        of = county if county in self.counties else (county or "").rstrip("0")
        named = [
            township
            for code_of_county, held in self.counties.items()
            if code_of_county.startswith(of or "")
            for township in held
            if normal_name(township.name) == normal_name(name)
        ]
        return named[0] if len(named) == 1 else None


class TownshipLists:
    """All lists, by province and day."""

    def __init__(self) -> None:
        """None yet; files are added one by one."""
        self._lists: dict[str, list[TownshipList]] = {}

    def add(self, path: Path, one: TownshipList) -> None:
        """Take a list in; a second one of the same province and day is refused."""
        held = self._lists.setdefault(one.province, [])
        if any(other.as_of == one.as_of for other in held):
            raise fault(
                path,
                None,
                f"{one.province} 在 {one.as_of} 已有一份乡镇名单",
                f"{one.province} has a list of {one.as_of} already",
            )
        held.append(one)
        held.sort(key=lambda other: other.as_of)

    def on(self, province: str, day: date) -> TownshipList | None:
        """The last list of a province up to a day, else its first after it; None without any."""
        held = self._lists.get(province, [])
        before = [one for one in held if one.as_of <= day]
        return before[-1] if before else next(iter(held), None)


def load_townships(paths: list[Path], divisions: DivisionTable) -> TownshipLists:
    """All of them; there may be none, for a province keeps its own."""
    lists = TownshipLists()
    for path in paths:
        one = load(path, TownshipList, divisions=divisions)
        if one.province not in divisions.provinces:
            raise fault(path, None, f"没有省份 {one.province}", f"no province {one.province}")
        lists.add(path, one)
    return lists
