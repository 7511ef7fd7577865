"""Scorecards of a home: figures of what was sent, districts by county, what is proposed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction

import pytest
from attribution.weeks import FUJIAN, FUZHOU, NANJING, XIAMEN, Row, Weeks, car, cars

from monitor.assess.scorecard import PlaceScore, Scorecard
from monitor.corridor.evaluating import Evaluated, chosen_evaluations, evaluate
from monitor.corridor.evaluating import evaluate_and_propose as propose
from monitor.corridor.following_up import enter
from monitor.corridor.judge import hold
from monitor.errors import WrongUse
from monitor.model import SHANGHAI, Period
from monitor.policy.policy import Policy

AS_OF = date(2023, 6, 30)
HALF = Period(date(2023, 1, 1), date(2023, 6, 30))
XUANWU, QINHUAI, JIANYE, GULOU = "320102", "320104", "320105", "320106"


def bus(number: int, county: str, fuel: str = "纯电动", **changes: str) -> Row:
    """A bus of 8.5 m with a range of 300 km, registered in the spring of 2023."""
    told = {"行政区划代码": county, "车辆用途": "公交车", "续驶里程": "300", "车辆类型": "K31"}
    return car(number, fuel, **(told | {"单位性质": "国有企业"} | changes))


def of(found: Scorecard | Evaluated) -> dict[str, PlaceScore]:
    scorecard = found.scorecard if isinstance(found, Evaluated) else found
    return {one.place: one for one in scorecard.places}


def evaluated(
    weeks: Weeks, place: str, *, policy: Policy | None = None, known_at: datetime | None = None
) -> Evaluated:
    policy = policy or weeks.policy
    held = hold(weeks.store, AS_OF, known_at)
    return evaluate(weeks.store, policy, held, policy.evaluations[place])


def test_a_provinces_parts_are_the_figures_that_bulletins_show(weeks: Weeks) -> None:
    weeks.send(
        [
            *(bus(n, "350102") for n in range(3)),
            bus(3, "350102", "汽油"),
            *cars(10, 4, 1),
            car(15, "汽油", 豁免情形="处置突发事件应急用车"),
        ],
        period=HALF,
    )
    weeks.send([bus(20, "350203"), *cars(30, 1, 0, 行政区划代码="350203")], XIAMEN)
    found = of(evaluated(weeks, FUJIAN))
    assert set(found) == {FUZHOU, XIAMEN}
    parts = found[FUZHOU].parts
    figures = {part: score.figure.bounds for part, score in parts.items() if score.figure}
    assert figures["bus_share"] == (Fraction(3, 4), Fraction(3, 4))
    # The exempt official car stands in neither side, as FJ-F01 has it; buses are apart.
    assert figures["public_share"] == (Fraction(4, 5), Fraction(4, 5))
    # FJ-F01 and FJ-F04 can be judged: neither is on track with a car on petrol.
    assert figures["verdicts"] == (Fraction(0), Fraction(0))
    assert figures["complete"] == (Fraction(1), Fraction(1))
    xiamen = {part: score.figure for part, score in found[XIAMEN].parts.items()}
    assert xiamen["verdicts"] is not None
    assert xiamen["verdicts"].bounds.low == 1
    assert xiamen["complete"] is not None
    assert xiamen["complete"].bounds.low < 1
    assert found[XIAMEN].rank.best == 1


def test_silent_divisions_and_those_that_added_nothing_are_named_apart(weeks: Weeks) -> None:
    weeks.send([bus(1, "350102")], period=HALF)
    weeks.send([bus(2, "350203", 初次登记日期="2022-05-05")], XIAMEN, period=HALF)
    scorecard = evaluated(weeks, FUJIAN).scorecard
    assert set(of(scorecard)) == {FUZHOU}
    why = {one.place: one.why.en for one in scorecard.not_ranked}
    assert why[XIAMEN] == "added no vehicle in the judged year"
    assert why["350300"] == "sent nothing for the judged year"
    assert len(why) == 9


def test_a_part_whose_kind_is_not_held_is_left_out_of_every_total(weeks: Weeks) -> None:
    weeks.send([bus(1, "350102")], period=HALF)
    scorecard = evaluated(weeks, FUJIAN).scorecard
    told = {one.part.id: one.why.zh for one in scorecard.unheld}
    assert told["facilities"] == "尚未收到这类报表"
    assert "facilities" not in {held.part.id for held in scorecard.parts}
    assert sum(held.weight for held in scorecard.parts) == 1


def test_districts_are_told_apart_by_county(weeks: Weeks) -> None:
    weeks.send(
        [
            *(bus(n, XUANWU) for n in range(3)),
            bus(3, XUANWU, "汽油"),
            bus(4, QINHUAI),
            bus(5, JIANYE, "汽油"),
            bus(6, NANJING),  # the city's own code: no district's
            bus(7, "320101"),
        ],
        sender=NANJING,
        period=HALF,
    )
    scorecard = evaluated(weeks, NANJING).scorecard
    found = of(scorecard)
    assert set(found) == {XUANWU, QINHUAI, JIANYE}
    shares = {code: one.parts["bus_share"].score.low for code, one in found.items()}
    assert shares == {XUANWU: Fraction(3, 4), QINHUAI: Fraction(1), JIANYE: Fraction(0)}
    assert scorecard.elsewhere == 2
    assert {one.place for one in scorecard.not_ranked} >= {GULOU}
    weighed = {code: one.parts["standard_vehicles"].figure for code, one in found.items()}
    assert all(figure is not None for figure in weighed.values())
    most = {code: figure.bounds for code, figure in weighed.items() if figure}
    # Three buses of one sort weigh three times what one weighs; one on petrol weighs nothing.
    assert most[XUANWU].low == 3 * most[QINHUAI].low > 0
    assert most[JIANYE].high == 0
    assert found[XUANWU].parts["standard_vehicles"].score.high == 1


def test_districts_sum_to_the_citys_own_figure(weeks: Weeks) -> None:
    weeks.send([bus(n, code) for n, code in enumerate((XUANWU, QINHUAI, JIANYE, XUANWU))], NANJING)
    found = of(evaluated(weeks, NANJING))
    held = hold(weeks.store, AS_OF, None)
    city = held.sorts((NANJING,))
    assert sum(
        int(one.parts["bus_share"].figure.sure)
        for one in found.values()
        if one.parts["bus_share"].figure
    ) == int(city["vehicles"].sum())


def test_nanjings_shortlist_is_for_two_or_three_and_chooses_nobody(weeks: Weeks) -> None:
    rows = [bus(n, code) for n, code in enumerate((XUANWU, QINHUAI, JIANYE, GULOU))]
    weeks.send([*rows, bus(9, GULOU, "汽油")], NANJING, period=HALF)
    chosen = evaluated(weeks, NANJING).chosen
    assert chosen is not None
    assert (chosen.clause, chosen.places.least, chosen.places.most) == ("NJ-S02", 2, 3)
    assert {one.score.place for one in chosen.candidates} >= {XUANWU, QINHUAI, JIANYE}
    assert chosen.why_none is None


def test_outside_the_life_of_its_clause_there_is_no_shortlist(weeks: Weeks) -> None:
    weeks.send([bus(1, XUANWU, 初次登记日期="2026-02-03")], NANJING)
    held = hold(weeks.store, date(2026, 6, 30), None)
    found = evaluate(weeks.store, weeks.policy, held, weeks.policy.evaluations[NANJING])
    assert found.chosen is not None
    assert found.chosen.candidates == ()
    assert found.chosen.why_none is not None
    assert "2025-12-31" in found.chosen.why_none.en


def test_a_scorecard_is_of_what_was_known(weeks: Weeks) -> None:
    weeks.send([bus(1, "350102")], period=HALF)
    before = datetime(2023, 6, 12, tzinfo=SHANGHAI)
    weeks.next_week()
    weeks.send([bus(2, "350203")], XIAMEN, period=HALF)
    assert set(of(evaluated(weeks, FUJIAN, known_at=before))) == {FUZHOU}
    assert set(of(evaluated(weeks, FUJIAN))) == {FUZHOU, XIAMEN}


def test_what_failed_is_proposed_until_it_is_on_the_list(weeks: Weeks) -> None:
    weeks.send([bus(1, "350102"), bus(2, "350102", "汽油")], period=HALF)
    evaluation = weeks.policy.evaluations[FUJIAN]
    found = propose(weeks.store, weeks.policy, hold(weeks.store, AS_OF, None), evaluation)
    failed = {(row.mandate, row.division) for row in found.proposals}
    assert ("FJ-F04", FUZHOU) in failed
    enter(
        weeks.store,
        weeks.policy,
        place=FUJIAN,
        who=FUZHOU,
        what="说明 1 辆汽油公交车的原因",
        due_on=date(2023, 7, 31),
        about="FJ-F04",
        by="林海燕",
        at=datetime(2023, 6, 30, 9, tzinfo=SHANGHAI),
    )
    found = propose(weeks.store, weeks.policy, hold(weeks.store, AS_OF, None), evaluation)
    assert ("FJ-F04", FUZHOU) not in {(row.mandate, row.division) for row in found.proposals}


def test_a_place_without_a_file_is_told(policy: Policy) -> None:
    with pytest.raises(WrongUse, match="350100"):
        chosen_evaluations(policy, ["350100"])
    none = replace(policy, evaluations={})
    assert chosen_evaluations(none, []) == ()
