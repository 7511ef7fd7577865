"""Which rulesets this home has seen, and which of them somebody has accepted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.store import audit
from monitor.store.knowledge import read_moment, stored_moment
from monitor.store.store import Store

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class AcceptedRuleset:
    """A ruleset that bulletins may be sent by, since when and by whose word."""

    ruleset: str
    accepted_at: datetime
    accepted_by: str
    note: str | None


def note_ruleset(store: Store, ruleset: str, seen_at: datetime) -> None:
    """Remember that a ruleset has come up; the first moment stays."""
    store.connection.execute(
        "INSERT INTO ruleset (hash, seen_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
        [ruleset, stored_moment(seen_at)],
    )


def accepted_ruleset(store: Store) -> AcceptedRuleset | None:
    """The ruleset accepted last."""
    found = store.rows(
        "SELECT hash, accepted_at, accepted_by, note FROM ruleset "
        "WHERE accepted_at IS NOT NULL ORDER BY accepted_at DESC LIMIT 1"
    )
    if not found:
        return None
    ruleset, accepted_at, accepted_by, note = found[0]
    return AcceptedRuleset(ruleset, read_moment(accepted_at), accepted_by, note)


def accept_ruleset(
    store: Store, ruleset: str, *, at: datetime, by: str, note: str | None
) -> AcceptedRuleset:
    """Accept a ruleset, noted before or not, in place of the last one.

    It counts as accepted after that one even where the clock has gone back. Who accepted the same
    rules at an earlier time stays in the note.
    """
    last = accepted_ruleset(store)
    moment = max(at, last.accepted_at + _TICK) if last else at
    note_ruleset(store, ruleset, at)
    earlier = store.rows(
        "SELECT accepted_at, accepted_by, note FROM ruleset "
        "WHERE hash = ? AND accepted_at IS NOT NULL",
        [ruleset],
    )
    words = [note] if note else []
    words += [
        f"({read_moment(when).isoformat()} {who}{f': {told}' if told else ''})"
        for when, who, told in earlier
    ]
    kept = " ".join(words) or None
    with store.transaction():
        store.connection.execute(
            "UPDATE ruleset SET accepted_at = ?, accepted_by = ?, note = ? WHERE hash = ?",
            [stored_moment(moment), by, kept, ruleset],
        )
        before = last.ruleset if last else None
        audit.record(store, "ruleset", ruleset, detail={"by": by, "before": before}, at=at)
    return AcceptedRuleset(ruleset, moment, by, kept)


def published_runs(store: Store) -> list[int]:
    """The runs that some division's latest bulletin is of, the last first."""
    return [
        int(run)
        for (run,) in store.rows(
            "SELECT DISTINCT last FROM (SELECT max(run) AS last FROM bulletin GROUP BY division) "
            "ORDER BY last DESC"
        )
    ]
