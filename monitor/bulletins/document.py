"""A bulletin as JSON: the figures as numbers, the words beside them."""

from __future__ import annotations

import json
from dataclasses import asdict
from decimal import Decimal
from typing import Any, Final

from monitor.bulletins.bulletin_view import BulletinView, ForecastRow, Provincial
from monitor.bulletins.flat import FlatRow, flat_rows, target_of
from monitor.bulletins.parts import Change, Figures, MandateBlock, OtherClauses, Verdict
from monitor.bulletins.supervision_document import supervision_document

FORMAT: Final = "fleetmon-bulletin/1"
_OPERATORS: Final = {"≥": ">="}


def make_json(view: BulletinView) -> bytes:
    """The document in UTF-8, its keys in a fixed order, with a line end at its end."""
    return (json.dumps(to_document(view), ensure_ascii=False, indent=1) + "\n").encode()


def to_document(view: BulletinView) -> dict[str, Any]:
    """A bulletin as plain values: counts are integers, shares, targets and 标准车 decimal strings.

    A number that there is none of is null; what the page shows for it stands under `words`.
    """
    rows: dict[str, list[dict[str, Any]]] = {"in_force": [], "members": [], "past": []}
    for row in flat_rows(view):
        rows[row.part].append(_row(row))
    return {
        "format": FORMAT,
        "language": view.language_tag,
        "product": view.product,
        "subject": view.subject,
        "division": {"code": view.division_code, "name": view.division},
        "is_province": view.is_province,
        "issue": {"number": view.issue_number, "words": view.issue},
        "as_of": {
            "day": view.as_of_on.isoformat() if view.as_of_on else None,
            "words": view.as_of,
        },
        "year": view.year,
        "headline": {"words": view.headline, "tone": view.headline_tone},
        "tallies": [
            _verdict(tally.verdict) | {"count": int(tally.count.replace(",", ""))}
            for tally in view.tallies
        ],
        "actions": [{"words": a.text, "explain": a.explain or None} for a in view.actions],
        "mandates": [_mandate(block) for block in view.blocks],
        "figures": rows["in_force"],
        "members": rows["members"],
        "past": rows["past"],
        "comparisons": [asdict(comparison) for comparison in view.comparisons],
        "outlook": {
            "forecasts": [_forecast(forecast) for forecast in view.outlook.forecasts],
            "pipeline": [asdict(line) for line in view.outlook.pipeline],
            "method": list(view.outlook.method),
        },
        "changes": {
            "summary": view.changes.summary,
            "items": [_change(change) for change in view.changes.items],
        },
        "reconciliation": {
            "summary": view.reconciled.summary,
            "lines": _named(view.reconciled.lines),
        },
        "province": _provincial(view.provincial) if view.provincial else None,
        "supervision": supervision_document(view.supervision) if view.supervision else None,
        "quality": {
            "lines": _named(view.quality.lines),
            "set_aside": [asdict(reason) for reason in view.quality.set_aside],
            "warned": [asdict(reason) for reason in view.quality.warned],
        },
        "clauses": _clauses(view.clauses) if view.clauses else None,
        "readings": [asdict(reading) for reading in view.readings],
        "method": list(view.method),
        "imprint": _named(view.imprint),
    }


def _clauses(clauses: OtherClauses) -> dict[str, Any]:
    return {
        "summary": clauses.summary,
        "rows": [
            asdict(row) | {"verdict": _verdict(row.verdict), "explain": row.explain or None}
            for row in clauses.rows
        ],
        "lines": _named(clauses.lines),
    }


def _row(row: FlatRow) -> dict[str, Any]:
    figures, values = row.figures, row.figures.values
    sign, _ = target_of(figures)
    has_target = values.target is not None
    return {
        "mandate": figures.mandate,
        "division": figures.division,
        "division_name": row.division,
        "scope": row.scope,
        "role": "breakdown" if figures.is_breakdown else "finding",
        "period": figures.period,
        "target": {"op": _OPERATORS.get(sign, sign), "value": f"{values.target:f}"}
        if has_target
        else None,
        "counted": values.counted,
        "least": _plain(values.least),
        "most": _plain(values.most),
        "share": f"{values.share:f}" if values.share is not None else None,
        "short_by": _plain(values.short_by),
        "still_needed": _plain(values.still_needed),
        "status": figures.verdict.code,
        "words": _words(figures),
        "note": row.note,
        "remarks": list(figures.remarks),
        "explain": figures.explain,
    }


def _words(figures: Figures) -> dict[str, str]:
    """The cells as the page shows them."""
    return {
        "target": figures.target,
        "counted": figures.counted,
        "new_energy": figures.new_energy,
        "share": figures.share,
        "short_by": figures.short_by,
        "still_needed": figures.still_needed,
        "verdict": figures.verdict.word,
        "consequence": figures.consequence,
    }


def _plain(value: Decimal | None) -> int | str | None:
    """A count as an integer; one in 标准车, which has places, as a decimal string."""
    if value is None:
        return None
    exponent = value.as_tuple().exponent
    return f"{value:f}" if isinstance(exponent, int) and exponent < 0 else int(value)


def _forecast(row: ForecastRow) -> dict[str, Any]:
    """What the page shows; the numbers behind it stand under `values`."""
    values = row.values
    sign, _, _ = row.target.partition(" ")
    return asdict(row) | {
        "values": asdict(values)
        | {
            "target": {"op": _OPERATORS.get(sign, sign), "value": f"{values.target:f}"},
            "lost_from": values.lost_from.isoformat() if values.lost_from else None,
        }
    }


def _mandate(block: MandateBlock) -> dict[str, Any]:
    return {
        "mandate": block.mandate,
        "title": block.title,
        "meaning": block.meaning,
        "measure": block.measure,
        "unit": block.unit_note,
        "period": block.period,
        "binds": block.binds,
        "note": block.note,
        "is_illustrative": block.is_illustrative,
        "has_target": block.has_target,
        "clause": asdict(block.clause),
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "subject": change.subject,
        "period": change.period,
        "before": _verdict(change.before) if change.before else None,
        "after": _verdict(change.after) if change.after else None,
        "figures": [asdict(figure) for figure in change.figures],
        "causes": [asdict(cause) for cause in change.causes],
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {"status": verdict.code, "word": verdict.word}


def _named(lines: tuple[Any, ...]) -> list[dict[str, str]]:
    return [{"name": line.name, "value": line.value} for line in lines]


def _provincial(province: Provincial) -> dict[str, Any]:
    return {
        "matrix": {
            "columns": [
                {"subject": subject, "target": target}
                for subject, target in province.matrix.columns
            ],
            "rows": [
                {
                    "name": name,
                    "cells": [
                        _verdict(cell.verdict) | {"value": cell.value} if cell else None
                        for cell in cells
                    ],
                }
                for name, cells in province.matrix.rows
            ],
        },
        "tiles": [
            {"name": tile.name, "detail": tile.detail} | _verdict(tile.verdict)
            for tile in province.tiles
        ],
        "laggards": [asdict(laggard) for laggard in province.laggards],
        "needs": _named(province.needs),
        "silent": province.silent,
        "turned": list(province.turned),
    }
