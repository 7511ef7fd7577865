"""What moved each figure since an earlier bulletin, told by going from then to now in steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import polars as pl

from monitor.assess.assess import Held, assess
from monitor.assess.attribution import (
    Attribution,
    Rows,
    Step,
    has_other_clauses,
    split,
    with_clauses_of,
    with_rows,
)
from monitor.corridor.judge import hold
from monitor.corridor.recorded import last_decision_in, recorded_rows
from monitor.model import Assessment
from monitor.policy.archive import load_kept
from monitor.policy.policy import Policy
from monitor.store.differences import (
    RunState,
    corrected_rows,
    find_corrected,
    second_look,
    state_of,
)
from monitor.store.knowledge import Knowledge
from monitor.store.store import Store

_ROW = ("submission", "line")
_VOICE = ("division", "vin", "is_deregistration")
_EXEMPTION = "exemption"


def attribute(
    store: Store,
    policy: Policy,
    held: Held,
    run_before: int,
    divisions: tuple[str, ...],
    *,
    mandates: tuple[str, ...] | None = None,
) -> tuple[Attribution, ...]:
    """Split every change of these divisions' rows since the run `run_before` by its cause.

    The order: the program, the clauses, our readings of them (`rules` for both where the files of
    the old ruleset are not held), the day judged, new data, corrections, exemptions as they are
    claimed, and as they were decided. A row that the earlier run did not ask for has not changed.
    `held` stays as it is: the earlier state is looked at by a connection of its own.
    """
    recorded = recorded_rows(store, run_before)
    before = {
        row.key: row
        for row in recorded
        if row.division in divisions
        and (mandates is None or row.mandate in mandates)
        and row.status != "no_mandate"
    }
    with second_look(store) as past:
        then = state_of(past, run_before)
        known = replace(then.knowledge, decisions=last_decision_in(recorded))
        walk = _Walk(past, policy, held, divisions, mandates)
        old = _old_policy(store, policy, then.ruleset)
        steps = list(walk.steps(then._replace(knowledge=known), old))
    if old is not None:
        steps = _asked_before(steps, recorded)
    return split(before, steps)


def _old_policy(store: Store, policy: Policy, ruleset: str) -> Policy | None:
    return policy if ruleset == policy.ruleset else load_kept(store.home.rulesets, ruleset)


def _asked_before(steps: list[Step], recorded: tuple[Assessment, ...]) -> list[Step]:
    """Without the mandates and divisions that the earlier run could have judged and did not."""
    mandates = {row.mandate for row in recorded}
    divisions = {row.division for row in recorded}
    unasked = {
        key
        for key, row in steps[0].rows.items()
        if row.mandate not in mandates or row.division not in divisions
    }
    without = {mandate for mandate, *_ in unasked if mandate not in mandates}
    silent = {division for _, division, *_ in unasked if division not in divisions}
    return [
        Step(
            cause,
            {k: row for k, row in rows.items() if k[0] not in without and k[1] not in silent},
        )
        for cause, rows in steps
    ]


class _Walk:
    """The way from an earlier run to what is held, one thing after the other."""

    def __init__(
        self,
        past: Store,
        policy: Policy,
        held: Held,
        divisions: tuple[str, ...],
        mandates: tuple[str, ...] | None,
    ) -> None:
        """`past` is a look at the store beside the one that `held` rests on."""
        self._past = past
        self._policy = policy
        self._held = held
        self._divisions = divisions
        self._mandates = mandates

    def steps(self, then: RunState, old: Policy | None) -> Iterator[Step]:
        """Each step's rows; one that can change nothing is left out, but for the first."""
        policy, held = self._policy, self._held
        past = self._hold(then.as_of, then.knowledge)
        if old is None:
            yield Step("rules", self._rows(policy, past))
        else:
            yield Step("engine", self._rows(old, past))
            if old.ruleset != policy.ruleset:
                if has_other_clauses(old, policy):
                    yield Step("mandate", self._rows(with_clauses_of(old, policy), past))
                yield Step("reading", self._rows(policy, past))
        # The data of now with the decisions of then: what was decided since comes last.
        now = Knowledge(held.known_at, held.history, then.knowledge.decisions)
        is_same_data = then.knowledge == now
        if then.as_of != held.as_of:
            if not is_same_data or now.decisions != held.decisions:
                past = self._hold(held.as_of, then.knowledge)
                yield Step("day", self._rows(policy, past))
            else:
                yield Step("day", self._rows(policy, held))
        if not is_same_data:
            yield from self._data_steps(now)
        if now.decisions != held.decisions:
            yield Step("decision", self._rows(policy, held))

    def _data_steps(self, now: Knowledge) -> Iterator[Step]:
        """New data first: all that is held now, the corrected vehicles as they were before."""
        policy, as_of = self._policy, self._held.as_of
        if not find_corrected(self._past, now):
            yield Step("new_data", self._rows(policy, self._held_with(now)))
            return
        before_rows = corrected_rows(self._past, as_of)
        self._past.look(now)
        after_rows = corrected_rows(self._past, as_of)
        held = self._held_with(now)
        was, became = _of_the_corrected(before_rows, after_rows)
        yield Step("new_data", self._rows(policy, with_rows(held, was, of=became)))
        after = self._rows(policy, held)
        exempt = _exemption_only(was, became)
        if exempt.is_empty():
            yield Step("correction", after)
            return
        was, became = (frame.join(exempt, on="vin", how="semi") for frame in (was, became))
        yield Step("correction", self._rows(policy, with_rows(held, was, of=became)))
        yield Step("exemption", after)

    def _held_with(self, now: Knowledge) -> Held:
        """What is held, but with the decisions that `now` knows."""
        is_as_held = now.decisions == self._held.decisions
        return self._held if is_as_held else self._hold(self._held.as_of, now)

    def _hold(self, as_of: date, known: Knowledge) -> Held:
        return hold(self._past, as_of, known.known_at, known.history, known.decisions)

    def _rows(self, policy: Policy, held: Held) -> Rows:
        mandates = self._mandates
        if mandates is not None:
            mandates = tuple(name for name in mandates if name in policy.mandates)
        rows = assess(policy, held, mandates=mandates, divisions=self._divisions)
        return {row.key: row for row in rows if row.status != "no_mandate"}


def _of_the_corrected(
    before: pl.DataFrame, after: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows of the divisions that corrected; another division's only where it stands in both.

    Such a row, though it says what it said, may win or lose a vehicle by the correction. One that
    has come or gone is that division's own news.
    """
    both = before.select(_VOICE).join(after.select(_VOICE), on=_VOICE, how="semi")

    def chosen(frame: pl.DataFrame) -> pl.DataFrame:
        own = frame.filter("is_own")
        others = frame.filter(~pl.col("is_own")).join(both, on=_VOICE, how="semi")
        return pl.concat([own, others])

    return chosen(before), chosen(after)


def _exemption_only(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """The vehicles of which nothing but the exemption differs, if anything does."""
    same = [name for name in before.columns if name not in {*_ROW, "is_own", _EXEMPTION}]

    def tally(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.group_by(same).agg(pl.len())

    was, became = tally(before), tally(after)
    on = [*same, "len"]
    differing = pl.concat(
        [
            was.join(became, on=on, how="anti", nulls_equal=True),
            became.join(was, on=on, how="anti", nulls_equal=True),
        ]
    )
    vehicles = pl.concat([before.select("vin"), after.select("vin")]).unique()
    return vehicles.join(differing.select("vin"), on="vin", how="anti")
