"""Figures week by week: what had been counted by the end of each week, this year and the last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import NamedTuple

import polars as pl

from monitor.assess.evidence import classified
from monitor.assess.measures import first_counted_year, opening_of
from monitor.model import Assessment, RowKey
from monitor.policy.mandates import Mandate
from monitor.policy.policy import Policy

_SHARES = frozenset({"share_new_replaced", "adoption"})
_COUNTS = frozenset({"cumulative_count", "added_count", "stock"})
_OF_THE_FLEET = frozenset({"monotone_increase", "stock"})
_WITH_WEEKS = _SHARES | _COUNTS | {"monotone_increase"}


class WeekPoint(NamedTuple):
    """What stood at the end of day `on`: a Sunday, or the last day that is counted.

    `denominator` is None where the measure is a count; `numerator` are surely new-energy
    vehicles (or the count), `undetermined` those that may be.
    """

    on: date
    denominator: int | None
    numerator: int
    undetermined: int


@dataclass(frozen=True, slots=True)
class Weekly:
    """One assessment's figures, cumulative by week: its year up to the day judged, the year before.

    The last point of `this_year` is the assessment's own figure. `last_year` is empty where the
    year before holds nothing. `ahead`, of measures of additions only, is what the year before added
    after the same calendar day, cumulative from there, by the end of each week of the judged year
    that is still to come: empty where the year is over or the year before added nothing.
    """

    key: RowKey
    this_year: tuple[WeekPoint, ...]
    last_year: tuple[WeekPoint, ...]
    ahead: tuple[WeekPoint, ...] = ()


@dataclass(frozen=True, slots=True)
class HeldWeeks:
    """The weekly counts as of a day; see `store.weeks` for the columns of both frames."""

    facets: pl.DataFrame
    changes: pl.DataFrame
    as_of: date


def week_ends(first: date, last: date) -> list[date]:
    """The Sundays from `first` to `last`, and `last` itself where it is none."""
    sunday = first + timedelta(days=7 - first.isoweekday())
    ends = [sunday + timedelta(days=days) for days in range(0, (last - sunday).days + 1, 7)]
    return ends if ends and ends[-1] == last else [*ends, last]


def weekly_of(
    policy: Policy, weeks: HeldWeeks, assessments: Sequence[Assessment]
) -> tuple[Weekly, ...]:
    """The weeks of every row of the judged year that counts vehicles, in the order of the rows.

    Rows of other years, of 标准车, without a mandate in force or without a measure of vehicles
    have none.
    """
    grouped: dict[tuple[str, tuple[str, ...]], list[Assessment]] = {}
    chosen = [a for a in assessments if a.period == str(weeks.as_of.year) and _has_weeks(policy, a)]
    for row in chosen:
        grouped.setdefault((row.mandate, row.categories), []).append(row)
    found: dict[RowKey, Weekly] = {}
    for (mandate, categories), rows in grouped.items():
        scope = _ScopeWeeks(
            policy, policy.mandates[mandate], weeks, categories, tuple(r.division for r in rows)
        )
        found.update((weekly.key, weekly) for weekly in scope.weekly(rows))
    return tuple(found[row.key] for row in chosen)


def _has_weeks(policy: Policy, row: Assessment) -> bool:
    unit = policy.mandates[row.mandate].unit
    return (
        row.status != "no_mandate" and row.measure in _WITH_WEEKS and unit in {"share", "vehicle"}
    )


def members_of(policy: Policy, codes: Iterable[str]) -> pl.DataFrame:
    """Which divisions make up each code: columns code, division."""
    pairs = [(code, member) for code in codes for member in policy.divisions.members(code)]
    return pl.DataFrame(pairs, schema={"code": pl.String, "division": pl.String}, orient="row")


def kinds_of(policy: Policy, categories: Iterable[str]) -> frozenset[str]:
    """All categories that a row counts, kinds included."""
    return frozenset().union(*(policy.kinds_of(category) for category in categories))


_SIDES = ("denominator", "numerator", "undetermined")
_SUMMED = tuple(pl.col(name).sum() for name in _SIDES)
# Millions of points are made in a run; this skips the Python call that the class makes for each.
_as_point = partial(tuple.__new__, WeekPoint)


class _ScopeWeeks:
    """The weeks of one mandate and one set of categories, for all divisions at once."""

    def __init__(
        self,
        policy: Policy,
        mandate: Mandate,
        weeks: HeldWeeks,
        categories: tuple[str, ...],
        codes: tuple[str, ...],
    ) -> None:
        """`codes` are the divisions and provinces to give weeks for."""
        self._policy, self._mandate, self._as_of = policy, mandate, weeks.as_of
        self._codes = codes
        self._is_count = mandate.measure in _COUNTS
        self._of_the_fleet = mandate.measure in _OF_THE_FLEET
        vehicles = "held" if self._of_the_fleet else "added"
        self._members = members_of(policy, codes)
        inside = classified(policy, mandate, weeks.facets, kinds_of(policy, categories)).filter(
            pl.col("standing") == "inside"
        )
        counted = pl.col(vehicles)
        self._changes = weeks.changes.join(
            inside.select("facet", "division", "side"), on="facet"
        ).select(
            "division",
            "week_end",
            "falls_on",
            counted.alias("denominator"),
            (counted * (pl.col("side") == "new")).alias("numerator"),
            (counted * (pl.col("side") == "open")).alias("undetermined"),
        )
        self._by_week = self._summed(self._changes, "week_end")

    def _summed(self, changes: pl.DataFrame, on: str) -> pl.DataFrame:
        """Sums by code and day: columns code, week_end and the sides."""
        return (
            changes.group_by("division", pl.col(on).alias("week_end"))
            .agg(_SUMMED)
            .join(self._members, on="division")
            .group_by("code", "week_end")
            .agg(_SUMMED)
        )

    def weekly(self, rows: Sequence[Assessment]) -> Iterable[Weekly]:
        """One for each row, in the order of the codes."""
        year = self._as_of.year
        this_year = self._year(year, self._as_of)
        last_year = self._year(year - 1, date(year - 1, 12, 31))
        ahead = self._ahead()
        for place, row in enumerate(rows):
            before = last_year[place]
            is_empty = not any(before[-1][1:]) if before else True
            yield Weekly(row.key, this_year[place], () if is_empty else before, ahead[place])

    def _year(self, year: int, last: date) -> list[tuple[WeekPoint, ...]]:
        """The points of one year for each code; a count and a fleet bring what was before."""
        openings = [opening_of(self._policy, self._mandate, code, year) for code in self._codes]
        firsts = [first_counted_year(self._mandate, opening) for opening in openings]
        table = pl.DataFrame(
            {"code": self._codes, "first": firsts},
            schema={"code": pl.String, "first": pl.Int32},
        )
        start = date(year, 1, 1)
        dated = self._by_week.join(table, on="code").filter(pl.col("week_end") <= last)
        if not (self._is_count or self._of_the_fleet):
            dated = dated.filter(pl.col("week_end") >= start)
        elif not self._of_the_fleet:
            dated = dated.filter(pl.col("week_end").dt.year() >= pl.col("first"))
        ends = week_ends(start, last)
        dated = dated.with_columns(pl.col("week_end").clip(lower_bound=ends[0]))
        lines = self._lines(dated, ends)
        if not self._is_count:
            return lines
        # An opening figure holds at the end of its day: nothing is known of the weeks before it.
        return [
            tuple(
                point._replace(numerator=point.numerator + int(opening.count))
                for point in line
                if point.on >= opening.on or point is line[-1]
            )
            if opening
            else line
            for line, opening in zip(lines, openings, strict=True)
        ]

    def _ahead(self) -> list[tuple[WeekPoint, ...]]:
        year_end = date(self._as_of.year, 12, 31)
        if self._of_the_fleet or self._as_of == year_end:
            return [() for _ in self._codes]
        last_year = self._summed(self._changes.filter(pl.col("falls_on").is_not_null()), "falls_on")
        dated = last_year.filter(pl.col("week_end") > self._as_of)
        ends = week_ends(self._as_of + timedelta(days=1), year_end)
        had_any = set(last_year.filter(pl.col("denominator") > 0)["code"])
        lines = self._lines(dated, ends)
        return [
            line if code in had_any else () for code, line in zip(self._codes, lines, strict=True)
        ]

    def _lines(self, dated: pl.DataFrame, ends: list[date]) -> list[tuple[WeekPoint, ...]]:
        """Running sums at every end, weeks without change included, for each code."""
        sums = dated.group_by("code", "week_end").agg(_SUMMED)
        grid = pl.DataFrame({"code": self._codes}, schema={"code": pl.String}).join(
            pl.DataFrame({"week_end": ends}), how="cross", maintain_order="left_right"
        )
        filled = grid.join(sums, on=["code", "week_end"], how="left", maintain_order="left").select(
            pl.col(*_SIDES).fill_null(0).cum_sum().over("code")
        )
        denominators, numerators, undetermined = (filled[name].to_list() for name in _SIDES)
        whole = [None] * len(denominators) if self._is_count else denominators
        size = len(ends)
        nothing = tuple(WeekPoint(end, None if self._is_count else 0, 0, 0) for end in ends)
        found = []
        for start in range(0, len(denominators), size):
            own = slice(start, start + size)
            columns = (ends, whole[own], numerators[own], undetermined[own])
            is_empty = not any(denominators[own])
            found.append(nothing if is_empty else tuple(map(_as_point, zip(*columns, strict=True))))
        return found
