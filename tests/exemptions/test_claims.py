"""What is claimed, sorted and counted; who decides, and what must not be decided."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from attribution.weeks import FUJIAN, FUZHOU, MONDAY, XIAMEN, Weeks, car, vin

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
from monitor.corridor.deciding import add_claim_evidence, decide
from monitor.corridor.declared import Declared
from monitor.corridor.exemption_effect import with_and_without
from monitor.corridor.exemptions import ClaimGroup, ClaimState, claims
from monitor.corridor.reception import receive
from monitor.errors import WrongUse
from monitor.settings import RetentionSettings
from monitor.store.archive import keep, stored_at
from monitor.store.audit import audit_lines
from monitor.store.exemptions import Decision, last_decision
from monitor.store.retention import REFUSED_FILE, plan_removal

APPROVED, REFUSED, WITHDRAWN = Decision.APPROVED, Decision.REFUSED, Decision.WITHDRAWN
OTHER_NAME = "公务接待用车"


def groups_of(weeks: Weeks, *divisions: str) -> dict[str, ClaimGroup]:
    """The groups by the exemption's name, where each has one group."""
    found = claims(weeks.store, weeks.policy, divisions or (FUZHOU,), MONDAY)
    named = {one.name.zh: one for one in found}
    assert len(named) == len(found)
    return named


def states(group: ClaimGroup) -> dict[str, int]:
    """The states that some vehicle is in."""
    return {state.value: count for state, count in group.states.items() if count}


def test_claims_are_sorted_counted_and_traced(weeks: Weeks) -> None:
    send_claims(weeks)
    weeks.send([car(20, "汽油", 豁免情形=OTHER_NAME), car(21)])
    found = groups_of(weeks)
    assert {name: one.vehicles for name, one in found.items()} == {
        EMERGENCY: 3,
        TECHNICAL: 2,
        OTHER_NAME: 1,
    }
    emergency, other = found[EMERGENCY], found[OTHER_NAME]
    assert (emergency.exemption, emergency.owner_kind, emergency.category) == (
        "emergency",
        "government",
        "official",
    )
    assert emergency.mandates == (OFFICIAL,)
    assert emergency.submissions == ("S000001",)
    assert emergency.years == ((2023, 3),)
    assert [(claim.vin, claim.line) for claim in emergency.claims] == [
        (vin(15), 16),
        (vin(16), 17),
        (vin(17), 18),
    ]
    assert not other.is_recognised
    assert other.mandates == ()
    assert other.submissions == ("S000002",)
    assert not other.is_open
    assert list(found)[-1] == OTHER_NAME


def test_each_state_is_told(weeks: Weeks) -> None:
    send_claims(weeks)
    say(weeks, APPROVED, 15, 16, until=date(2023, 2, 1))
    say(weeks, REFUSED, 17)
    say(weeks, APPROVED, 18)
    found = groups_of(weeks)
    assert states(found[EMERGENCY]) == {"approved": 1, "expired": 1, "refused": 1}
    assert states(found[TECHNICAL]) == {"approved": 1, "undecided": 1}
    (claim,) = [one for one in found[TECHNICAL].claims if one.vin == vin(18)]
    assert (claim.made_by, claim.made_at, claim.reason) == (
        "user:zhao",
        DECIDED,
        "核对编制与用途证明",
    )
    say(weeks, WITHDRAWN, 17)
    assert states(groups_of(weeks)[EMERGENCY])["undecided"] == 1
    old = claims(weeks.store, weeks.policy, [FUZHOU], MONDAY, BEFORE)
    assert {state for one in old for state in states(one)} == {"undecided"}


def test_an_approval_of_one_exemption_approves_no_other(weeks: Weeks) -> None:
    send_claims(weeks)
    say(weeks, APPROVED, 15)
    weeks.next_week()
    weeks.send([car(15, "汽油", 豁免情形=TECHNICAL)])
    found = claims(weeks.store, weeks.policy, [FUZHOU], date(2023, 6, 19))
    (claim,) = [one for group in found for one in group.claims if one.vin == vin(15)]
    assert (claim.exemption, claim.state) == ("special_technical", ClaimState.UNDECIDED)


