"""Which later submissions settle what an earlier one left open."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.model import SubmissionSummary
from monitor.store.holdings import is_held
from monitor.store.knowledge import Knowledge
from monitor.store.store import Store


def holder_of_all(
    store: Store, summary: SubmissionSummary, divisions: Sequence[str], vins: set[str]
) -> str | None:
    """The last of the submissions after `summary` that hold a row of every one of these vehicles.

    Rows of the divisions count; repetitions that contradict each other do not. None where some
    vehicle did not come again.
    """
    if not vins or not is_held(store, summary.kind):
        return None
    store.look(Knowledge(None, store.history()))
    found = store.rows(
        f"SELECT r.vin, max(s.id) FROM held_{summary.kind} AS r "
        "JOIN submission AS s ON s.seq = r.submission JOIN facet AS f ON f.id = r.facet "
        "WHERE s.seq > ? AND list_contains(?::VARCHAR[], f.division) "
        "AND list_contains(?::VARCHAR[], r.vin) AND NOT EXISTS (FROM ending AS e "
        "WHERE e.submission = r.submission AND e.line = r.line "
        "AND e.reason = 'duplicate_conflict') GROUP BY r.vin",
        [summary.seq, [*divisions], sorted(vins)],
    )
    return max(later for _, later in found) if len(found) == len(vins) else None


def sent_again(store: Store, summary: SubmissionSummary) -> str | None:
    """The last later submission of the same kind, sender and period that was taken in whole."""
    if summary.period is None or summary.division is None:
        return None
    found = store.summaries(
        "seq > ? AND kind = ? AND division = ? AND period_start = ? AND period_end = ? "
        "AND status <> 'refused' AND rows_rejected = 0 AND mode <> 'withdraw'",
        [summary.seq, summary.kind, summary.division, *summary.period],
    )
    return found[-1].submission if found else None
