"""Bulletins of what was judged: facts gathered, rendered, put into the outbox, recorded."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from monitor import __version__
from monitor.assess.assess import Held
from monitor.assess.coverage import gaps
from monitor.bulletins.facts import BulletinFacts
from monitor.bulletins.render import render
from monitor.corridor.judge import judge_and_keep
from monitor.delivery.compose import compose
from monitor.delivery.outbox import put
from monitor.model import (
    Assessment,
    Excluded,
    Language,
    Period,
    Severity,
    Status,
    SubmissionSummary,
    Target,
    Text,
)
from monitor.policy.policy import Policy
from monitor.store.store import Store


@dataclass(frozen=True, slots=True)
class Published:
    """One bulletin in the outbox."""

    division: str
    language: Language
    issue_number: int
    path: Path


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

    The same judgement again gives the same bytes under the same name, and no new issue number.
    """
    needed = _needed(policy, divisions)
    run, assessments = judge_and_keep(
        store,
        policy,
        held,
        kind="bulletin",
        started_at=started_at,
        mandates=mandates,
        divisions=needed,
    )
    published = []
    for done, division in enumerate(divisions, start=1):
        facts = _facts(store, policy, held, run, division, assessments)
        for language in languages:
            letter = compose(facts, policy, render(facts, policy, language), language)
            path = put(store.home.outbox, letter.name, letter.message)
            digest = hashlib.sha256(letter.message).hexdigest()
            store.add_bulletin(
                run,
                division=division,
                as_of=facts.as_of,
                issue_number=facts.issue_number,
                language=language,
                name=letter.name,
                digest=digest,
            )
            published.append(Published(division, language, facts.issue_number, path))
        progress(done, len(divisions), division)
    return published, assessments


def _needed(policy: Policy, divisions: Sequence[str]) -> tuple[str, ...]:
    codes = [c for division in divisions for c in (division, *policy.divisions.members(division))]
    return tuple(dict.fromkeys(codes))


def _facts(
    store: Store,
    policy: Policy,
    held: Held,
    run: int,
    division: str,
    assessments: Sequence[Assessment],
) -> BulletinFacts:
    members = policy.divisions.members(division)
    mine = {division, *members}
    earlier = store.bulletins_before(division, held.as_of, run)
    seen = store.summaries(
        "seq IN (SELECT seq FROM seen) AND (division IS NULL OR "
        "list_contains(?::VARCHAR[], division))",
        [[*mine]],
    )
    submissions = tuple(s for s in seen if s.division in mine or _covers(store, s, members))
    counted = [s.seq for s in submissions if s.status is not Status.REFUSED]
    tallies = store.tallies(counted)
    ran, declared = store.checks_of(counted)
    year = Period(date(held.as_of.year, 1, 1), held.as_of)
    return BulletinFacts(
        division=division,
        is_province=division in policy.divisions.provinces,
        as_of=held.as_of,
        known_at=held.known_at,
        issue_number=store.issue_number(division, held.as_of, run),
        ruleset=policy.ruleset,
        version=__version__,
        history=held.history,
        assessments=tuple(a for a in assessments if a.division in mine),
        previous_as_of=earlier[1] if earlier else None,
        previous=tuple(_read(a) for a in store.assessments(earlier[0]) if a["division"] in mine)
        if earlier
        else (),
        submissions=submissions,
        rejected={c: n for (c, severity), n in tallies.items() if severity is Severity.ERROR},
        warned={c: n for (c, severity), n in tallies.items() if severity is Severity.WARNING},
        silent=tuple(code for code in members if code not in held.coverage),
        nil=tuple(
            dict.fromkeys(
                s.division for s in submissions if s.status is Status.NIL and s.division in members
            )
        ),
        uncovered={
            code: tuple(found)
            for code in members
            if (found := gaps(held.coverage.get(code, []), *year))
        },
        checks_run=ran,
        checks_declared=declared,
    )


def _covers(store: Store, submission: SubmissionSummary, members: Sequence[str]) -> bool:
    return submission.division is None and bool(
        store.rows(
            "FROM coverage WHERE submission = ? AND list_contains(?::VARCHAR[], division) LIMIT 1",
            [submission.seq, list(members)],
        )
    )


def _read(content: dict[str, Any]) -> Assessment:
    """An assessment as a run kept it."""
    target, covered = content["target"], content["covered"]
    return Assessment(
        **(
            content
            | {
                "categories": tuple(content["categories"]),
                "target": Target(**target) if target else None,
                "excluded": Excluded(**content["excluded"]),
                "covered": Period(*map(date.fromisoformat, covered)) if covered else None,
                "missing": tuple(Text(*words) for words in content["missing"]),
                "missing_divisions": tuple(content["missing_divisions"]),
                "compared_with": tuple(content["compared_with"])
                if content["compared_with"]
                else None,
                "notes": tuple(Text(*words) for words in content["notes"]),
            }
        )
    )
