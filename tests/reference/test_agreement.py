"""The product's figures against those of a second, slow implementation of CONTRACT."""

from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import slow
from scenarios import SHANGHAI, Scenario, vin, written
from still_gates import keep_gates_still
from thorough import TIMES

from monitor.assess.assess import assess
from monitor.corridor.declared import Declared
from monitor.corridor.judge import hold
from monitor.corridor.reception import receive
from monitor.corridor.withdrawal import withdraw_vehicles
from monitor.model import Assessment, Mode, Period
from monitor.policy.policy import Policy, load_policy
from monitor.store.home import Home
from monitor.store.opening import open_store
from monitor.store.store import Store

SCENARIOS = int(os.environ.get("FLEETMON_SCENARIOS", 8 * TIMES))
FIRST = int(os.environ.get("FLEETMON_FIRST_SCENARIO", "0"))
NOW = datetime(2026, 11, 21, 9, tzinfo=SHANGHAI)


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(None)


@pytest.fixture(autouse=True)
def _rules_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Great Expectations, which repeats the tallies and changes no figure."""
    keep_gates_still(monkeypatch)


def send(store: Store, policy: Policy, sent: slow.Submission, file: Path) -> None:
    """The submission through the product's own door."""
    if sent.mode == "withdraw":
        withdraw_vehicles(
            store,
            policy,
            kind="registration",
            division=str(sent.sender),
            vins=sent.vins,
            reason="误报",
            received_at=sent.received_at,
            now=NOW,
        )
        return
    file.write_bytes(written(sent.rows))
    receive(
        store,
        policy,
        None if sent.mode == "nil" else file,
        Declared(
            received_at=sent.received_at,
            kind="registration",
            division=sent.sender,
            period=Period(*sent.period) if sent.period else None,
            mode=Mode(sent.mode),
            force=sent.force,
            nil_replaces=sent.nil_replaces,
            backfill=True,
        ),
        now=NOW,
    )


def figures(row: Assessment) -> dict[str, Any]:
    """A row of the product in the words of the slow one."""
    excluded = row.excluded
    return {
        "denominator": row.denominator,
        "numerator": row.numerator,
        "undetermined": row.undetermined,
        "excluded": (excluded.exempt, excluded.out_of_scope, excluded.scope_unknown),
        "share": row.share,
        "short_by": row.short_by,
        "needed_next": row.needed_next,
        "status": row.status,
        "complete": row.complete,
        "binding": row.binding,
        "role": row.role,
        "covered": tuple(row.covered) if row.covered else None,
        "incomplete_data": row.incomplete_data,
        "missing_divisions": list(row.missing_divisions),
        "consequence": row.consequence,
    }


def judged(
    store: Store, policy: Policy, as_of: date, known_at: datetime | None
) -> dict[Any, dict[str, Any]]:
    """Every row of the product for the mandates that the slow one knows."""
    held = hold(store, as_of, known_at)
    rows = assess(policy, held, mandates=tuple(slow.MANDATES))
    return {
        (row.mandate, row.division, row.period, row.categories): figures(row)
        for row in rows
        if row.status != "no_mandate"
    }


def disagreement(
    submissions: list[slow.Submission],
    moments: list[tuple[date, datetime | None]],
    policy: Policy,
    folder: Path,
) -> dict[Any, Any]:
    """Where the two differ at any of the moments: (product, slow) by moment, row and figure."""
    wrong: dict[Any, Any] = {}
    with open_store(Home(folder / "home"), write=True, waiting=lambda _words: None) as store:
        for number, sent in enumerate(submissions):
            send(store, policy, sent, folder / f"{number}.csv")
        for as_of, known_at in moments:
            expected = slow.assess(submissions, as_of, known_at)
            found = judged(store, policy, as_of, known_at)
            assert found.keys() == expected.keys()
            for key, row in expected.items():
                differing = {n: (found[key][n], v) for n, v in row.items() if found[key][n] != v}
                if differing:
                    wrong[str(as_of), str(known_at), *key] = differing
    return wrong


@pytest.mark.parametrize("seed", range(FIRST, FIRST + SCENARIOS))
def test_figures_agree(seed: int, tmp_path: Path, policy: Policy) -> None:
    scenario = Scenario(seed)
    submissions = scenario.draw()
    assert not disagreement(submissions, scenario.moments(), policy, tmp_path)


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
    moments += [(date(2019, 12, 31), at(day)) for day in range(2, 9)]
    assert not disagreement(CORNERS[name], moments, policy, tmp_path)
