"""An upload as JSON: its state, its words, its next step, and what the check found."""

from __future__ import annotations

from dataclasses import astuple
from typing import Any

from starlette.requests import Request

from monitor.corridor import documents
from monitor.corridor.draft_result import DraftResult, FindingGroup, ShownFinding, read_result
from monitor.corridor.second_person import needs_second_person
from monitor.door.draft import Draft, DraftExplanation
from monitor.door.draft_states import NEXT_STEPS, STATE_WORDS, UNCHECKED
from monitor.door.drafts import explanations
from monitor.door.rights import Verb, may
from monitor.model import Language, Text
from monitor.site.desk import desk_of
from monitor.site.rows_seen import note_rows_seen
from monitor.site.visitors import language_of, visitor_of
from monitor.store.explanations import Explanation


def both(words: Text) -> dict[str, str]:
    """Words in both languages."""
    return {"zh": words.zh, "en": words.en}


def upload_document(request: Request, held: Draft, *, with_result: bool = True) -> dict[str, Any]:
    """One upload as whoever asks may see it; that cells were shown is written down. Blocking."""
    desk, asked = desk_of(request), held.asked
    with desk.door() as door:
        said = explanations(door, held.id)
    table, seconds = desk.policy().divisions, desk.settings.site.second_person
    # A list asks for many, and a result may be long: only where something of it is told.
    is_read = held.state not in UNCHECKED and (with_result or bool(seconds))
    result = read_result(desk.home, held.id) if is_read else None
    return {
        "upload": held.id,
        "division": held.division,
        "state": held.state.value,
        "state_words": both(STATE_WORDS[held.state]),
        "next_step": both(NEXT_STEPS[held.state]),
        "words": both(held.words) if held.words else None,
        "file": held.file_name,
        "sha256": held.sha256,
        "size": held.size,
        "made_by": held.actor,
        "made_at": documents.moment(held.made_at),
        "changed_at": documents.moment(held.changed_at),
        "asked": {
            "kind": asked.kind,
            "period": documents.period(asked.period),
            "mode": asked.mode.value,
            "corrects": asked.corrects,
            "reason": asked.reason,
            "columns": asked.columns,
            "force": asked.force,
            "replaces": asked.nil_replaces,
        },
        "ahead": desk.workers.ahead_of(held.id),
        "needs_second_person": needs_second_person(table, held, result, seconds),
        "confirmed_by": held.confirmed_by,
        "confirmed_at": documents.moment(held.confirmed_at),
        "signed_by": held.signed_by,
        "signed_at": documents.moment(held.signed_at),
        "submission": held.submission,
        "explanations": [explanation_document(one) for one in said],
        "result": _result(request, held, result) if with_result and result else None,
    }


def explanation_document(one: DraftExplanation | Explanation) -> dict[str, Any]:
    """What was said of the findings of one code."""
    return {
        "code": one.code,
        "reason": one.reason,
        "words": one.words,
        "until": documents.day(one.until),
        "made_by": one.made_by,
        "made_at": documents.moment(one.made_at),
    }


def _result(request: Request, held: Draft, result: DraftResult) -> dict[str, Any]:
    language = language_of(request)
    table, visitor = desk_of(request).policy().divisions, visitor_of(request)
    with_rows = may(visitor, Verb.SEE_ROWS, held.division, table)
    if with_rows:
        shown = sum(one.value is not None for group in result.groups for one in group.shown)
        note_rows_seen(request, held.id, "api", shown)
    # A file may turn another division's figure: that is told as a number, never which.
    mine = [one for one in result.figures if may(visitor, Verb.SEE, one.row.division, table)]
    return {
        "fingerprint": result.fingerprint,
        "status": result.status.value,
        "kind": result.kind,
        "period": documents.period(result.period),
        "checked_on": documents.day(result.checked_on),
        "rows": result.rows._asdict(),
        "changes": result.changes._asdict() if result.changes else None,
        "columns": [column._asdict() for column in result.columns],
        "interpretations": [
            documents.interpretation(one, language) for one in result.interpretations
        ],
        "findings": [_group(one, language, with_rows=with_rows) for one in result.groups],
        "to_mend": result.to_mend,
        "first": result.first,
        "ruleset": result.ruleset,
        "assessments": {
            "before": [documents.assessment(one.before, language) for one in mine if one.before],
            "after": [documents.assessment(one.after, language) for one in mine if one.after],
        },
        "clauses": [
            {
                "clause": one.clause,
                "division": one.division,
                "period": one.period,
                "name": one.name.to(language),
                "before": one.before.to(language),
                "before_status": one.before_status,
                "after": one.after.to(language),
                "after_status": one.after_status,
            }
            for one in result.answers
            if may(visitor, Verb.SEE, one.division, table)
        ],
        "elsewhere": sum(one.differs for one in result.figures if one not in mine),
    }


def _group(group: FindingGroup, language: Language, *, with_rows: bool) -> dict[str, Any]:
    because, mend = (words.to(language) if words else None for words in (group.because, group.mend))
    return {
        "code": group.code,
        "severity": group.severity.value,
        "rows": group.rows,
        "column": group.column,
        "what": group.what.to(language),
        "because": because,
        "mend": mend,
        "asks_why": group.asks_why,
        "shown": [_line(one, language) for one in group.shown] if with_rows else [],
    }


def _line(one: ShownFinding, language: Language) -> dict[str, Any]:
    line, column, value, _ = astuple(one)
    return {"line": line, "column": column, "value": value, "message": one.message.to(language)}
