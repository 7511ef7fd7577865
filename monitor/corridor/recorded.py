"""What an earlier run found, read back as it was kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import date
from typing import Any

from monitor.assess.explain_code import parse_code
from monitor.model import Assessment, Excluded, Period, Target, Text
from monitor.store.store import Store


def recorded_rows(store: Store, run: int) -> tuple[Assessment, ...]:
    """The assessments of a run."""
    return tuple(read_assessment(content) for content in store.assessments(run))


def last_decision_in(rows: Iterable[Assessment]) -> int:
    """The last decision over an exemption that figures of a run know, by their codes; 0: none."""
    first = next((row.explain for row in rows if row.explain), None)
    return parse_code(first).decisions if first else 0


def read_assessment(content: dict[str, Any]) -> Assessment:
    """An assessment as a run kept it; what an older program kept besides is left out."""
    known = {field.name: content[field.name] for field in _FIELDS if field.name in content}
    target, covered, before = content["target"], content["covered"], content["compared_with"]
    return Assessment(
        **(
            known
            | {
                "categories": tuple(content["categories"]),
                "target": Target(**target) if target else None,
                "excluded": Excluded(**content["excluded"]),
                "covered": Period(*map(date.fromisoformat, covered)) if covered else None,
                "missing": tuple(Text(*words) for words in content["missing"]),
                "missing_divisions": tuple(content["missing_divisions"]),
                "compared_with": tuple(before) if before else None,
                "notes": tuple(Text(*words) for words in content["notes"]),
            }
        )
    )


_FIELDS = fields(Assessment)
