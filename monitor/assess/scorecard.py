"""A scorecard: places by a weighted mean of their scores, every part of it kept to be shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from monitor.assess.part_figures import PartFigure, Sources, additions, figures_of, silent
from monitor.assess.ranking import Bounds, Rank, ranks, totals
from monitor.assess.sensitivity import Sensitivity, sensitivity
from monitor.model import Text
from monitor.policy.evaluation import Evaluation, Part, Scale
from monitor.policy.weighting import Weighting

# What a place may have in a part in which there is nothing to measure.
ANYTHING = Bounds(Fraction(0), Fraction(1))


@dataclass(frozen=True, slots=True)
class HeldPart:
    """A part that the ranking rests on; `weight` is its share of the weights of all such parts."""

    part: Part
    weight: Fraction


@dataclass(frozen=True, slots=True)
class UnheldPart:
    """A part that the ranking does not rest on, for everybody alike, and why."""

    part: Part
    why: Text


@dataclass(frozen=True, slots=True)
class PartScore:
    """A place in one part: its figure (None: nothing to measure), its score, its rank in it."""

    figure: PartFigure | None
    score: Bounds
    rank: Rank


@dataclass(frozen=True, slots=True)
class PlaceScore:
    """A place that is ranked; `parts` by part, `total` between 0 and 1."""

    place: str
    parts: Mapping[str, PartScore]
    total: Bounds
    rank: Rank


@dataclass(frozen=True, slots=True)
class NotRanked:
    """A place that is not ranked: named apart, never last."""

    place: str
    why: Text


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Who is ranked and how, in the order of the ranking.

    `elsewhere` counts the vehicles added in the judged year that are no ranked member's.
    """

    evaluation: Evaluation
    as_of: date
    weighting: Weighting
    parts: tuple[HeldPart, ...]
    unheld: tuple[UnheldPart, ...]
    places: tuple[PlaceScore, ...]
    not_ranked: tuple[NotRanked, ...]
    sensitivity: Sensitivity
    elsewhere: int

    @property
    def year(self) -> int:
        """The judged year."""
        return self.as_of.year


def scored(part: Part, figures: Mapping[str, PartFigure]) -> dict[str, Bounds]:
    """Figures to scores between 0 and 1, by a scale that does not hang on how open ones turn out.

    `as_is`: a share is its own score. `of_best`: divided by the most that any place may have.
    `min_max`: 0 for the least that any may have, 1 for the most; 0 where all are alike. Where less
    is better, the score is what lacks to 1.
    """
    scale = _scale(part.scale, [figure.bounds for figure in figures.values()])
    found = {}
    for place, figure in figures.items():
        low, high = scale(figure.bounds.low), scale(figure.bounds.high)
        found[place] = Bounds(low, high) if part.direction == "more" else Bounds(1 - high, 1 - low)
    return found


def _scale(scale: Scale, bounds: list[Bounds]) -> Callable[[Fraction], Fraction]:
    """One affine map for all places of a part."""
    most = max((one.high for one in bounds), default=Fraction(0))
    least = min((one.low for one in bounds), default=Fraction(0))
    start = least if scale == "min_max" else Fraction(0)
    over = Fraction(1) if scale == "as_is" else most - start
    return lambda figure: (figure - start) / over if over else Fraction(0)


def score(sources: Sources, weighting: Weighting) -> Scorecard:
    """The scorecard of one place from what is held.

    Whoever sent nothing, or added nothing, is not ranked; nor is whoever lacks a kind of extract
    that others have sent.
    """
    evaluation = sources.evaluation
    figures = {part.id: figures_of(part, sources) for part in evaluation.parts}
    added = additions(sources)
    elsewhere = 0
    if evaluation.ranked == "counties":
        elsewhere = sum(added.values()) - sum(added.get(place, 0) for place in sources.members)
    return card(
        evaluation,
        weighting,
        sources.held.as_of,
        figures=figures,
        members=sources.members,
        not_ranked=_not_ranked(sources, figures, added),
        elsewhere=elsewhere,
    )


