"""Why a figure is not what it was: every change between two bulletins, split by its cause.

The causes are taken one after the other. Each step is a full assessment with one thing more made
as it is now; its part is what that step changed, so the parts sum to the whole exactly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal, NamedTuple

import polars as pl

from monitor.assess.assess import Held
from monitor.assess.evidence import Evidence
from monitor.model import Assessment, RowKey
from monitor.policy.mandates import Mandate
from monitor.policy.policy import Policy

# In the order in which they are told apart: each part is what its cause changes after those before.
Cause = Literal[
    "engine",
    "mandate",
    "reading",
    "rules",
    "day",
    "new_data",
    "correction",
    "exemption",
    "decision",
]


@dataclass(frozen=True, slots=True)
class Part:
    """What one cause changed in a figure, in the unit of its clause, and the verdicts about it."""

    cause: Cause
    denominator: int
    numerator: Decimal
    undetermined: Decimal
    status_before: str | None
    status_after: str | None
    short_by: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Attribution:
    """One row of two bulletins and what made the difference; the parts sum to the whole.

    Where the row is new or gone, there is no difference of figures: the parts name the cause and
    the verdicts only.
    """

    key: RowKey
    before: Assessment | None
    after: Assessment | None
    parts: tuple[Part, ...]


Rows = Mapping[RowKey, Assessment]


class Step(NamedTuple):
    """One thing more made as it is now, and all rows as they are then."""

    cause: Cause
    rows: Rows


class _Figures(NamedTuple):
    denominator: int = 0
    numerator: Decimal = Decimal(0)
    undetermined: Decimal = Decimal(0)
    short_by: Decimal = Decimal(0)


def split(before: Rows, steps: Sequence[Step]) -> tuple[Attribution, ...]:
    """Every row whose figure, target or verdict is another after the last step, with its parts."""
    after = steps[-1].rows if steps else before
    found = []
    for key in dict.fromkeys((*after, *before)):
        was, became = before.get(key), after.get(key)
        if _shown(was) != _shown(became):
            found.append(Attribution(key, was, became, tuple(_parts(key, was, steps))))
    return tuple(found)


def _parts(key: RowKey, was: Assessment | None, steps: Sequence[Step]) -> list[Part]:
    is_known = was is not None and key in steps[-1].rows
    parts, earlier = [], was
    for cause, rows in steps:
        later = rows.get(key)
        if _shown(earlier) != _shown(later):
            old, new = _figures(earlier), _figures(later)
            parts.append(
                Part(
                    cause=cause,
                    denominator=new.denominator - old.denominator if is_known else 0,
                    numerator=new.numerator - old.numerator if is_known else Decimal(0),
                    undetermined=new.undetermined - old.undetermined if is_known else Decimal(0),
                    status_before=earlier.status if earlier else None,
                    status_after=later.status if later else None,
                    short_by=new.short_by - old.short_by if is_known else Decimal(0),
                )
            )
        earlier = later
    return parts


def _figures(row: Assessment | None) -> _Figures:
    if row is None:
        return _Figures()
    return _Figures(
        row.denominator or 0,
        Decimal(row.numerator),
        Decimal(row.undetermined),
        Decimal(row.short_by),
    )


def _shown(row: Assessment | None) -> tuple[object, ...] | None:
    """What readers compare of a row."""
    if row is None:
        return None
    needed = None if row.needed_next is None else Decimal(row.needed_next)
    return (*_figures(row), row.denominator is None, row.share, needed, row.target, row.status)


# What the paper itself says; everything else of a mandate is how we read it.
_CLAUSE = (
    *("document", "section", "words", "strength", "measure", "unit"),
    *("valid_from", "valid_to", "targets"),
)


def with_clauses_of(old: Policy, new: Policy) -> Policy:
    """The old rules with the clauses as the new ones have them: added, ended, in other words."""
    mandates = {}
    for name, mandate in new.mandates.items():
        read = old.mandates.get(name, mandate)
        mandates[name] = read.model_copy(update={f: getattr(mandate, f) for f in _CLAUSE})
    return replace(old, mandates=mandates)


def has_other_clauses(old: Policy, new: Policy) -> bool:
    """Whether any clause was added, ended or put in other words."""
    return {name: _clause(m) for name, m in old.mandates.items()} != {
        name: _clause(m) for name, m in new.mandates.items()
    }


def _clause(mandate: Mandate) -> tuple[object, ...]:
    return tuple(getattr(mandate, field) for field in _CLAUSE)


def with_rows(held: Held, instead: pl.DataFrame, of: pl.DataFrame) -> Held:
    """What is held, with some vehicles as they stand in `instead` and not as they stand `of`.

    Both frames have the columns of `store.differences.corrected_rows`. Counts are sums, so the
    vehicles that go are added with the sign turned.
    """
    change = pl.concat([instead, of.with_columns(vehicles=-pl.col("vehicles"))])
    counts = held.evidence.counts

    def sorts(divisions: tuple[str, ...]) -> pl.DataFrame:
        found = held.sorts(divisions)
        own = change.filter(pl.col("division").is_in(list(divisions)))
        return pl.concat([found, own.select(found.columns)])

    changed = pl.concat([counts, change.select(counts.columns)])
    return replace(held, evidence=Evidence(changed, held.as_of), sorts=sorts)
