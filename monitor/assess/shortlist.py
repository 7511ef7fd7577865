"""Who may be chosen from the first places of a scorecard: reasons for people, never a choice."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.assess.scorecard import PlaceScore, Scorecard
from monitor.model import Text
from monitor.policy.clauses import Clause
from monitor.policy.evaluation import Places, places_wanted


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that may be among the first.

    `is_sure`: it is, however what is open turns out. `is_stable`: also by each part alone and
    without each part. `is_always`: no weighting can put it further back. `leads` are the parts in
    which nobody is ahead of it.
    """

    score: PlaceScore
    is_sure: bool
    is_stable: bool
    is_always: bool
    leads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a clause has chosen from: how many, and who may be among them; or why nobody."""

    clause: str
    what: Text
    places: Places
    candidates: tuple[Candidate, ...]
    why_none: Text | None


def shortlist(scorecard: Scorecard, clauses: dict[str, Clause]) -> Chosen | None:
    """The first places as a clause asks for them; None where no clause asks for a choice."""
    asked = scorecard.evaluation.shortlist
    if asked is None:
        return None
    clause = clauses[asked.clause]
    why_none = None
    if not clause.valid_from <= scorecard.as_of <= clause.valid_to:
        why_none = Text(
            f"评判日不在 {clause.id} 的有效期（{clause.valid_from} 至 {clause.valid_to}）内",
            f"{clause.id} is in force from {clause.valid_from} to {clause.valid_to} only",
        )
    elif not scorecard.places:
        why_none = Text("没有可排位次的地方", "no place can be ranked")
    places = places_wanted(asked, clause)
    return shortlist_of(scorecard, clause.id, asked.what, places, why_none)


def shortlist_of(
    scorecard: Scorecard, clause: str, what: Text, places: Places, why_none: Text | None
) -> Chosen:
    """Who may be among so many first; those who share the last place all stand in it, so there
    may be more than are to be chosen.
    """
    found = () if why_none else tuple(_candidates(scorecard, places.most))
    return Chosen(clause, what, places, found, why_none)


def _candidates(scorecard: Scorecard, most: int) -> list[Candidate]:
    told = scorecard.sensitivity
    return [
        Candidate(
            score=one,
            is_sure=one.rank.worst <= most,
            is_stable=max(told.by_one[one.place].worst, told.less_one[one.place].worst) <= most,
            is_always=told.bounds[one.place].worst <= most,
            leads=tuple(part for part, held in one.parts.items() if held.rank.worst == 1),
        )
        for one in scorecard.places
        if one.rank.best <= most
    ]
