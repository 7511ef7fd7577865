"""Exemptions claimed and decided, for people to read."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.bulletins.labels import subject_of
from monitor.cli.session import Session
from monitor.cli.tables import print_table
from monitor.corridor.exemption_effect import ExemptionEffect
from monitor.corridor.exemptions import ClaimGroup, ClaimState
from monitor.corridor.explanation import masked
from monitor.model import Assessment, Text

_MOST_PRINTED = 300
_STATES = {
    ClaimState.UNDECIDED: Text("未审定", "undecided"),
    ClaimState.APPROVED: Text("同意", "approved"),
    ClaimState.REFUSED: Text("不同意", "refused"),
    ClaimState.EXPIRED: Text("已过期", "expired"),
}


def print_groups(session: Session, groups: Sequence[ClaimGroup]) -> None:
    """One line a group: what is claimed, by how many, and what is decided of it."""
    say, policy, language = session.say, session.policy, session.language
    if not groups:
        session.out.print(say("没有申报豁免的车辆。", "No vehicle claims an exemption."))
        return
    owners, categories = policy.codes["owner_kind"], policy.codes["category"]
    columns = (
        (say("组号", "group"), False),
        (say("地区", "division"), False),
        (say("豁免情形", "exemption"), False),
        (say("单位性质", "owner"), False),
        (say("用途", "category"), False),
        (say("辆数", "vehicles"), True),
        *((state_words.to(language), True) for state_words in _STATES.values()),
        (say("材料", "evidence"), True),
        (say("有关要求", "mandates"), False),
    )
    unknown = say("（不在代码表中）", " (in no table)")
    print_table(
        session,
        say("豁免申报", "Exemptions claimed"),
        columns,
        [
            (
                one.key,
                policy.divisions.name(one.division).to(language),
                one.name.to(language) + ("" if one.is_recognised else unknown),
                owners.label(one.owner_kind).to(language) if one.owner_kind else "—",
                categories.label(one.category).to(language),
                str(one.vehicles),
                *(str(one.states[state]) for state in _STATES),
                str(len(one.evidence)),
                say("、", ", ").join(one.mandates) or "—",
            )
            for one in groups
        ],
    )


def print_claims(session: Session, groups: Sequence[ClaimGroup], *, unmask: bool) -> None:
    """Vehicle by vehicle; the longest lists are cut."""
    say, language = session.say, session.language
    claims = [(group, claim) for group in groups for claim in group.claims]
    columns = (
        (say("组号", "group"), False),
        (say("车辆识别代号", "VIN"), False),
        (say("登记日", "registered"), False),
        (say("批次", "submission"), False),
        (say("行号", "line"), True),
        (say("审定", "decision"), False),
        (say("登记截止", "until"), False),
        (say("理由", "reason"), False),
        (say("经办人", "by"), False),
    )
    print_table(
        session,
        say("逐车", "Vehicle by vehicle"),
        columns,
        [
            (
                group.key,
                (claim.vin if unmask else masked(claim.vin)) or "",
                claim.registered_on.isoformat(),
                claim.submission,
                str(claim.line),
                _STATES[claim.state].to(language),
                claim.until.isoformat() if claim.until else "—",
                claim.reason or "—",
                claim.made_by or "—",
            )
            for group, claim in claims[:_MOST_PRINTED]
        ],
    )
    left = len(claims) - _MOST_PRINTED
    if left > 0:
        session.out.print(say(f"另有 {left} 辆，见 --json。", f"{left} more: see --json."))


def print_effects(session: Session, effects: Sequence[ExemptionEffect]) -> None:
    """The figure in force beside the two that claims could make of it."""
    if not effects:
        return
    say, policy = session.say, session.policy
    columns = (
        (say("要求", "mandate"), False),
        (say("地区", "division"), False),
        (say("年度", "year"), False),
        (say("按审定", "as decided"), False),
        (say("申报全部豁免", "all claims granted"), False),
        (say("一律不豁免", "none granted"), False),
    )

    def told(row: Assessment) -> str:
        counted = f"{row.numerator} / {row.denominator}"
        return f"{counted}  {row.share or '—'}  {session.status_word(row.status)}"

    print_table(
        session,
        say("豁免对比例的影响", "What exemptions make of the shares"),
        columns,
        [
            (
                subject_of(one.decided, policy, session.words),
                policy.divisions.name(one.decided.division).to(session.language),
                one.decided.period,
                told(one.decided),
                told(one.all_claimed),
                told(one.none_claimed),
            )
            for one in effects
        ],
    )
