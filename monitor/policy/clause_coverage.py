"""Every clause with what answers it now, and what would: nothing is left out for want of data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from monitor.model import Text
from monitor.policy.bodies import Body
from monitor.policy.clauses import Answer, Clause
from monitor.policy.mandates import Document, Mandate, Strength
from monitor.policy.policy import Policy

Now = Literal["computed", "reported", "documented", "not_computable", "needs_extract"]

# What the fleet mandates are worked out from.
FLEET_EVIDENCE = "registration"

_TREND = Text("条文没有数值：只报告走势，不判定。", "No number is named: a trend, never judged.")


@dataclass(frozen=True, slots=True)
class Coverage:
    """One clause: what its evidence makes of it, and what it is today.

    `now` is `needs_extract` where the kind that would answer has no column map yet. `needs` says
    what must be reported, `limits` what stays unknown even then.
    """

    id: str
    clause_class: str
    document: str
    section: str
    jurisdiction: str
    years: range
    strength: Strength
    measure: str
    evidence: str
    answer: Answer
    now: Now
    needs: Text | None
    limits: Text | None
    responsible: tuple[str, ...]


def coverage_of(policy: Policy) -> tuple[Coverage, ...]:
    """All clauses, fleet mandates among them, in the order of their ids."""
    kinds = {layout.kind for layout in policy.columns.values()}
    rows = [
        *(_of_mandate(mandate, kinds) for mandate in policy.mandates.values()),
        *(_of_clause(clause, kinds) for clause in policy.clauses.values()),
    ]
    return tuple(sorted(rows, key=lambda row: row.id))


def _of_mandate(mandate: Mandate, kinds: set[str]) -> Coverage:
    answer: Answer = "not_computable" if mandate.not_computable else "computed"
    return Coverage(
        id=mandate.id,
        clause_class="fleet",
        document=_key(mandate.document),
        section=mandate.section,
        jurisdiction=mandate.jurisdiction,
        years=mandate.years,
        strength=mandate.strength,
        measure=mandate.measure,
        evidence=FLEET_EVIDENCE,
        answer=answer,
        now=_now(answer, FLEET_EVIDENCE, kinds),
        needs=None,
        limits=_limits(mandate),
        responsible=mandate.responsible,
    )


def _of_clause(clause: Clause, kinds: set[str]) -> Coverage:
    evidence = clause.evidence
    return Coverage(
        id=clause.id,
        clause_class=clause.clause_class,
        document=_key(clause.document),
        section=clause.section,
        jurisdiction=clause.jurisdiction,
        years=clause.years,
        strength=clause.strength,
        measure=clause.measure,
        evidence=evidence.kind,
        answer=evidence.answer,
        now=_now(evidence.answer, evidence.kind, kinds),
        needs=evidence.needs,
        limits=evidence.limits,
        responsible=clause.responsible,
    )


def _now(answer: Answer, evidence: str, kinds: set[str]) -> Now:
    if answer == "not_computable" or evidence in kinds:
        return answer
    return "needs_extract"


def _key(document: str | Document) -> str:
    return document if isinstance(document, str) else document.key


def _limits(mandate: Mandate) -> Text | None:
    """What the figures of a mandate cannot tell."""
    is_trend = not mandate.targets and not mandate.not_computable
    texts = ((_TREND,) if is_trend else ()) + mandate.missing
    if not texts:
        return None
    return Text("".join(text.zh for text in texts), " ".join(text.en for text in texts))


def bodies_of(policy: Policy, of: Mandate | Clause | Coverage) -> dict[str, Body | None]:
    """Who answers, by the document's own writing; None where no file of bodies knows the name."""
    return {name: policy.bodies.get(of.jurisdiction, name) for name in of.responsible}
