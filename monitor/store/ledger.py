"""The run ledger: what a job did for which period and day, every attempt with its outcome.

A key (job, period, as_of) is done at most once. The ledger decides what is due; the scheduler
only wakes. Rows are written under the home's lock, so two processes cannot claim one key.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal, NamedTuple

from monitor.model import Text
from monitor.store.knowledge import read_moment, stored_moment
from monitor.store.store import Store

Outcome = Literal["running", "done", "failed", "given_up", "interrupted", "killed"]
# Nothing more is to be done for a key with one of these.
SETTLED: frozenset[Outcome] = frozenset({"done", "given_up"})


# No pause between two attempts is longer.
LONGEST_PAUSE = timedelta(hours=24)


class RunKey(NamedTuple):
    """What a run is of; the same key never does its work twice."""

    job: str
    period: str
    as_of: date


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt at a run; moments carry their zone, `counts` are what the job counted.

    `failures` is how many attempts of the key failed or were killed before a claimed one.
    """

    key: RunKey
    number: int
    asked_by: str
    owner: str
    due_at: datetime | None
    is_late: bool
    started_at: datetime
    ended_at: datetime | None
    outcome: Outcome
    next_try_at: datetime | None
    ruleset: str
    version: str
    counts: Mapping[str, int]
    words: Text | None
    failures: int = 0

    @property
    def is_settled(self) -> bool:
        """Whether nothing more is to be done for the key."""
        return self.outcome in SETTLED


def must_wait(last: Attempt, now: datetime) -> bool:
    """Whether the pause after an attempt is not over.

    A moment further off than any pause was written by a clock that was wrong: it holds nothing up.
    """
    again = last.next_try_at
    return again is not None and now < again <= now + LONGEST_PAUSE


@dataclass(frozen=True, slots=True)
class NewAttempt:
    """What is known of an attempt before it starts."""

    key: RunKey
    asked_by: str
    owner: str
    due_at: datetime | None
    is_late: bool
    started_at: datetime
    ruleset: str
    version: str


_COLUMNS = (
    "job, period, as_of, attempt, asked_by, owner, due_at, is_late, started_at, ended_at, "
    "outcome, next_try_at, ruleset, version, counts, zh, en"
)
_KEY = "job = ? AND period = ? AND as_of = ?"


def first_seen(store: Store) -> dict[str, datetime]:
    """Since when each job is known here: nothing that would have been due before it is due."""
    return {job: read_moment(since) for job, since in store.rows("SELECT job, since FROM job_seen")}


def note_seen(store: Store, jobs: Sequence[str], at: datetime) -> dict[str, datetime]:
    """As `first_seen`, with those of the jobs that are new here known from `at` on.

    So is one that was first met by a clock that ran ahead.
    """
    known = {job: since for job, since in first_seen(store).items() if since <= at}
    new = [job for job in jobs if job not in known]
    with store.transaction():
        store.connection.execute("DELETE FROM job_seen WHERE since > ?", [stored_moment(at)])
        store.insert("job_seen", [[job, stored_moment(at)] for job in new])
    return known | dict.fromkeys(new, at)


def attempts(
    store: Store, job: str | None = None, since: datetime | None = None
) -> tuple[Attempt, ...]:
    """The attempts, of one job where it is named, in the order in which they were started."""
    moment = stored_moment(since) if since else None
    found = store.rows(
        f"SELECT {_COLUMNS} FROM job_attempt WHERE (?::VARCHAR IS NULL OR job = ?) "
        "AND (?::TIMESTAMP IS NULL OR started_at >= ?) ORDER BY started_at, job, period, attempt",
        [job, job, moment, moment],
    )
    return tuple(_attempt(row) for row in found)


def last_attempts(store: Store) -> dict[RunKey, Attempt]:
    """The last attempt of each key."""
    found = store.rows(
        f"SELECT {_COLUMNS} FROM job_attempt QUALIFY row_number() OVER "
        "(PARTITION BY job, period, as_of ORDER BY attempt DESC) = 1 ORDER BY started_at"
    )
    return {made.key: made for made in map(_attempt, found)}


