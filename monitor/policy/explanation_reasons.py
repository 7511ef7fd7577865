"""Why a warning may stand: the reasons of `data/explanations.yml`."""

from __future__ import annotations

from typing import Final

from pydantic import field_validator

from monitor.model import Text
from monitor.policy.codes import BilingualText, Strict
from monitor.policy.project import Project
from monitor.policy.yamlfile import load

OTHER: Final = "other"  # the reason that says nothing without words


class _Reason(Strict):
    code: str
    label: BilingualText


class _Reasons(Strict):
    reasons: tuple[_Reason, ...]

    @field_validator("reasons")
    @classmethod
    def _codes_once(cls, reasons: tuple[_Reason, ...]) -> tuple[_Reason, ...]:
        codes = [reason.code for reason in reasons]
        if len(set(codes)) < len(codes):
            message = "a reason stands twice / 理由重复"
            raise ValueError(message)
        return reasons


def load_reasons(project: Project) -> dict[str, Text]:
    """The reasons to choose from, in their order, by code; raises `PolicyError` with the fault."""
    file = load(project.file("data/explanations.yml"), _Reasons)
    return {reason.code: reason.label for reason in file.reasons}
