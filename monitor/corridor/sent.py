"""What came in, as far as somebody may see it: lists, one report, and what of it counts now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from monitor.model import Status, SubmissionSummary
from monitor.store.store import Store

# A file of several senders is for who may see all of them.
_IN_SCOPE: Final = """(list_contains(?::VARCHAR[], division) OR (division IS NULL
    AND seq IN (SELECT submission FROM coverage)
    AND seq NOT IN (SELECT submission FROM coverage
                    WHERE NOT list_contains(?::VARCHAR[], division))))"""
_OF_DIVISION: Final = """(division IS NOT DISTINCT FROM ?
    OR seq IN (SELECT submission FROM coverage WHERE division = ?))"""
_OF_YEAR: Final = """? BETWEEN year(coalesce(period_start, received_at::DATE))
    AND year(coalesce(period_end, received_at::DATE))"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which submissions; what is None is not asked for."""

    division: str | None = None
    kind: str | None = None
    year: int | None = None
    status: Status | None = None


class Counting(NamedTuple):
    """The rows of a submission that count now, and the later ones that took over the rest.

    `taken_over` is by submission, in their order, with how many rows each.
    """

    rows: int
    taken_over: tuple[tuple[str, int], ...]


def sent(
    store: Store, scope: Sequence[str] | None, wanted: Wanted, *, first: int, most: int
) -> tuple[tuple[SubmissionSummary, ...], int]:
    """Submissions in a scope of divisions (None: all), the newest first, from `first` (0 is the
    newest) at most `most`; and how many there are.
    """
    where, given = _conditions(scope, wanted)
    found = store.summaries(
        f"seq IN (SELECT seq FROM submission WHERE {where} "  # noqa: S608  # our own words
        "ORDER BY seq DESC LIMIT ? OFFSET ?)",
        [*given, most, first],
    )
    return tuple(reversed(found)), count_sent(store, scope, wanted)


def count_sent(store: Store, scope: Sequence[str] | None, wanted: Wanted) -> int:
    """How many submissions in a scope there are."""
    where, given = _conditions(scope, wanted)
    return int(store.one(f"SELECT count(*) FROM submission WHERE {where}", given))  # noqa: S608


def sent_one(store: Store, scope: Sequence[str] | None, number: str) -> SubmissionSummary | None:
    """One submission; None where there is none of this number in the scope."""
    where, given = _conditions(scope, Wanted())
    found = store.summaries(f"id = ? AND {where}", [number, *given])
    return found[0] if found else None


def years_sent(store: Store, scope: Sequence[str] | None) -> tuple[int, ...]:
    """The years that there is something about, the last first."""
    where, given = _conditions(scope, Wanted())
    found = store.rows(
        "SELECT DISTINCT year(coalesce(period_end, received_at::DATE)) AS y "  # noqa: S608  # our own words
        f"FROM submission WHERE {where} ORDER BY y DESC",
        given,
    )
    return tuple(int(year) for (year,) in found)


def counting(store: Store, seq: int) -> Counting:
    """How many rows of a submission count now."""
    rows = store.rows("SELECT rows FROM part WHERE submission = ?", [seq])
    ended = store.one("SELECT count(DISTINCT line) FROM ending WHERE submission = ?", [seq])
    found = store.rows(
        "SELECT s.id, count(DISTINCT e.line) FROM ending AS e "
        "JOIN submission AS s ON s.seq = e.by_submission "
        "WHERE e.submission = ? AND e.by_submission <> e.submission GROUP BY ALL ORDER BY ALL",
        [seq],
    )
    kept = int(rows[0][0]) if rows else 0
    return Counting(kept - int(ended), tuple((name, int(n)) for name, n in found))


def _conditions(scope: Sequence[str] | None, wanted: Wanted) -> tuple[str, list[object]]:
    conditions, given = ["true"], list[object]()
    if scope is not None:
        conditions.append(_IN_SCOPE)
        given += [list(scope), list(scope)]
    if wanted.division is not None:
        conditions.append(_OF_DIVISION)
        given += [wanted.division, wanted.division]
    if wanted.kind is not None:
        conditions.append("kind = ?")
        given.append(wanted.kind)
    if wanted.year is not None:
        conditions.append(_OF_YEAR)
        given.append(wanted.year)
    if wanted.status is not None:
        conditions.append("status = ?")
        given.append(wanted.status.value)
    return " AND ".join(conditions), given
