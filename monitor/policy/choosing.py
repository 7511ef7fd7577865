"""Mandates and divisions named by a user."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.errors import WrongUse
from monitor.model import Text
from monitor.policy.policy import Policy


def chosen_mandates(policy: Policy, ids: Sequence[str]) -> tuple[str, ...] | None:
    """The named mandates, None for all; raises `WrongUse` where there is none of the name."""
    unknown = [mandate for mandate in ids if mandate not in policy.mandates]
    if unknown:
        raise WrongUse(
            Text(
                f"没有这条要求：{unknown[0]}。可用 fleetmon mandates 查看全部。",
                f"No such mandate: {unknown[0]}. See fleetmon mandates.",
            )
        )
    return tuple(dict.fromkeys(ids)) or None


def ensure_clauses(policy: Policy, ids: Sequence[str]) -> None:
    """Raise `WrongUse` where an id is neither a fleet mandate's nor another clause's."""
    unknown = [clause for clause in ids if clause not in {*policy.mandates, *policy.clauses}]
    if unknown:
        raise WrongUse(
            Text(
                f"没有这条条文：{unknown[0]}。可用 fleetmon mandates --coverage 查看全部。",
                f"No such clause: {unknown[0]}. See fleetmon mandates --coverage.",
            )
        )


def chosen_divisions(policy: Policy, codes: Sequence[str]) -> tuple[str, ...] | None:
    """The named divisions, None for all; raises `WrongUse` where there is none of the code."""
    unknown = [code for code in codes if not policy.divisions.known(code)]
    if unknown:
        raise WrongUse(
            Text(
                f"没有这个地区：{unknown[0]}。可用 fleetmon divisions 查看全部。",
                f"No such division: {unknown[0]}. See fleetmon divisions.",
            )
        )
    return tuple(dict.fromkeys(codes)) or None
