"""Who reports: provinces, their reporting divisions, and the county codes that roll up to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from monitor.model import Text
from monitor.policy.codes import BilingualText, Strict, normal_name
from monitor.policy.yamlfile import fault, load


class DivisionEntry(Strict):
    """A reporting division as its file gives it."""

    code: str
    name: BilingualText
    plate_letters: tuple[str, ...] = ()
    is_place: bool = True
    aliases: tuple[str, ...] = ()
    counties: dict[str, str] = {}
    note: str | None = None


class AbolishedCode(Strict):
    """A county code that ended on `until`; rows dated later that carry it are told so."""

    code: str
    name: str
    division: str
    until: date


class ProvinceFile(Strict):
    """One file of `data/divisions/`."""

    code: str
    name: BilingualText
    plate: str | None = None
    source: str
    divisions: tuple[DivisionEntry, ...]
    abolished: tuple[AbolishedCode, ...] = ()


@dataclass(frozen=True, slots=True)
class Division:
    """A reporting division and the province that it belongs to."""

    code: str
    name: Text
    province: str
    plates: tuple[str, ...]
    is_place: bool
    counties: dict[str, str]


@dataclass(frozen=True, slots=True)
class Province:
    """A province and the codes of its reporting divisions, in the order of the file."""

    code: str
    name: Text
    divisions: tuple[str, ...]


class DivisionTable:
    """All reporting divisions, and where each written code or name reports."""

    def __init__(self) -> None:
        """An empty table; province files are added one by one."""
        self.provinces: dict[str, Province] = {}
        self.divisions: dict[str, Division] = {}
        self.reports_to: dict[str, str] = {}
        self.abolished: dict[str, date] = {}
        self.county_of: dict[str, str] = {}
        self.joined: dict[str, tuple[str, ...]] = {}

    def add(self, path: Path, file: ProvinceFile) -> None:
        """Merge one province in; a code or name that reports to two divisions is refused."""
        self.provinces[file.code] = Province(
            file.code, file.name, tuple(entry.code for entry in file.divisions)
        )
        for entry in file.divisions:
            if entry.code in self.divisions:
                raise fault(
                    path, None, f"区划 {entry.code} 重复", f"division {entry.code} stands twice"
                )
            plates = tuple(f"{file.plate}{letter}" for letter in entry.plate_letters)
            self.divisions[entry.code] = Division(
                entry.code, entry.name, file.code, plates, entry.is_place, entry.counties
            )
            names = (entry.code, entry.name.zh, entry.name.en, *entry.aliases)
            for writing in (*names, *_after_province(file.name.zh, entry)):
                self._report(path, writing, entry.code, entry.code)
            for county in entry.counties:
                self._report(path, county, entry.code, county)
        for old in file.abolished:
            if old.division not in self.divisions:
                raise fault(
                    path,
                    None,
                    f"废止代码 {old.code} 指向未知区划 {old.division}",
                    f"abolished code {old.code} names an unknown division {old.division}",
                )
            self._report(path, old.code, old.division, old.code)
            self.abolished[old.code] = old.until

    def _report(self, path: Path, writing: str, division: str, county: str) -> None:
        name = normal_name(writing)
        if self.reports_to.setdefault(name, division) != division:
            raise fault(
                path,
                None,
                f"“{writing}”同时属于 {self.reports_to[name]} 与 {division}",
                f'"{writing}" reports to both {self.reports_to[name]} and {division}',
            )
        self.county_of.setdefault(name, county)

    def name(self, code: str) -> Text:
        """The name of a division or province."""
        if code in self.divisions:
            return self.divisions[code].name
        if code in self.provinces:
            return self.provinces[code].name
        return Text(code, code)

    def known(self, code: str) -> bool:
        """Whether `code` may send: a reporting division or a province."""
        return code in self.divisions or code in self.provinces

    @property
    def codes(self) -> tuple[str, ...]:
        """Every province and what reports to it, each province before its own."""
        return tuple(code for one in self.provinces.values() for code in (one.code, *one.divisions))

    def members(self, code: str) -> tuple[str, ...]:
        """The reporting divisions of a province; a reporting division otherwise, alone but where
        another reading joins others to it.
        """
        if code in self.provinces:
            return self.provinces[code].divisions
        return (code, *self.joined.get(code, ()))

    def joining(self, joins: Mapping[str, tuple[str, ...]]) -> DivisionTable:
        """The same table, but for some divisions whose rows count others' vehicles too."""
        table = copy(self)
        table.joined = self.joined | dict(joins)
        return table

    def province_of(self, code: str) -> str:
        """The province of a division; a province is its own."""
        return self.divisions[code].province if code in self.divisions else code


def _after_province(province: str, entry: DivisionEntry) -> Iterator[str]:
    """Names as many write them: 江西南昌, 江西省南昌."""
    for name in (entry.name.zh, *entry.aliases):
        if not name.startswith(province):
            yield province + name
            yield province.removesuffix("省") + name


def load_divisions(paths: list[Path]) -> DivisionTable:
    """All province files as one table."""
    table = DivisionTable()
    for path in paths:
        table.add(path, load(path, ProvinceFile))
    return table
