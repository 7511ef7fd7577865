"""Each cause of a change, alone and with all the others."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from attribution.weeks import (
    FUJIAN,
    FUZHOU,
    MONDAY,
    NANJING,
    NEXT_MONDAY,
    XIAMEN,
    Weeks,
    car,
    cars,
    changed_rules,
    parts_of,
)
from monitor.assess.assess import assess
from monitor.assess.attribution import Attribution
from monitor.corridor.attributing import attribute
from monitor.corridor.judge import hold
from monitor.model import Mode, Period
from monitor.policy.mandates import Mandate
from monitor.policy.policy import load_policy
from monitor.store.differences import find_corrected, second_look
from monitor.store.knowledge import Knowledge

YEAR = Period(date(2023, 1, 1), date(2023, 12, 31))
OFFICIAL = "FJ-F01"


def test_new_rows_are_new_data(weeks: Weeks) -> None:
    weeks.send(cars(1, 12, 8))
    run = weeks.keep()
    weeks.next_week()
    weeks.send(cars(101, 3, 1))
    found = weeks.explain(run)
    for division in (FUZHOU, FUJIAN):
        assert parts_of(found, OFFICIAL, division) == {"new_data": (4, 3, 0)}
    assert {one.key[1] for one in found} == {FUZHOU, FUJIAN}
    with second_look(weeks.store) as past:
        hold(past, NEXT_MONDAY, None, 1)
        assert not find_corrected(past, Knowledge(None, 2))


def test_a_corrected_fuel_is_a_correction(weeks: Weeks) -> None:
    weeks.send(cars(1, 12, 8))
    run = weeks.keep()
    weeks.next_week()
    weeks.send([*cars(1, 12, 8)[:-1], car(20, "纯电动"), car(101)])
    assert parts_of(weeks.explain(run), OFFICIAL) == {
        "new_data": (1, 1, 0),
        "correction": (0, 1, 0),
    }


def test_a_correction_that_adds_an_exemption_only_is_an_exemption(weeks: Weeks) -> None:
    weeks.send(cars(1, 12, 8))
    run = weeks.keep()
    weeks.next_week()
    exempt = {"豁免情形": "特种专业技术用车"}
    weeks.send([car(19, "汽油", **exempt), car(20, "汽油", 单位性质="国有企业", **exempt)])
    assert parts_of(weeks.explain(run), OFFICIAL) == {
        "correction": (-1, 0, 0),
        "exemption": (-1, 0, 0),
    }


def test_an_exemption_taken_back_is_one_too(weeks: Weeks) -> None:
    weeks.send([*cars(1, 12, 7), car(20, "汽油", 豁免情形="特种专业技术用车")])
    run = weeks.keep()
    weeks.next_week()
    weeks.send([car(20, "汽油")])
    assert parts_of(weeks.explain(run), OFFICIAL) == {"exemption": (1, 0, 0)}


def test_what_is_withdrawn_or_replaced_by_less_is_a_correction(weeks: Weeks) -> None:
    weeks.send(cars(1, 12, 8))
    weeks.send(cars(201, 4, 2, 行政区划代码="350203"), XIAMEN)
    run = weeks.keep()
    weeks.next_week()
    weeks.withdraw(19, 20)
    weeks.send([*cars(201, 4, 1, 行政区划代码="350203")], XIAMEN, Mode.REPLACE, YEAR)
    found = weeks.explain(run)
    assert parts_of(found, OFFICIAL) == {"correction": (-2, 0, 0)}
    assert parts_of(found, OFFICIAL, XIAMEN) == {"correction": (-1, 0, 0)}
    assert parts_of(found, OFFICIAL, FUJIAN) == {"correction": (-3, 0, 0)}


def test_another_citys_claim_is_new_data_for_both(weeks: Weeks) -> None:
    weeks.send(cars(1, 12, 8))
    run = weeks.keep()
    weeks.next_week()
    weeks.send([car(1, 行政区划代码="350203", 初次登记日期="2023-01-02")], XIAMEN)
    found = weeks.explain(run)
    assert parts_of(found, OFFICIAL) == {"new_data": (-1, -1, 0)}
    assert parts_of(found, OFFICIAL, XIAMEN) == {"new_data": (1, 1, 0)}


def test_a_withdrawal_that_hands_a_vehicle_over_is_a_correction_for_both(weeks: Weeks) -> None:
    weeks.send(cars(1, 12, 8))
    weeks.send([car(20, "汽油", 行政区划代码="350203", 初次登记日期="2023-06-02")], XIAMEN)
    run = weeks.keep()
    weeks.next_week()
    weeks.withdraw(20)
    found = weeks.explain(run)
    assert parts_of(found, OFFICIAL) == {"correction": (-1, 0, 0)}
    assert parts_of(found, OFFICIAL, XIAMEN) == {"correction": (1, 0, 0)}
    assert not [one for one in found if one.key[:2] == (OFFICIAL, FUJIAN)]


def test_the_same_said_again_is_no_correction(weeks: Weeks) -> None:
    """A repeated row ends the one before it; a deregistration beside it is news of its own."""
    police = {"车辆用途": "执法执勤用车"}
    weeks.send(cars(1, 6, 4, **police))
    run = weeks.keep()
    weeks.next_week()
    gone = car(1, **police) | {"业务类型": "注销登记", "注销日期": "2023-06-13"}
    weeks.send([*cars(1, 6, 4, **police), gone])
    found = weeks.explain(run)
    assert parts_of(found, "FJ-F02") == {"new_data": (-1, -1, 0)}


def test_a_corrected_row_that_is_corrected_again_is_one_correction(weeks: Weeks) -> None:
    weeks.send(cars(1, 12, 8))
    run = weeks.keep()
    weeks.next_week()
    weeks.send(cars(1, 12, 8))
    weeks.send([car(20, "混合动力")])
    weeks.send([car(20, "纯电动")])
    assert parts_of(weeks.explain(run), OFFICIAL) == {"correction": (0, 1, 0)}


def test_the_day_alone(weeks: Weeks) -> None:
    weeks.send([*cars(1, 12, 8), car(30, 初次登记日期="2023-06-08")])
    run = weeks.keep(date(2023, 6, 5))
    found = weeks.explain(run)
    assert parts_of(found, OFFICIAL) == {"day": (1, 1, 0)}


def test_a_year_that_begins_is_a_row_that_appears(weeks: Weeks) -> None:
    weeks.send(cars(1, 12, 8))
    run = weeks.keep(date(2023, 12, 25))
    found = weeks.explain(run, as_of=date(2024, 1, 1))
    (new,) = [a for a in found if a.key[:3] == (OFFICIAL, FUZHOU, "2024")]
    assert (new.before, [part.cause for part in new.parts]) == (None, ["day"])
    assert new.parts[0].status_before is None
    (old,) = [a for a in found if a.key[:3] == (OFFICIAL, FUZHOU, "2023")]
    assert [(p.cause, p.status_before, p.status_after) for p in old.parts] == [
        ("day", "out_of_reach", "not_met")
    ]


def test_a_changed_target_is_the_mandate(weeks: Weeks, tmp_path: Path) -> None:
    weeks.send(cars(1, 12, 8))
    run = weeks.keep()
    rules = changed_rules(
        tmp_path / "config",
        "checks/mandates/FJ-F01.yml",
        ('{period: 2023, op: ">=", value: "1"}', '{period: 2023, op: ">=", value: "0.9"}'),
    )
    found = weeks.explain(run, load_policy(rules))
    (one,) = [a for a in found if a.key[:2] == (OFFICIAL, FUZHOU)]
    (part,) = one.parts
    assert part.cause == "mandate"
    assert part.short_by == -2
    assert (part.status_before, part.status_after) == ("out_of_reach", "behind")


def test_a_changed_list_of_exemptions_is_a_reading(weeks: Weeks, tmp_path: Path) -> None:
    weeks.send([*cars(1, 12, 7), car(20, "汽油", 豁免情形="处置突发事件应急用车")])
    run = weeks.keep()
    rules = changed_rules(
        tmp_path / "config",
        "checks/mandates/FJ-F01.yml",
        ("exemptions: [in_kind_post, emergency, ", "exemptions: [in_kind_post, "),
    )
    assert parts_of(weeks.explain(run, load_policy(rules)), OFFICIAL) == {"reading": (1, 0, 0)}


def test_changed_categories_make_another_row(weeks: Weeks, tmp_path: Path) -> None:
    weeks.send([*cars(1, 12, 8), car(40, 车辆用途="环卫车")])
    run = weeks.keep()
    rules = changed_rules(
        tmp_path / "config",
        "checks/mandates/FJ-F01.yml",
        ("\ncategories: [official]", "\ncategories: [official, sanitation]"),
    )
    found = [a for a in weeks.explain(run, load_policy(rules)) if a.key[1] == FUZHOU]
    alone = next(a for a in found if a.key[3] == ("official",) and a.key[4] == "finding")
    assert (alone.after, [p.cause for p in alone.parts]) == (None, ["reading"])
    pooled = next(a for a in found if a.key[3] == ("official", "sanitation"))
    assert (pooled.before, [p.cause for p in pooled.parts]) == (None, ["reading"])


def test_a_new_and_an_ended_clause_are_the_mandate(weeks: Weeks, tmp_path: Path) -> None:
    weeks.send(cars(1, 12, 8))
    folder = tmp_path / "first"
    name = "checks/mandates/FJ-X01.yml"
    source = Path(__file__).parents[2] / "checks/mandates/FJ-F01.yml"
    (folder / name).parent.mkdir(parents=True)
    (folder / name).write_text(source.read_text("utf-8").replace("id: FJ-F01", "id: FJ-X01"))
    more = load_policy(folder)

    def causes(found: tuple[Attribution, ...]) -> set[tuple[str, ...]]:
        return {tuple(p.cause for p in a.parts) for a in found if a.key[0] == "FJ-X01"}

    run = weeks.keep()
    assert causes(weeks.explain(run, more)) == {("mandate",)}
    weeks.policy, less = more, weeks.policy
    run = weeks.keep()
    found = weeks.explain(run, less)
    assert causes(found) == {("mandate",)}
    assert all(a.after is None for a in found)


def test_a_ruleset_that_is_not_held_is_one_part(weeks: Weeks, tmp_path: Path) -> None:
    weeks.send(cars(1, 12, 8))
    run = weeks.keep()
    shutil.rmtree(weeks.store.home.rulesets / weeks.policy.ruleset)
    rules = changed_rules(
        tmp_path / "config",
        "checks/mandates/FJ-F01.yml",
        ('{period: 2023, op: ">=", value: "1"}', '{period: 2023, op: ">=", value: "0.9"}'),
    )
    (one,) = [a for a in weeks.explain(run, load_policy(rules)) if a.key[:2] == (OFFICIAL, FUZHOU)]
    assert [part.cause for part in one.parts] == ["rules"]


def edit_recorded(weeks: Weeks, run: int, **changes: object) -> None:
    """What an older program might have found."""
    for place, content in weeks.store.rows(
        "SELECT place, content FROM assessment WHERE run = ? AND mandate = ? AND division = ?",
        [run, OFFICIAL, FUZHOU],
    ):
        if json.loads(content)["period"] == "2023":
            weeks.store.connection.execute(
                "UPDATE assessment SET content = ? WHERE run = ? AND place = ?",
                [json.dumps(json.loads(content) | changes), run, place],
            )


def test_what_an_older_program_found_is_the_engine(weeks: Weeks) -> None:
    weeks.send(cars(1, 12, 8))
    run = weeks.keep()
    edit_recorded(weeks, run, numerator=11, status="behind")
    found = weeks.explain(run)
    assert parts_of(found, OFFICIAL) == {"engine": (0, 1, 0)}
    assert len(found) == 1


def test_everything_at_once(weeks: Weeks, tmp_path: Path) -> None:
    emergency = {"豁免情形": "处置突发事件应急用车"}
    weeks.send([*cars(1, 12, 7), car(20, "汽油", **emergency), car(50, 初次登记日期="2023-06-08")])
    run = weeks.keep(date(2023, 6, 5))
    edit_recorded(weeks, run, numerator=11, undetermined=1)
    weeks.next_week()
    weeks.send(cars(101, 3, 1))
    weeks.send([car(19, "混合动力"), car(18, "汽油", 豁免情形="特种专业技术用车")])
    weeks.send([car(1, 行政区划代码="350203", 初次登记日期="2023-01-02")], XIAMEN)
    weeks.withdraw(17)
    rules = changed_rules(
        tmp_path / "config",
        "checks/mandates/FJ-F01.yml",
        ('{period: 2023, op: ">=", value: "1"}', '{period: 2023, op: ">=", value: "0.9"}'),
        ("exemptions: [in_kind_post, emergency, ", "exemptions: [in_kind_post, "),
    )
    found = weeks.explain(run, load_policy(rules))
    assert parts_of(found, OFFICIAL) == {
        "engine": (0, 1, -1),
        "mandate": (0, 0, 0),
        "reading": (1, 0, 0),
        "day": (1, 1, 0),
        "new_data": (3, 2, 0),
        "correction": (-1, 0, 1),
        "exemption": (-1, 0, 0),
    }
    assert [p.cause for a in found if a.key[:2] == (OFFICIAL, FUZHOU) for p in a.parts] == [
        *("engine", "mandate", "reading", "day", "new_data", "correction", "exemption")
    ]


def test_what_the_earlier_run_was_not_asked_for_has_not_changed(weeks: Weeks) -> None:
    weeks.send(cars(1, 12, 8))
    run = weeks.keep()
    weeks.store.connection.execute(
        "DELETE FROM assessment WHERE mandate <> ? OR division = ?", [OFFICIAL, XIAMEN]
    )
    weeks.next_week()
    weeks.send(cars(101, 3, 1))
    weeks.send(cars(201, 3, 1, 行政区划代码="350203"), XIAMEN)
    held = hold(weeks.store, NEXT_MONDAY, None)
    found = attribute(weeks.store, weeks.policy, held, run, (FUJIAN, FUZHOU, XIAMEN))
    assert {one.key[:2] for one in found} == {(OFFICIAL, FUZHOU), (OFFICIAL, FUJIAN)}
    chosen = attribute(
        weeks.store, weeks.policy, held, run, (FUZHOU,), mandates=("FJ-F02", OFFICIAL)
    )
    assert {one.key[:2] for one in chosen} == {(OFFICIAL, FUZHOU)}


def test_nothing_is_said_where_nothing_changed(weeks: Weeks) -> None:
    weeks.send(cars(1, 12, 8))
    run = weeks.keep()
    assert weeks.explain(run) == ()
    assert weeks.explain(run, as_of=MONDAY) == ()


def test_standard_vehicles_split_like_all_others(weeks: Weeks) -> None:
    """Weights are decimals, and the sorts that they rest on follow the corrected vehicles."""
    nanjing = {
        "行政区划代码": "320102",
        "初次登记日期": "2020-03-05",
        "车辆用途": "公交车",
        "车辆类型": "大型普通客车",
        "续驶里程": "250",
    }
    weeks.send([car(n, **nanjing) for n in range(1, 6)], NANJING)
    run = weeks.keep(date(2020, 12, 28))
    weeks.next_week()
    weeks.send([car(n, **nanjing) for n in (7, 8)], NANJING)
    weeks.send([car(1, **nanjing | {"燃料种类": "柴油"})], NANJING)
    found = weeks.explain(run, as_of=date(2020, 12, 31), divisions=(NANJING,))
    (one,) = [a for a in found if a.key[:3] == ("NJ-F01", NANJING, "2020")]
    assert one.before is not None
    each = [part.numerator for part in one.parts]
    unit = float(one.before.numerator) / 5
    assert [part.cause for part in one.parts][-2:] == ["new_data", "correction"]
    assert [float(n) for n in each[-2:]] == pytest.approx([2 * unit, -unit])


def test_clauses_alone_leave_the_readings(weeks: Weeks) -> None:
    """The fields of a clause and of a reading together are all that a mandate has."""
    from monitor.assess.attribution import with_clauses_of  # noqa: PLC0415

    old = weeks.policy.mandates[OFFICIAL]
    new = old.model_copy(update={"section": "三（三）", "exemptions": ()})
    mixed = with_clauses_of(
        weeks.policy, replace(weeks.policy, mandates=weeks.policy.mandates | {OFFICIAL: new})
    )
    assert mixed.mandates[OFFICIAL] == old.model_copy(update={"section": "三（三）"})
    assert isinstance(mixed.mandates[OFFICIAL], Mandate)
    assert assess(mixed, hold(weeks.store, MONDAY, None), divisions=(FUZHOU,))
