"""What is held, judged: one way to every figure, for commands, bulletins and explanations."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date, datetime
from functools import partial

import polars as pl

from monitor import __version__
from monitor.assess.assess import Held, assess
from monitor.assess.coverage import by_division
from monitor.assess.evidence import Evidence
from monitor.checking.gate import Frames, gate_verdicts
from monitor.model import Assessment
from monitor.policy.policy import Policy
from monitor.store.engine import Engine
from monitor.store.exemptions import last_decision
from monitor.store.knowledge import Knowledge
from monitor.store.question import counts, early_counts, prepare, weighed_sorts
from monitor.store.store import Store


def hold(
    store: Store,
    as_of: date,
    known_at: datetime | None,
    history: int | None = None,
    decisions: int | None = None,
    *,
    engine: Engine | None = None,
) -> Held:
    """Ask the one question of what was known; `history` None is everything received by then,
    `decisions` None every decision over an exemption made by then, `engine` None the store itself.

    A submission received after `known_at` does not change `history`, nor a later decision
    `decisions`, so the same question asked later gives the same explain codes.
    """
    seen = history if history is not None else store.history(known_at)
    decided = decisions if decisions is not None else last_decision(store, known_at)
    known = Knowledge(known_at, seen, decided)
    store.look(known)
    asked: Engine = store.engine
    if engine is not None:
        asked = engine
        asked.look(known)
    prepare(asked, as_of)

    def sorts(divisions: tuple[str, ...]) -> pl.DataFrame:
        return weighed_sorts(asked, list(divisions))

    return Held(
        evidence=Evidence(counts(asked), as_of, partial(early_counts, asked)),
        sorts=sorts,
        coverage=by_division(store.coverage("registration")),
        known_at=known_at,
        history=seen,
        decisions=decided,
    )


def hold_another_day(store: Store, held: Held, as_of: date) -> Held:
    """The same knowledge by another day, for less; the earlier one is not to be asked any more."""
    found = store.counts(as_of, another_day=True)
    return replace(held, evidence=replace(held.evidence, counts=found, as_of=as_of))


def judge_and_keep(
    store: Store,
    policy: Policy,
    held: Held,
    *,
    kind: str,
    started_at: datetime,
    mandates: tuple[str, ...] | None = None,
    divisions: tuple[str, ...] | None = None,
    on_cluster: Frames | None = None,
    settle: Callable[[tuple[Assessment, ...]], None] | None = None,
) -> tuple[int, tuple[Assessment, ...]]:
    """Assess, run the verdict suites and keep both as a run; gives its number.

    `on_cluster` has the suites run where the counts were worked out, `settle` is called last in
    the transaction. Raises `CheckDidNotRun` where a suite has no result or contradicts a verdict:
    nothing is kept.
    """
    assessments = assess(policy, held, mandates=mandates, divisions=divisions)
    report = gate_verdicts(assessments, on_cluster)
    with store.transaction():
        run = store.add_run(
            kind=kind,
            submission=None,
            as_of=held.as_of,
            known_at=held.known_at,
            ruleset=policy.ruleset,
            version=__version__,
            started_at=started_at,
            results=report.as_rows(),
        )
        store.add_assessments(
            run,
            [
                (a.mandate, a.division, a.period, json.dumps(asdict(a), default=str))
                for a in assessments
            ],
        )
        if settle is not None:
            settle(assessments)
    return run, assessments
