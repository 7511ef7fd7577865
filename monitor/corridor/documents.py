"""The JSON of `CONTRACT` section 3, from the product's own nouns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from monitor.assess.answer import ClauseAnswer
from monitor.model import (
    Assessment,
    Finding,
    Interpretation,
    Language,
    Period,
    Receipt,
    RowKey,
    SubmissionSummary,
)

if TYPE_CHECKING:
    from monitor.corridor.answering import Answers
    from monitor.policy.divisions import DivisionTable  # the command line starts without them
    from monitor.policy.mandates import Mandate


def period(value: Period | None) -> dict[str, str | None]:
    """A period's first and last day."""
    return {
        "start": value.start.isoformat() if value else None,
        "end": value.end.isoformat() if value else None,
    }


def moment(value: datetime | None) -> str | None:
    """A moment in ISO form with its offset."""
    return value.isoformat() if value else None


def day(value: date | None) -> str | None:
    """A day in ISO form."""
    return value.isoformat() if value else None


def finding(value: Finding, language: Language) -> dict[str, Any]:
    """One finding."""
    return {
        "code": value.code,
        "severity": value.severity.value,
        "line": value.line,
        "column": value.column,
        "value": value.value,
        "message": value.message.to(language),
    }


def interpretation(value: Interpretation, language: Language) -> dict[str, Any]:
    """What was read as what."""
    return {
        "code": value.code,
        "column": value.column,
        "count": value.count,
        "line": value.line,
        "message": value.message.to(language),
    }


def receipt(value: Receipt, language: Language) -> dict[str, Any]:
    """One receipt."""
    return {
        "submission": value.submission,
        "sha256": value.sha256,
        "file": value.file,
        "kind": value.kind,
        "division": value.division,
        "period": period(value.period),
        "received_at": moment(value.received_at),
        "status": value.status.value,
        "rows": value.rows._asdict(),
        "findings": [finding(f, language) for f in value.findings],
        "findings_total": value.findings_total,
        "tallies": dict(value.tallies),
        "columns": [column._asdict() for column in value.columns],
        "interpretations": [interpretation(i, language) for i in value.interpretations],
        "receipt": value.code,
        "first": value.first,
        "changes": value.changes._asdict() if value.changes else None,
    }


def assessment(value: Assessment, language: Language) -> dict[str, Any]:
    """One row of `assess`."""
    target, covered = value.target, value.covered
    return {
        "mandate": value.mandate,
        "division": value.division,
        "period": value.period,
        "complete": value.complete,
        "measure": value.measure,
        "categories": list(value.categories),
        "role": value.role,
        "binding": value.binding,
        "target": {"op": target.op, "value": target.value, "unit": target.unit} if target else None,
        "denominator": value.denominator,
        "numerator": value.numerator,
        "undetermined": value.undetermined,
        "excluded": {
            "exempt": value.excluded.exempt,
            "out_of_scope": value.excluded.out_of_scope,
            "scope_unknown": value.excluded.scope_unknown,
        },
        "category_undetermined": value.category_undetermined,
        "share": value.share,
        "short_by": value.short_by,
        "needed_next": value.needed_next,
        "status": value.status,
        "strength": value.strength,
        "consequence": value.consequence,
        "covered": {
            "from": day(covered.start) if covered else None,
            "to": day(covered.end) if covered else None,
        },
        "incomplete_data": value.incomplete_data,
        "missing": [
            *value.missing_divisions,
            *(text.to(language) for text in value.missing),
        ],
        "compared_with": {
            "numerator": value.compared_with[0],
            "denominator": value.compared_with[1],
        }
        if value.compared_with
        else None,
        "notes": [text.to(language) for text in value.notes],
        "explain": value.explain,
    }


def row_key(key: RowKey) -> dict[str, Any]:
    """What a row of a run is of."""
    mandate, division, period, categories, role = key
    return {
        "mandate": mandate,
        "division": division,
        "period": period,
        "categories": list(categories),
        "role": role,
    }


