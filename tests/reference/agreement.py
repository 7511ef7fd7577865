"""One scenario through the product and through the slow implementation, and where they differ."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import slow
from scenarios import SHANGHAI, written
from slow_mandates import OURS, Setting

from monitor.assess.assess import assess
from monitor.corridor.deciding import decide
from monitor.corridor.declared import Declared
from monitor.corridor.judge import hold
from monitor.corridor.reception import receive
from monitor.corridor.withdrawal import withdraw_vehicles
from monitor.model import Assessment, Mode, Period
from monitor.policy.baselines import Baseline
from monitor.policy.mandates import Mandate, PeriodTarget
from monitor.policy.policy import Policy, load_policy
from monitor.store.exemptions import Decision
from monitor.store.home import Home
from monitor.store.opening import open_store
from monitor.store.store import Store

NOW = datetime(2026, 11, 21, 9, tzinfo=SHANGHAI)
Moment = tuple[date, datetime | None]


@cache
def national_policy(config: Path) -> Policy:
    """The project's with the state's own demands switched on."""
    (config / "data").mkdir(parents=True)
    (config / "data" / "national.yml").write_text("enabled: true\n", "utf-8")
    return load_policy(config)


def as_set(policy: Policy, config: Path, setting: Setting) -> Policy:
    """The product's policy as a scenario has it: other numbers to reach, opening figures."""
    chosen = national_policy(config) if setting.national else policy
    mandates = dict(chosen.mandates)
    for name, targets in setting.targets.items():
        mandates[name] = aiming_at(mandates[name], targets)
    openings = tuple(
        Baseline(
            mandate=name,
            division=mandates[name].jurisdiction,
            on=date(year, 12, 31),
            count=Decimal(count),
            source="演示",
        )
        for name, (year, count) in setting.openings.items()
    )
    return replace(chosen, mandates=mandates, baselines=openings)


def aiming_at(mandate: Mandate, targets: dict[int, int]) -> Mandate:
    asked = tuple(
        PeriodTarget(period=year, op=">=", value=str(number)) for year, number in targets.items()
    )
    return mandate.model_copy(update={"targets": asked})


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
    if sent.mode == "decide":
        decide(
            store,
            policy,
            str(sent.sender),
            vins=sent.vins,
            decision=Decision(sent.decision),
            until=sent.until,
            reason="核对编制与用途证明",
            by="user:zhao",
            at=sent.received_at,
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
        "measure": row.measure,
        "strength": row.strength,
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
    store: Store, policy: Policy, moment: Moment, near: tuple[str, ...]
) -> dict[Any, dict[str, Any]]:
    """Every row of the product, for all of its mandates whose id begins as one of `near`."""
    held = hold(store, *moment)
    rows = assess(policy, held, mandates=tuple(m for m in policy.mandates if m.startswith(near)))
    return {(row.mandate, row.division, row.period, row.categories): figures(row) for row in rows}


def disagreement(
    submissions: list[slow.Submission],
    moments: list[Moment],
    policy: Policy,
    folder: Path,
    setting: Setting = OURS,
    near: tuple[str, ...] = ("",),
) -> dict[Any, Any]:
    """Where the two differ at any of the moments: (product, slow) by moment, row and figure.

    At the first moment all mandates are asked for, at the others those that are `near`.
    """
    wrong: dict[Any, Any] = {}
    with open_store(Home(folder / "home"), write=True, waiting=lambda _words: None) as store:
        for number, sent in enumerate(submissions):
            send(store, policy, sent, folder / f"{number}.csv")
        for place, (as_of, known_at) in enumerate(moments):
            asked = near if place else ("",)
            expected = slow.assess(submissions, as_of, known_at, setting, asked)
            found = judged(store, policy, (as_of, known_at), asked)
            assert found.keys() == expected.keys()
            for key, row in expected.items():
                differing = {n: (found[key][n], v) for n, v in row.items() if found[key][n] != v}
                if differing:
                    wrong[str(as_of), str(known_at), *key] = differing
    return wrong
