"""Whether figures that were reported for different clauses go together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from monitor.assess.answer import ClauseAnswer
from monitor.assess.answer_words import figure_of, number_text
from monitor.model import Text
from monitor.policy.consistency import ConsistencyCheck, ReportedItem
from monitor.policy.policy import Policy

_Line = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Consistency:
    """One check in one year: the parts together, from least to most, against the whole.

    `holds` is None where ranges leave it open.
    """

    check: str
    period: str
    parts: tuple[Decimal, Decimal]
    whole: tuple[Decimal, Decimal]
    holds: bool | None
    message: Text
    clauses: tuple[str, ...]


def consistency_of(policy: Policy, answers: Sequence[ClauseAnswer]) -> tuple[Consistency, ...]:
    """Every check in every year for which all that it speaks of was reported."""
    by_year: dict[str, dict[_Line, ClauseAnswer]] = {}
    for one in answers:
        if one.binding and one.value is not None:
            by_year.setdefault(one.period, {})[one.clause, one.name.zh] = one
    return tuple(
        found
        for check in policy.consistency
        for year in sorted(by_year)
        for found in _checked(policy, check, year, by_year[year])
    )


def _checked(
    policy: Policy, check: ConsistencyCheck, year: str, told: Mapping[_Line, ClauseAnswer]
) -> Iterator[Consistency]:
    whole = told.get(_line(check.whole))
    parts = [told.get(_line(part)) for part in check.parts]
    held = [part for part in parts if part is not None]
    if whole is None or len(held) < len(parts):
        return
    low, high = _together(held)
    least, most = _together([whole])
    holds = _holds(check, (low, high), (least, most))
    sum_of = number_text(low, high if high != low else None, whole.unit, policy)
    against = figure_of(whole, policy)
    verdict = {
        True: Text("相符", "they agree"),
        False: Text("不符，请核对报数", "they do not agree; check the reports"),
        None: Text("报数为范围，不能判断", "the ranges leave it open"),
    }[holds]
    yield Consistency(
        check=check.id,
        period=year,
        parts=(low, high),
        whole=(least, most),
        holds=holds,
        message=Text(
            f"{year} 年，{check.what.zh}：前者 {sum_of.zh}，后者 {against.zh}，{verdict.zh}。",
            f"{year}: {check.what.en}: {sum_of.en} against {against.en}; {verdict.en}.",
        ),
        clauses=tuple(dict.fromkeys((*(p.clause for p in check.parts), check.whole.clause))),
    )


def _line(item: ReportedItem) -> _Line:
    return item.clause, item.item


def _together(answers: Iterable[ClauseAnswer]) -> tuple[Decimal, Decimal]:
    low = high = Decimal(0)
    for one in answers:
        low += Decimal(one.value or 0)
        high += Decimal(one.value_most or one.value or 0)
    return low, high


def _holds(
    check: ConsistencyCheck, parts: tuple[Decimal, Decimal], whole: tuple[Decimal, Decimal]
) -> bool | None:
    if check.op == "=":
        if parts[1] < whole[0] or parts[0] > whole[1]:
            return False
        return True if parts == whole and parts[0] == parts[1] else None
    if parts[1] <= whole[0]:
        return True
    return False if parts[0] > whole[1] else None
