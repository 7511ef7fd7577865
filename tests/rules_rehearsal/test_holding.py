"""A bulletin with a hole is held, and says why."""

from __future__ import annotations

from dataclasses import replace

import pytest
from attribution.weeks import FUJIAN, FUZHOU, MONDAY, NOW, Weeks, cars

from monitor.assess.assess import assess
from monitor.bulletins.facts import BulletinFacts
from monitor.corridor import holding, judge
from monitor.corridor.holding import holds_of, judge_or_hold
from monitor.corridor.judge import hold
from monitor.errors import CheckDidNotRun
from monitor.model import Assessment, Text
from monitor.store.holds import add_holds, holds


def facts_of(weeks: Weeks, division: str = FUZHOU) -> BulletinFacts:
    mine = {division, *weeks.policy.divisions.members(division)}
    rows = assess(weeks.policy, hold(weeks.store, MONDAY, None), divisions=tuple(mine))
    return BulletinFacts(
        division=division,
        is_province=division == FUJIAN,
        as_of=MONDAY,
        known_at=None,
        issue_number=1,
        ruleset=weeks.policy.ruleset,
        version="0.1.0",
        history=1,
        assessments=rows,
        previous_as_of=None,
        submissions=(),
        rejected={},
        warned={},
        silent=(),
        nil=(),
        uncovered={},
        checks_run=44,
        checks_declared=44,
    )


def spoiled(facts: BulletinFacts, **changes: object) -> BulletinFacts:
    """The facts with the judged year's row of FJ-F01 spoiled."""

    def spoil(row: Assessment) -> Assessment:
        if (row.mandate, row.period) != ("FJ-F01", "2023"):
            return row
        found = replace(row)
        for name, value in changes.items():
            object.__setattr__(found, name, value)
        return found

    return replace(facts, assessments=tuple(spoil(row) for row in facts.assessments))


@pytest.mark.parametrize("division", [FUZHOU, FUJIAN, "320100", "36GJXQ"])
def test_a_whole_bulletin_goes(division: str, weeks: Weeks) -> None:
    weeks.send(cars(1, 12, 8))
    assert holds_of(weeks.policy, facts_of(weeks, division)) == ()


def test_checks_that_did_not_run_hold_it(weeks: Weeks) -> None:
    weeks.send(cars(1, 12, 8))
    (why,) = holds_of(weeks.policy, replace(facts_of(weeks), checks_run=43))
    assert "44" in why.zh
    assert "43" in why.zh


@pytest.mark.parametrize("name", ["share", "denominator", "numerator", "undetermined", "short_by"])
def test_a_figure_that_is_not_there_holds_it(name: str, weeks: Weeks) -> None:
    weeks.send(cars(1, 12, 8))
    (why,) = holds_of(weeks.policy, spoiled(facts_of(weeks), **{name: None}))
    assert f"FJ-F01 {FUZHOU} 2023" in why.zh


def test_a_row_that_is_not_there_holds_it(weeks: Weeks) -> None:
    weeks.send(cars(1, 12, 8))
    whole = facts_of(weeks, FUJIAN)
    fewer = replace(
        whole,
        assessments=tuple(
            row
            for row in whole.assessments
            if (row.mandate, row.division) != ("FJ-F01", FUZHOU)
            and (row.mandate, row.categories) != ("FJ-F07", ("ride_hailing",))
        ),
    )
    why = [reason.zh for reason in holds_of(weeks.policy, fewer)]
    assert f"缺少 FJ-F01 对 {FUZHOU} 2023 年的判定。" in why
    assert any("FJ-F07" in reason for reason in why)
    assert not any("FJ-F02" in reason for reason in why)
    assert holds_of(weeks.policy, fewer, mandates=("FJ-F02",)) == ()


def test_rules_that_nobody_accepted_hold_it(weeks: Weeks) -> None:
    rules = Text("规则已改", "The rules have changed")
    assert holds_of(weeks.policy, facts_of(weeks), rules=rules) == (rules,)


def test_a_run_whose_checks_fail_holds_every_bulletin(
    weeks: Weeks, monkeypatch: pytest.MonkeyPatch
) -> None:
    weeks.send(cars(1, 12, 8))
    why = Text("mandates 的检查未全部运行：FJ-F01。", "Checks did not all run: FJ-F01.")

    def fail(*_given: object) -> None:
        raise CheckDidNotRun(why)

    monkeypatch.setattr(judge, "gate_verdicts", fail)
    with pytest.raises(CheckDidNotRun):
        judge_or_hold(
            weeks.store,
            weeks.policy,
            hold(weeks.store, MONDAY, None),
            started_at=NOW,
            addressed=(FUJIAN, FUZHOU),
        )
    kept = holds(weeks.store)
    assert [(one.division, one.reason) for one in kept] == [(FUJIAN, why), (FUZHOU, why)]
    assert weeks.store.rows("SELECT kind, as_of FROM run WHERE id = ?", [kept[0].run]) == [
        ("held", MONDAY)
    ]
    assert weeks.store.assessments(kept[0].run) == []


def test_a_run_whose_checks_pass_is_kept_as_ever(
    weeks: Weeks, monkeypatch: pytest.MonkeyPatch
) -> None:
    weeks.send(cars(1, 12, 8))
    given: dict[str, object] = {}

    def keep(*_given: object, **named: object) -> tuple[int, tuple[Assessment, ...]]:
        given.update(named)
        return 7, ()

    monkeypatch.setattr(holding, "judge_and_keep", keep)
    held = hold(weeks.store, MONDAY, None)
    kept = judge_or_hold(
        weeks.store, weeks.policy, held, started_at=NOW, addressed=(), divisions=(FUZHOU,)
    )
    assert kept == (7, ())
    assert (given["kind"], given["divisions"]) == ("bulletin", (FUZHOU,))
    assert holds(weeks.store) == ()


def test_holds_are_found_by_their_run(weeks: Weeks) -> None:
    why = Text("缺少比例", "no share")
    add_holds(weeks.store, 3, [(FUZHOU, why)])
    add_holds(weeks.store, 4, [(FUJIAN, why), (FUZHOU, why)])
    assert [one.run for one in holds(weeks.store)] == [3, 4, 4]
    assert [one.division for one in holds(weeks.store, 4)] == [FUJIAN, FUZHOU]
    assert holds(weeks.store, 5) == ()
