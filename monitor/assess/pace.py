"""What comes beyond the contracts at last year's pace, row by row, and the sum of a pool's parts.

`forecast` tells the steps one by one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import chain
from typing import Literal, NamedTuple, TypeAlias

from monitor.assess.contracts import Contracts
from monitor.assess.weekly import Weekly, week_ends
from monitor.model import Assessment, RowKey
from monitor.policy.policy import Policy

# A quarter: over fewer days the pace of a year says nothing.
_LEAST_DAYS_GONE = 90

Basis: TypeAlias = Literal["last_year", "own_pace", "nothing"]


class Carried(NamedTuple):
    """One row, or the sum of several, carried on; `denominator` None for a count.

    `as_before` are those of `beyond` that the expected case takes for new-energy, `gone` the ends
    of the coming weeks with how many of `beyond` have come by then; empty without a pace.
    """

    as_of: date
    denominator: int | None
    numerator: int
    undetermined: int
    due: Contracts
    beyond: int
    as_before: int
    gone: tuple[tuple[date, int], ...]
    basis: Basis


def carry_on(row: Assessment, weekly: Weekly, due: Contracts) -> Carried:
    """One row by itself, at the pace of the year before or else at its own."""
    n, u, d = int(row.numerator), int(row.undetermined), row.denominator
    rest = _rest_of_year(weekly, d)
    pace = rest[-1][1] if rest else 0
    pledged = due.due_new + due.due_open + (0 if d is None else due.due_other)
    beyond = max(0, pace - pledged)
    as_before = beyond if d is None else beyond * n // d if d else 0
    gone = tuple((on, beyond * added // pace if pace else 0) for on, added in rest)
    basis: Basis = "last_year" if weekly.ahead else "own_pace" if rest else "nothing"
    return Carried(weekly.this_year[-1].on, d, n, u, due, beyond, as_before, gone, basis)


def parts_of(
    policy: Policy, row: Assessment, carried: Mapping[RowKey, Carried]
) -> tuple[Carried, ...]:
    """The rows of a pooled share's categories; empty where one lacks, or where categories overlap.

    A count has no such parts: its opening figure is that of the whole.
    """
    kinds = [policy.kinds_of(category) for category in row.categories]
    if row.denominator is None or sum(map(len, kinds)) > len(set().union(*kinds)):
        return ()
    keys = [(*row.key[:3], (category,), "breakdown") for category in row.categories]
    return tuple(carried[key] for key in keys) if all(key in carried for key in keys) else ()


def sum_of(parts: Sequence[Carried]) -> Carried:
    """All counts and weeks added up; parts without a pace have no weeks to add."""
    first, *others = parts
    if not others:
        return first
    gone: dict[date, int] = {}
    for on, lost in chain.from_iterable(part.gone for part in parts):
        gone[on] = gone.get(on, 0) + lost
    return first._replace(
        denominator=sum(part.denominator or 0 for part in parts),
        numerator=sum(part.numerator for part in parts),
        undetermined=sum(part.undetermined for part in parts),
        due=Contracts(*map(sum, zip(*(part.due for part in parts), strict=True))),
        beyond=sum(part.beyond for part in parts),
        as_before=sum(part.as_before for part in parts),
        gone=tuple(sorted(gone.items())),
    )


def _rest_of_year(weekly: Weekly, counted: int | None) -> list[tuple[date, int]]:
    """The ends of the weeks to come, each with what will have been added by then at the pace of
    the year before, else at this year's own; empty where there is no pace to go by.
    """
    if weekly.ahead:
        return [
            (p.on, p.numerator if p.denominator is None else p.denominator) for p in weekly.ahead
        ]
    as_of = weekly.this_year[-1].on
    gone = (as_of - date(as_of.year - 1, 12, 31)).days
    if counted is None or gone < _LEAST_DAYS_GONE:
        return []
    ends = week_ends(as_of + timedelta(days=1), date(as_of.year, 12, 31))
    return [(end, counted * (end - as_of).days // gone) for end in ends]
