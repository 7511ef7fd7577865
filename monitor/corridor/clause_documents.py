"""The JSON of clauses and of what answers them, with the bodies that answer for each."""

from __future__ import annotations

from typing import Any

from monitor.corridor import documents
from monitor.model import Language
from monitor.policy.clause_coverage import Coverage, bodies_of
from monitor.policy.clauses import Clause
from monitor.policy.codes import in_language
from monitor.policy.mandates import Mandate
from monitor.policy.policy import Policy


def bodies_document(
    policy: Policy, of: Mandate | Clause | Coverage, language: Language
) -> list[dict[str, Any]]:
    """Who answers: the name in the document and what is known of it today."""
    return [
        {"name": name} if body is None else in_language(body, language)
        for name, body in bodies_of(policy, of).items()
    ]


def mandate_document(policy: Policy, mandate: Mandate, language: Language) -> dict[str, Any]:
    """A fleet mandate in one language."""
    told = documents.mandate(mandate, language)
    return told | {"bodies": bodies_document(policy, mandate, language)}


def clause_document(policy: Policy, clause: Clause, language: Language) -> dict[str, Any]:
    """A clause that is no fleet mandate in one language."""
    document: dict[str, Any] = in_language(clause, language)
    if isinstance(document["document"], dict):
        document["document"]["place"] = None
    return document | {"bodies": bodies_document(policy, clause, language)}


def coverage_document(policy: Policy, row: Coverage, language: Language) -> dict[str, Any]:
    """What answers a clause now, what would, and who answers for it."""
    return {
        "id": row.id,
        "class": row.clause_class,
        "document": row.document,
        "section": row.section,
        "jurisdiction": row.jurisdiction,
        "years": list(row.years),
        "strength": row.strength,
        "measure": row.measure,
        "evidence": row.evidence,
        "answer": row.answer,
        "now": row.now,
        "needs": row.needs.to(language) if row.needs else None,
        "limits": row.limits.to(language) if row.limits else None,
        "bodies": bodies_document(policy, row, language),
    }
