"""How clauses stand today for a place: one word a clause, of all that is known of its lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from monitor.assess.answer import ClauseAnswer
from monitor.policy.policy import Policy

Standing = Literal["failed", "behind", "unknown", "met", "listed"]
# What weighs most comes first: a clause of which a line failed failed, whatever else is known.
STANDINGS: Final[tuple[Standing, ...]] = ("failed", "behind", "unknown", "met", "listed")
_OF: Final[dict[str, Standing]] = {
    "not_met": "failed",
    "out_of_reach": "failed",
    "behind": "behind",
    "no_data": "unknown",
    "not_computable": "unknown",
    "undetermined": "unknown",
    "met": "met",
    "on_track": "met",
}

_VERDICTS: Final = frozenset({"failed", "behind", "met"})


@dataclass(frozen=True, slots=True)
class Tally:
    """The clauses of a place, counted by how they stand; `beside` are those of its province that
    have figures of the place for information.
    """

    clauses: int
    standings: tuple[tuple[Standing, int], ...]
    beside: int


@dataclass(frozen=True, slots=True)
class LineStanding:
    """One line for one place: the answer that decides how it stands, and what else is to be told.

    `before` is the last year with a verdict where the deciding one has none, `after` the last year
    of all where it decides nothing; `failed_before` counts earlier years that failed.
    """

    deciding: ClauseAnswer
    before: ClauseAnswer | None
    after: ClauseAnswer | None
    failed_before: int


def lines_of(answers: Iterable[ClauseAnswer]) -> list[LineStanding]:
    """How each line stands, in their order; a year that has no verdict to give decides nothing."""
    by_line: dict[tuple[str, int], list[ClauseAnswer]] = {}
    for one in answers:
        by_line.setdefault((one.clause, one.line), []).append(one)
    return [_line(rows) for rows in by_line.values()]


def _line(rows: Sequence[ClauseAnswer]) -> LineStanding:
    deciding, last = max(rows, key=_deciding), max(rows, key=_year)
    judged = [one for one in rows if _OF.get(one.status) in _VERDICTS]
    earlier = [one for one in judged if one.period < deciding.period]
    before = max(earlier, key=_year) if earlier and deciding not in judged else None
    return LineStanding(
        deciding=deciding,
        before=before,
        after=last if last is not deciding else None,
        failed_before=sum(_OF[one.status] == "failed" for one in earlier if one is not before),
    )


def standing_of(answers: Iterable[ClauseAnswer]) -> Standing:
    """How one clause stands for one place."""
    return gravest(line.deciding.status for line in lines_of(answers))


def gravest(statuses: Iterable[str]) -> Standing:
    """What figures with these statuses make of their clause; of none nothing is known."""
    found = {_OF.get(status, "listed") for status in statuses}
    return next((one for one in STANDINGS if one in found), "unknown")


def tally_of(
    answers: Sequence[ClauseAnswer], division: str, policy: Policy, today: date
) -> Tally | None:
    """The panel of a division's own page: its clauses that have begun; None where it has none, and
    no other has figures of it.
    """
    mine: dict[str, list[ClauseAnswer]] = {}
    for one in answers:
        if one.division == division:
            mine.setdefault(one.clause, []).append(one)
    own = [
        clause.id
        for clause in policy.clauses.values()
        if clause.jurisdiction == division and clause.valid_from <= today
    ]
    beside = len(mine.keys() - set(own))
    if not own and not beside:
        return None
    counted = Counter(standing_of(mine.get(clause, ())) for clause in own)
    standings = tuple((one, counted[one]) for one in STANDINGS if counted[one])
    return Tally(len(own), standings, beside)


def _deciding(one: ClauseAnswer) -> tuple[bool, str]:
    """The last year that a verdict, or its absence, is told of; else the last of all."""
    return one.status in _OF, one.period


def _year(one: ClauseAnswer) -> str:
    return one.period
