"""Bulletins of what was judged: facts gathered, all forms set, and all recorded at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from monitor.assess.assess import Held, concerned
from monitor.corridor.gathering import facts_of, gather_run
from monitor.corridor.holding import holds_of, judge_or_hold
from monitor.corridor.press import Press, Published
from monitor.corridor.rule_change import settle_rules
from monitor.corridor.sweeping import sweep
from monitor.errors import WrongUse
from monitor.model import Assessment, Language, Text
from monitor.policy.policy import Policy
from monitor.policy.recipients import RecipientBook
from monitor.store.store import Store

Settle = Callable[[Store, Mapping[str, int]], None]


def _unsettled(_store: Store, _counts: Mapping[str, int]) -> None:
    """Nobody waits for the end of a publication made by hand."""


def everyone_concerned(policy: Policy) -> tuple[str, ...]:
    """Every province and division that some mandate concerns."""
    codes: list[str] = []
    for mandate in policy.mandates.values():
        codes += [mandate.jurisdiction, *policy.divisions.members(mandate.jurisdiction)]
    return tuple(dict.fromkeys(codes))


def publish(
    store: Store,
    policy: Policy,
    held: Held,
    *,
    divisions: Sequence[str],
    book: RecipientBook,
    started_at: datetime,
    languages: Sequence[Language] | None = None,
    mandates: tuple[str, ...] | None = None,
    is_late: bool = False,
    others_go_on: bool = False,
    progress: Callable[[int, int, str], None] = lambda _done, _all, _name: None,
    note: Callable[[Text], None] = lambda _why: None,
    settle: Settle = _unsettled,
) -> tuple[list[Published], tuple[Assessment, ...]]:
    """Judge, keep the run, and put each division's bulletin into the outbox for its recipients.

    `languages` None is what each recipient reads. What is to be sent is recorded in one
    transaction at the end, with `settle`; before it, `note` is given each reason to hold one. A
    publication that is cut off has sent nothing, and
    what it laid down is swept away. The same judgement again gives the same bytes under the same
    name, no second letter and no new issue number. A bulletin of some `mandates` only is no issue:
    the next one must not be compared with it. One with a hole, or by rules that flip a verdict and
    that nobody has accepted, is held: it goes to the home's `held` folder with its reasons kept,
    and is no issue either; so is, where `others_go_on`, one that cannot be set. Raises
    `CheckDidNotRun` where a suite has no result; then all of them are held.
    """
    partial = _partial(policy, divisions, mandates)
    sweep(store)
    rules = settle_rules(store, policy, as_of=held.as_of, at=started_at)
    run, assessments = judge_or_hold(
        store,
        policy,
        held,
        started_at=started_at,
        addressed=divisions,
        mandates=mandates,
        divisions=_needed(policy, divisions),
    )
    known = gather_run(
        store, policy, held, run, assessments, divisions=divisions, mandates=mandates
    )
    press = Press(
        store,
        policy,
        run,
        book,
        languages,
        held.as_of,
        is_late=is_late,
        made_at=started_at,
        others_go_on=others_go_on,
    )
    for done, division in enumerate(divisions, start=1):
        facts = facts_of(policy, held, known, division)
        reasons = holds_of(policy, facts, mandates=mandates, rules=rules)
        press.lay_down(facts, reasons, is_issue=division not in partial)
        progress(done, len(divisions), division)
    press.lay_down_digests(held.known_at)
    for why in dict.fromkeys(why for one in press.published for why in one.holds):
        note(why)
    with store.transaction():
        counts = press.record()
        settle(store, counts)
    press.clear_released()
    mine = {*divisions, *(m for code in divisions for m in policy.divisions.members(code))}
    return press.published, tuple(row for row in assessments if row.division in mine)


def _partial(
    policy: Policy, divisions: Sequence[str], mandates: tuple[str, ...] | None
) -> frozenset[str]:
    """The divisions that mandates concern which were not asked for.

    Raises `WrongUse` for a division that none of those asked for concerns.
    """
    if mandates is None:
        return frozenset()
    partial = set()
    for division in divisions:
        mine = {division, *policy.divisions.members(division)}
        concerning = {
            mandate.id
            for mandate in policy.mandates.values()
            if any(code in mine for code, _ in concerned(policy, mandate))
        }
        if concerning and concerning.isdisjoint(mandates):
            raise WrongUse(
                Text(
                    f"所选要求与 {division} 无关。可用 fleetmon mandates 查看各地适用的要求。",
                    f"None of the chosen mandates concerns {division}. See fleetmon mandates.",
                )
            )
        if concerning - set(mandates):
            partial.add(division)
    return frozenset(partial)


def _needed(policy: Policy, divisions: Sequence[str]) -> tuple[str, ...]:
    """The divisions with their members, and their provinces with theirs, to compare with."""
    table = policy.divisions
    codes = [
        code
        for division in divisions
        for whole in (table.province_of(division), division)
        for code in (whole, *table.members(whole))
    ]
    return tuple(dict.fromkeys(codes))
