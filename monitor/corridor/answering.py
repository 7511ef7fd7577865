"""What is held that answers clauses, gathered, and the answers: for commands, pages, bulletins."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from monitor.assess.answer import ClauseAnswer
from monitor.assess.clause_answers import answer_clauses
from monitor.assess.clause_evidence import ClauseEvidence, Links
from monitor.assess.consistency import Consistency, consistency_of
from monitor.assess.coverage import by_division
from monitor.policy.kinds import ExtractKind
from monitor.policy.lines import Line
from monitor.policy.policy import Policy
from monitor.store.holdings import is_held
from monitor.store.knowledge import Knowledge
from monitor.store.links import on_platform, with_destination
from monitor.store.records import records
from monitor.store.store import Store


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers asked for, and whether reports that belong together agree."""

    rows: tuple[ClauseAnswer, ...]
    consistency: tuple[Consistency, ...]

    def about(self, policy: Policy, division: str) -> tuple[Consistency, ...]:
        """What was compared between clauses of a division and of those that report to it: a city
        is told nothing of what its province reported.
        """
        reach = {division, *policy.divisions.members(division)}
        own = {one.id for one in policy.clauses.values() if one.jurisdiction in reach}
        return tuple(one for one in self.consistency if own >= set(one.clauses))


def answer(
    store: Store,
    policy: Policy,
    as_of: date,
    known_at: datetime | None,
    *,
    history: int | None = None,
    decisions: int | None = None,
    clauses: Sequence[str] | None = None,
    divisions: Sequence[str] | None = None,
) -> Answers:
    """Answer the chosen clauses from what was known; `history` and `decisions` as in `judge.hold`.

    What belongs together is compared whole, whichever part of it was asked for; nothing is read
    that neither needs.
    """
    wanted = _with_compared(policy, clauses)
    kinds = frozenset[str]().union(*(policy.clauses[one].kinds for one in wanted))
    held = gather_evidence(store, policy, as_of, known_at, history, decisions, kinds=kinds)
    every = answer_clauses(policy, held, clauses=wanted)
    chosen = tuple(
        one
        for one in every
        if (clauses is None or one.clause in clauses)
        and (divisions is None or one.division in divisions)
    )
    named = {one.clause for one in chosen}
    compared = consistency_of(policy, every)
    return Answers(chosen, tuple(one for one in compared if named & set(one.clauses)))


def _with_compared(policy: Policy, clauses: Sequence[str] | None) -> tuple[str, ...]:
    """The clauses asked for with those that theirs are set against, in the order of all."""
    if clauses is None:
        return tuple(policy.clauses)
    wanted = set(clauses)
    for check in policy.consistency:
        compared = {check.whole.clause, *(part.clause for part in check.parts)}
        if compared & set(clauses):
            wanted |= compared
    return tuple(one for one in policy.clauses if one in wanted)


def gather_evidence(
    store: Store,
    policy: Policy,
    as_of: date,
    known_at: datetime | None,
    history: int | None = None,
    decisions: int | None = None,
    *,
    kinds: Container[str] | None = None,
) -> ClauseEvidence:
    """The rows of the declared kinds that came (None: all), and the lists set against the register.

    The register is read only where there is a list to be set against it.
    """
    seen = history if history is not None else store.history(known_at)
    store.look(Knowledge(known_at, seen, decisions))
    held = {
        name: _rows_of(store, name, kind)
        for name, kind in policy.kinds.items()
        if kind.is_record and (kinds is None or name in kinds) and is_held(store, name)
    }
    linked = {"platform", "battery"} & held.keys()
    if linked:
        store.counts(as_of)
    return ClauseEvidence(
        as_of=as_of,
        known_at=known_at,
        history=seen,
        records=held,
        coverage={name: by_division(store.coverage(name)) for name in held},
        platform=_platform(store, policy, held["platform"]) if "platform" in held else {},
        battery=_battery(store, policy, held["battery"]) if "battery" in held else None,
    )


def _rows_of(store: Store, name: str, kind: ExtractKind) -> pl.DataFrame:
    from monitor.extracts.record import record_columns  # noqa: PLC0415  # numpy: where any came

    return records(store.connection, name, record_columns(kind))


def _platform(store: Store, policy: Policy, listed: pl.DataFrame) -> dict[str, Links]:
    """The platform's list against the register, once for each condition that a line has."""
    new = sorted(policy.energies("yes"))
    found: dict[str, Links] = {}
    for line in _lines(policy, "connected"):
        condition = line.rows or ""
        if condition not in found:
            mine = listed.filter(pl.sql_expr(condition)) if condition else listed
            days = line.online_within_days or 0
            found[condition] = Links(*on_platform(store.connection, mine, new, days))
    return found


def _battery(store: Store, policy: Policy, listed: pl.DataFrame) -> Links:
    new = sorted(policy.energies("yes"))
    return Links(*with_destination(store.connection, listed, new))


def _lines(policy: Policy, measure: str) -> list[Line]:
    return [
        line
        for clause in policy.clauses.values()
        for line in clause.lines
        if line.measure == measure
    ]
