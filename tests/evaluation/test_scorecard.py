"""Scorecards worked out by hand: scores, totals, ranks with ties, who is not ranked."""

from __future__ import annotations

from fractions import Fraction

import pytest

from evaluation.cards import card_of, count, part_text, share
from evaluation.conftest import Make
from monitor.assess.ranking import Bounds, Rank
from monitor.assess.scorecard import Scorecard
from monitor.model import Text
from monitor.policy.evaluation import WeightsSaid
from monitor.policy.weighting import Weighting

NANCHANG, JINGDEZHEN, PINGXIANG, JIUJIANG = "360100", "360200", "360300", "360400"
FOUR = (NANCHANG, JINGDEZHEN, PINGXIANG, JIUJIANG)


def totals_of(card: Scorecard) -> dict[str, Bounds]:
    return {one.place: one.total for one in card.places}


def ranks_of(card: Scorecard) -> dict[str, tuple[int, int]]:
    return {one.place: (one.rank.best, one.rank.worst) for one in card.places}


def test_a_total_is_the_weighted_mean_of_shares(make: Make) -> None:
    """南昌 (3 * 30/40 + 1 * 1/2) / 4 = 11/16; 景德镇 (3 * 2/3 + 1 * 3/4) / 4 = 11/16: a tie."""
    evaluation = make(part_text("bus", "3"), part_text("taxi", "1"))
    card = card_of(
        evaluation,
        {
            "bus": {
                NANCHANG: share(30, 40),
                JINGDEZHEN: share(2, 3),
                PINGXIANG: share(9, 10),
                JIUJIANG: share(0, 7),
            },
            "taxi": {
                NANCHANG: share(1, 2),
                JINGDEZHEN: share(3, 4),
                PINGXIANG: share(1, 5),
                JIUJIANG: share(7, 7),
            },
        },
        members=FOUR,
    )
    assert totals_of(card) == {
        PINGXIANG: Bounds(Fraction(29, 40), Fraction(29, 40)),
        NANCHANG: Bounds(Fraction(11, 16), Fraction(11, 16)),
        JINGDEZHEN: Bounds(Fraction(11, 16), Fraction(11, 16)),
        JIUJIANG: Bounds(Fraction(1, 4), Fraction(1, 4)),
    }
    # Competition ranks: 1, 2, 2, 4; the two that are equal stand as the divisions' file has them.
    assert list(ranks_of(card).items()) == [
        (PINGXIANG, (1, 1)),
        (NANCHANG, (2, 2)),
        (JINGDEZHEN, (2, 2)),
        (JIUJIANG, (4, 4)),
    ]
    assert [held.weight for held in card.parts] == [Fraction(3, 4), Fraction(1, 4)]


def test_a_tie_is_of_exact_values_not_of_shown_ones(make: Make) -> None:
    """29998/40001 and 29999/40002 are both cut to 74.99 %, and the second is more."""
    card = card_of(
        make(part_text("bus")),
        {"bus": {NANCHANG: share(29998, 40001), JINGDEZHEN: share(29999, 40002)}},
        members=(NANCHANG, JINGDEZHEN),
    )
    assert list(ranks_of(card).items()) == [(JINGDEZHEN, (1, 1)), (NANCHANG, (2, 2))]


@pytest.mark.parametrize(
    ("scale", "direction", "expected"),
    [
        ("of_best", "more", [Fraction(1), Fraction(1, 2), Fraction(1, 5)]),
        ("min_max", "more", [Fraction(1), Fraction(3, 8), Fraction(0)]),
        ("of_best", "less", [Fraction(0), Fraction(1, 2), Fraction(4, 5)]),
        ("min_max", "less", [Fraction(0), Fraction(5, 8), Fraction(1)]),
    ],
)
def test_counts_are_scored_by_the_scale_of_the_file(
    make: Make, scale: str, direction: str, expected: list[Fraction]
) -> None:
    card = card_of(
        make(part_text("added", scale=scale, direction=direction)),
        {"added": {NANCHANG: count("50"), JINGDEZHEN: count("25"), PINGXIANG: count("10")}},
        members=(NANCHANG, JINGDEZHEN, PINGXIANG),
    )
    found = totals_of(card)
    assert [found[place].low for place in (NANCHANG, JINGDEZHEN, PINGXIANG)] == expected


@pytest.mark.parametrize("scale", ["of_best", "min_max"])
def test_where_all_are_alike_a_count_tells_nobody_apart(make: Make, scale: str) -> None:
    card = card_of(
        make(part_text("added", scale=scale)),
        {"added": {NANCHANG: count("0"), JINGDEZHEN: count("0")}},
        members=(NANCHANG, JINGDEZHEN),
    )
    assert set(ranks_of(card).values()) == {(1, 1)}


