"""What to do next, in order of weight: mandatory shortfalls first, then data, then the rest."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from monitor.assess.forecast import Forecast
from monitor.bulletins import formats, labels
from monitor.bulletins.facts import BulletinFacts
from monitor.bulletins.figures import has_yardstick, is_share
from monitor.bulletins.parts import Action, Laggard
from monitor.bulletins.quality import finding_title, names_of, uncovered_of
from monitor.bulletins.words import Words
from monitor.model import Assessment
from monitor.policy.policy import Policy

# Heavier first. Silence outranks what merely is to be explained: without data nothing is known.
_MANDATORY, _SUBMIT, _EXPLAIN, _MEND, _ADVISE, _CLARIFY, _CHASE, _SUPPLY = range(8)
_STRENGTH_WEIGHT: Final = {"mandatory": _MANDATORY, "in_principle": _EXPLAIN}
_SHOWN_REASONS: Final = 3

Weighed = tuple[int, Action]


def actions_of(
    rows: Iterable[Assessment], facts: BulletinFacts, policy: Policy, words: Words
) -> tuple[Action, ...]:
    """What the division can do; `rows` are its findings of the judged year."""
    weighed: list[Weighed] = []
    ahead = {forecast.key: forecast for forecast in facts.forecasts}
    for row in rows:
        if row.status in labels.SHORT:
            weight = _STRENGTH_WEIGHT.get(row.strength, _ADVISE)
            tone = labels.verdict(row.status, words).tone
            said = _shortfall(row, ahead.get(row.key), policy, words)
            weighed.append((weight, Action(said, tone, row.explain)))
        elif row.status == "on_track" and _is_doubtful(ahead.get(row.key)):
            text = _doubt(row, ahead[row.key], policy, words)
            weighed.append((_ADVISE, Action(text, "warn", row.explain)))
        elif row.status == "undetermined":
            text = _undetermined(row, policy, words)
            weighed.append((_CLARIFY, Action(text, "unsure", row.explain)))
        elif row.status == "not_computable" and has_yardstick(row, policy):
            text = _supply(row, policy, words)
            weighed.append((_SUPPLY, Action(text, "quiet", row.explain)))
    if facts.is_province:
        weighed.extend((_ADVISE, one) for one in _urge(facts, policy, words))
    weighed.extend((_SUBMIT, Action(text, "warn", "")) for text in _submit(facts, policy, words))
    if any(facts.to_mend.values()):
        weighed.append((_MEND, Action(_mend(facts, policy, words), "warn", "")))
    weighed.extend((_CHASE, Action(text, "warn", "")) for text in _chase(facts, words))
    return tuple(action for _weight, action in sorted(weighed, key=lambda pair: pair[0]))


def _shortfall(row: Assessment, forecast: Forecast | None, policy: Policy, words: Words) -> str:
    what = labels.subject_of(row, policy, words)
    asked = formats.target_value(row.target) if row.target else ""
    if row.measure == "monotone_increase":
        said = words(
            "%(what)s：新能源配备比例尚未高于上年末，请在更新车辆时选用新能源。", what=what
        )
    elif not is_share(row):
        mandate = policy.mandates[row.mandate]
        said = words(
            "%(what)s：距目标 %(target)s 尚差 %(short)s。",
            what=what,
            target=asked,
            short=labels.quantity(row.short_by, mandate.unit, words),
        )
    elif row.status == "behind" and row.needed_next is not None:
        said = words.plural(
            "%(what)s：再新增 %(num)s 辆须全部为新能源，比例方可达到 %(target)s。",
            int(row.needed_next),
            what=what,
            target=asked,
        )
    elif row.status == "not_met" and row.target is not None and Decimal(row.target.value) == 1:
        said = words.plural(
            "%(what)s：%(year)s 年度已结束，%(num)s 辆不是新能源，未达到 %(target)s。",
            int(row.short_by),
            what=what,
            year=row.period,
            target=asked,
        )
    elif row.status == "not_met":
        said = words.plural(
            "%(what)s：%(year)s 年度已结束，尚差新能源 %(num)s 辆；"
            "请核对有无漏报，并提出补救安排。",
            int(row.short_by),
            what=what,
            year=row.period,
        )
    else:
        said = words.plural(
            "%(what)s：%(year)s 年度已无法达到 %(target)s，尚差新能源 %(num)s 辆；"
            "其后新增仍须全部为新能源。",
            int(row.short_by),
            what=what,
            year=row.period,
            target=asked,
        )
    return words.sentences([said, *_tails(row, forecast, words)])


def _tails(row: Assessment, forecast: Forecast | None, words: Words) -> Iterable[str]:
    """What must be known beside a shortfall: until when, how strongly it binds, what is asked."""
    if forecast is not None and row.status == "behind" and forecast.outcome == "unreachable":
        yield words("按目前进度达不到，须在已有安排之外增购新能源车。")
    elif forecast is not None and row.status == "behind" and forecast.lost_from is not None:
        yield words(
            "照目前的进度，合同之外的新增到%(day)s那一周仍无新能源，就不能达到。",
            day=formats.day(forecast.lost_from, words),
        )
    if row.consequence == "violation":
        yield words("这是强制性要求。")
    is_whole = row.target is not None and Decimal(row.target.value) == 1
    if (row.consequence == "violation" and is_whole) or (
        row.consequence == "explain" and row.strength == "in_principle"
    ):
        yield _reasons_wanted(row, words)
    elif row.incomplete_data:
        yield words("数据补齐之前不作违规论。")
    elif not row.binding:
        yield words("本条不约束本级，供参考。")


def _urge(facts: BulletinFacts, policy: Policy, words: Words) -> Iterable[Action]:
    """A province's word to those of its members that fall short, demand by demand."""
    judged = [row for row in facts.assessments if row.period == str(facts.as_of.year)]
    for one in laggards_of(judged, facts.division, policy, words):
        text = words("督促落后的市：%(who)s（%(what)s）。", who=one.divisions, what=one.subject)
        yield Action(text, "warn", "")


