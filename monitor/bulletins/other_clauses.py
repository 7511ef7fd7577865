"""What is known of the clauses that are no fleet mandates, as a bulletin tells it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from monitor.assess.answer import ClauseAnswer
from monitor.assess.answer_choice import telling
from monitor.assess.answer_words import figure_of, target_of
from monitor.bulletins import formats, labels
from monitor.bulletins.facts import BulletinFacts
from monitor.bulletins.parts import ClauseRow, Line, OtherClauses
from monitor.bulletins.words import Words
from monitor.policy.policy import Policy


def other_clauses_of(facts: BulletinFacts, policy: Policy, words: Words) -> OtherClauses | None:
    """The answers of the bulletin's own division; None where no clause speaks of it.

    Clauses of which nothing was reported are named, in one line: silence is told, never judged.
    """
    mine = [one for one in facts.answers if one.division == facts.division]
    if not mine:
        return None
    shown = telling(mine)
    known = [one for one in shown if one.status != "no_data"]
    heard = {one.clause for one in known}
    silent = dict.fromkeys(
        (
            one.evidence,
            f"{one.clause} {words.text(one.name)}" if one.clause in heard else one.clause,
        )
        for one in shown
        if one.status == "no_data"
    )
    counts = Counter(one.status for one in known)
    tallies = [
        words("%(word)s %(num)s 项", word=labels.status_word(status, words), num=count)
        for status, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]
    return OtherClauses(
        summary=words.listed(tallies) if tallies else words("尚未收到报送。"),
        rows=tuple(_row(one, policy, words) for one in known),
        lines=(*_silent(silent, policy, words), *_compared(facts, words)),
    )


def _row(one: ClauseAnswer, policy: Policy, words: Words) -> ClauseRow:
    nothing = formats.NOTHING
    missed = (
        (f"{words.text(one.missed)} {formats.number(one.misses)}",)
        if one.misses and one.missed is not None
        else ()
    )
    return ClauseRow(
        clause=one.clause,
        name=words.text(one.name),
        period=one.period,
        target=words.text(target_of(one.target, policy)) if one.target else nothing,
        figure=words.text(figure_of(one, policy)),
        verdict=labels.verdict(one.status, words),
        strength=labels.strength_word(one.strength, words),
        consequence=labels.consequence_word(one.consequence, words),
        remarks=(
            *missed,
            *(words.text(note) for note in one.notes),
            *(words("缺少：%(what)s", what=words.text(what)) for what in one.missing),
            *(words("出处：%(what)s", what=words.text(source)) for source in one.sources),
        ),
        explain=one.explain,
    )


def _silent(silent: Iterable[tuple[str, str]], policy: Policy, words: Words) -> list[Line]:
    """What was not reported, by the kind of report that would tell: whole clauses by their ids,
    single lines of a clause by their names too.
    """
    by_kind: dict[str, list[str]] = {}
    for kind, what in silent:
        by_kind.setdefault(kind, []).append(what)
    return [
        Line(
            words("尚未收到"),
            words(
                "%(kind)s：%(what)s",
                kind=labels.kind_word(kind, policy, words),
                what=words.listed(listed),
            ),
            "quiet",
        )
        for kind, listed in by_kind.items()
    ]


def _compared(facts: BulletinFacts, words: Words) -> list[Line]:
    return [
        Line(
            words("报数相互核对"),
            words.text(one.message),
            "bad" if one.holds is False else "quiet",
        )
        for one in facts.consistency
    ]