def test_the_same_name_of_another_division_or_owner_is_another_group(weeks: Weeks) -> None:
    send_claims(weeks)
    weeks.send([car(20, "汽油", 豁免情形=EMERGENCY, 单位性质="国有企业")])
    weeks.send([car(201, "汽油", 豁免情形=EMERGENCY, 行政区划代码="350203")], XIAMEN)
    found = claims(weeks.store, weeks.policy, [XIAMEN, FUZHOU], MONDAY)
    sorts = [(one.division, one.exemption, one.owner_kind, one.vehicles) for one in found]
    assert sorts[0] == (XIAMEN, "emergency", "government", 1)
    assert (FUZHOU, "emergency", "soe", 1) in sorts
    assert len({one.key for one in found}) == len(found) == 4
    assert claims(weeks.store, weeks.policy, [FUJIAN], MONDAY) == ()


def test_a_claim_that_bears_on_no_clause_says_so(weeks: Weeks) -> None:
    weeks.send(
        [
            car(1, "汽油", 豁免情形=EMERGENCY, 单位性质="其他企业"),
            car(2, "汽油", 豁免情形=TECHNICAL, 初次登记日期="2021-04-01"),
        ]
    )
    found = groups_of(weeks)
    assert found[EMERGENCY].mandates == found[TECHNICAL].mandates == ()


# --- decisions ----------------------------------------------------------------------------------


