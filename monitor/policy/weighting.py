"""The weights of a scorecard: those of the place's own file, or others to try."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from pydantic import field_validator

from monitor.policy.codes import Strict, decimal_text
from monitor.policy.evaluation import Evaluation, WeightsSaid
from monitor.policy.yamlfile import fault, load


class WeightsFile(Strict):
    """Other weights to try: each part of one place once, and whose choice they are."""

    place: str
    by: str
    on: date
    weights: dict[str, str]

    @field_validator("weights")
    @classmethod
    def _decimals(cls, weights: dict[str, str]) -> dict[str, str]:
        return {name: decimal_text(value) for name, value in weights.items()}


class Weighting(NamedTuple):
    """The weights that a scorecard is worked out with, by part; exact, not yet made to sum to 1."""

    by_part: Mapping[str, Fraction]
    said: WeightsSaid


def own_weights(evaluation: Evaluation) -> Weighting:
    """The weights of the place's own file."""
    given = {part.id: Fraction(part.weight) for part in evaluation.parts}
    return Weighting(given, evaluation.weights)


def read_weights(path: Path, evaluations: Mapping[str, Evaluation]) -> tuple[str, Weighting]:
    """The place and the weights of a file; raises `PolicyError` with file, line and reason."""
    file = load(path, WeightsFile)
    evaluation = evaluations.get(file.place)
    if evaluation is None:
        zh, en = "没有这个地方的评价文件", "there is no evaluation of this place"
        raise fault(path, None, f"place：{zh}: {file.place}", f"place: {en}: {file.place}")
    wanted = [part.id for part in evaluation.parts]
    if set(file.weights) != set(wanted):
        listed = ", ".join(wanted)
        raise fault(
            path, None, f"weights：须写明每个部分且只写这些: {listed}", f"weights: each of {listed}"
        )
    given = {name: Fraction(file.weights[name]) for name in wanted}
    if not any(given.values()):
        raise fault(path, None, "weights：不能全为 0", "weights: not all of them 0")
    return file.place, Weighting(given, WeightsSaid(is_default=False, by=file.by, on=file.on))
