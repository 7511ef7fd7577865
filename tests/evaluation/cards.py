"""Scorecards from figures that a test writes down."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from monitor.assess.part_figures import PartFigure, share_of
from monitor.assess.ranking import Bounds
from monitor.assess.scorecard import Scorecard, card
from monitor.model import Text
from monitor.policy.codes import CodeTable
from monitor.policy.divisions import DivisionTable
from monitor.policy.evaluation import Evaluation
from monitor.policy.weighting import Weighting, own_weights
from monitor.policy.yamlfile import load

DAY = date(2020, 12, 31)
_HEAD = """\
place: "360000"
clauses: []
ranked: divisions
weights: {is_default: %(default)s, by: 省级牵头单位, on: 2020-03-01}
readings:
  - {what: {zh: 试例, en: an example}, by: 省级牵头单位, on: 2020-03-01}
reviewed_on: 2020-03-01
parts:
"""
_PART = """\
  - id: %(id)s
    name: {zh: %(id)s 一项, en: part %(id)s}
    how: {zh: 试例, en: an example}
    measure: %(measure)s
    categories: [bus]
    direction: %(direction)s
    scale: %(scale)s
    weight: "%(weight)s"
"""


def part_text(
    name: str, weight: str = "1", *, scale: str = "as_is", direction: str = "more"
) -> str:
    """One part of a file; one that is no share is a count of 标准车."""
    measure = "added_share" if scale == "as_is" else "added_standard_vehicles"
    return _PART % {
        "id": name,
        "weight": weight,
        "scale": scale,
        "direction": direction,
        "measure": measure,
    }


def evaluation_of(
    folder: Path, divisions: DivisionTable, codes: dict[str, CodeTable], *parts: str
) -> Evaluation:
    """A place's file with these parts."""
    path = folder / "evaluation.yml"
    is_equal = len({text.partition('weight: "')[2] for text in parts}) == 1
    head = _HEAD % {"default": "true" if is_equal else "false"}
    path.write_text(head + "".join(parts), "utf-8")
    return load(path, Evaluation, codes=codes, divisions=divisions, mandates={})


def share(sure: int, of: int, more: int = 0) -> PartFigure:
    return share_of(sure, more, of)


def count(least: str, most: str | None = None) -> PartFigure:
    low, high = Decimal(least), Decimal(most or least)
    return PartFigure(Bounds(Fraction(low), Fraction(high)), low, high - low, None)


def card_of(
    evaluation: Evaluation,
    figures: Mapping[str, Mapping[str, PartFigure]],
    *,
    members: tuple[str, ...],
    not_ranked: Mapping[str, Text] | None = None,
    weighting: Weighting | None = None,
) -> Scorecard:
    return card(
        evaluation,
        weighting or own_weights(evaluation),
        DAY,
        figures=figures,
        members=members,
        not_ranked=not_ranked or {},
    )
