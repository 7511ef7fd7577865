"""The clauses that judge fleets, written out by hand from the documents and CONTRACT section 3.

Nothing is read from `checks/` and nothing imported from `monitor`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

JIANGXI = [*(f"36{n:02d}00" for n in range(1, 12)), "36GJXQ"]
FUJIAN = [*(f"35{n:02d}00" for n in range(1, 10)), "350128"]
JIANGSU = [f"32{n:02d}00" for n in range(1, 14)]
MEMBERS = {"360000": JIANGXI, "350000": FUJIAN, "320000": JIANGSU, "320100": ["320100"]}
PUBLIC = (
    "bus", "official", "official_rental", "sanitation", "logistics", "cruising_taxi",
    "ride_hailing", "car_share", "rural_passenger", "scenic", "utility",
)  # fmt: skip


@dataclass(frozen=True)
class Mandate:
    """A clause, by hand; `targets` by year (None: none), `each` the findings by category.

    `places` are the divisions judged beside the top, None for all of its members. A `share` without
    a target and a `rise` that compares nothing are trends. `blocked`: nothing held can tell it.
    """

    measure: str
    top: str
    categories: tuple[str, ...]
    years: tuple[int, int]
    strength: str
    targets: dict[int, Fraction]
    named: str = "share_new_replaced"
    binds_below: bool = True
    places: tuple[str, ...] | None = None
    each: bool = False
    owners: frozenset[str] | None = None
    areas: frozenset[str] | None = None
    uses: frozenset[str] | None = None
    counties: frozenset[str] | None = None
    energies: frozenset[str] | None = None
    exempts: bool = False
    exempt_kinds: frozenset[str] = frozenset()
    first_counted: int = 0
    blocked: bool = False
    compares: bool = True


@dataclass(frozen=True)
class Setting:
    """What the data files of a scenario say otherwise than ours: small numbers to reach by year,
    and opening figures by clause, as the year-end they are of and how many.
    """

    targets: dict[str, dict[int, int]] = field(default_factory=dict)
    openings: dict[str, tuple[int, int]] = field(default_factory=dict)
    national: bool = False

    def mandates(self) -> dict[str, Mandate]:
        """The clauses in force by their ids."""
        chosen = MANDATES | NATIONAL if self.national else dict(MANDATES)
        for name, targets in self.targets.items():
            fractions = {year: Fraction(number) for year, number in targets.items()}
            chosen[name] = replace(chosen[name], targets=fractions)
        return chosen

    def opening(self, name: str, year: int) -> tuple[int, int] | None:
        """The opening figure of a clause that holds by the end of a year."""
        found = self.openings.get(name)
        return found if found is not None and found[0] <= year else None


OURS = Setting()


def _trend(
    top: str,
    years: tuple[int, int],
    *categories: str,
    owners: frozenset[str] | None = None,
    uses: frozenset[str] | None = None,
    energies: frozenset[str] | None = None,
    exempt_kinds: frozenset[str] = frozenset(),
    blocked: bool = False,
) -> Mandate:
    return Mandate(
        "share", top, categories, years, "promote", {}, named="adoption", owners=owners,
        uses=uses, energies=energies, exempt_kinds=exempt_kinds, blocked=blocked,
    )  # fmt: skip


def _all_of(years: range) -> dict[int, Fraction]:
    return dict.fromkeys(years, Fraction(1))


def _percent(first: int, *numbers: int) -> dict[int, Fraction]:
    return {first + n: Fraction(number, 100) for n, number in enumerate(numbers)}


_PLAN = range(2022, 2026)
_JX, _FJ, _NJ = (2018, 2020), (2022, 2025), (2018, 2025)
_CORE = frozenset({"urban_core"})
_PUBLIC_OWNERS = frozenset({"government", "institution", "soe"})
_PERSON = frozenset({"person"})
MANDATES = {
    "JX-F01": Mandate(
        "share", "360000", ("bus",), _JX, "mandatory", _percent(2018, 55, 65, 75),
        binds_below=False,
    ),
    "JX-F02": Mandate(
        "share", "360000", ("official", "sanitation", "logistics"), _JX, "floor_encouraged",
        _percent(2018, 30, 40, 50), binds_below=False,
    ),
    "JX-F03": Mandate(
        "count", "360000", ("all",), _JX, "declared", {2020: Fraction(100000)},
        named="cumulative_count", places=(),
    ),
    "JX-F04": Mandate(
        "rise", "360000", ("official",), _JX, "promote", {}, named="monotone_increase",
        owners=_PUBLIC_OWNERS | {"enterprise"}, compares=False,
    ),
    "JX-F05": _trend("360000", _JX, "private", owners=_PERSON),
    "JX-F06": _trend("360000", _JX, "all", uses=frozenset({"租赁"})),
    "FJ-F01": Mandate(
        "share", "350000", ("official",), _FJ, "mandatory", _all_of(_PLAN),
        owners=_PUBLIC_OWNERS, exempts=True, exempt_kinds=frozenset({"law_enforcement"}),
    ),
    "FJ-F02": Mandate(
        "rise", "350000", ("law_enforcement",), _FJ, "mandatory", {}, named="monotone_increase",
    ),
    "FJ-F03": _trend("350000", _FJ, "official_rental"),
    "FJ-F04": Mandate("share", "350000", ("bus",), _FJ, "mandatory", _all_of(_PLAN)),
    "FJ-F05": _trend("350000", _FJ, "bus", blocked=True),
    "FJ-F06": _trend("350000", _FJ, "rural_passenger"),
    "FJ-F07": Mandate(
        "share", "350000", ("cruising_taxi", "ride_hailing"), _FJ, "in_principle", _all_of(_PLAN),
        each=True,
    ),
    "FJ-F08": _trend("350000", _FJ, "car_share"),
    "FJ-F09": Mandate(
        "share", "350000", ("postal",), _FJ, "in_principle", _all_of(_PLAN), areas=_CORE,
    ),
    "FJ-F10": _trend("350000", _FJ, "logistics", exempt_kinds=frozenset({"postal"})),
    "FJ-F11": _trend("350000", _FJ, "scenic", "port"),
    "FJ-F12": Mandate(
        "share", "350000", ("sanitation",), _FJ, "in_principle", _all_of(_PLAN), areas=_CORE,
    ),
    # 平潭 reports for itself; 东山 is a county of 漳州; 湄洲 is no county.
    "FJ-F13": replace(
        _trend("350000", _FJ, "all"), counties=frozenset({"350128", "350626"}),
        places=("350600", "350128"),
    ),
    "FJ-F14": _trend("350000", _FJ, "private", owners=_PERSON),
    "FJ-F15": replace(
        _trend("350000", _FJ, *PUBLIC), strength="declared", named="rank", places=(),
    ),
    "FJ-F16": _trend("350000", _FJ, "all", energies=frozenset({"fcev"})),
    "NJ-F01": Mandate(
        "standard", "320100", ("all",), _JX, "declared", {2020: Fraction(50000)},
        named="added_count", places=(), first_counted=2019,
    ),
    "NJ-F02": _trend(
        "320100", _NJ, "official", "bus", "cruising_taxi", "ride_hailing", "utility",
        "sanitation", "postal", "logistics",
    ),
    "NJ-F03": _trend("320100", _NJ, "private", owners=_PERSON),
    "NJ-F04": Mandate(
        "standard", "320100", ("all",), _JX, "declared", {2020: Fraction(130000)}, named="stock",
        places=(),
    ),
}  # fmt: skip


def _state(top: str, first: int, *numbers: int) -> Mandate:
    return Mandate(
        "share", top, ("bus",), (first, first + len(numbers) - 1), "mandatory",
        _percent(first, *numbers), binds_below=False,
    )  # fmt: skip


def _pilot(top: str) -> Mandate:
    return Mandate(
        "share", top, ("bus", "cruising_taxi", "ride_hailing", "logistics"), (2021, 2035),
        "mandatory", dict.fromkeys(range(2021, 2036), Fraction(80, 100)), binds_below=False,
    )  # fmt: skip


# 财建〔2015〕159号 and 国办发〔2020〕39号: judged only where they are switched on.
NATIONAL = {
    "CN-159-JX": _state("360000", 2015, 25, 35, 45, 55, 65),
    "CN-159-FJ": _state("350000", 2015, 25, 35, 45, 55, 65),
    "CN-159-JS": _state("320000", 2015, 40, 50, 60, 70, 80),
    "CN-39-JX": _pilot("360000"),
    "CN-39-FJ": _pilot("350000"),
    "CN-39-JS": _pilot("320000"),
}


def last_day(year: int) -> date:
    """31 December."""
    return date(year, 12, 31)
