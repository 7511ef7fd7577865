"""An exemption decided by whoever answers for it, and what speaks for it kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from monitor.corridor.exemptions import Claim, claims
from monitor.errors import WrongUse
from monitor.model import SHANGHAI, Text
from monitor.policy.policy import Policy
from monitor.store import audit
from monitor.store.archive import Kept
from monitor.store.exemptions import (
    Decision,
    NewDecision,
    NewEvidence,
    add_decisions,
    add_evidence,
)
from monitor.store.store import Store


def decide(
    store: Store,
    policy: Policy,
    division: str,
    *,
    vins: Sequence[str] = (),
    group: str | None = None,
    seen: int | None = None,
    decision: Decision,
    until: date | None = None,
    reason: str,
    by: str,
    at: datetime,
) -> int:
    """Decide some of a division's claims, or all of a group by its key; gives how many.

    `seen` is how many vehicles whoever decides saw in the group: with another number nothing is
    decided. `until` is the last day of registration that an approval covers (see
    `store.exemptions`). Raises `WrongUse` where it cannot be meant; then nothing is decided. A
    draft that is being judged sees either all of it or none.
    """
    _check_words(decision, until, reason, by)
    with store.transaction():
        chosen = _chosen(store, policy, division, at, vins, group, seen)
        _check_chosen(chosen, decision, until)
        named = sorted({claim.exemption or "unrecognised" for claim in chosen})
        add_decisions(
            store,
            division,
            [(claim.vin, claim.named) for claim in chosen],
            NewDecision(decision, until, reason.strip(), by.strip(), at),
        )
        audit.record(
            store,
            "exemption_decision",
            division,
            detail={
                "by": by.strip(),
                "decision": decision.value,
                "exemptions": named,
                "group": group,
                "until": until.isoformat() if until else None,
                "vehicles": len(chosen),
            },
            at=at,
        )
    return len(chosen)


def add_claim_evidence(
    store: Store,
    policy: Policy,
    division: str,
    *,
    vins: Sequence[str] = (),
    group: str | None = None,
    words: str,
    kept: Kept | None = None,
    by: str,
    at: datetime,
) -> str:
    """Put words, and a file that the archive holds, beside some claims; gives the evidence's id.

    The file is kept as it came and never read. Raises `WrongUse` as `decide` does.
    """
    if not words.strip():
        raise WrongUse(Text("请写明材料说明了什么。", "Say in words what the evidence shows."))
    with store.transaction():
        chosen = _chosen(store, policy, division, at, vins, group, None)
        named = sorted({claim.named for claim in chosen})
        if len(named) > 1:
            raise WrongUse(
                Text(
                    "所选车辆申报的豁免情形不止一种，请逐种提交材料。",
                    "These vehicles claim several exemptions: give the evidence for one at a time.",
                )
            )
        evidence = add_evidence(
            store,
            NewEvidence(
                division=division,
                exemption=named[0],
                vins=tuple(sorted(claim.vin for claim in chosen)),
                words=words.strip(),
                made_by=by.strip(),
                made_at=at,
                sha256=kept.sha256 if kept else None,
                file_name=kept.name if kept else None,
            ),
        )
        audit.record(
            store,
            "exemption_evidence",
            evidence,
            detail={
                "by": by.strip(),
                "division": division,
                "sha256": kept.sha256 if kept else None,
                "vehicles": len(chosen),
            },
            at=at,
        )
    return evidence


def _check_words(decision: Decision, until: date | None, reason: str, by: str) -> None:
    if not reason.strip():
        raise WrongUse(Text("请写明作出这一决定的理由。", "Say why it is decided so."))
    if not by.strip():
        raise WrongUse(Text("请写明由谁决定。", "Say who decides it."))
    if until is not None and decision is not Decision.APPROVED:
        raise WrongUse(
            Text("截止日期只用于同意豁免。", "Only an approval has a last day: leave it out.")
        )


def _chosen(
    store: Store,
    policy: Policy,
    division: str,
    at: datetime,
    vins: Sequence[str],
    group: str | None,
    seen: int | None,
) -> tuple[Claim, ...]:
    """The current claims that are meant, each once, in the order of receipt."""
    if bool(vins) == (group is not None):
        raise WrongUse(
            Text(
                "请选择车辆，或选择整组，二者取一。", "Choose vehicles or a whole group, not both."
            )
        )
    today = at.astimezone(SHANGHAI).date()
    groups = claims(store, policy, [division], today)
    if group is not None:
        chosen = [claim for one in groups if one.key == group for claim in one.claims]
        if not chosen or (seen is not None and seen != len(chosen)):
            raise WrongUse(
                Text(
                    f"这一组现有 {len(chosen)} 辆车，与您看到的不同。"
                    "请刷新页面，重新核对后再决定。",
                    f"This group has {len(chosen)} vehicles now, another number than you saw. Load "
                    "the page again, look again, then decide.",
                )
            )
    else:
        wanted = {vin.strip().upper() for vin in vins}
        chosen = [claim for one in groups for claim in one.claims if claim.vin in wanted]
        lacking = len(wanted) - len({claim.vin for claim in chosen})
        if lacking:
            raise WrongUse(
                Text(
                    f"所选车辆中有 {lacking} 辆在 {division} 没有申报豁免的现行记录，未作任何决定。"
                    "请核对车辆识别代号与地区代码。",
                    f"{lacking} of these vehicles claim no exemption in {division}; nothing was "
                    "done. Check their VINs and the division.",
                )
            )
    return tuple(chosen)


def _check_chosen(chosen: Sequence[Claim], decision: Decision, until: date | None) -> None:
    if decision is not Decision.APPROVED:
        return
    unknown = sum(claim.exemption is None for claim in chosen)
    if unknown:
        raise WrongUse(
            Text(
                f"其中 {unknown} 辆申报的情形不在代码表中，不能同意：条文没有列明，车辆仍计入。"
                "请让报送单位改用列明的情形重新报送，或予以不同意。",
                f"{unknown} of them claim what no table lists and cannot be approved: no clause "
                "names it, and they stay counted. Ask the sender to name a listed exemption, or "
                "refuse them.",
            )
        )
    if until is not None and all(claim.registered_on > until for claim in chosen):
        raise WrongUse(
            Text(
                f"所选车辆都在 {until} 之后登记，这样的同意不涵盖任何一辆。"
                "请改截止日期，或予以不同意。",
                f"All of them were registered after {until}: such an approval covers none. Choose "
                "a later day, or refuse them.",
            )
        )
