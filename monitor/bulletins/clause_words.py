"""A clause's targets, lines and evidence in words."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from monitor.assess.answer_words import number_text, target_of
from monitor.assess.clause_status import wanted_of
from monitor.bulletins import labels
from monitor.bulletins.words import Words
from monitor.policy.bodies import Body
from monitor.policy.clause_targets import ClauseTarget
from monitor.policy.clauses import Clause
from monitor.policy.lines import Line
from monitor.policy.policy import Policy

_MOST_NAMED: Final = 2  # things in a title


def class_word(clause_class: str, words: Words) -> str:
    """What sort of thing a clause asks for."""
    return {
        "fleet": words("车辆"),
        "rule": words("规则"),
        "indicator": words("指标"),
        "system": words("机制"),
    }.get(clause_class, clause_class)


def answer_word(answer: str, words: Words) -> str:
    """What its evidence makes of a clause."""
    return {
        "computed": words("由报表逐行计算"),
        "reported": words("照报送的数值列出"),
        "documented": words("凭报送的文件或事项列出"),
        "not_computable": words("不能计算"),
        "needs_extract": words("还没有相应的报表"),
    }.get(answer, answer)


def clause_title(clause: Clause, words: Words) -> str:
    """What a clause is about in a few words: the things that it asks for, else its meaning."""
    items = list(dict.fromkeys(words.text(t.item) for t in clause.targets if t.item))
    if not items:
        items = list(dict.fromkeys(words.text(line.name) for line in clause.lines))
    if not items:
        return words.text(clause.meaning).rstrip("。.")
    if len(items) > _MOST_NAMED:
        first = words.listed(items[:_MOST_NAMED])
        return words("%(first)s等 %(count)s 项", first=first, count=len(items))
    return words.listed(items)


def asked_of_years(clause: Clause, policy: Policy, words: Words) -> list[tuple[str, str]]:
    """When and what; years that ask for the same are told as one span."""
    return joined_years(
        (_when(target, words), _what(target, policy, words)) for target in clause.targets
    )


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


def _when(target: ClauseTarget, words: Words) -> str:
    if target.every_year:
        return words("每年")
    return str(target.period) if target.period is not None else words("未写年度")


def _what(target: ClauseTarget, policy: Policy, words: Words) -> str:
    asked = words.text(target_of(wanted_of(target), policy))
    said = (
        words("%(name)s：%(value)s", name=words.text(target.item), value=asked)
        if target.item
        else asked
    )
    if target.threshold is not None:
        bar = target.threshold
        sign = {">=": "≥", "<=": "≤"}.get(bar.op, bar.op)
        number = words.text(number_text(Decimal(bar.value), None, bar.unit, policy))
        said = words(
            "%(asked)s（各自的%(what)s %(bar)s）",
            asked=said,
            what=words.text(bar.what),
            bar=f"{sign} {number}",
        )
    if target.strength is not None:
        strength = labels.strength_word(target.strength, words)
        said = words("%(what)s（%(which)s）", what=said, which=strength)
    return said


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


def body_word(name: str, body: Body | None, words: Words) -> str:
    """Who answers, by the document's name, with the present one where it is another."""
    if body is None:
        return name
    if body.now_called:
        return words("%(name)s（现%(present)s）", name=name, present=body.now_called)
    if body.present is None:
        return words("%(name)s（现名不明）", name=name)
    return name
