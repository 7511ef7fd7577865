"""`rehearse FILE`: who would pass a draft clause, who not, by how many vehicles."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.cli.draft_tables import print_rehearsal, shown_number
from monitor.cli.figures import breaks
from monitor.cli.rehearse import said_of
from monitor.cli.session import Session, print_json
from monitor.corridor import documents
from monitor.model import Assessment

if TYPE_CHECKING:
    from monitor.assess.shortfall import Shortfall
    from monitor.corridor.policy_rehearsal import Draft, DraftRow, PeriodSummary, PolicyRehearsal


def try_drafts(
    session: Session,
    files: Sequence[Path],
    as_of: date,
    *,
    known_at: datetime | None,
    divisions: Sequence[str],
    year: int | None,
    strict: bool,
    everything: bool,
    as_json: bool,
) -> None:
    """Judge held data by the drafts in `files` and print what comes of it; nothing is kept."""
    from monitor.corridor.judge import hold  # noqa: PLC0415  # heavy
    from monitor.corridor.policy_rehearsal import (  # noqa: PLC0415  # heavy
        read_drafts,
        rehearse_drafts,
    )
    from monitor.policy.choosing import chosen_divisions  # noqa: PLC0415  # --help needs none

    policy = session.policy
    drafts = read_drafts(policy, files)
    places = chosen_divisions(policy, divisions)
    with session.store(write=False) as store:
        held = hold(store, as_of, known_at)
        told = rehearse_drafts(policy, held, drafts, divisions=places, year=year)
    if as_json:
        print_json(_document(session, told, as_of, known_at))
    else:
        print_rehearsal(session, told, as_of, known_at, everything=everything)
    if strict and any(row.pair.after and breaks(row.pair.after) for row in told.rows):
        sys.exit(1)


def _document(
    session: Session, told: PolicyRehearsal, as_of: date, known_at: datetime | None
) -> dict[str, Any]:
    units = {draft.mandate.id: draft.mandate.unit for draft in told.drafts}
    replaced = {draft.mandate.id for draft in told.drafts if draft.replaces}
    judged = documents.judged((), as_of, known_at, session.policy.ruleset, session.language)
    return {
        "draft": True,
        **judged,
        "drafts": [_draft(draft) for draft in told.drafts],
        "assessments": [
            _row(session, row, row.pair.after, units, replaced)
            for row in told.rows
            if row.pair.after is not None
        ],
        "vanished": [
            {**documents.row_key(row.pair.key), "present": said_of(row.pair.before)}
            for row in told.rows
            if row.pair.after is None
        ],
        "summary": [_summary(one, units[one.mandate]) for one in told.summaries],
        "notes": [note.to(session.language) for note in told.notes],
    }


def _draft(draft: Draft) -> dict[str, Any]:
    return {
        "mandate": draft.mandate.id,
        "file": draft.file,
        "sha256": draft.sha256,
        "replaces": draft.replaces,
        "valid_from": draft.mandate.valid_from.isoformat(),
        "valid_to": draft.mandate.valid_to.isoformat(),
    }


def _row(
    session: Session,
    row: DraftRow,
    after: Assessment,
    units: Mapping[str, str],
    replaced: set[str],
) -> dict[str, Any]:
    from monitor.corridor.policy_rehearsal import outcome_of  # noqa: PLC0415  # heavy

    is_replacement = after.mandate in replaced
    return {
        **documents.assessment(after, session.language),
        "explain": None,  # a code would be looked up in the present rules
        "outcome": outcome_of(after.status),
        "short_by_range": _span(row.short, units[after.mandate]),
        "present": said_of(row.pair.before),
        "change": row.pair.turn if is_replacement else None,
    }


def _span(short: Shortfall | None, unit: str) -> dict[str, Any] | None:
    if short is None:
        return None
    return {"low": shown_number(short.low, unit), "high": shown_number(short.high, unit)}


def _summary(one: PeriodSummary, unit: str) -> dict[str, Any]:
    return {
        "mandate": one.mandate,
        "period": one.period,
        "divisions": dict(one.places),
        "incomplete_data": one.incomplete,
        "short_by": _span(one.short, unit),
        "flips": one.flips,
        "vanished": one.vanished,
        "appeared": one.appeared,
    }