def test_a_whole_group_is_decided_as_it_was_seen(weeks: Weeks) -> None:
    send_claims(weeks)
    group = groups_of(weeks)[EMERGENCY]
    words: dict[str, Any] = {"reason": "无用途证明", "by": "user:zhao", "at": DECIDED}
    weeks.send([car(20, "汽油", 豁免情形=EMERGENCY)])
    with pytest.raises(WrongUse, match="4 辆"):
        decide(
            *(weeks.store, weeks.policy, FUZHOU),
            **{"group": group.key, "seen": 3, "decision": REFUSED, **words},
        )
    assert last_decision(weeks.store) == 0
    decided = decide(
        *(weeks.store, weeks.policy, FUZHOU),
        **{"group": group.key, "seen": 4, "decision": REFUSED, **words},
    )
    assert decided == 4
    assert sides(figure(weeks)) == (18, 12, 2)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"reason": " "}, "理由"),
        ({"by": ""}, "由谁"),
        ({"decision": REFUSED, "until": date(2023, 6, 1)}, "截止日期"),
        ({"until": date(2022, 12, 31)}, "不涵盖"),
        ({"vins": ()}, "二者取一"),
        ({"group": "053625298698"}, "二者取一"),
        ({"vins": (), "group": "053625298698"}, "0 辆"),
        ({"vins": (vin(15), vin(1))}, "1 辆"),
        ({"vins": (vin(15), vin(20))}, "代码表"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_meant_is_refused_and_changes_nothing(
    weeks: Weeks, given: dict[str, Any], says: str
) -> None:
    send_claims(weeks)
    weeks.send([car(20, "汽油", 豁免情形=OTHER_NAME)])
    lines = len(audit_lines(weeks.store))
    meant = {"vins": (vin(15),), "decision": APPROVED, "reason": "核对", "by": "user:zhao"}
    asked: dict[str, Any] = {**meant, "at": DECIDED, **given}
    with pytest.raises(WrongUse) as told:
        decide(*(weeks.store, weeks.policy, FUZHOU), **asked)
    assert says in told.value.text.zh
    assert vin(15) not in told.value.text.zh + told.value.text.en
    assert last_decision(weeks.store) == 0
    assert len(audit_lines(weeks.store)) == lines


def test_an_unknown_name_can_be_refused(weeks: Weeks) -> None:
    weeks.send([car(1), car(20, "汽油", 豁免情形=OTHER_NAME)])
    before = sides(figure(weeks))
    say(weeks, REFUSED, 20)
    assert sides(figure(weeks)) == before == (2, 1, 0)
    assert states(groups_of(weeks)[OTHER_NAME]) == {"refused": 1}


def test_the_log_has_counts_and_no_vehicle(weeks: Weeks) -> None:
    send_claims(weeks)
    say(weeks, APPROVED, 15, 16, 18, until=date(2023, 6, 30))
    line = audit_lines(weeks.store)[-1]
    assert (line.actor, line.action, line.object) == ("user:zhao", "exemption_decision", FUZHOU)
    assert json.loads(line.detail) == {
        "by": "user:zhao",
        "decision": "approved",
        "exemptions": ["emergency", "special_technical"],
        "group": None,
        "until": "2023-06-30",
        "vehicles": 3,
    }


# --- evidence -----------------------------------------------------------------------------------


def test_evidence_stands_beside_its_claims_and_its_bytes_are_kept(weeks: Weeks) -> None:
    send_claims(weeks)
    scan = weeks.folder / "应急用车核定表.pdf"
    scan.write_bytes(b"%PDF-1.7 \x00\xff")
    kept = keep(weeks.store.home, scan)
    named = add_claim_evidence(
        *(weeks.store, weeks.policy, FUZHOU),
        vins=(vin(15), vin(16)),
        words="市应急局核定表",
        kept=kept,
        by="user:wangfang",
        at=LATER,
    )
    found = groups_of(weeks)
    (one,) = found[EMERGENCY].evidence
    assert found[TECHNICAL].evidence == ()
    assert (one.id, one.words, one.file_name) == (named, "市应急局核定表", "应急用车核定表.pdf")
    assert (one.made_by, one.made_at) == ("user:wangfang", LATER)
    assert stored_at(weeks.store.home, one.sha256 or "").read_bytes() == scan.read_bytes()
    line = audit_lines(weeks.store)[-1]
    assert (line.action, line.object) == ("exemption_evidence", named)
    assert vin(15) not in line.detail


def test_evidence_is_for_one_exemption_and_has_words(weeks: Weeks) -> None:
    send_claims(weeks)
    for vins, words in (((vin(15), vin(18)), "证明"), ((vin(15),), " ")):
        with pytest.raises(WrongUse):
            add_claim_evidence(
                *(weeks.store, weeks.policy, FUZHOU),
                vins=vins,
                words=words,
                by="user:wangfang",
                at=LATER,
            )
    assert weeks.store.one("SELECT count(*) FROM evidence") == 0


def test_evidence_outlives_the_refused_file_that_it_came_as(weeks: Weeks) -> None:
    send_claims(weeks)
    file = weeks.folder / "核定表.csv"
    file.write_text("市应急局核定表\n", "utf-8")
    declared = Declared(received_at=weeks.day, kind="registration", division=FUZHOU, backfill=True)
    receive(weeks.store, weeks.policy, file, declared, now=weeks.day)
    settings, later = RetentionSettings(refused_files_days=30), datetime(2026, 11, 21, tzinfo=UTC)
    assert [one.kind for one in plan_removal(weeks.store, settings, later)] == [REFUSED_FILE]
    add_claim_evidence(
        *(weeks.store, weeks.policy, FUZHOU),
        vins=(vin(15),),
        words="同一份核定表",
        kept=keep(weeks.store.home, file),
        by="user:wangfang",
        at=LATER,
    )
    assert plan_removal(weeks.store, settings, later) == ()


# --- with and without ---------------------------------------------------------------------------


def test_the_figure_with_all_claims_and_with_none(weeks: Weeks) -> None:
    send_claims(weeks)
    weeks.send([car(30, "汽油", 车辆用途="执法执勤用车", 豁免情形=EMERGENCY)])
    say(weeks, REFUSED, 15)
    found = with_and_without(weeks.store, weeks.policy, (FUZHOU, FUJIAN), MONDAY)
    assert [one.decided.division for one in found] == [FUJIAN, FUZHOU]
    for one in found:
        # What the clause leaves out by category stays out, whatever is claimed for it.
        assert sides(one.decided) == (15, 12, 5)
        assert sides(one.all_claimed) == (14, 12, 6)
        assert sides(one.none_claimed) == (19, 12, 1)
        assert not one.matters
    assert found[1].decided == figure(weeks)


def test_the_verdict_may_hang_on_it_and_earlier_years_are_told(weeks: Weeks) -> None:
    weeks.send([car(1), car(2, "汽油", 豁免情形=EMERGENCY)])
    weeks.send([car(3, "汽油", 豁免情形=EMERGENCY, 初次登记日期="2022-05-01")])
    found = with_and_without(weeks.store, weeks.policy, (FUZHOU,), MONDAY)
    assert [(one.decided.period, one.matters) for one in found] == [("2023", True), ("2022", True)]
    assert (found[0].decided.status, found[0].none_claimed.status) == ("on_track", "out_of_reach")
