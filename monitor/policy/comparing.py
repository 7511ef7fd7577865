"""Two rulesets set side by side: which files differ, and in which fields of which mandate."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from monitor.policy.mandates import Mandate
from monitor.policy.policy import Policy

_MANDATES = frozenset({"mandates", "national"})


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a mandate, as it was and as it is; None where it is not set."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One file that came, went or reads otherwise; for a mandate's also which fields.

    A change of comments or of layout alone has no fields.
    """

    file: str
    change: Literal["added", "removed", "changed"]
    mandate: str | None = None
    fields: tuple[FieldChange, ...] = ()


def changes_between(old: Policy, new: Policy) -> tuple[RuleChange, ...]:
    """The files in which two rulesets differ, in the order of their paths."""
    was, became = _files(old), _files(new)
    return tuple(
        _change(name, was.get(name), became.get(name), old, new)
        for name in sorted({*was, *became})
        if name not in was
        or name not in became
        or was[name].read_bytes() != became[name].read_bytes()
    )


def _files(policy: Policy) -> dict[str, Path]:
    return {policy.project.relative(path).as_posix(): path for path in policy.files}


def _change(
    name: str, was: Path | None, became: Path | None, old: Policy, new: Policy
) -> RuleChange:
    mandates = [_mandate_in(old, was), _mandate_in(new, became)]
    before, after = mandates
    shown = next((mandate.id for mandate in reversed(mandates) if mandate), None)
    fields: tuple[FieldChange, ...] = ()
    if before is not None and after is not None:
        fields = _fields(before, after)
    kind: Literal["added", "removed", "changed"] = "changed"
    if was is None or became is None:
        kind = "added" if was is None else "removed"
    return RuleChange(name, kind, shown, fields)


def _mandate_in(policy: Policy, path: Path | None) -> Mandate | None:
    """The mandate of a file that is named after it."""
    is_one = path is not None and path.parent.name in _MANDATES
    return policy.mandates.get(path.stem) if is_one and path else None


def _fields(before: Mandate, after: Mandate) -> tuple[FieldChange, ...]:
    was, became = _told(before), _told(after)
    return tuple(
        FieldChange(name, was[name], became[name]) for name in became if was[name] != became[name]
    )


def _told(mandate: Mandate) -> dict[str, str | None]:
    """Every field as text; the targets as a person writes them."""
    told = {name: _shown(value) for name, value in mandate.model_dump(mode="json").items()}
    targets = (f"{t.period} {t.op} {t.value or t.compare_to}" for t in mandate.targets)
    return told | {"targets": ", ".join(targets) or None}


def _shown(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
