"""What does not fit between contracts, registrations and retirements, in a few lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from monitor.assess.reconciliation import Mismatch, Unmatched
from monitor.bulletins import formats
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
        return Reconciled(words("没有收到采购合同，无从核对。"), ())
    lines = [
        Line(
            mismatch_word(mismatch, words),
            _told(
                [one for one in held.unmatched if one.mismatch is mismatch], facts, policy, words
            ),
            "warn",
        )
        for mismatch in Mismatch
        if any(one.mismatch is mismatch for one in held.unmatched)
    ]
    summary = words.plural("已将 %(num)s 辆登记车辆与合同对上。", held.matched)
    if not lines:
        return Reconciled(
            words.sentences([summary, words("合同、登记和注销之间没有不符之处。")]), ()
        )
    return Reconciled(
        words.sentences([summary, words("逐条清单：fleetmon reconcile --list。")]), tuple(lines)
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


def _told(items: Sequence[Unmatched], facts: BulletinFacts, policy: Policy, words: Words) -> str:
    total = sum(one.vehicles for one in items)
    said = [words.plural("%(num)s 辆", total)]
    grouped: Counter[str] = Counter()
    for one in items:
        grouped[one.division if facts.is_province else one.category] += one.vehicles
    if facts.is_province:
        names = {code: words.text(policy.divisions.name(code)) for code in grouped}
    else:
        table = policy.codes["category"]
        names = {code: words.text(table.label(code)) for code in grouped}
    heaviest = sorted(grouped.items(), key=lambda item: (-item[1], item[0]))
    parts = [f"{names[code]} {formats.number(count)}" for code, count in heaviest[:_SHOWN]]
    if len(heaviest) > _SHOWN:
        parts.append(words("等"))
    said.append(words("（%(parts)s）", parts=words.listed(parts)))
    waiting = [one.days for one in items if one.days is not None and one.days > 0]
    if waiting and items[0].mismatch is Mismatch.BOUGHT_NOT_REGISTERED:
        said.append(words.plural("，最久已逾期 %(num)s 天", max(waiting)))
    return "".join(said)
