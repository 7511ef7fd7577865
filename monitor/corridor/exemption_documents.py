"""Exemptions claimed and what they make of the figures, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from monitor.corridor import documents
from monitor.corridor.exemption_effect import ExemptionEffect
from monitor.corridor.exemptions import Claim, ClaimGroup
from monitor.corridor.explanation import masked
from monitor.model import Assessment, Language


def claimed(
    groups: Sequence[ClaimGroup],
    effects: Sequence[ExemptionEffect],
    as_of: date,
    known_at: datetime | None,
    ruleset: str,
    *,
    language: Language,
    unmask: bool,
) -> dict[str, Any]:
    """The whole of `exemptions`: the groups, and the figures with and without them."""
    return {
        "as_of": as_of.isoformat(),
        "known_at": documents.moment(known_at),
        "ruleset": ruleset,
        "exemptions": [claim_group(one, language, unmask=unmask) for one in groups],
        "effects": [_effect(one) for one in effects],
    }


def claim_group(group: ClaimGroup, language: Language, *, unmask: bool) -> dict[str, Any]:
    """One group with its claims; VINs whole only with `unmask`."""
    return {
        "group": group.key,
        "division": group.division,
        "exemption": group.exemption,
        "name": group.name.to(language),
        "recognised": group.is_recognised,
        "owner_kind": group.owner_kind,
        "category": group.category,
        "vehicles": group.vehicles,
        "states": {state.value: count for state, count in group.states.items()},
        "years": dict(group.years),
        "mandates": list(group.mandates),
        "submissions": list(group.submissions),
        "evidence": [
            {
                "id": one.id,
                "words": one.words,
                "sha256": one.sha256,
                "file": one.file_name,
                "vehicles": len(one.vins),
                "by": one.made_by,
                "at": one.made_at.isoformat(),
            }
            for one in group.evidence
        ],
        "claims": [_claim(claim, unmask=unmask) for claim in group.claims],
    }


def _claim(claim: Claim, *, unmask: bool) -> dict[str, Any]:
    return {
        "vin": claim.vin if unmask else masked(claim.vin),
        "registered_on": claim.registered_on.isoformat(),
        "energy": claim.energy,
        "submission": claim.submission,
        "file": claim.file,
        "line": claim.line,
        "state": claim.state.value,
        "until": claim.until.isoformat() if claim.until else None,
        "reason": claim.reason,
        "by": claim.made_by,
        "at": claim.made_at.isoformat() if claim.made_at else None,
    }


def _effect(effect: ExemptionEffect) -> dict[str, Any]:
    row = effect.decided
    return {
        "mandate": row.mandate,
        "division": row.division,
        "period": row.period,
        "role": row.role,
        "categories": list(row.categories),
        "decided": _figure(row),
        "all_claimed": _figure(effect.all_claimed),
        "none_claimed": _figure(effect.none_claimed),
    }


def _figure(row: Assessment) -> dict[str, Any]:
    return {
        "denominator": row.denominator,
        "numerator": row.numerator,
        "undetermined": row.undetermined,
        "exempt": row.excluded.exempt,
        "share": row.share,
        "short_by": row.short_by,
        "status": row.status,
        "consequence": row.consequence,
        "explain": row.explain,
    }
