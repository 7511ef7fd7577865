"""Bulletins of what was judged: facts gathered, all forms set, put into the outbox, recorded."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from monitor.assess.assess import Held, concerned
from monitor.bulletins.facts import BulletinFacts
from monitor.bulletins.forms import make_forms
from monitor.corridor.gathering import facts_of, gather_run
from monitor.corridor.holding import holds_of, judge_or_hold
from monitor.corridor.rule_change import settle_rules
from monitor.delivery.bulletin_archive import keep_forms
from monitor.delivery.compose import compose
from monitor.delivery.outbox import put
from monitor.errors import WrongUse
from monitor.model import Assessment, Language, Text
from monitor.policy.policy import Policy
from monitor.store.holds import add_holds
from monitor.store.store import Store


@dataclass(frozen=True, slots=True)
class Published:
    """One bulletin: its letter in the outbox, or held for the reasons given; its forms' folder."""

    division: str
    language: Language
    issue_number: int
    path: Path
    forms: Path
    holds: tuple[Text, ...] = ()


def publish(
    store: Store,
    policy: Policy,
    held: Held,
    *,
    divisions: Sequence[str],
    languages: Sequence[Language],
    started_at: datetime,
    mandates: tuple[str, ...] | None = None,
    progress: Callable[[int, int, str], None] = lambda _done, _all, _name: None,
) -> tuple[list[Published], tuple[Assessment, ...]]:
    """Judge, keep the run, and put a bulletin for each division and language into the outbox.

    The same judgement again gives the same bytes under the same name, and no new issue number. A
    bulletin of some `mandates` only is no issue: the next one must not be compared with it. One
    with a hole, or by rules that flip a verdict and that nobody has accepted, is held: it goes to
    the home's `held` folder with its reasons kept, and is no issue either. Raises
    `CheckDidNotRun` where a suite has no result; then all of them are held.
    """
    partial = _partial(policy, divisions, mandates)
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
    published: list[Published] = []
    for done, division in enumerate(divisions, start=1):
        facts = facts_of(policy, held, known, division)
        reasons = holds_of(policy, facts, mandates=mandates, rules=rules)
        add_holds(store, run, [(division, reason) for reason in reasons])
        published += [
            _lay_down(
                store, policy, run, facts, language, reasons, is_issue=division not in partial
            )
            for language in languages
        ]
        progress(done, len(divisions), division)
    mine = {*divisions, *(m for code in divisions for m in policy.divisions.members(code))}
    return published, tuple(row for row in assessments if row.division in mine)


def _lay_down(
    store: Store,
    policy: Policy,
    run: int,
    facts: BulletinFacts,
    language: Language,
    reasons: tuple[Text, ...],
    *,
    is_issue: bool,
) -> Published:
    """Set one bulletin in all forms; only a whole one without a reason to hold it is an issue."""
    made = make_forms(facts, policy, language)
    letter = compose(facts, policy, made.letter, language)
    path = put(store.home.held if reasons else store.home.outbox, letter.name, letter.message)
    forms = keep_forms(store.home.bulletins, path.stem, made.files)
    if is_issue and not reasons:
        store.add_bulletin(
            run,
            division=facts.division,
            as_of=facts.as_of,
            issue_number=facts.issue_number,
            language=language,
            name=letter.name,
            digest=hashlib.sha256(letter.message).hexdigest(),
        )
    return Published(facts.division, language, facts.issue_number, path, forms, reasons)


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
