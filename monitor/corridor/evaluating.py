"""Scorecards of what is held: who is ranked, by what, and what follows for whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from monitor.assess.assess import Held, assess
from monitor.assess.clause_counts import in_year
from monitor.assess.coverage import by_division, clipped
from monitor.assess.part_figures import PartFigure, Sources, count_of
from monitor.assess.scorecard import Scorecard, score
from monitor.assess.shortlist import Chosen, shortlist
from monitor.bulletins.reporting_facts import Standing
from monitor.corridor.lateness import reporting_of
from monitor.errors import WrongUse
from monitor.extracts.record import record_columns
from monitor.model import Assessment, Text
from monitor.policy.evaluation import Evaluation, Part
from monitor.policy.policy import Policy
from monitor.policy.weighting import Weighting, own_weights
from monitor.store.follow_ups import FollowUpState, follow_ups
from monitor.store.holdings import is_held
from monitor.store.records import records
from monitor.store.store import Store

_FAILED = frozenset({"not_met", "out_of_reach", "behind"})


@dataclass(frozen=True, slots=True)
class Evaluated:
    """One place's scorecard with the list that a clause asks for."""

    scorecard: Scorecard
    chosen: Chosen | None

    @property
    def place(self) -> str:
        """The province or the city whose members are ranked."""
        return self.scorecard.evaluation.place


@dataclass(frozen=True, slots=True)
class Proposed:
    """A scorecard, and the failed verdicts that somebody may want to follow up."""

    evaluated: Evaluated
    proposals: tuple[Assessment, ...]


def chosen_evaluations(policy: Policy, places: Sequence[str]) -> tuple[Evaluation, ...]:
    """The evaluations of these places, all where none is named; raises `WrongUse` for another."""
    held = policy.evaluations
    for place in places:
        if place not in held:
            listed = "、".join(held)
            raise WrongUse(
                Text(
                    f"没有 {place} 的评价文件；已有：{listed}。"
                    "在 data/evaluation/ 添加一个文件即可。",
                    f"There is no evaluation of {place}; there are {', '.join(held)}. Add a file "
                    "to data/evaluation/.",
                )
            )
    return tuple(held[place] for place in dict.fromkeys(places or held))


def evaluate(
    store: Store,
    policy: Policy,
    held: Held,
    evaluation: Evaluation,
    *,
    weighting: Weighting | None = None,
    reporting: Iterable[Standing] | None = None,
) -> Evaluated:
    """The scorecard of one place; `held` must be what was asked last.

    `weighting` None is the file's own. `reporting` spares the work where it is known already.
    """
    members = evaluation.members(policy.divisions)
    if reporting is None:
        reporting = reporting_of(store, policy, held.as_of)
    by_county = evaluation.ranked == "counties"

    def sorts() -> pl.DataFrame:
        asked = [evaluation.place] if by_county else list(members)
        return store.weighed_sorts(asked, by_county=by_county)

    sources = Sources(
        policy=policy,
        held=held,
        evaluation=evaluation,
        members=members,
        sorts=sorts,
        reported=_reported(reporting, held.as_of.year),
        kinds=_other_kinds(store, policy, held, evaluation),
    )
    scorecard = score(sources, weighting or own_weights(evaluation))
    return Evaluated(scorecard, shortlist(scorecard, policy.clauses))


def _reported(reporting: Iterable[Standing], year: int) -> Mapping[str, tuple[int, int]]:
    """How many of the reports that fell due in the year came in in time, and of how many."""
    due, in_time = Counter[str](), Counter[str]()
    for standing in reporting:
        if standing.item.due_on.year == year and standing.state != "waiting":
            due[standing.item.division] += 1
            in_time[standing.item.division] += standing.state == "on_time"
    return {division: (in_time[division], number) for division, number in due.items()}


def _other_kinds(
    store: Store, policy: Policy, held: Held, evaluation: Evaluation
) -> Mapping[str, Mapping[str, PartFigure]]:
    """The figures of parts that need another kind of extract, by part and place.

    A place that sent nothing of the kind for the judged year has none; a part whose kind is not
    held is one that the ranking does not rest on.
    """
    found: dict[str, Mapping[str, PartFigure]] = {}
    for part in evaluation.parts:
        if part.needs is not None and is_held(store, part.needs):
            found[part.id] = _counted(store, policy, held, evaluation, part)
    return found


def _counted(
    store: Store, policy: Policy, held: Held, evaluation: Evaluation, part: Part
) -> Mapping[str, PartFigure]:
    kind = policy.kinds[part.needs or ""]
    year, until = held.as_of.year, held.as_of
    frame = records(store.connection, kind.kind, record_columns(kind))
    by_county = evaluation.ranked == "counties"
    place = pl.col("county") if by_county else pl.col("division")
    counted = in_year(frame, part.rows or "", year, until).group_by(place.alias("place")).len()
    numbers = {str(code): int(rows) for code, rows in counted.iter_rows()}
    coverage = by_division(store.coverage(kind.kind))
    return {
        code: count_of(numbers.get(code, 0))
        for code in evaluation.members(policy.divisions)
        if clipped(
            coverage.get(evaluation.place if by_county else code, []), date(year, 1, 1), until
        )
    }


def evaluate_and_propose(
    store: Store,
    policy: Policy,
    held: Held,
    evaluation: Evaluation,
    *,
    weighting: Weighting | None = None,
) -> Proposed:
    """As `evaluate`, with the failed verdicts of the judged year that no open item is about.

    They are proposed and no more: people enter what is to be followed up.
    """
    found = evaluate(store, policy, held, evaluation, weighting=weighting)
    on_list = {
        (item.item.about, code)
        for item in follow_ups(store, held.known_at)
        if item.state is FollowUpState.OPEN
        for code in (item.item.division, item.item.who)
    }
    members = policy.divisions.members(evaluation.place)
    rows = assess(
        policy,
        held,
        divisions=tuple(dict.fromkeys((evaluation.place, *members))),
        only_year=held.as_of.year,
    )
    return Proposed(
        found,
        tuple(
            row
            for row in rows
            if row.role == "finding"
            and row.status in _FAILED
            and (row.mandate, row.division) not in on_list
        ),
    )
