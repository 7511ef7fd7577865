"""What a campaign left behind: everything once, everything accounted for, as in the spared twin."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.assess.assess import assess
from monitor.corridor.judge import hold
from monitor.policy.policy import load_policy
from monitor.store.audit_check import read_files, verify
from monitor.store.deliveries import State, deliveries
from monitor.store.ledger import attempts, last_attempts
from monitor.store.store import Store

if TYPE_CHECKING:
    from faults.campaign import Bureau


def compare(struck: Bureau, spared: Bureau, letters: Path, send_kills: int) -> dict[str, object]:
    """Every fault in words, and the figures beside them."""
    policy = load_policy(struck.config)
    with struck.place.store(write=False) as one, spared.place.store(write=False) as other:
        faults = [
            *_rows(one, other, struck),
            *_verdicts(one, other, policy, struck),
            *_letters(one, other, letters, send_kills),
            *_runs(one),
            *_audited(one),
            *_left_over(struck),
        ]
        copies = accepted(letters)
        return {
            "submissions": one.history(),
            "letters": len(deliveries(one)),
            "letters_accepted_twice": sum(1 for n in copies.values() if n > 1),
            "runs": dict(Counter(made.outcome for made in attempts(one))),
            "faults": faults,
        }


def _rows(one: Store, other: Store, struck: Bureau) -> Iterator[str]:
    asked = (
        "SELECT file_name, division, status, rows_read, rows_accepted, rows_rejected, added, "
        "corrected, unchanged FROM submission ORDER BY file_name, division"
    )
    if one.rows(asked) != other.rows(asked):
        yield "the submissions are not those of the spared home"
    taken = one.one("SELECT count(*) FROM submission WHERE status <> 'refused'")
    if taken != len(struck.dropped):
        yield f"{len(struck.dropped)} files were dropped and {taken} submissions accepted"
    counted = one.one("SELECT coalesce(sum(rows), 0) FROM part")
    if counted != sum(struck.dropped.values()):
        yield f"{sum(struck.dropped.values())} rows were sent and {counted} are held"
    missing = [
        name
        for (name,) in one.rows("SELECT file_name FROM part")
        if not (one.facts / name).is_file()
    ]
    if missing:
        yield f"parts without a file: {missing}"


def _verdicts(one: Store, other: Store, policy: Any, struck: Bureau) -> Iterator[str]:
    day: date = struck.now.date()
    if assess(policy, hold(one, day, None)) != assess(policy, hold(other, day, None)):
        yield "the verdicts are not those of the spared home"


def _letters(one: Store, other: Store, letters: Path, send_kills: int) -> Iterator[str]:
    """Each letter of the spared home once; doubles are counted and no more than the kills."""

    def promised(store: Store) -> Counter[tuple[Any, ...]]:
        return Counter(
            (made.kind, made.about, made.role, made.division, made.language)
            for made in deliveries(store)
            if made.state is not State.SUPERSEDED
        )

    mine, theirs = promised(one), promised(other)
    if mine != theirs:
        yield f"letters lost: {list(theirs - mine)[:5]}, letters made up: {list(mine - theirs)[:5]}"
    copies = accepted(letters)
    kept = {made.message_id: made for made in deliveries(one)}
    for message, times in copies.items():
        made = kept.get(message)
        if made is None:
            yield f"a letter that nobody promised went out: {message}"
        elif times > 1 + made.doubles:
            yield f"{message} went out {times} times, {made.doubles} doubles are counted"
    for made in kept.values():
        if made.state is State.SENT and made.message_id not in copies:
            yield f"{made.message_id} is said to be sent and never arrived"
        if made.state not in {State.SENT, State.SUPERSEDED}:
            yield f"{made.message_id} is left as {made.state}"
    doubled = sum(times - 1 for times in copies.values())
    if doubled > send_kills:
        yield f"{doubled} doubles from {send_kills} kills"


def accepted(letters: Path) -> Counter[str]:
    lines = letters.read_text("utf-8").splitlines() if letters.exists() else []
    return Counter(str(json.loads(line)["id"]) for line in lines)


def _runs(one: Store) -> Iterator[str]:
    """Each key ends as done; an attempt that was killed says so."""
    queues = {"ingest_inbox", "send_due"}
    for key, last in last_attempts(one).items():
        # A queue asked by hand has a key of its own each time; what it left, the next one took.
        if last.outcome != "done" and key.job not in queues:
            yield f"{key} ended as {last.outcome}"
    for made in attempts(one):
        if made.outcome == "running" or made.ended_at is None:
            yield f"{made.key} attempt {made.number} is not accounted for"


def _audited(one: Store) -> Iterator[str]:
    found = verify(one, read_files(one.home))
    yield from (str(fault) for fault in found.faults)


def _left_over(struck: Bureau) -> Iterator[str]:
    home = struck.place.home
    waiting = [path.name for path in home.outbox.iterdir() if path.suffix == ".eml"]
    if waiting:
        yield f"letters left in the outbox: {waiting[:5]}"
    for city in ("360100", "360200", "360300"):
        left = [path.name for path in (home.inbox / city).iterdir() if path.is_file()]
        if left:
            yield f"files left in the inbox: {left[:5]}"
