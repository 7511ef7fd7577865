"""Every recorded reading: what the texts leave open, what is taken, and what else there is."""

from __future__ import annotations

from monitor.bulletins import formats
from monitor.bulletins.handbook.clauses import Concerns, clause_anchor, every_clause, reading_anchor
from monitor.bulletins.handbook.parts import ReadingEntry
from monitor.bulletins.handbook.pieces import Fact
from monitor.bulletins.words import Words
from monitor.policy.policy import Policy
from monitor.policy.readings import Option


def reading_entries(policy: Policy, words: Words, concerns: Concerns) -> tuple[ReadingEntry, ...]:
    """Those that are about a clause that concerns somebody, by the order of their names."""
    near = {one.id for one in every_clause(policy) if concerns(one.jurisdiction)}
    return tuple(
        ReadingEntry(
            id=one.id,
            anchor=reading_anchor(one.id),
            question=words.text(one.question),
            facts=(
                Fact(words("采用"), words.text(one.taken_option.words)),
                Fact(words("理由"), words.text(one.reason)),
                *(Fact(words("另一读法"), _other(option, words)) for option in one.others),
            ),
            clauses=tuple(Fact(name, clause_anchor(name)) for name in about if name in near),
            taken=words(
                "读法由 %(by)s 于 %(day)s 记下。", by=one.by, day=formats.day(one.on, words)
            ),
        )
        for one in policy.readings.values()
        if not near.isdisjoint(about := one.clauses(policy.mandates))
    )


def _other(option: Option, words: Words) -> str:
    """Another way to read, by the word that commands know it by; why it tells nothing, if so."""
    said = words("%(words)s（%(word)s）", words=words.text(option.words), word=option.word)
    if option.not_computable is None:
        return said
    why = words("按此读法无法计算：%(why)s", why=words.text(option.not_computable))
    return words.sentences([said, why])
