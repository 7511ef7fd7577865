"""The figures behind a scorecard's parts, each by the functions that every other figure has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import polars as pl

from monitor.assess.assess import Held, assess
from monitor.assess.coverage import clipped, gaps
from monitor.assess.evidence import Evidence, MandateCounts
from monitor.assess.ranking import Bounds
from monitor.assess.standard_vehicles import weigh
from monitor.policy.counting import Counting
from monitor.policy.evaluation import Evaluation, Part
from monitor.policy.policy import Policy

_MET = frozenset({"met", "on_track"})
_FAILED = frozenset({"not_met", "out_of_reach", "behind"})


@dataclass(frozen=True, slots=True)
class PartFigure:
    """What a place has in one part: `sure`, and `more` that may come on top, of `of` where that is
    a share; `bounds` are exact.
    """

    bounds: Bounds
    sure: Decimal
    more: Decimal
    of: int | None


@dataclass(frozen=True, slots=True)
class Sources:
    """What the parts of one place's scorecard are worked out from.

    `sorts` are vehicles by what 标准车 weights rest on, `division` being who is ranked. `reported`
    says of each division how many reports came in in time, and how many were due, in the judged
    year. `kinds` are figures of other kinds of extract, by part; a part whose kind is not held has
    none.
    """

    policy: Policy
    held: Held
    evaluation: Evaluation
    members: tuple[str, ...]
    sorts: Callable[[], pl.DataFrame]
    reported: Mapping[str, tuple[int, int]]
    kinds: Mapping[str, Mapping[str, PartFigure]]

    @property
    def year(self) -> int:
        """The judged year."""
        return self.held.as_of.year

    @property
    def evidence(self) -> Evidence:
        """The counted vehicles, `division` being who is ranked: a city's are told by county."""
        held = self.held.evidence
        if self.evaluation.ranked == "divisions":
            return held
        own = held.counts.filter(pl.col("division") == self.evaluation.place)
        return Evidence(own.with_columns(division=pl.col("county")), held.as_of)


@dataclass(frozen=True, slots=True)
class _Vehicles:
    """Which vehicles a counting part looks at, as `evidence.Scope` has it."""

    owners: tuple[str, ...] | None
    exemptions: tuple[str, ...]
    exempt_categories: tuple[str, ...]
    energies: tuple[str, ...] | None = None
    counties: tuple[str, ...] | None = None
    uses: tuple[str, ...] | None = None
    areas: tuple[str, ...] | None = None
    counting: Counting = field(default_factory=Counting)


def figures_of(part: Part, sources: Sources) -> Mapping[str, PartFigure]:
    """A part's figures by place; a place with nothing to measure has none."""
    if part.needs is not None:
        return sources.kinds.get(part.id, {})
    found = {
        "added_share": _added_shares,
        "added_standard_vehicles": _standard_vehicles,
        "verdicts_met": _verdicts,
        "days_covered": _days_covered,
        "reported_in_time": _reported,
    }[part.measure](part, sources)
    return {place: figure for place, figure in found.items() if place in sources.members}


def additions(sources: Sources) -> Mapping[str, int]:
    """Vehicles added in the judged year, whatever they are for, by who is ranked."""
    found = (
        sources.evidence.counts.filter("counts_added", pl.col("registered_year") == sources.year)
        .group_by("division")
        .agg(pl.col("vehicles").sum())
    )
    return {str(division): int(vehicles) for division, vehicles in found.iter_rows()}


def share_of(sure: int, more: int, of: int) -> PartFigure:
    """A share of things that are counted whole, `more` of which may yet count."""
    bounds = Bounds(Fraction(sure, of), Fraction(sure + more, of))
    return PartFigure(bounds, Decimal(sure), Decimal(more), of)


def count_of(number: int) -> PartFigure:
    """A number of things that is known for sure."""
    return PartFigure(Bounds(Fraction(number), Fraction(number)), Decimal(number), Decimal(0), None)


def _kinds(part: Part, policy: Policy) -> frozenset[str]:
    return frozenset().union(*(policy.kinds_of(category) for category in part.categories))


def _added_shares(part: Part, sources: Sources) -> Mapping[str, PartFigure]:
    scope = _Vehicles(part.owners, part.exemptions, part.exempt_categories)
    policy, year = sources.policy, sources.year
    counts = MandateCounts(policy, scope, sources.evidence, _kinds(part, policy))
    found = {}
    for place in sources.members:
        sides = counts.added((place,), year, year)
        if sides.denominator or sides.excluded.scope_unknown:
            bounds = Bounds(sides.lowest, sides.highest)
            sure, more = Decimal(sides.numerator), Decimal(sides.undetermined)
            found[place] = PartFigure(bounds, sure, more, sides.denominator)
    return found


def _standard_vehicles(part: Part, sources: Sources) -> Mapping[str, PartFigure]:
    sorts = sources.sorts().filter(
        "counts_added",
        pl.col("registered_year") == sources.year,
        pl.col("category").is_in(sorted(_kinds(part, sources.policy))),
    )
    found = {}
    for place in sources.members:
        weighed = weigh(sources.policy, sorts.filter(pl.col("division") == place))
        bounds = Bounds(Fraction(weighed.low), Fraction(weighed.high))
        found[place] = PartFigure(bounds, weighed.low, weighed.high - weighed.low, None)
    return found


def _verdicts(part: Part, sources: Sources) -> Mapping[str, PartFigure]:
    """Findings only: a breakdown is a part of one, and what cannot be judged yet is in no side."""
    rows = assess(
        sources.policy,
        sources.held,
        mandates=part.mandates,
        divisions=sources.members,
        only_year=sources.year,
    )
    met, open_, failed = Counter[str](), Counter[str](), Counter[str]()
    for row in rows:
        if row.role == "finding":
            met[row.division] += row.status in _MET
            open_[row.division] += row.status == "undetermined"
            failed[row.division] += row.status in _FAILED
    judged = met + open_ + failed
    return {place: share_of(met[place], open_[place], judged[place]) for place in +judged}


def _days_covered(_part: Part, sources: Sources) -> Mapping[str, PartFigure]:
    first, last = date(sources.year, 1, 1), sources.held.as_of
    found = {}
    for place in sources.members:
        spans = clipped(sources.held.coverage.get(place, []), first, last)
        lacking = sum((gap.end - gap.start).days + 1 for gap in gaps(spans, first, last))
        days = (last - first + timedelta(days=1)).days
        found[place] = share_of(days - lacking, 0, days)
    return found


def _reported(_part: Part, sources: Sources) -> Mapping[str, PartFigure]:
    return {
        place: share_of(in_time, 0, due)
        for place, (in_time, due) in sources.reported.items()
        if due
    }


def silent(sources: Sources) -> Sequence[str]:
    """The members of whose judged year no submission covers any day."""
    first, last = date(sources.year, 1, 1), sources.held.as_of
    is_city = sources.evaluation.ranked == "counties"
    return [
        place
        for place in sources.members
        if not clipped(
            sources.held.coverage.get(sources.evaluation.place if is_city else place, []),
            first,
            last,
        )
    ]