def card(
    evaluation: Evaluation,
    weighting: Weighting,
    as_of: date,
    *,
    figures: Mapping[str, Mapping[str, PartFigure]],
    members: Sequence[str],
    not_ranked: Mapping[str, Text],
    elsewhere: int = 0,
) -> Scorecard:
    """A scorecard of figures by part and place; `not_ranked` are members, each with why."""
    without = dict(not_ranked)
    places = [place for place in members if place not in without]
    compared = {
        part: {place: figure for place, figure in found.items() if place in places}
        for part, found in figures.items()
    }
    weights, unheld = _rests_on(evaluation, weighting, compared)
    ranked = _ranked(evaluation, weights, compared, places) if weights else ()
    if not weights:
        without |= dict.fromkeys(places, _NO_PART)
    return Scorecard(
        evaluation=evaluation,
        as_of=as_of,
        weighting=weighting,
        parts=tuple(
            HeldPart(part, weights[part.id]) for part in evaluation.parts if part.id in weights
        ),
        unheld=tuple(
            UnheldPart(part, unheld[part.id]) for part in evaluation.parts if part.id in unheld
        ),
        places=ranked,
        not_ranked=tuple(NotRanked(place, without[place]) for place in members if place in without),
        sensitivity=sensitivity(
            {one.place: {part: s.score for part, s in one.parts.items()} for one in ranked},
            weights,
            tuple(one.place for one in ranked),
        )
        if ranked
        else Sensitivity({}, {}, {}, {}, {}, ()),
        elsewhere=elsewhere,
    )


_SILENT = Text("评判年度没有报送数据", "sent nothing for the judged year")
_NOTHING_ADDED = Text("评判年度没有新增车辆", "added no vehicle in the judged year")
_NO_PART = Text("现用权重下没有可计的部分", "no part with a weight can be counted")
_NOT_HELD = Text("尚未收到这类报表", "no extract of this kind is held")
_NOTHING_TO_COUNT = Text(
    "评判年度各地都没有可计的数字", "nobody has a figure to count in the judged year"
)


def _not_ranked(
    sources: Sources,
    figures: Mapping[str, Mapping[str, PartFigure]],
    added: Mapping[str, int],
) -> dict[str, Text]:
    found = dict.fromkeys(silent(sources), _SILENT)
    for place in sources.members:
        if place not in found and not added.get(place):
            found[place] = _NOTHING_ADDED
    for part in sources.evaluation.parts:
        for place in sources.members if part.needs and figures[part.id] else ():
            if place not in found and place not in figures[part.id]:
                name = part.name
                found[place] = Text(
                    f"没有报送“{name.zh}”的数据", f"sent nothing of this part: {name.en}"
                )
    return found


def _rests_on(
    evaluation: Evaluation,
    weighting: Weighting,
    figures: Mapping[str, Mapping[str, PartFigure]],
) -> tuple[dict[str, Fraction], dict[str, Text]]:
    """The held parts with their shares of the weights (none where those are all 0), and why others
    are not.
    """
    unheld = {
        part.id: _NOT_HELD if part.needs else _NOTHING_TO_COUNT
        for part in evaluation.parts
        if not figures[part.id]
    }
    held = {
        part.id: weighting.by_part[part.id] for part in evaluation.parts if part.id not in unheld
    }
    whole = sum(held.values(), Fraction(0))
    return {part: weight / whole for part, weight in held.items()} if whole else {}, unheld


def _ranked(
    evaluation: Evaluation,
    weights: Mapping[str, Fraction],
    figures: Mapping[str, Mapping[str, PartFigure]],
    places: list[str],
) -> tuple[PlaceScore, ...]:
    parts = [part for part in evaluation.parts if part.id in weights]
    measured = {part.id: scored(part, figures[part.id]) for part in parts}
    scores = {
        place: {part.id: measured[part.id].get(place, ANYTHING) for part in parts}
        for place in places
    }
    in_part = {
        part.id: ranks({place: scores[place][part.id] for place in places}) for part in parts
    }
    total = totals(scores, weights)
    rank = ranks(total)
    found = [
        PlaceScore(
            place,
            {
                part.id: PartScore(
                    figures[part.id].get(place), scores[place][part.id], in_part[part.id][place]
                )
                for part in parts
            },
            total[place],
            rank[place],
        )
        for place in places
    ]
    # Sorting is stable: those that share a rank stand as the divisions' file has them.
    return tuple(sorted(found, key=lambda one: (one.rank.worst, one.rank.best, -one.total.low)))
