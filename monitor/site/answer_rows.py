"""Answers to clauses that a report would change, as the page of the report shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.bulletins.labels import verdict
from monitor.bulletins.parts import Verdict
from monitor.bulletins.words import Words
from monitor.corridor.draft_result import MovedAnswer
from monitor.door.rights import Verb, Visitor, may
from monitor.policy.policy import Policy


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """An answer to a clause that the file changes, before and after."""

    subject: str
    before: str
    before_verdict: Verdict | None
    after: str
    after_verdict: Verdict | None


def answer_rows(
    moved: Sequence[MovedAnswer], visitor: Visitor, policy: Policy, words: Words
) -> tuple[AnswerRow, ...]:
    """The answers that the visitor may see: a city's clerk none of the province's."""

    def verdict_of(status: str | None) -> Verdict | None:
        return verdict(status, words) if status else None

    return tuple(
        AnswerRow(
            subject=words(
                "%(clause)s %(name)s，%(place)s %(year)s 年",
                clause=one.clause,
                name=words.text(one.name),
                place=words.text(policy.divisions.name(one.division)),
                year=one.period,
            ),
            before=words.text(one.before),
            before_verdict=verdict_of(one.before_status),
            after=words.text(one.after),
            after_verdict=verdict_of(one.after_status),
        )
        for one in moved
        if may(visitor, Verb.SEE, one.division, policy.divisions)
    )
