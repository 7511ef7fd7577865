"""What a mandate counts: the vehicles of one clause, by division and year, from the counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import NamedTuple, Protocol

import polars as pl

from monitor.assess.arithmetic import Sides
from monitor.policy.counting import Counting
from monitor.policy.policy import Policy


class Scope(Protocol):
    """Which vehicles are looked at, and which of them leave both sides: a mandate says so, and so
    does a part of a scorecard.
    """

    @property
    def energies(self) -> tuple[str, ...] | None:
        """The energy classes that count, None for every new energy."""
        ...

    @property
    def counties(self) -> tuple[str, ...] | None:
        """Where they are, None for everywhere."""
        ...

    @property
    def uses(self) -> tuple[str, ...] | None:
        """What is written of their use, None for whatever it is."""
        ...

    @property
    def owners(self) -> tuple[str, ...] | None:
        """Whose they are, None for anybody's."""
        ...

    @property
    def areas(self) -> tuple[str, ...] | None:
        """Where they run, None for everywhere."""
        ...

    @property
    def exemptions(self) -> tuple[str, ...]:
        """The claims that take a vehicle out of both sides."""
        ...

    @property
    def exempt_categories(self) -> tuple[str, ...]:
        """The categories that leave both sides."""
        ...

    @property
    def counting(self) -> Counting:
        """The arithmetic by which they are counted."""
        ...


