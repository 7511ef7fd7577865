"""The product's figures against those of a second, slow implementation of CONTRACT."""

from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import slow
from scenarios import SHANGHAI, TOPS, Scenario, written

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

SCENARIOS = int(os.environ.get("FLEETMON_SCENARIOS", "120"))
FIRST = int(os.environ.get("FLEETMON_FIRST_SCENARIO", "0"))
NOW = datetime(2026, 11, 21, 9, tzinfo=SHANGHAI)


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(None)


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


@pytest.mark.parametrize("seed", range(FIRST, FIRST + SCENARIOS))
def test_figures_agree(seed: int, tmp_path: Path, policy: Policy) -> None:
    scenario = Scenario(seed)
    submissions = scenario.draw()
    with open_store(Home(tmp_path / "home"), write=True, waiting=lambda: None) as store:
        for number, sent in enumerate(submissions):
            send(store, policy, sent, tmp_path / f"{number}.csv")
        for as_of, known_at in scenario.moments():
            expected = slow.assess(submissions, as_of, known_at)
            found = judged(store, policy, as_of, known_at)
            assert found.keys() == expected.keys()
            wrong = {
                key: {
                    name: (found[key][name], value)
                    for name, value in row.items()
                    if found[key][name] != value
                }
                for key, row in expected.items()
                if key[1].startswith(TOPS[scenario.region][:2]) and found[key] != row
            }
            assert not wrong, f"seed {seed}, as of {as_of}, known at {known_at}"
