"""What does not fit between contracts, registrations and retirements, in a few lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from monitor.assess.reconciliation import Mismatch, Unmatched
from monitor.bulletins import formats, labels
from monitor.bulletins.bulletin_view import Reconciled
from monitor.bulletins.facts import BulletinFacts
from monitor.bulletins.parts import Line
from monitor.bulletins.words import Words
from monitor.policy.policy import Policy

_SHOWN: Final = 4


def reconciled_of(facts: BulletinFacts, policy: Policy, words: Words) -> Reconciled:
    """How many vehicles do not fit, by what does not; organisations and vehicles stay unnamed."""
    held = facts.reconciliation
    if held is None or not (held.compared or held.unmatched):
        return Reconciled(words("没有收到采购合同，未作核对。"), ())
    shown = [one for one in held.unmatched if _is_shown(one, facts.as_of.year)]
    grouped = {
        mismatch: [one for one in shown if one.mismatch is mismatch] for mismatch in Mismatch
    }
    lines = [
        Line(mismatch_word(mismatch, words), _told(items, facts, policy, words), "warn")
        for mismatch, items in grouped.items()
        if items
    ]
    summary = (
        words.plural("截至评判日，共将 %(num)s 辆登记车辆与合同对上。", held.matched)
        if held.compared
        else words("没有收到采购合同，未与合同核对。")
    )
    if not lines:
        return Reconciled(
            words.sentences([summary, words("合同、登记和注销之间没有不符之处。")]), ()
        )
    return Reconciled(
        words.sentences([summary, words("以下除尚未了结的以外，只列本年度登记的车辆。")]),
        tuple(lines),
    )


def mismatch_word(mismatch: Mismatch, words: Words) -> str:
    """What does not fit, in words."""
    return {
        Mismatch.BOUGHT_NOT_REGISTERED: words("已购未登记"),
        Mismatch.REGISTERED_NOT_BOUGHT: words("已登记而无合同"),
        Mismatch.REPLACEMENT_WITHOUT_RETIREMENT: words("称更新而无注销"),
        Mismatch.CLAIMED_TWICE: words("同一车辆两地申报"),
        Mismatch.FUEL_DIFFERS: words("合同与登记的燃料不符"),
    }[mismatch]


def _is_shown(one: Unmatched, year: int) -> bool:
    """What is still open is shown whatever its age; what happened once, in its own year."""
    lasting = {Mismatch.BOUGHT_NOT_REGISTERED, Mismatch.CLAIMED_TWICE}
    return one.mismatch in lasting or one.since is None or one.since.year == year


def _told(items: Sequence[Unmatched], facts: BulletinFacts, policy: Policy, words: Words) -> str:
    """What is sure first, with who or what it is about; then what cannot be told yet."""
    sure = [one for one in items if one.days is not None and not one.is_data_gap]
    unsure = _vehicles(items) - _vehicles(sure)
    said = []
    if sure:
        said.append(
            words.plural(
                "%(num)s 辆（%(parts)s）",
                _vehicles(sure),
                parts=words.listed(_heaviest(sure, facts, policy, words)),
            )
        )
    waiting = [one.days for one in sure if one.days]
    if waiting and items[0].mismatch is Mismatch.BOUGHT_NOT_REGISTERED:
        said.append(words.plural("最久已逾期 %(num)s 天", max(waiting)))
    if unsure:
        said.append(words.plural("%(num)s 辆尚未到期或资料不足，不能下结论", unsure))
    return words("；").join(said)


def _heaviest(
    items: Sequence[Unmatched], facts: BulletinFacts, policy: Policy, words: Words
) -> list[str]:
    """By division for a province, by category for a city; the fewest are left out."""
    grouped: Counter[str] = Counter()
    for one in items:
        grouped[one.division if facts.is_province else one.category] += one.vehicles
    ordered = sorted(grouped.items(), key=lambda item: (-item[1], item[0]))
    parts = [
        f"{labels.group_word(code, policy, words, is_province=facts.is_province)} "
        f"{formats.number(count)}"
        for code, count in ordered[:_SHOWN]
    ]
    if len(ordered) > _SHOWN:
        parts[-1] = words("%(last)s 等", last=parts[-1])
    return parts


def _vehicles(items: Sequence[Unmatched]) -> int:
    """How many vehicles they are; one that two divisions report is one."""
    claimed = {one.vin for one in items if one.mismatch is Mismatch.CLAIMED_TWICE}
    others = sum(one.vehicles for one in items if one.mismatch is not Mismatch.CLAIMED_TWICE)
    return len(claimed) + others
