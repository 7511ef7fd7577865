"""A decision changes every figure at once, and no earlier picture."""

from __future__ import annotations

import re
from datetime import date

import pytest
from attribution.weeks import FUJIAN, FUZHOU, MONDAY, NEXT_MONDAY, XIAMEN, Weeks, car, parts_of, vin

from exemptions.official import (
    BEFORE,
    DECIDED,
    EMERGENCY,
    LATER,
    OFFICIAL,
    TECHNICAL,
    figure,
    say,
    send_claims,
    sides,
)
from monitor.assess.assess import assess
from monitor.assess.weekly import HeldWeeks, weekly_of
from monitor.corridor.explanation import explain_figure
from monitor.corridor.judge import hold
from monitor.errors import WrongUse
from monitor.store.exemptions import Decision, last_decision

APPROVED, REFUSED, WITHDRAWN = Decision.APPROVED, Decision.REFUSED, Decision.WITHDRAWN


def test_an_undecided_claim_stands(weeks: Weeks) -> None:
    send_claims(weeks)
    row = figure(weeks)
    assert sides(row) == (14, 12, 5)
    assert not re.search(r"\.d\d+\.", row.explain)


def test_an_approval_changes_nothing_but_what_the_figure_rests_on(weeks: Weeks) -> None:
    send_claims(weeks)
    before = figure(weeks)
    assert say(weeks, APPROVED, 15, 16) == 2
    row = figure(weeks)
    assert sides(row) == (14, 12, 5)
    assert row.explain != before.explain
    assert ".d2." in row.explain


def test_a_refused_claim_counts_like_any_other_vehicle(weeks: Weeks) -> None:
    send_claims(weeks)
    say(weeks, REFUSED, 15, 18)
    assert sides(figure(weeks)) == (16, 12, 3)
    assert sides(figure(weeks, division=FUJIAN)) == (16, 12, 3)


def test_the_last_decision_decides(weeks: Weeks) -> None:
    send_claims(weeks)
    say(weeks, REFUSED, 15, 16)
    say(weeks, APPROVED, 15)
    assert sides(figure(weeks)) == (15, 12, 4)
    say(weeks, WITHDRAWN, 16)
    assert sides(figure(weeks)) == (14, 12, 5)


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        (date(2023, 1, 15), (16, 12, 3)),
        (date(2023, 2, 14), (16, 12, 3)),
        (date(2023, 2, 15), (15, 12, 4)),
        (date(2023, 4, 15), (14, 12, 5)),
    ],
    ids=str,
)
def test_an_approval_covers_registrations_up_to_its_last_day(
    weeks: Weeks, until: date, expected: tuple[int, int, int]
) -> None:
    send_claims(weeks)
    say(weeks, APPROVED, 15, 16, 17, until=until)
    assert sides(figure(weeks)) == expected
    # The calendar alone moves nothing: the year that is over keeps its figure.
    (row,) = [
        row
        for row in assess(
            weeks.policy,
            hold(weeks.store, date(2025, 6, 30), None),
            mandates=(OFFICIAL,),
            divisions=(FUZHOU,),
        )
        if row.period == "2023"
    ]
    assert sides(row) == expected


def test_a_decision_is_a_divisions_own(weeks: Weeks) -> None:
    send_claims(weeks)
    elsewhere = {"行政区划代码": "350203", "豁免情形": EMERGENCY}
    weeks.send([car(n, "汽油", **elsewhere) for n in (201, 202)], XIAMEN)
    say(weeks, REFUSED, 15)
    say(weeks, REFUSED, 201, division=XIAMEN)
    assert sides(figure(weeks)) == (15, 12, 4)
    assert sides(figure(weeks, division=XIAMEN)) == (1, 0, 1)
    with pytest.raises(WrongUse, match="1 辆"):
        say(weeks, REFUSED, 15, 202)
    assert last_decision(weeks.store) == 2


def test_a_refusal_holds_under_another_name_and_a_correct_claim_is_never_revived(
    weeks: Weeks,
) -> None:
    send_claims(weeks)
    say(weeks, REFUSED, 15)
    weeks.next_week()
    weeks.send([car(15, "汽油", 豁免情形=TECHNICAL)])
    assert sides(figure(weeks)) == (15, 12, 4)


