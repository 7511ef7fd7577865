"""The measures: how each kind of clause turns counted vehicles into a figure and a verdict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil

import polars as pl

from monitor.assess.arithmetic import (
    Sides,
    as_rounded,
    cut_share,
    needed_next,
    reaches,
    share_status,
    short_by,
)
from monitor.assess.evidence import MandateCounts
from monitor.assess.standard_vehicles import plain, weigh
from monitor.model import Excluded, Target, Text
from monitor.policy.baselines import Baseline
from monitor.policy.mandates import Mandate
from monitor.policy.policy import Policy

WeighedSorts = Callable[[tuple[str, ...]], pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Question:
    """One mandate, one set of categories, one division (with its members), one calendar year."""

    policy: Policy
    mandate: Mandate
    counts: MandateCounts
    kinds: frozenset[str]
    sorts: WeighedSorts
    members: tuple[str, ...]
    division: str
    year: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """The figures and the verdict, before life, coverage and binding are added."""

    status: str
    target: Target | None = None
    denominator: int | None = 0
    numerator: int | str = 0
    undetermined: int | str = 0
    excluded: Excluded = Excluded()
    share: str | None = None
    short_by: int | str = 0
    needed_next: int | str | None = 0
    missing: tuple[Text, ...] = ()
    notes: tuple[Text, ...] = ()
    compared_with: tuple[int, int] | None = None


def judge(question: Question, *, complete: bool, reported: bool) -> Judgement:
    """The judgement of one row; `reported` is whether any submission covers a day of it."""
    mandate = question.mandate
    is_count = mandate.measure in {"cumulative_count", "added_count", "stock"}
    if mandate.counting.lacking:
        return Judgement(
            status="not_computable" if reported else "no_data",
            denominator=None if is_count else 0,
            missing=mandate.counting.lacking,
        )
    if is_count:
        judged = _judge_count(question, complete=complete)
    elif mandate.measure == "monotone_increase":
        judged = _judge_rise(question, complete=complete)
    else:
        judged = _judge_share(question, complete=complete)
    if mandate.not_computable:
        return _with(judged, status="not_computable", missing=mandate.missing)
    if not reported:
        return _with(judged, status="no_data")
    return _with(judged, missing=(*judged.missing, *mandate.missing))


def _with(judged: Judgement, **changes: object) -> Judgement:
    fields = {name: getattr(judged, name) for name in Judgement.__slots__}
    return Judgement(**(fields | changes))


def _judge_share(question: Question, *, complete: bool) -> Judgement:
    mandate, year = question.mandate, question.year
    first = mandate.years.start if mandate.counting.over == "life" else year
    sides = question.counts.added(question.members, first, year)
    asked = mandate.target_of(year)
    target = asked.fraction if asked is not None else None
    if asked is None or target is None:
        status = "trend" if sides.denominator else "no_additions"
        return _of_sides(sides, status)
    wanted = as_rounded(target, asked.op, mandate.counting.rounding)
    status = (
        share_status(sides, *wanted, complete=complete) if sides.denominator else "no_additions"
    )
    return _of_sides(sides, status, Target(asked.op, str(asked.value), mandate.unit), wanted)


def _of_sides(
    sides: Sides,
    status: str,
    target: Target | None = None,
    wanted: tuple[Fraction, str] | None = None,
    missing: tuple[Text, ...] = (),
) -> Judgement:
    """`target` as it is shown, `wanted` what decides: the number and how it is compared."""
    judged = wanted is not None and status != "no_additions"
    return Judgement(
        status=status,
        target=target,
        denominator=sides.denominator,
        numerator=sides.numerator,
        undetermined=sides.undetermined,
        excluded=sides.excluded,
        share=cut_share(sides.numerator, sides.denominator),
        short_by=short_by(sides, *wanted) if judged and wanted else 0,
        needed_next=needed_next(sides, *wanted) if judged and wanted else 0,
        missing=missing,
    )


def _judge_rise(question: Question, *, complete: bool) -> Judgement:
    """The share of the fleet held against that of the year-end before."""
    counting = question.mandate.counting
    asked = question.mandate.target_of(question.year)
    now = _risen(question, question.year)
    if asked is None or asked.compare_to is None:
        return _of_sides(now, "trend" if now.denominator else "no_additions")
    before = _risen(question, asked.compare_to)
    if not before.denominator:
        lacking = _no_fleet(asked.compare_to, counting.rise_of)
        return _of_sides(now, "not_computable", missing=(lacking,))
    share = Fraction(before.numerator, before.denominator)
    shown = Target(
        asked.op, cut_share(before.numerator, before.denominator) or "", question.mandate.unit
    )
    most, least = (
        as_rounded(end, asked.op, counting.rounding) for end in (before.highest, before.lowest)
    )
    status = _rise_status(now, most, least, complete=complete)
    judged = _of_sides(now, status, shown, as_rounded(share, asked.op, counting.rounding))
    return _with(judged, compared_with=(before.numerator, before.denominator))


def _risen(question: Question, year: int) -> Sides:
    """The vehicles whose share must rise: those held at the end of a year, or those added in it."""
    if question.mandate.counting.rise_of == "added":
        return question.counts.added(question.members, year, year)
    return question.counts.held(question.members, year)


def _no_fleet(year: int, rise_of: str) -> Text:
    if rise_of == "added":
        return Text(f"缺少 {year} 年的新增数", f"no additions are held of {year}")
    return Text(f"缺少 {year} 年末的保有量", f"no fleet is held for the end of {year}")


def _rise_status(
    now: Sides, most: tuple[Fraction, str], least: tuple[Fraction, str], *, complete: bool
) -> str:
    if not now.denominator:
        return "no_additions"
    if reaches(now.lowest, *most):
        return "met" if complete else "on_track"
    if reaches(now.highest, *least):
        return "undetermined"
    return "not_met" if complete else "behind"


def _judge_count(question: Question, *, complete: bool) -> Judgement:
    """A number of vehicles, or of standard vehicles, from the opening figure on."""
    mandate = question.mandate
    is_needed = mandate.counting.opening == "needed"
    opening = None
    if is_needed:
        opening = opening_of(question.policy, mandate, question.division, question.year)
    low, high, excluded, notes = _counted(question, opening)
    low, high = (low + opening.count, high + opening.count) if opening else (low, high)
    weighed = mandate.unit == "standard_vehicle"

    def shown(number: Decimal) -> int | str:
        return plain(number) if weighed else int(number)

    figures = Judgement(
        status="trend",
        denominator=None,
        numerator=shown(low),
        undetermined=shown(high - low),
        excluded=excluded,
        notes=notes,
    )
    asked = mandate.target_of(question.year)
    if asked is None or asked.value is None:
        return figures
    wanted = Decimal(asked.value)
    lacking = max(Decimal(0), wanted - low)
    is_whole = opening is not None or not is_needed
    missing = () if is_whole or lacking == 0 else (_no_opening(question),)
    return _with(
        figures,
        status=_count_status(low, high, wanted, is_whole=is_whole, complete=complete),
        target=Target(asked.op, asked.value, mandate.unit),
        short_by=shown(lacking),
        needed_next=ceil(lacking),
        missing=missing,
    )


def _count_status(
    low: Decimal, high: Decimal, wanted: Decimal, *, is_whole: bool, complete: bool
) -> str:
    if low >= wanted:
        return "met" if complete else "on_track"
    if not is_whole:
        return "not_computable"
    if high >= wanted:
        return "undetermined"
    return "not_met" if complete else "behind"


def _no_opening(question: Question) -> Text:
    name = question.policy.divisions.name(question.division)
    return Text(
        f"{name.zh}此前的累计数（期初数），现有数据只是下限",
        f"the opening figure of {name.en} (what was counted before); what is held is a lower bound",
    )


def opening_of(policy: Policy, mandate: Mandate, division: str, year: int) -> Baseline | None:
    """The latest opening figure of a count that holds by the end of a year."""
    found = [
        figure
        for figure in policy.baselines
        if figure.mandate == mandate.id and figure.division == division and figure.on.year <= year
    ]
    return max(found, key=lambda figure: figure.on, default=None)


def first_counted_year(mandate: Mandate, opening: Baseline | None) -> int:
    """The first year whose vehicles are counted beside the opening figure; 0 for all."""
    first = mandate.counted_from.year if mandate.counted_from else 0
    return max(first, opening.on.year + 1) if opening else first


def _counted(
    question: Question, opening: Baseline | None
) -> tuple[Decimal, Decimal, Excluded, tuple[Text, ...]]:
    """The least and the most that was counted after the opening figure."""
    mandate = question.mandate
    first = first_counted_year(mandate, opening)
    held_only = mandate.measure == "stock"
    if mandate.unit != "standard_vehicle":
        sides = (
            question.counts.held(question.members, question.year)
            if held_only
            else question.counts.added(question.members, first, question.year)
        )
        low = Decimal(sides.numerator)
        return low, low + sides.undetermined, sides.excluded, ()
    sorts = question.sorts(question.members).filter(
        pl.col("category").is_in(sorted(question.kinds)),
        pl.col("registered_year").is_between(first, question.year),
        *([pl.col("registered_on") >= day] if (day := mandate.counting.first_day) else []),
    )
    if held_only:
        sorts = sorts.filter(
            pl.col("counts_held"),
            pl.col("retired_year").is_null() | (pl.col("retired_year") > question.year),
        )
    else:
        sorts = sorts.filter(pl.col("counts_added"))
    weighed = weigh(question.policy, sorts)
    notes: tuple[Text, ...] = ()
    if weighed.unweighted:
        n = weighed.unweighted
        notes = (
            Text(
                f"{n} 辆新能源汽车在折算表中没有对应行，未计入",
                f"{n} new-energy vehicles fit no line of the table and are not counted",
            ),
        )
    return weighed.low, weighed.high, Excluded(), notes
