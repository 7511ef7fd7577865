"""What exemptions make of a figure: as decided, with every claim granted, and with none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import polars as pl

from monitor.assess.assess import Held, assess
from monitor.assess.evidence import Evidence
from monitor.corridor.exemptions import ClaimGroup, claims
from monitor.corridor.judge import hold
from monitor.model import Assessment, RowKey
from monitor.policy.policy import Policy
from monitor.store.store import Store


@dataclass(frozen=True, slots=True)
class ExemptionEffect:
    """One row of a mandate, worked out three times.

    `decided` is the figure in force. In `all_claimed` every recognised claim leaves both sides of
    the share, in `none_claimed` no vehicle does for a claim; what the clause itself leaves out
    stays out of both.
    """

    decided: Assessment
    all_claimed: Assessment
    none_claimed: Assessment

    @property
    def matters(self) -> bool:
        """Whether the verdict hangs on it."""
        return len({self.decided.status, self.all_claimed.status, self.none_claimed.status}) > 1


def with_and_without(
    store: Store,
    policy: Policy,
    divisions: Sequence[str],
    as_of: date,
    known_at: datetime | None = None,
) -> tuple[ExemptionEffect, ...]:
    """The shares that know exemptions, for each division: the judged year and each earlier one
    that exemptions bear on, the newest first.
    """
    mandates = tuple(m.id for m in policy.mandates.values() if m.exemptions and m.unit == "share")
    if not mandates:
        return ()

    def rows(held: Held) -> dict[RowKey, Assessment]:
        found = assess(policy, held, mandates=mandates, divisions=tuple(divisions))
        return {row.key: row for row in found if row.status != "no_mandate"}

    claimed = rows(hold(store, as_of, known_at, decisions=0))
    held = hold(store, as_of, known_at)
    counts = held.evidence.counts.with_columns(exemption=pl.lit(None, dtype=pl.String))
    none = rows(replace(held, evidence=Evidence(counts, as_of)))
    effects = [
        ExemptionEffect(row, claimed[key], none[key])
        for key, row in rows(held).items()
        if row.period == str(as_of.year) or claimed[key].excluded != none[key].excluded
    ]
    return tuple(sorted(effects, key=lambda one: one.decided.period, reverse=True))


def claims_and_effects(
    store: Store,
    policy: Policy,
    chosen: Sequence[str],
    as_of: date,
    known_at: datetime | None = None,
) -> tuple[tuple[ClaimGroup, ...], tuple[ExemptionEffect, ...]]:
    """What the chosen divisions (a province's members with it) claim, and the figures that it
    bears on.
    """
    table = policy.divisions
    members = tuple(dict.fromkeys(member for code in chosen for member in table.members(code)))
    concerned = tuple(dict.fromkeys((*chosen, *members)))
    effects = with_and_without(store, policy, concerned, as_of, known_at)
    groups = claims(store, policy, members, as_of, known_at)
    claiming = {group.division for group in groups}
    borne = tuple(
        one for one in effects if not claiming.isdisjoint(table.members(one.decided.division))
    )
    return groups, borne