# --- what was known when ------------------------------------------------------------------------


def test_what_was_known_before_a_decision_comes_back_as_it_was(weeks: Weeks) -> None:
    send_claims(weeks)
    before, known = figure(weeks), figure(weeks, BEFORE)
    say(weeks, REFUSED, 15, at=DECIDED)
    say(weeks, APPROVED, 15, at=LATER)
    assert figure(weeks, BEFORE) == known
    assert sides(figure(weeks, DECIDED)) == (15, 12, 4)
    assert sides(figure(weeks, LATER)) == (14, 12, 5)
    told = explain_figure(weeks.store, weeks.policy, before.explain, unmask=False)
    assert told.assessment == before
    assert not any(row.is_refused for row in told.rows)


def test_a_code_gives_back_the_decisions_that_its_figure_knew(weeks: Weeks) -> None:
    send_claims(weeks)
    say(weeks, REFUSED, 15, 18)
    refused = figure(weeks)
    say(weeks, APPROVED, 15, 18)
    told = explain_figure(weeks.store, weeks.policy, refused.explain, unmask=True)
    assert told.assessment == refused
    by_vin = {row.vin: row for row in told.rows}
    assert by_vin[vin(15)].counts_as == "other_energy"
    assert (by_vin[vin(15)].exemption, by_vin[vin(15)].is_refused) == ("emergency", True)
    assert (by_vin[vin(16)].counts_as, by_vin[vin(16)].is_refused) == ("exempt", False)
    counted = [row.counts_as for row in told.rows]
    assert counted.count("exempt") == refused.excluded.exempt
    assert counted.count("new_energy") + counted.count("other_energy") == refused.denominator


def test_weeks_and_forecasts_know_it_too(weeks: Weeks) -> None:
    send_claims(weeks)
    say(weeks, REFUSED, 15, 18)
    row = figure(weeks)
    (found,) = weekly_of(weeks.policy, HeldWeeks(*weeks.store.weeks(MONDAY), MONDAY), (row,))
    assert found.this_year[-1] == (MONDAY, row.denominator, row.numerator, row.undetermined)


# --- why a figure changed -----------------------------------------------------------------------


def test_what_a_decision_changed_is_told_apart_from_the_data(weeks: Weeks) -> None:
    send_claims(weeks)
    run = weeks.keep()
    say(weeks, REFUSED, 15, 18)
    found = weeks.explain(run, as_of=MONDAY)
    assert parts_of(found, OFFICIAL) == {"decision": (2, 0, 0)}
    assert parts_of(found, OFFICIAL, FUJIAN) == {"decision": (2, 0, 0)}


def test_all_at_once_each_has_its_part(weeks: Weeks) -> None:
    send_claims(weeks)
    say(weeks, REFUSED, 19)
    run = weeks.keep()
    weeks.next_week()
    weeks.send(
        [
            car(101),
            car(13),
            car(14, "汽油", 豁免情形=EMERGENCY),
            car(19, "汽油", 豁免情形=EMERGENCY, 初次登记日期="2023-05-15"),
        ]
    )
    say(weeks, REFUSED, 14, 15, at=LATER)
    say(weeks, APPROVED, 19, at=LATER)
    parts = parts_of(weeks.explain(run), OFFICIAL)
    assert parts == {
        "new_data": (1, 1, 0),
        "correction": (0, 1, 0),
        "exemption": (-1, 0, 0),
        "decision": (1, 0, 0),
    }


def test_a_decision_taken_back_before_the_next_bulletin_changed_nothing(weeks: Weeks) -> None:
    send_claims(weeks)
    run = weeks.keep()
    say(weeks, REFUSED, 15)
    say(weeks, WITHDRAWN, 15, at=LATER)
    assert weeks.explain(run, as_of=MONDAY) == ()
    assert weeks.explain(run, as_of=NEXT_MONDAY) == ()


def test_the_same_inputs_give_the_same_rows(weeks: Weeks) -> None:
    send_claims(weeks)
    say(weeks, REFUSED, 15, 18)
    held = hold(weeks.store, MONDAY, None)
    again = hold(weeks.store, MONDAY, None)
    assert held.evidence.counts.equals(again.evidence.counts)
    assert assess(weeks.policy, held) == assess(weeks.policy, again)
