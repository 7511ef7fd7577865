"""The product's figures against those of a second, slow implementation of CONTRACT."""

from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import slow
from agreement import as_set, disagreement
from reached import EVERY_MEASURE, EVERY_STATUS, reached_by
from scenarios import SHANGHAI, Scenario, vin
from still_gates import keep_gates_still
from thorough import TIMES

from monitor.policy.policy import Policy

SCENARIOS = int(os.environ.get("FLEETMON_SCENARIOS", 8 * TIMES))
# The first eight from here reach every measure and every status.
_START = 282
FIRST = int(os.environ.get("FLEETMON_FIRST_SCENARIO", _START))


@pytest.fixture(scope="session")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the policy with the state's own demands is put when a scenario first has them."""
    return tmp_path_factory.mktemp("national") / "config"


@pytest.fixture(autouse=True)
def _rules_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Great Expectations, which repeats the tallies and changes no figure."""
    keep_gates_still(monkeypatch)


@pytest.mark.parametrize("seed", range(FIRST, FIRST + SCENARIOS))
def test_figures_agree(seed: int, tmp_path: Path, policy: Policy, config: Path) -> None:
    scenario = Scenario(seed)
    submissions, setting = scenario.draw(), scenario.setting
    asked = as_set(policy, config, setting)
    moments = scenario.moments()
    assert not disagreement(submissions, moments, asked, tmp_path, setting, scenario.near)


def test_the_drawn_scenarios_reach_every_measure_and_every_status() -> None:
    """Those that every run draws, judged by the slow one: that both agree is proven above."""
    found: set[tuple[str, str]] = set()
    for seed in range(_START, _START + 8):
        scenario = Scenario(seed)
        sent, moments = scenario.draw(), scenario.moments()
        found |= set(reached_by(sent, moments, scenario.setting, scenario.near))
    assert {measure for measure, _ in found} == EVERY_MEASURE
    assert {status for _, status in found} == EVERY_STATUS


def at(day: int) -> datetime:
    return datetime(2019, 1, day, 9, tzinfo=SHANGHAI)


def bus(number: int, **changes: Any) -> slow.Row:
    return {
        "车辆识别代号": vin(number),
        "燃料种类": "纯电动",
        "初次登记日期": date(2018, 3, 5),
        "行政区划代码": "360102",
        "车辆用途": "公交车",
    } | changes


def sent(day: int, *rows: slow.Row, sender: str = "360100", **more: Any) -> slow.Submission:
    return slow.Submission(at(day), sender, rows=list(rows), **more)


YEAR = (date(2018, 1, 1), date(2018, 12, 31))
CORNERS = {
    # A backfilled row stands between two that say the same: the later of them is in force.
    "backfilled between equals": [
        sent(3, bus(1)),
        sent(8, bus(1), bus(2)),
        sent(5, bus(1, 燃料种类="柴油")),
    ],
    # Said again after a replacement that left it out, which is recorded last.
    "backfilled replacement before a repetition": [
        sent(3, bus(1), bus(2, 燃料种类="柴油")),
        sent(8, bus(1), bus(3)),
        sent(5, bus(4), mode="replace", period=YEAR),
    ],
    # What the province replaced for its cities also takes the rows of a file recorded afterwards.
    "backfilled before a province's replacement": [
        sent(8, bus(1), sender="360000", mode="replace", period=YEAR),
        sent(5, bus(1, 燃料种类="柴油"), bus(2), bus(3, 行政区划代码="360202"), sender="360000"),
        sent(6, bus(4, 行政区划代码="36GJXQ"), sender="36GJXQ"),
    ],
    "moved by a province's replacement": [
        sent(3, bus(1), bus(2)),
        sent(4, bus(1, 行政区划代码="360202"), sender="360000", mode="replace", period=YEAR),
    ],
    # An answer that was given stands: nothing was held when nil was said.
    "backfilled before a nil return": [sent(8, mode="nil", period=YEAR), sent(5, bus(1))],
    "backfilled before a nil return that replaces": [
        sent(8, mode="nil", period=YEAR, nil_replaces=True),
        sent(5, bus(1), bus(2, 初次登记日期=date(2017, 3, 5))),
    ],
    "withdrawn and reported again": [
        sent(3, bus(1), bus(2)),
        sent(4, mode="withdraw", vins=[vin(1)]),
        sent(5, bus(1), bus(2)),
    ],
    "corrected there and back": [
        sent(3, bus(1)),
        sent(4, bus(1, 燃料种类="柴油")),
        sent(5, bus(1)),
    ],
    "replaced by less, then by the same file again": [
        sent(3, bus(1), bus(2)),
        sent(4, bus(2), mode="replace", period=YEAR),
        sent(5, bus(1), bus(2)),
        sent(6, mode="nil", period=YEAR, nil_replaces=True),
        sent(7, bus(3)),
    ],
    "claimed, moved, withdrawn": [
        sent(3, bus(1)),
        sent(4, bus(1, 行政区划代码="360202"), sender="360200"),
        sent(5, bus(1, 行政区划代码="36GJXQ", 初次登记日期=date(2018, 3, 4)), sender="36GJXQ"),
        sent(6, mode="withdraw", vins=[vin(1)], sender="36GJXQ"),
        sent(7, mode="withdraw", vins=[vin(1)]),
    ],
    # The replacement names the vehicle, but in rows that contradict each other.
    "replaced by a contradiction": [
        sent(3, bus(1), bus(2)),
        sent(4, bus(2), bus(2, 燃料种类="柴油"), bus(3), mode="replace", period=YEAR, force=True),
    ],
    # A deregistration of 2018 says nothing of the year in which the vehicle was registered.
    "deregistered only": [
        sent(
            3, bus(1, 初次登记日期=date(2012, 3, 5), 业务类型="注销登记", 注销日期=date(2019, 1, 2))
        ),
    ],
    "eleven of twenty, and one exempt word": [
        sent(3, *(bus(n, 燃料种类="纯电动" if n < 12 else "汽油") for n in range(1, 21))),
        sent(4, bus(21, 燃料种类="混合动力")),
        sent(5, bus(22, 燃料种类="柴油", 号牌种类="52"), bus(23, 燃料种类="无")),
    ],
}


@pytest.mark.parametrize("name", CORNERS)
def test_corners_agree(name: str, tmp_path: Path, policy: Policy) -> None:
    moments: list[tuple[date, datetime | None]]
    moments = [(date(2018, 12, 31), None), (date(2018, 6, 30), None)]
    days = sorted({one.received_at for one in CORNERS[name]} | {at(2)})
    moments += [(date(2019, 12, 31), day) for day in days]
    assert not disagreement(CORNERS[name], moments, policy, tmp_path, near=("JX",))


def test_known_by_two_deregistrations_alone_it_stood_where_the_first_was_received(
    tmp_path: Path, policy: Policy
) -> None:
    ended = {
        "初次登记日期": date(2018, 3, 5),
        "使用性质": "警用",
        "车辆用途": "",
        "业务类型": "注销登记",
        "注销日期": date(2023, 2, 26),
    }
    first, second = (
        sent(day, bus(1, 行政区划代码=code, **ended), sender=code)
        for day, code in ((3, "350200"), (4, "350100"))
    )
    moments: list[tuple[date, datetime | None]] = [(date(2022, 12, 31), None)]
    for number, order in enumerate(((first, second), (second, first))):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert not disagreement([*order], moments, policy, folder)
    held = slow.assess([second, first], date(2022, 12, 31), None)
    shares = {key[1]: row["denominator"] for key, row in held.items() if key[0] == "FJ-F02"}
    assert (shares["350200"], shares["350100"]) == (1, 0)