def claim(store: Store, new: NewAttempt, *, by_hand: bool = False) -> Attempt:
    """Start an attempt, or give the last one where the key is settled or its pause not over.

    What was given up may be done `by_hand` when its cause is gone, and nobody waits for a pause
    then; what is done is never done again.

    Whoever calls holds the lock of the job: an attempt that still says `running` was killed, and
    is recorded so before the new one starts.
    """
    with store.transaction():
        found = store.rows(
            f"SELECT {_COLUMNS} FROM job_attempt WHERE {_KEY} ORDER BY attempt DESC LIMIT 1",
            list(new.key),
        )
        last = _attempt(found[0]) if found else None
        is_open = last is None or not last.is_settled or (by_hand and last.outcome == "given_up")
        if last is not None and (not is_open or (not by_hand and must_wait(last, new.started_at))):
            return last
        bury(store, new.key.job, new.started_at)
        number = last.number + 1 if last else 1
        failures = store.one(
            f"SELECT count(*) FROM job_attempt WHERE {_KEY} AND outcome IN ('failed', 'killed')",
            list(new.key),
        )
        store.insert(
            "job_attempt",
            [
                [
                    *new.key,
                    number,
                    new.asked_by,
                    new.owner,
                    stored_moment(new.due_at) if new.due_at else None,
                    new.is_late,
                    stored_moment(new.started_at),
                    None,
                    "running",
                    None,
                    new.ruleset,
                    new.version,
                    None,
                    None,
                    None,
                ]
            ],
        )
    return Attempt(
        key=new.key,
        number=number,
        asked_by=new.asked_by,
        owner=new.owner,
        due_at=new.due_at,
        is_late=new.is_late,
        started_at=new.started_at,
        ended_at=None,
        outcome="running",
        next_try_at=None,
        ruleset=new.ruleset,
        version=new.version,
        counts={},
        words=None,
        failures=int(failures),
    )


def bury(store: Store, job: str, at: datetime) -> None:
    """Record as killed what still says `running` of a job whose lock is free.

    It may be tried again at once.
    """
    moment = stored_moment(at)
    words = Text(
        "运行中断（断电、被强制结束或程序崩溃），其未提交的内容均未保存。",
        "It was cut off (power, a kill or a crash); nothing that it had not committed was kept.",
    )
    store.connection.execute(
        "UPDATE job_attempt SET outcome = 'killed', ended_at = ?, next_try_at = ?, zh = ?, en = ? "
        "WHERE job = ? AND outcome = 'running'",
        [moment, moment, words.zh, words.en, job],
    )


def is_running(store: Store, attempt: Attempt) -> bool:
    """Whether an attempt has no end yet."""
    return bool(
        store.rows(
            f"SELECT 1 FROM job_attempt WHERE {_KEY} AND attempt = ? AND outcome = 'running'",
            [*attempt.key, attempt.number],
        )
    )


def finish(
    store: Store,
    attempt: Attempt,
    *,
    outcome: Outcome,
    at: datetime,
    counts: Mapping[str, int],
    words: Text | None = None,
    next_try_at: datetime | None = None,
) -> None:
    """End an attempt, within the caller's transaction."""
    store.connection.execute(
        "UPDATE job_attempt SET outcome = ?, ended_at = ?, counts = ?, zh = ?, en = ?, "
        f"next_try_at = ? WHERE {_KEY} AND attempt = ? AND outcome = 'running'",
        [
            outcome,
            stored_moment(at),
            json.dumps(dict(counts)),
            words.zh if words else None,
            words.en if words else None,
            stored_moment(next_try_at) if next_try_at else None,
            *attempt.key,
            attempt.number,
        ],
    )


def _attempt(row: tuple[Any, ...]) -> Attempt:
    job, period, as_of, number, asked_by, owner, due_at, is_late, started_at, ended_at = row[:10]
    outcome, next_try_at, ruleset, version, counts, zh, en = row[10:]
    return Attempt(
        key=RunKey(job, period, as_of),
        number=number,
        asked_by=asked_by,
        owner=owner,
        due_at=read_moment(due_at) if due_at else None,
        is_late=is_late,
        started_at=read_moment(started_at),
        ended_at=read_moment(ended_at) if ended_at else None,
        outcome=outcome,
        next_try_at=read_moment(next_try_at) if next_try_at else None,
        ruleset=ruleset,
        version=version,
        counts=json.loads(counts) if counts else {},
        words=Text(zh, en) if zh else None,
    )
