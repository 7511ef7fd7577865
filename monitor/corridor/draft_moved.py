"""Whether what is held moved under a draft since its check."""

from __future__ import annotations

from typing import Final

from monitor.corridor.draft_result import DraftResult
from monitor.policy.policy import Policy
from monitor.store.store import Store

_SENT: Final = """
    FROM submission AS s WHERE s.seq > ? AND s.status <> 'refused' AND (
        s.division IS NULL OR list_contains(?, s.division) OR EXISTS (
            FROM coverage AS c WHERE c.submission = s.seq AND list_contains(?, c.division)))
"""
# Another division claims a vehicle of one of these, or ends one.
_CLAIMED: Final = """
    FROM claim WHERE submission > ?
    AND vin IN (SELECT vin FROM claim WHERE list_contains(?, division))
"""
_ENDED: Final = """
    FROM retirement AS r JOIN coverage AS c ON c.submission = r.submission
    WHERE r.by_submission > ? AND list_contains(?, c.division)
"""
_DECIDED: Final = "FROM exemption_decision WHERE seq > ? AND list_contains(?, division)"


def has_moved(store: Store, policy: Policy, division: str, result: DraftResult) -> bool:
    """Whether a rule, a decision or a submission came that bears on the draft's divisions.

    A vehicle that another division reports meanwhile and that only the draft has is not seen here:
    it shows in what the submission changes when it is received.
    """
    if result.ruleset != policy.ruleset:
        return True
    table = policy.divisions
    related = list({division, *table.members(division), table.province_of(division)})
    since, decided = result.seen_history, result.seen_decisions
    return any(
        bool(store.one(f"SELECT EXISTS ({query})", given))
        for query, given in (
            (_SENT, [since, related, related]),
            (_CLAIMED, [since, related]),
            (_ENDED, [since, related]),
            (_DECIDED, [decided, related]),
        )
    )