def _is_doubtful(forecast: Forecast | None) -> bool:
    return forecast is not None and forecast.outcome in {"possible", "unreachable"}


def _doubt(row: Assessment, forecast: Forecast, policy: Policy, words: Words) -> str:
    """That a figure on track is not expected to stay so."""
    share = forecast.expected.share
    return words(
        "%(what)s：目前进度达标，但按已签合同和目前的进度，年末预计 %(expected)s，"
        "低于要求的 %(target)s；请在其后的采购中补上。",
        what=labels.subject_of(row, policy, words),
        expected=formats.percent(share)
        if share is not None
        else formats.number(forecast.expected.numerator),
        target=formats.target_value(row.target) if row.target else "",
    )


def _reasons_wanted(row: Assessment, words: Words) -> str:
    """Ask for the reason of each vehicle that is surely not new-energy, where they are counted."""
    if row.denominator is None:
        return words("请说明未采用新能源的原因。")
    others = row.denominator - int(row.numerator) - int(row.undetermined)
    return words.plural("请逐辆说明 %(num)s 辆非新能源车的原因。", others)


def _chase(facts: BulletinFacts, words: Words) -> Iterable[str]:
    """Vehicles under contract whose planned delivery has gone by and that are not registered."""
    held = facts.reconciliation
    overdue = sum(one.vehicles for one in held.overdue) if held else 0
    if overdue:
        yield words.plural(
            "查明 %(num)s 辆过了计划交付日仍未登记的车：已登记的请报送，未交付的请催办。", overdue
        )


def _undetermined(row: Assessment, policy: Policy, words: Words) -> str:
    what = labels.subject_of(row, policy, words)
    if not formats.is_zero(row.undetermined):
        return words(
            "%(what)s：%(count)s的能源类型决定结论，请补报燃料种类或号牌种类。",
            what=what,
            count=labels.quantity(row.undetermined, policy.mandates[row.mandate].unit, words),
        )
    if not row.excluded.scope_unknown:
        return words("%(what)s：现有资料不足以得出结论，请补齐。", what=what)
    return words.plural(
        "%(what)s：%(num)s 辆是否属于本条决定结论，请补报单位性质或运营区域。",
        row.excluded.scope_unknown,
        what=what,
    )


def _supply(row: Assessment, policy: Policy, words: Words) -> str:
    what = labels.subject_of(row, policy, words)
    if not row.missing:
        return words("%(what)s：暂不能计算，资料不全。", what=what)
    lacks = words.listed([words.text(lack).rstrip("。.") for lack in row.missing])
    return words("%(what)s：暂不能计算，缺%(lacks)s。", what=what, lacks=lacks)


def _submit(facts: BulletinFacts, policy: Policy, words: Words) -> Iterable[str]:
    if facts.silent and facts.is_province:
        yield words(
            "催报：%(names)s尚未报送；确无新增和更新的，请作零报告。",
            names=words.listed(names_of(facts.silent, policy, words)),
        )
    elif facts.silent and not any(facts.to_mend.values()):
        yield words("请报送本年度登记数据；确无新增和更新的，请作零报告。")
    uncovered = uncovered_of(facts, policy, words)
    if uncovered:
        yield words(
            "补报：%(spans)s；确无新增和更新的，请作零报告。", spans=words.listed(uncovered)
        )


def _mend(facts: BulletinFacts, policy: Policy, words: Words) -> str:
    heaviest = sorted(facts.to_mend.items(), key=lambda item: (-item[1], item[0]))
    titles = [
        words(
            "%(title)s %(rows)s 行",
            title=finding_title(code, facts, policy, words),
            rows=formats.number(rows),
        )
        for code, rows in heaviest[:_SHOWN_REASONS]
        if rows
    ]
    more = words("等") if len(heaviest) > _SHOWN_REASONS else ""
    return words(
        "更正并重报被剔除的行（%(reasons)s%(more)s）；退回的清单注明每行的原因和改法。",
        reasons=words.listed(titles),
        more=more,
    )


def laggards_of(
    rows: Iterable[Assessment], own: str, policy: Policy, words: Words
) -> tuple[Laggard, ...]:
    """Per mandate, which members of a province fall short and by how many vehicles."""
    by_subject: dict[tuple[str, tuple[str, ...]], list[Assessment]] = {}
    for row in rows:
        if row.division != own and row.role == "finding" and row.status in labels.SHORT:
            by_subject.setdefault((row.mandate, row.categories), []).append(row)
    return tuple(
        Laggard(
            subject=labels.subject_of(found[0], policy, words),
            strength=labels.strength_word(found[0].strength, words),
            divisions=words.listed([_behind(row, policy, words) for row in _worst_first(found)]),
        )
        for _key, found in sorted(by_subject.items(), key=lambda item: _weight(item[1][0]))
    )


def _weight(row: Assessment) -> tuple[int, str, tuple[str, ...]]:
    return (_STRENGTH_WEIGHT.get(row.strength, _ADVISE), row.mandate, row.categories)


def _worst_first(rows: list[Assessment]) -> list[Assessment]:
    return sorted(rows, key=lambda row: (-Decimal(row.short_by), row.division))


def _behind(row: Assessment, policy: Policy, words: Words) -> str:
    return words(
        "%(name)s差 %(short)s",
        name=words.text(policy.divisions.name(row.division)),
        short=labels.quantity(row.short_by, policy.mandates[row.mandate].unit, words),
    )
