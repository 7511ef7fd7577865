"""A clause's targets, lines and evidence in words."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from monitor.assess.answer_words import number_text, target_of
from monitor.assess.clause_status import wanted_of
from monitor.bulletins import labels
from monitor.bulletins.words import Words
from monitor.policy.clause_targets import ClauseTarget
from monitor.policy.clauses import Clause
from monitor.policy.lines import Line
from monitor.policy.policy import Policy

_MOST_NAMED: Final = 2  # things in a title
_SIGNS: Final = {">=": "≥", ">": ">", "<=": "≤", "<": "<"}


def subject_of(clause: Clause, words: Words) -> str:
    """What a clause is about, short enough for a title: the figures that answer it."""
    names = [words.text(line.name) for line in clause.lines]
    if not names:
        return words.text(clause.meaning)
    listed = words.listed(names[:_MOST_NAMED])
    if len(names) <= _MOST_NAMED:
        return listed
    return words("%(first)s等 %(count)s 项", first=listed, count=len(names))


def evidence_word(kind: str, policy: Policy, words: Words) -> str:
    """The report that answers a clause."""
    return words("无") if kind == "none" else labels.kind_word(kind, policy, words)


def asked_of_target(one: ClauseTarget, policy: Policy, words: Words) -> tuple[str, str]:
    """When, and what is asked for then; nothing stands for when where no year is named."""
    when = words("每年") if one.every_year else str(one.period or "")
    said = words.text(target_of(wanted_of(one), policy))
    if one.item is not None:
        said = words("%(what)s：%(asked)s", what=words.text(one.item), asked=said)
    if one.threshold is not None:
        bar = one.threshold
        least = number_text(Decimal(bar.value), None, bar.unit, policy)
        said = words(
            "%(asked)s，每家%(what)s %(sign)s %(value)s",
            asked=said,
            what=words.text(bar.what),
            sign=_SIGNS[bar.op],
            value=words.text(least),
        )
    if one.strength is not None:
        strength = labels.strength_word(one.strength, words)
        said = words("%(what)s（%(which)s）", what=said, which=strength)
    return when, said


def asked_of_years(clause: Clause, policy: Policy, words: Words) -> list[tuple[str, str]]:
    """When and what; years that ask for the same are told as one span."""
    told = (asked_of_target(target, policy, words) for target in clause.targets)
    return joined_years((when or words("未写年度"), what) for when, what in told)


def joined_years(told: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Years one after the other that ask for the same, as one: 2021–2035."""
    grouped: dict[str, list[list[str]]] = {}
    for when, what in told:
        runs = grouped.setdefault(what, [])
        if runs and when.isdigit() and runs[-1][-1] == str(int(when) - 1):
            runs[-1].append(when)
        else:
            runs.append([when])
    return [
        (run[0] if len(run) == 1 else f"{run[0]}–{run[-1]}", what)
        for what, runs in grouped.items()
        for run in runs
    ]


def line_word(line: Line, words: Words) -> str:
    """How a line's figure comes about, of what, and for which years."""
    how = {
        "share": words("逐行计算占比"),
        "each": words("逐个判断是否达到，再数达到的个数"),
        "count": words("合计某一列") if line.sum else words("数行数"),
        "covered": words("名单中已有设施的地方所占比例"),
        "connected": words("登记的新能源车辆中已接入平台的比例"),
        "recovered": words("已退役的新能源车辆中电池有去向的比例"),
        "figure": words("报送的数值"),
        "document": words("报送的文件或事项"),
    }[line.measure]
    told = [how, words("当年发生的") if line.span == "year" else words("期末仍在的")]
    if line.online_within_days is not None:
        told.append(words("%(days)s 天内上线", days=line.online_within_days))
    if line.first is not None:
        told.append(words("自 %(year)s 年起", year=line.first))
    if line.last is not None:
        told.append(words("至 %(year)s 年止", year=line.last))
    return words("，").join(told)