def test_what_is_open_makes_a_range_of_total_and_rank(make: Make) -> None:
    """萍乡 6 or 7 of 10 may pass 九江 13/20, and 景德镇 20 or 40 of at most 40 anybody."""
    card = card_of(
        make(part_text("bus")),
        {
            "bus": {
                NANCHANG: share(9, 10),
                JINGDEZHEN: share(20, 40, more=20),
                PINGXIANG: share(6, 10, more=1),
                JIUJIANG: share(13, 20),
            }
        },
        members=FOUR,
    )
    assert ranks_of(card) == {
        NANCHANG: (1, 2),
        JINGDEZHEN: (1, 4),
        PINGXIANG: (2, 4),
        JIUJIANG: (2, 4),
    }
    assert totals_of(card)[JINGDEZHEN] == Bounds(Fraction(1, 2), Fraction(1))


def test_a_count_that_is_open_is_measured_by_the_most_that_anybody_may_have(make: Make) -> None:
    card = card_of(
        make(part_text("added", scale="of_best")),
        {"added": {NANCHANG: count("12.5", "20"), JINGDEZHEN: count("16")}},
        members=(NANCHANG, JINGDEZHEN),
    )
    assert totals_of(card) == {
        NANCHANG: Bounds(Fraction(5, 8), Fraction(1)),
        JINGDEZHEN: Bounds(Fraction(4, 5), Fraction(4, 5)),
    }
    assert ranks_of(card) == {NANCHANG: (1, 2), JINGDEZHEN: (1, 2)}


def test_nothing_to_measure_may_be_anything(make: Make) -> None:
    """南昌 has no taxi: its total is (1 + 0..1) / 2, between those of the other two and above."""
    card = card_of(
        make(part_text("bus"), part_text("taxi")),
        {
            "bus": {NANCHANG: share(4, 4), JINGDEZHEN: share(3, 4), PINGXIANG: share(0, 4)},
            "taxi": {JINGDEZHEN: share(3, 4), PINGXIANG: share(1, 4)},
        },
        members=(NANCHANG, JINGDEZHEN, PINGXIANG),
    )
    assert totals_of(card)[NANCHANG] == Bounds(Fraction(1, 2), Fraction(1))
    assert ranks_of(card) == {NANCHANG: (1, 2), JINGDEZHEN: (1, 2), PINGXIANG: (3, 3)}
    found = {one.place: one for one in card.places}
    assert found[NANCHANG].parts["taxi"].figure is None


def test_who_is_not_ranked_moves_nobody_and_is_never_last(make: Make) -> None:
    figures = {"added": {NANCHANG: count("8"), JINGDEZHEN: count("4"), PINGXIANG: count("80")}}
    silent = Text("评判年度没有报送数据", "sent nothing for the judged year")
    card = card_of(
        make(part_text("added", scale="of_best")),
        figures,
        members=(NANCHANG, JINGDEZHEN, PINGXIANG),
        not_ranked={PINGXIANG: silent},
    )
    assert ranks_of(card) == {NANCHANG: (1, 1), JINGDEZHEN: (2, 2)}
    assert totals_of(card)[NANCHANG].low == 1  # measured against those who are ranked
    assert [(one.place, one.why) for one in card.not_ranked] == [(PINGXIANG, silent)]


def test_a_part_that_nobody_has_is_left_out_for_all_and_said(make: Make) -> None:
    card = card_of(
        make(part_text("bus"), part_text("taxi"), part_text("added", scale="of_best")),
        {"bus": {NANCHANG: share(1, 2)}, "taxi": {NANCHANG: share(1, 4)}, "added": {}},
        members=(NANCHANG,),
    )
    assert [(held.part.id, held.weight) for held in card.parts] == [
        ("bus", Fraction(1, 2)),
        ("taxi", Fraction(1, 2)),
    ]
    assert [one.part.id for one in card.unheld] == ["added"]
    assert totals_of(card)[NANCHANG].low == Fraction(3, 8)


def test_where_no_held_part_has_weight_nobody_is_ranked(make: Make) -> None:
    evaluation = make(part_text("bus"), part_text("added", scale="of_best"))
    said = WeightsSaid(is_default=False, by="赵敏", on=evaluation.reviewed_on)
    card = card_of(
        evaluation,
        {"bus": {NANCHANG: share(1, 2)}, "added": {}},
        members=(NANCHANG,),
        weighting=Weighting({"bus": Fraction(0), "added": Fraction(1)}, said),
    )
    assert card.places == ()
    assert [one.place for one in card.not_ranked] == [NANCHANG]


def test_a_part_without_weight_is_shown_and_moves_nothing(make: Make) -> None:
    evaluation = make(part_text("bus"), part_text("taxi"))
    said = WeightsSaid(is_default=False, by="赵敏", on=evaluation.reviewed_on)
    figures = {
        "bus": {NANCHANG: share(1, 2), JINGDEZHEN: share(1, 3)},
        "taxi": {NANCHANG: share(0, 9), JINGDEZHEN: share(9, 9)},
    }
    card = card_of(
        evaluation,
        figures,
        members=(NANCHANG, JINGDEZHEN),
        weighting=Weighting({"bus": Fraction(5), "taxi": Fraction(0)}, said),
    )
    assert ranks_of(card) == {NANCHANG: (1, 1), JINGDEZHEN: (2, 2)}
    assert card.places[0].parts["taxi"].rank == Rank(2, 2)
    assert card.sensitivity.by_one[NANCHANG] == Rank(1, 2)
