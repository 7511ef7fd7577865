"""How places stand and what is to be done, for programs: numbers with the words beside them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from monitor.bulletins.supervision_parts import (
    FollowUpRow,
    ScorecardRow,
    ScorecardView,
    Supervision,
)


def supervision_document(section: Supervision) -> dict[str, Any]:
    """The section as plain values: points are decimal strings, ranks whole numbers, days ISO."""
    return {
        "scorecard": scorecard_document(section.scorecard) if section.scorecard else None,
        "summary": section.summary,
        "open": [item_document(row) for row in section.still_open],
        "settled": [item_document(row) for row in section.settled],
    }


def scorecard_document(card: ScorecardView) -> dict[str, Any]:
    """A scorecard in words, each row with its numbers."""
    return {
        "title": card.title,
        "weights": card.weights,
        "method": card.method,
        "parts": [asdict(part) for part in card.parts],
        "rows": [_row(row, card) for row in card.rows],
        "notes": list(card.notes),
        "stability": list(card.stability),
        "shortlist": {
            "title": card.shortlist.title,
            "note": card.shortlist.note,
            "candidates": [
                {"name": line.name, "reasons": line.value} for line in card.shortlist.lines
            ],
        }
        if card.shortlist
        else None,
    }


def _row(row: ScorecardRow, card: ScorecardView) -> dict[str, Any]:
    values = row.values
    return {
        "code": row.code,
        "name": row.place,
        "rank": {"best": values.best, "worst": values.worst},
        "total": {"least": f"{values.least:f}", "most": f"{values.most:f}"},
        "parts": {
            part.code: asdict(cell) for part, cell in zip(card.parts, row.cells, strict=True)
        },
        "words": {
            "rank": row.rank,
            "total": row.total,
            "by_one": row.by_one,
            "less_one": row.less_one,
            "always": row.always,
        },
    }


def item_document(row: FollowUpRow) -> dict[str, Any]:
    """One item; `days_late` is 0 within time and where it is settled."""
    values = row.values
    return {
        "id": row.code,
        "place": values.place,
        "who": {"name": row.who, "code": values.who},
        "what": row.what,
        "about": row.about or None,
        "division": values.division,
        "due_on": values.due_on.isoformat(),
        "state": values.state,
        "days_late": values.days_late,
        "words": {"state": row.state, "due": row.due},
        "moved": row.moved or None,
        "note": row.note or None,
    }
