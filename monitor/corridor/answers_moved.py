"""What a file of a declared kind would change in the answers to clauses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from monitor.assess.answer import ClauseAnswer
from monitor.corridor.answering import answer
from monitor.policy.policy import Policy
from monitor.store.store import Store


@dataclass(frozen=True, slots=True)
class Moved:
    """One answer before and after a file; None where there was or is none."""

    before: ClauseAnswer | None
    after: ClauseAnswer | None


def answers_moved(
    store: Store, policy: Policy, kinds: Iterable[str | None], as_of: date, before: int
) -> tuple[Moved, ...]:
    """The answers that differ since submission `before`, of the clauses that these kinds answer.

    What only says where the figure may be traced is no difference.
    """
    touched = set(kinds)
    clauses = [clause.id for clause in policy.clauses.values() if clause.kinds & touched]
    if not clauses:
        return ()
    then = answer(store, policy, as_of, None, history=before, clauses=clauses).rows
    now = answer(store, policy, as_of, None, clauses=clauses).rows
    earlier, later = ({one.key: one for one in rows} for rows in (then, now))
    return tuple(
        Moved(earlier.get(key), later.get(key))
        for key in dict.fromkeys((*later, *earlier))
        if _said(earlier.get(key)) != _said(later.get(key))
    )


def _said(one: ClauseAnswer | None) -> ClauseAnswer | None:
    return None if one is None else replace(one, explain="")
