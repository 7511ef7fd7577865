"""A scorecard in words: the same in bulletins, on a terminal and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from math import floor
from typing import Final

from monitor.assess.part_figures import PartFigure
from monitor.assess.ranking import Bounds, Rank
from monitor.assess.scorecard import HeldPart, PlaceScore, Scorecard
from monitor.bulletins import formats
from monitor.bulletins.supervision_parts import (
    RankValues,
    ScorecardCell,
    ScorecardPart,
    ScorecardRow,
)
from monitor.bulletins.words import Words
from monitor.policy.members import member_name
from monitor.policy.policy import Policy

_HUNDREDTHS: Final = 10_000


def cut_points(number: Fraction) -> Decimal:
    """A number of 0..1 as points of 100, cut to two places."""
    return Decimal(floor(number * _HUNDREDTHS)).scaleb(-2)


def points(bounds: Bounds, words: Words) -> str:
    """A score or a total in points of 100, or its least and most."""
    return _ranged(f"{cut_points(bounds.low)}", f"{cut_points(bounds.high)}", words)


def rank_words(rank: Rank, words: Words) -> str:
    """A rank as a number, or its best and worst."""
    return _ranged(str(rank.best), str(rank.worst), words)


def share_words(number: Fraction) -> str:
    """A share as per cent, cut to two places."""
    return f"{cut_points(number)} %"


def least_share_words(number: Fraction) -> str:
    """A share that must be reached as per cent, never below what it is."""
    return f"{-cut_points(-number)} %"


def place_name(scorecard: Scorecard, code: str, policy: Policy, words: Words) -> str:
    """What a ranked place is called."""
    return words.text(member_name(policy, scorecard.evaluation.place, code))


def part_lines(scorecard: Scorecard, words: Words) -> tuple[ScorecardPart, ...]:
    """The parts that the ranking rests on."""
    return tuple(
        ScorecardPart(
            code=held.part.id,
            name=words.text(held.part.name),
            how=words.text(held.part.how),
            scale=_scale_words(held, words),
            weight=share_words(held.weight),
        )
        for held in scorecard.parts
    )


def _scale_words(held: HeldPart, words: Words) -> str:
    said = {
        "as_is": words("按比例本身计分"),
        "of_best": words("以各地可能达到的最大数为满分"),
        "min_max": words("各地可能的最小数为 0 分，最大数为满分"),
    }[held.part.scale]
    if held.part.direction == "less":
        return words("%(scale)s，越少分越高", scale=said)
    return said


def score_rows(scorecard: Scorecard, policy: Policy, words: Words) -> tuple[ScorecardRow, ...]:
    """The ranked places in the order of the ranking."""
    told = scorecard.sensitivity
    shared = _shared([one.rank for one in scorecard.places])
    rows = []
    for one in scorecard.places:
        rank = rank_words(one.rank, words)
        rows.append(
            ScorecardRow(
                code=one.place,
                place=place_name(scorecard, one.place, policy, words),
                rank=words("并列 %(rank)s", rank=rank) if one.rank in shared else rank,
                total=points(one.total, words),
                by_one=rank_words(told.by_one[one.place], words),
                less_one=rank_words(told.less_one[one.place], words),
                always=rank_words(told.bounds[one.place], words),
                cells=tuple(_cell(one, held, words) for held in scorecard.parts),
                values=RankValues(cut_points(one.total.low), cut_points(one.total.high), *one.rank),
            )
        )
    return tuple(rows)


def _shared(given: Sequence[Rank]) -> set[Rank]:
    """The settled ranks that several places have."""
    return {rank for rank in given if rank.best == rank.worst and given.count(rank) > 1}


def _cell(one: PlaceScore, held: HeldPart, words: Words) -> ScorecardCell:
    score = one.parts[held.part.id]
    figure = score.figure
    return ScorecardCell(
        figure=figure_words(figure, words),
        counted="" if figure is None or figure.of is None else _counts(figure, words),
        points=points(score.score, words),
        rank=rank_words(score.rank, words),
    )


def figure_words(figure: PartFigure | None, words: Words) -> str:
    """A figure as per cent or as a number; a dash where there is nothing to measure."""
    if figure is None:
        return formats.NOTHING
    if figure.of is None:
        return _ranged(_number(figure.sure), _number(figure.sure + figure.more), words)
    return _ranged(share_words(figure.bounds.low), share_words(figure.bounds.high), words)


def _counts(figure: PartFigure, words: Words) -> str:
    sure = _ranged(_number(figure.sure), _number(figure.sure + figure.more), words)
    return f"{sure} / {formats.number(figure.of or 0)}"


def _number(value: Decimal) -> str:
    """A count; one in 标准车 cut to two places."""
    cut = value.quantize(Decimal("0.01"), rounding=ROUND_FLOOR).normalize()
    return formats.number(f"{cut:f}")


def _ranged(least: str, most: str, words: Words) -> str:
    return least if least == most else words("%(least)s 至 %(most)s", least=least, most=most)


def method_words(words: Words) -> str:
    """How a total is made."""
    return words(
        "总分是各部分得分按权重的平均，满分 100，只截取不进位；位次按未截取的数排，相同的并列；"
        "有数字未定的，总分和位次是一个区间。"
    )


def weights_words(scorecard: Scorecard, words: Words) -> str:
    """Whose the weights are, and what they are where they are not all alike."""
    said = scorecard.weighting.said
    day = formats.day(said.on, words)
    if said.is_default:
        return words(
            "权重由使用单位决定。现为默认的等权（%(by)s，%(day)s），尚未有人另作决定。",
            by=said.by,
            day=day,
        )
    listed = [
        f"{words.text(held.part.name)} {share_words(held.weight)}" for held in scorecard.parts
    ]
    return words(
        "权重由使用单位决定。现用权重由%(by)s于%(day)s设定：%(weights)s。",
        by=said.by,
        day=day,
        weights=words.listed(listed),
    )


def note_words(scorecard: Scorecard, policy: Policy, words: Words) -> Iterator[str]:
    """What the ranking does not rest on, and who is not in it."""
    for one in scorecard.unheld:
        yield words(
            "“%(part)s”没有计入：%(why)s。位次只依据其余 %(number)s 项。",
            part=words.text(one.part.name),
            why=words.text(one.why),
            number=len(scorecard.parts),
        )
    for why in dict.fromkeys(one.why for one in scorecard.not_ranked):
        names = [
            place_name(scorecard, one.place, policy, words)
            for one in scorecard.not_ranked
            if one.why == why
        ]
        yield words(
            "不排位次，也不是末位：%(names)s（%(why)s）。",
            names=words.listed(names),
            why=words.text(why),
        )
    if scorecard.elsewhere:
        yield words.plural(
            "另有 %(num)s 辆新增车辆没有写明是哪个区，不计入任何区。", scorecard.elsewhere
        )
    for clause in scorecard.evaluation.clauses:
        held = policy.clauses[clause]
        if not held.valid_from <= scorecard.as_of <= held.valid_to:
            yield words(
                "评判日不在 %(clause)s 的有效期内（%(start)s 至 %(end)s）。",
                clause=clause,
                start=formats.day(held.valid_from, words),
                end=formats.day(held.valid_to, words),
            )
