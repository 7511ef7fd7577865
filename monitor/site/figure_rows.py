"""Figures before and after a file, side by side, as a page shows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from monitor.bulletins import formats
from monitor.bulletins.figures import figures_of, target_of
from monitor.bulletins.labels import subject_of
from monitor.bulletins.parts import Verdict
from monitor.bulletins.words import Words
from monitor.corridor.draft_result import Figure
from monitor.door.rights import Verb, Visitor, may
from monitor.model import Assessment
from monitor.policy.policy import Policy


@dataclass(frozen=True, slots=True)
class Side:
    """One state of a figure: its share or count, what that is of, its verdict."""

    share: str
    counted: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One figure before and after; `is_turned` where its verdict is another."""

    subject: str
    period: str
    target: str
    has_target: bool
    before: Side | None
    after: Side | None
    change: str
    is_turned: bool
    differs: bool


@dataclass(frozen=True, slots=True)
class FigureTable:
    """The figures of one level; `same` are those that stay as they are.

    What clauses make of the whole comes first, their parts by category after it.
    """

    title: str
    turned: tuple[FigureRow, ...]
    same: tuple[FigureRow, ...]


def figure_tables(
    figures: Sequence[Figure], division: str, visitor: Visitor, policy: Policy, words: Words
) -> tuple[FigureTable, ...]:
    """The sender's own figures, then the province's for who may see them.

    All others are left out: `elsewhere` counts them.
    """
    above = policy.divisions.province_of(division)
    own = [one for one in figures if one.is_own]
    province = [one for one in figures if _is_above(one, above, visitor, policy)]
    name = words.text(policy.divisions.name(division))
    tables = [(name, own)]
    if province:
        tables.append((words.text(policy.divisions.name(above)), province))
    return tuple(_table(title, chosen, policy, words) for title, chosen in tables if chosen)


def elsewhere(figures: Sequence[Figure], division: str, visitor: Visitor, policy: Policy) -> int:
    """How many figures the file turns that no table of this visitor shows."""
    above = policy.divisions.province_of(division)
    return sum(
        one.differs and not one.is_own and not _is_above(one, above, visitor, policy)
        for one in figures
    )


def _is_above(figure: Figure, above: str, visitor: Visitor, policy: Policy) -> bool:
    """Whether it is the province's, and the visitor may see it."""
    is_province = not figure.is_own and figure.row.division == above
    return is_province and may(visitor, Verb.SEE, above, policy.divisions)


def _table(title: str, figures: Sequence[Figure], policy: Policy, words: Words) -> FigureTable:
    rows = [
        _row(one, policy, words)
        for one in sorted(figures, key=lambda one: one.row.period, reverse=True)
    ]
    return FigureTable(
        title=title,
        turned=tuple(row for row in rows if row.differs),
        same=tuple(row for row in rows if not row.differs),
    )


def _row(one: Figure, policy: Policy, words: Words) -> FigureRow:
    row = one.row
    target = target_of(row, policy, words)
    before, after = (_side(side, policy, words) for side in (one.before, one.after))
    return FigureRow(
        subject=subject_of(row, policy, words),
        period=row.period,
        target=target,
        has_target=target != formats.NOTHING,
        before=before,
        after=after,
        change=_change(one, words),
        is_turned=before is not None and after is not None and before.verdict != after.verdict,
        differs=one.differs,
    )


def _side(row: Assessment | None, policy: Policy, words: Words) -> Side | None:
    if row is None:
        return None
    figures = figures_of(row, "", policy, words)
    of = figures.counted != formats.NOTHING
    return Side(
        share=figures.share,
        counted=words("%(part)s / %(whole)s", part=figures.new_energy, whole=figures.counted)
        if of
        else figures.new_energy,
        verdict=figures.verdict,
    )


def _change(one: Figure, words: Words) -> str:
    if one.before is None:
        return words("新列入")
    if one.after is None:
        return words("不再列入")
    if not one.differs:
        return words("不变")
    parts = list(_changes(one.before, one.after, words))
    return words.listed(parts) if parts else words("明细有变")


def _changes(before: Assessment, after: Assessment, words: Words) -> Iterator[str]:
    turned = Decimal(after.numerator) - Decimal(before.numerator)
    whole = (after.denominator or 0) - (before.denominator or 0)
    if turned:
        yield words("新能源 %(change)s", change=formats.signed(turned))
    if whole:
        yield words("合计 %(change)s", change=formats.signed(whole))
    if before.share is not None and after.share is not None:
        points = (Decimal(after.share) - Decimal(before.share)).scaleb(2)
        if points:
            yield words("%(points)s 个百分点", points=f"{points:+f}")