def _never_asked(day: date) -> pl.DataFrame:
    message = f"nobody can be asked what was registered before {day} of its year"
    raise LookupError(message)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The counted vehicles as of a day; see `store.question` for the frame's columns.

    `early` asks for those registered in the year of a day before it: only a reading that cuts a
    year asks.
    """

    counts: pl.DataFrame
    as_of: date
    early: Callable[[date], pl.DataFrame] = _never_asked

    def since(self, first_day: date | None) -> Evidence:
        """The same, but without the additions of the year of `first_day` before it."""
        if first_day is None:
            return self
        without = self.early(first_day).filter("counts_added")
        taken = without.with_columns(vehicles=-pl.col("vehicles"), counts_held=pl.lit(value=False))
        return replace(self, counts=pl.concat([self.counts, taken]))


class MandateCounts:
    """The vehicles that one mandate looks at, each with where it stands and its energy.

    `categories` are those that it counts, or those of one row of a pooled mandate.
    """

    def __init__(
        self, policy: Policy, mandate: Scope, evidence: Evidence, categories: frozenset[str]
    ) -> None:
        """Select and classify once; the figures of all divisions and years are sums over it."""
        frame = classified(policy, mandate, evidence.counts, categories)
        self._added = _Sums(frame.filter("counts_added"))
        self._held = _Sums(frame.filter("counts_held"))

    def added(self, divisions: tuple[str, ...], first: int, last: int) -> Sides:
        """Vehicles newly added or replaced in the years `first` to `last`."""
        return self._added.sides(divisions, lambda registered, _: first <= registered <= last)

    def held(self, divisions: tuple[str, ...], year: int) -> Sides:
        """Vehicles in use at the end of `year`, or on the day judged if that is earlier."""
        return self._held.sides(
            divisions,
            lambda registered, retired: registered <= year and (retired is None or retired > year),
        )


class Tallied(NamedTuple):
    """What one scope of a mandate looks at: its vehicles, and additions that might be of it."""

    counts: MandateCounts
    open_categories: dict[tuple[str, int], int]


class Tallies:
    """Scopes that are tallied once, however many readings look at the same vehicles."""

    def __init__(self, policy: Policy, evidence: Evidence) -> None:
        """Of the vehicles of `evidence`, by the code tables of `policy`."""
        self._policy = policy
        self._since = cache(evidence.since)
        self._held: dict[tuple[object, ...], Tallied] = {}

    def of(self, mandate: Scope, categories: frozenset[str]) -> Tallied:
        """The vehicles that a mandate looks at in these categories."""
        counting = mandate.counting
        key = (
            *(categories, mandate.owners, mandate.areas, mandate.exemptions),
            *(mandate.exempt_categories, mandate.counties, mandate.uses, mandate.energies),
            *(counting.open_energy, counting.reasons, counting.districts, counting.areas_out),
            counting.first_day,
        )
        if key not in self._held:
            evidence = self._since(counting.first_day)
            self._held[key] = Tallied(
                MandateCounts(self._policy, mandate, evidence, categories),
                undetermined_categories(self._policy, evidence, categories),
            )
        return self._held[key]


def classified(
    policy: Policy, mandate: Scope, frame: pl.DataFrame, categories: frozenset[str]
) -> pl.DataFrame:
    """The rows that a mandate looks at, each with its `standing` and its `side`.

    `frame` has the columns category, energy, county, division, use, owner_kind, area, exemption,
    and reason where the mandate counts by it.
    Added: standing (inside, out_of_scope, exempt, unknown) and side (new, open, not).
    """
    new = policy.energies("yes")
    wanted = frozenset(mandate.energies) if mandate.energies else new
    open_energies = policy.energies("undetermined") | (
        frozenset({"nev"}) & new if mandate.energies else frozenset()
    )
    frame = frame.filter(
        pl.col("category").is_in(sorted(categories)),
        ~pl.col("energy").is_in(sorted(policy.energies("none"))),
    )
    if mandate.counties:
        listed = list(mandate.counties)
        frame = frame.filter(pl.col("county").is_in(listed) | pl.col("division").is_in(listed))
    if mandate.uses:
        frame = frame.filter(pl.col("use").is_in(list(mandate.uses)))
    if mandate.counting.districts is not None:
        frame = frame.with_columns(pl.col("county").replace(_unknown_counties(policy), None))
    return frame.with_columns(
        _standing(mandate).alias("standing"),
        pl.when(pl.col("energy").is_in(sorted(wanted)))
        .then(pl.lit("new"))
        .when(pl.col("energy").is_in(sorted(open_energies)))
        .then(pl.lit(mandate.counting.open_energy))
        .otherwise(pl.lit("not"))
        .alias("side"),
    )


def _unknown_counties(policy: Policy) -> list[str]:
    """What stands for a county where a row names its division alone."""
    table = policy.divisions
    known = {county for one in table.divisions.values() for county in one.counties}
    return sorted(set(table.divisions) - known)


class _Sums:
    """Vehicles by division and years, each split by standing and side; a few rows a division."""

    def __init__(self, frame: pl.DataFrame) -> None:
        keys = ("division", "registered_year", "retired_year", "standing", "side")
        summed = frame.group_by(keys).agg(pl.col("vehicles").sum())
        self._rows: dict[str, list[tuple[int, int | None, tuple[str, str], int]]] = {}
        for division, registered, retired, standing, side, vehicles in summed.iter_rows():
            self._rows.setdefault(division, []).append(
                (registered, retired, (standing, side), int(vehicles))
            )

    def sides(self, divisions: tuple[str, ...], chosen: Callable[[int, int | None], bool]) -> Sides:
        """Both sides over the years that `chosen(registered, retired)` takes."""
        sums: Counter[tuple[str, str]] = Counter()
        for division in divisions:
            for registered, retired, key, vehicles in self._rows.get(division, ()):
                if chosen(registered, retired):
                    sums[key] += vehicles

        def total(standing: str, *sides: str) -> int:
            return sum(sums[standing, side] for side in sides)

        return Sides(
            denominator=total("inside", "new", "open", "not"),
            numerator=total("inside", "new"),
            undetermined=total("inside", "open"),
            exempt=total("exempt", "new", "open", "not"),
            out_of_scope=total("out_of_scope", "new", "open", "not"),
            unknown_new=total("unknown", "new"),
            unknown_open=total("unknown", "open"),
            unknown_not=total("unknown", "not"),
        )


def _standing(mandate: Scope) -> pl.Expr:
    """Whether a vehicle is inside a mandate's scope, outside, exempt, or cannot be placed."""
    outside, unknown = pl.lit(value=False), pl.lit(value=False)
    if mandate.counting.areas_out:
        outside = pl.col("area").is_in(list(mandate.counting.areas_out)).fill_null(value=False)
    for column, codes in (
        ("owner_kind", mandate.owners),
        ("area", mandate.areas),
        ("reason", mandate.counting.reasons),
        ("county", mandate.counting.districts),
    ):
        if codes is not None:
            outside |= (~pl.col(column).is_in(list(codes))).fill_null(value=False)
            unknown |= pl.col(column).is_null()
    exempt = pl.col("exemption").is_in(list(mandate.exemptions)).fill_null(value=False) | (
        pl.col("category").is_in(list(mandate.exempt_categories))
    )
    return (
        pl.when(outside)
        .then(pl.lit("out_of_scope"))
        .when(exempt)
        .then(pl.lit("exempt"))
        .when(unknown)
        .then(pl.lit("unknown"))
        .otherwise(pl.lit("inside"))
    )


def undetermined_categories(
    policy: Policy, evidence: Evidence, categories: frozenset[str]
) -> dict[tuple[str, int], int]:
    """Additions, by division and year, whose use character leaves the category open and allows
    one of these.
    """
    possible = [
        code
        for code, entry in policy.codes["use"].entries.items()
        if categories & frozenset(entry.may_be)
    ]
    found = (
        evidence.counts.filter(
            pl.col("counts_added"),
            pl.col("category_basis") == "undetermined",
            pl.col("use").is_in(possible),
        )
        .group_by("division", "registered_year")
        .agg(pl.col("vehicles").sum())
    )
    return {(division, year): int(vehicles) for division, year, vehicles in found.iter_rows()}
