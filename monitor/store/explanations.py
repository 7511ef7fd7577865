"""Why a warning stands: what a sender said of it when the file was confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from monitor.store.knowledge import read_moment, stored_moment
from monitor.store.store import Store


class NewExplanation(NamedTuple):
    """What is said of one finding code of a file, before it counts.

    `reason` is a code of the door's own list, `words` the sender's; `until` is the last day on
    which the same may be expected, None where it says nothing of time.
    """

    code: str
    reason: str
    words: str
    until: date | None
    made_by: str


class Explanation(NamedTuple):
    """What is said of one finding code of a submission, since it was confirmed."""

    submission: int
    code: str
    reason: str
    words: str
    until: date | None
    made_by: str
    made_at: datetime


def add_explanations(store: Store, seq: int, rows: Sequence[NewExplanation], at: datetime) -> None:
    """Keep what was said of a submission, one explanation a code, in the caller's transaction."""
    moment = stored_moment(at)
    store.insert("explanation", [[seq, *row, moment] for row in rows])


def explanations_of(store: Store, seqs: Sequence[int]) -> tuple[Explanation, ...]:
    """What was said of these submissions, by submission and code."""
    found = store.rows(
        "SELECT submission, code, reason, words, until, made_by, made_at FROM explanation "
        "WHERE list_contains(?::INTEGER[], submission) ORDER BY submission, code",
        [list(seqs)],
    )
    return tuple(Explanation._make((*row[:-1], read_moment(row[-1]))) for row in found)
