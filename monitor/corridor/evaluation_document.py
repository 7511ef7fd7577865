"""What `evaluate --json` says: exact numbers, ranks, what the order hangs on, words beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from monitor.assess.ranking import Bounds, Rank
from monitor.assess.scorecard import PlaceScore, Scorecard
from monitor.assess.sensitivity import Pair
from monitor.assess.shortlist import Chosen
from monitor.bulletins.scorecard_words import cut_points, place_name
from monitor.bulletins.stability_words import pair_words
from monitor.bulletins.supervision import scorecard_view
from monitor.bulletins.supervision_document import scorecard_document
from monitor.bulletins.words import Words
from monitor.corridor.documents import assessment
from monitor.corridor.evaluating import Proposed
from monitor.policy.codes import in_language
from monitor.policy.policy import Policy


def evaluated(
    found: Sequence[Proposed],
    policy: Policy,
    words: Words,
    as_of: date,
    known_at: datetime | None,
) -> dict[str, Any]:
    """One document for all places that were asked for."""
    return {
        "as_of": as_of.isoformat(),
        "known_at": known_at.isoformat() if known_at else None,
        "ruleset": policy.ruleset,
        "evaluations": [_one(one, policy, words) for one in found],
    }


def _one(found: Proposed, policy: Policy, words: Words) -> dict[str, Any]:
    scorecard, chosen = found.evaluated.scorecard, found.evaluated.chosen
    evaluation, said = scorecard.evaluation, scorecard.weighting.said
    told = scorecard.sensitivity
    return {
        "place": evaluation.place,
        "name": words.text(policy.divisions.name(evaluation.place)),
        "year": str(scorecard.year),
        "clauses": list(evaluation.clauses),
        "weights": {
            "is_default": said.is_default,
            "by": said.by,
            "on": said.on.isoformat(),
            "shares": {held.part.id: _exact(held.weight) for held in scorecard.parts},
        },
        "not_held": [{"part": one.part.id, "why": words.text(one.why)} for one in scorecard.unheld],
        "places": [_place(one, scorecard, policy, words) for one in scorecard.places],
        "not_ranked": [
            {
                "place": one.place,
                "name": place_name(scorecard, one.place, policy, words),
                "why": words.text(one.why),
            }
            for one in scorecard.not_ranked
        ],
        "elsewhere": scorecard.elsewhere,
        "sensitivity": {
            "by_part": {part: _ranks(ranks) for part, ranks in told.alone.items()},
            "without_part": {part: _ranks(ranks) for part, ranks in told.without.items()},
            "pairs": [_pair(pair, scorecard, policy, words) for pair in told.pairs],
        },
        "shortlist": _shortlist(chosen, words) if chosen else None,
        "proposals": [assessment(row, words.language) for row in found.proposals],
        "readings": [in_language(reading, words.language) for reading in evaluation.readings],
        "words": scorecard_document(scorecard_view(scorecard, chosen, policy, words)),
    }


def _place(one: PlaceScore, scorecard: Scorecard, policy: Policy, words: Words) -> dict[str, Any]:
    told = scorecard.sensitivity
    return {
        "place": one.place,
        "name": place_name(scorecard, one.place, policy, words),
        "rank": _rank(one.rank),
        "total": _bounds(one.total),
        "by_any_one_part": _rank(told.by_one[one.place]),
        "without_any_one_part": _rank(told.less_one[one.place]),
        "by_any_weights": _rank(told.bounds[one.place]),
        "parts": {
            part: {
                "figure": {
                    "least": _exact(score.figure.bounds.low),
                    "most": _exact(score.figure.bounds.high),
                    "sure": str(score.figure.sure),
                    "more": str(score.figure.more),
                    "of": score.figure.of,
                }
                if score.figure
                else None,
                "score": _bounds(score.score),
                "rank": _rank(score.rank),
            }
            for part, score in one.parts.items()
        },
    }


def _exact(number: Fraction) -> str:
    """A fraction as it is: 817/940."""
    return str(number)


def _bounds(bounds: Bounds) -> dict[str, str]:
    """Exact, and in points of 100 as they are shown."""
    return {
        "least": _exact(bounds.low),
        "most": _exact(bounds.high),
        "least_points": f"{cut_points(bounds.low):f}",
        "most_points": f"{cut_points(bounds.high):f}",
    }


def _rank(rank: Rank) -> dict[str, int]:
    return {"best": rank.best, "worst": rank.worst}


def _ranks(ranks: Mapping[str, Rank]) -> dict[str, dict[str, int]]:
    return {place: _rank(rank) for place, rank in ranks.items()}


def _pair(pair: Pair, scorecard: Scorecard, policy: Policy, words: Words) -> dict[str, Any]:
    return {
        "ahead": pair.ahead,
        "behind": pair.behind,
        "never_behind": pair.always,
        "always_ahead": pair.always_strictly,
        "holds_while": {
            tipping.part: {"least": _exact(tipping.least), "most": _exact(tipping.most)}
            for tipping in pair.holds
        },
        "words": pair_words(scorecard, pair, policy, words),
    }


def _shortlist(chosen: Chosen, words: Words) -> dict[str, Any]:
    return {
        "clause": chosen.clause,
        "least": chosen.places.least,
        "most": chosen.places.most,
        "number_is_the_clauses": chosen.places.is_named,
        "why_none": words.text(chosen.why_none) if chosen.why_none else None,
        "candidates": [
            {
                "place": one.score.place,
                "is_sure": one.is_sure,
                "is_stable": one.is_stable,
                "is_always": one.is_always,
                "leads": list(one.leads),
            }
            for one in chosen.candidates
        ],
    }
