"""The exemptions that senders claim: sorted, with what was decided of them and on what evidence."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from monitor.model import Text
from monitor.policy.mandates import Mandate
from monitor.policy.policy import Policy
from monitor.store import question
from monitor.store.exemptions import Decision, Evidence, claimed_rows, evidence_of, last_decision
from monitor.store.knowledge import Knowledge, read_moment
from monitor.store.store import Store

_KEY_DIGITS = 12


class ClaimState(StrEnum):
    """What is decided of a claim: `EXPIRED` is an approval that ends before its registration."""

    UNDECIDED = "undecided"
    APPROVED = "approved"
    REFUSED = "refused"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Claim:
    """One addition that claims an exemption, for those who may see vehicles.

    `exemption` is its code, None where the name that was `written` is in no table: such a vehicle
    stays counted. What follows `state` is of the decision that stands.
    """

    submission: str
    file: str | None
    line: int
    vin: str
    registered_on: date
    division: str
    category: str
    owner_kind: str | None
    energy: str
    exemption: str | None
    written: str | None
    state: ClaimState
    until: date | None = None
    reason: str | None = None
    made_by: str | None = None
    made_at: datetime | None = None

    @property
    def named(self) -> str:
        """The exemption as decisions and evidence know it: its code, else what was written."""
        return self.exemption or self.written or ""


class _Sort(NamedTuple):
    division: str
    exemption: str | None
    written: str | None
    owner_kind: str | None
    category: str


@dataclass(frozen=True, slots=True)
class ClaimGroup:
    """Claims of one division for one exemption, kind of owner and category.

    `key` names it in pages and forms; `name` is the exemption as the table, or the sender, has it.
    `mandates` are those whose figures the claims bear on: none where the name is not recognised,
    or no clause in force then knows it.
    """

    key: str
    division: str
    exemption: str | None
    name: Text
    owner_kind: str | None
    category: str
    claims: tuple[Claim, ...]
    mandates: tuple[str, ...]
    evidence: tuple[Evidence, ...]

    @property
    def is_recognised(self) -> bool:
        """Whether the exemption is in the table."""
        return self.exemption is not None

    @property
    def vehicles(self) -> int:
        """How many claim it."""
        return len(self.claims)

    @property
    def states(self) -> Mapping[ClaimState, int]:
        """Vehicles by what is decided of them; every state, nought too."""
        found = Counter(claim.state for claim in self.claims)
        return {state: found[state] for state in ClaimState}

    @property
    def submissions(self) -> tuple[str, ...]:
        """Where the claims came from."""
        return tuple(sorted({claim.submission for claim in self.claims}))

    @property
    def years(self) -> tuple[tuple[int, int], ...]:
        """Vehicles by year of registration."""
        return tuple(sorted(Counter(one.registered_on.year for one in self.claims).items()))

    @property
    def is_open(self) -> bool:
        """Whether something is left to decide that bears on a figure."""
        return bool(self.mandates) and self.states[ClaimState.UNDECIDED] > 0


def claims(
    store: Store,
    policy: Policy,
    divisions: Sequence[str],
    as_of: date,
    known_at: datetime | None = None,
) -> tuple[ClaimGroup, ...]:
    """The exemptions claimed for additions registered by `as_of`, those left to decide first.

    Names that are in no table are told as far as the findings of a file are kept. What the store
    looks at is fixed anew.
    """
    known = Knowledge(known_at, store.history(known_at), last_decision(store, known_at))
    store.look(known)
    question.prepare(store.engine, as_of)
    sorted_claims: dict[_Sort, list[Claim]] = {}
    for row in claimed_rows(store, divisions).iter_rows(named=True):
        one = _claim(row)
        sort = _Sort(
            one.division,
            one.exemption,
            None if one.exemption else one.written,
            one.owner_kind,
            one.category,
        )
        sorted_claims.setdefault(sort, []).append(one)
    evidence = evidence_of(store, divisions)
    groups = [_group(policy, sort, tuple(found), evidence) for sort, found in sorted_claims.items()]
    places = {code: place for place, code in enumerate(divisions)}
    return tuple(
        sorted(
            groups,
            key=lambda one: (not one.is_open, places[one.division], one.name.zh, one.category),
        )
    )


def _claim(row: Mapping[str, Any]) -> Claim:
    made_at = row["made_at"]
    return Claim(
        submission=row["id"],
        file=row["file_name"],
        line=row["line"],
        vin=row["vin"],
        registered_on=row["registered_on"],
        division=row["division"],
        category=row["category"],
        owner_kind=row["owner_kind"],
        energy=row["energy"],
        exemption=row["exemption"],
        written=row["written"],
        state=_state(row),
        until=row["until"],
        reason=row["reason"],
        made_by=row["made_by"],
        made_at=read_moment(made_at) if made_at is not None else None,
    )


def _state(row: Mapping[str, Any]) -> ClaimState:
    """As `store.refusals` counts it; an approval of another exemption approves nothing here."""
    if row["decision"] is None:
        return ClaimState.UNDECIDED
    if row["decision"] == Decision.REFUSED:
        return ClaimState.REFUSED
    if row["until"] is not None and row["registered_on"] > row["until"]:
        return ClaimState.EXPIRED
    is_of_it = row["decided_exemption"] == (row["exemption"] or row["written"])
    return ClaimState.APPROVED if is_of_it else ClaimState.UNDECIDED


def _group(
    policy: Policy, sort: _Sort, found: tuple[Claim, ...], evidence: Iterable[Evidence]
) -> ClaimGroup:
    written = sort.written or ""
    name = (
        policy.codes["exemption"].label(sort.exemption)
        if sort.exemption
        else Text(written, written)
    )
    named, vins = sort.exemption or written, {claim.vin for claim in found}
    return ClaimGroup(
        key=hashlib.sha256(repr(tuple(sort)).encode()).hexdigest()[:_KEY_DIGITS],
        division=sort.division,
        exemption=sort.exemption,
        name=name,
        owner_kind=sort.owner_kind,
        category=sort.category,
        claims=found,
        mandates=tuple(
            mandate.id for mandate in policy.mandates.values() if _bears(policy, mandate, found)
        ),
        evidence=tuple(
            one
            for one in evidence
            if one.division == sort.division
            and (not vins.isdisjoint(one.vins) if one.vins else one.exemption == named)
        ),
    )


def _bears(policy: Policy, mandate: Mandate, found: Sequence[Claim]) -> bool:
    """Whether a mandate would count one of these vehicles, if it claimed nothing."""
    one = found[0]  # they differ in nothing that a scope rests on, but for the day
    return (
        one.exemption in mandate.exemptions
        and one.category in policy.categories_of(mandate) - set(mandate.exempt_categories)
        and one.division in policy.divisions.members(mandate.jurisdiction)
        and (mandate.owners is None or one.owner_kind is None or one.owner_kind in mandate.owners)
        and any(claim.registered_on.year in mandate.years for claim in found)
    )
