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


def chosen_of_both(
    policy: Policy, ids: Sequence[str]
) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
    """The named fleet mandates and the named other clauses; None and None for all of both.

    Raises `WrongUse` where an id is neither's.
    """
    ensure_clauses(policy, ids)
    if not ids:
        return None, None
    named = tuple(dict.fromkeys(ids))
    return (
        tuple(one for one in named if one in policy.mandates),
        tuple(one for one in named if one in policy.clauses),
    )


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