def submission(value: SubmissionSummary) -> dict[str, Any]:
    """One submission of the list."""
    return {
        "submission": value.submission,
        "file": value.file,
        "sha256": value.sha256,
        "kind": value.kind,
        "division": value.division,
        "period": period(value.period),
        "received_at": moment(value.received_at),
        "recorded_at": moment(value.recorded_at),
        "status": value.status.value,
        "mode": value.mode.value,
        "rows": value.rows._asdict(),
        "errors": value.errors,
        "warnings": value.warnings,
        "changes": value.changes._asdict(),
        "receipt": value.receipt,
        "ruleset": value.ruleset,
        "reason": value.reason,
    }


def clause_answer(value: ClauseAnswer, language: Language) -> dict[str, Any]:
    """What is known of one line of a clause."""
    target, covered = value.target, value.covered
    return {
        "clause": value.clause,
        "division": value.division,
        "period": value.period,
        "complete": value.complete,
        "line": value.line,
        "name": value.name.to(language),
        "measure": value.measure,
        "evidence": value.evidence,
        "binding": value.binding,
        "target": {
            "op": target.op,
            "value": target.value,
            "value_most": target.value_most,
            "unit": target.unit,
        }
        if target
        else None,
        "value": value.value,
        "value_most": value.value_most,
        "unit": value.unit,
        "denominator": value.denominator,
        "numerator": value.numerator,
        "undetermined": value.undetermined,
        "share": value.share,
        "misses": value.misses,
        "status": value.status,
        "strength": value.strength,
        "consequence": value.consequence,
        "covered": {
            "from": day(covered.start) if covered else None,
            "to": day(covered.end) if covered else None,
        },
        "incomplete_data": value.incomplete_data,
        "missing": [
            *(text.to(language) for text in value.missing),
            *value.missing_divisions,
        ],
        "facts": [
            {"what": fact.what.to(language), "value": fact.value, "unit": fact.unit}
            for fact in value.facts
        ],
        "sources": [text.to(language) for text in value.sources],
        "notes": [text.to(language) for text in value.notes],
        "explain": value.explain,
    }


def judged(
    rows: Sequence[Assessment],
    as_of: date,
    known_at: datetime | None,
    ruleset: str,
    language: Language,
    answers: Answers | None = None,
) -> dict[str, Any]:
    """The whole of `assess`: what was judged, by when, by which rules."""
    return {
        "as_of": as_of.isoformat(),
        "known_at": moment(known_at),
        "ruleset": ruleset,
        "assessments": [assessment(row, language) for row in rows],
        "clauses": [clause_answer(row, language) for row in (answers.rows if answers else ())],
        "consistency": [
            {
                "check": one.check,
                "period": one.period,
                "holds": one.holds,
                "parts": [str(value) for value in one.parts],
                "whole": [str(value) for value in one.whole],
                "clauses": list(one.clauses),
                "message": one.message.to(language),
            }
            for one in (answers.consistency if answers else ())
        ],
    }


def mandate(value: Mandate, language: Language) -> dict[str, Any]:
    """One mandate as its file has it, its words in one language."""
    document = value.model_dump(mode="json", exclude={"meaning", "readings", "missing", "counting"})
    document["meaning"] = value.meaning.to(language)
    document["readings"] = [
        {
            "what": r.what.to(language),
            "by": r.by,
            "on": r.on.isoformat(),
            "recorded": getattr(r, "recorded", None),
        }
        for r in value.readings
    ]
    document["missing"] = [text.to(language) for text in value.missing]
    if isinstance(document["document"], dict):
        document["document"]["place"] = None
    return document


def division_table(table: DivisionTable, language: Language) -> dict[str, Any]:
    """Who reports: provinces with their divisions, divisions with their counties."""
    provinces = [
        {"code": p.code, "name": p.name.to(language), "divisions": list(p.divisions)}
        for p in table.provinces.values()
    ]
    divisions = [
        {
            "code": d.code,
            "name": d.name.to(language),
            "province": d.province,
            "plates": list(d.plates),
            "is_place": d.is_place,
            "counties": dict(d.counties),
        }
        for d in table.divisions.values()
    ]
    return {"provinces": provinces, "divisions": divisions}
