"""The small print on what the texts leave open: what is taken, and what another reading would do.

A verdict that would differ is named with its years; that none would is said too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import itemgetter

from monitor.assess.otherwise import OtherVerdicts, Pair
from monitor.bulletins import formats, labels
from monitor.bulletins.facts import BulletinFacts
from monitor.bulletins.parts import MandateBlock, ReadingNote
from monitor.bulletins.words import Words
from monitor.model import Assessment, Text
from monitor.policy.mandates import Recorded
from monitor.policy.policy import Policy
from monitor.policy.readings import RecordedReading


def readings_of(
    blocks: Sequence[MandateBlock],
    past: Sequence[Assessment],
    facts: BulletinFacts,
    policy: Policy,
    words: Words,
) -> tuple[ReadingNote, ...]:
    """Each choice once, with all the mandates of the bulletin that it is of; those with another
    reading first.
    """
    shown = list(dict.fromkeys([*(b.mandate for b in blocks), *(row.mandate for row in past)]))
    return (*_recorded(shown, facts, policy, words), *_stated(shown, policy, words))


def _recorded(
    shown: Sequence[str], facts: BulletinFacts, policy: Policy, words: Words
) -> list[ReadingNote]:
    """Those by which a verdict would turn first: the rest makes no difference here."""
    notes: list[tuple[bool, ReadingNote]] = []
    for reading in policy.readings.values():
        concerned = frozenset(reading.clauses(policy.mandates))
        mandates = [mandate for mandate in shown if mandate in concerned]
        if not mandates:
            continue
        found = {one.option: one for one in facts.otherwise if one.reading == reading.id}
        note = ReadingNote(
            words.listed(mandates),
            words.text(reading.taken_option.words),
            words("%(by)s，%(day)s", by=reading.by, day=formats.day(reading.on, words)),
            tuple(_otherwise(reading, found, facts, policy, words)),
        )
        notes.append((not any(one.turned for one in found.values()), note))
    return [note for _, note in sorted(notes, key=itemgetter(0))]


def _stated(shown: Sequence[str], policy: Policy, words: Words) -> Iterator[ReadingNote]:
    """The readings of single mandates, the same words once."""
    together: dict[tuple[str, str], list[str]] = {}
    for mandate in shown:
        for reading in policy.mandates[mandate].readings:
            if isinstance(reading, Recorded):
                continue
            taken = words("%(by)s，%(day)s", by=reading.by, day=formats.day(reading.on, words))
            together.setdefault((words.text(reading.what), taken), []).append(mandate)
    for (what, taken), mandates in together.items():
        yield ReadingNote(words.listed(list(dict.fromkeys(mandates))), what, taken)


def _otherwise(
    reading: RecordedReading,
    found: dict[str, OtherVerdicts],
    facts: BulletinFacts,
    policy: Policy,
    words: Words,
) -> Iterator[str]:
    """A sentence for each option that turns a verdict, one for all that turn none, and what
    cannot be told. Of an option that was not judged nothing is said.
    """
    idle = 0
    told: list[str] = []
    unknown: list[str] = []
    for option in reading.others:
        verdicts = found.get(option.word)
        if verdicts is None:
            continue
        said = _quoted(option.words, words)
        turned = _turned(verdicts.turned, facts, policy, words)
        if option.not_computable is not None:
            why = words.text(option.not_computable)
            unknown.append(words("若读作%(option)s，现有数据算不出：%(why)s", option=said, why=why))
        elif turned:
            all_of_it = words("；").join(turned)
            told.append(words("若读作%(option)s，%(turned)s。", option=said, turned=all_of_it))
        else:
            idle += 1
    yield from told
    if idle:
        named = words("fleetmon readings %(id)s", id=reading.id)
        yield words.plural(
            "另有 %(num)s 种读法（%(named)s），本期的结论都不变。", idle, named=named
        )
    yield from unknown


def _quoted(said: Text, words: Words) -> str:
    """An option's words inside a sentence: quotes within quotes are single ones."""
    bare = words.text(said).removesuffix("。").removesuffix(".")
    return words("“%(words)s”", words=bare.replace("“", "‘").replace("”", "’"))


def _turned(pairs: Sequence[Pair], facts: BulletinFacts, policy: Policy, words: Words) -> list[str]:
    """What turns, the same change of several years and divisions told once."""
    by_change: dict[tuple[str, str], dict[str, list[str]]] = {}
    for pair in pairs:
        row = pair.row
        subject_and_change = (labels.subject_of(row, policy, words), _change(pair, words))
        by_change.setdefault(subject_and_change, {}).setdefault(row.division, []).append(row.period)
    told = []
    for (subject, change), places in by_change.items():
        by_years: dict[str, list[str]] = {}
        for division, periods in places.items():
            by_years.setdefault(words.listed(list(dict.fromkeys(periods))), []).append(division)
        for years, divisions in by_years.items():
            who = [
                words.text(policy.divisions.name(code))
                for code in divisions
                if facts.is_province or code != facts.division
            ]
            what = words(
                "%(subject)s %(years)s 年度%(change)s", subject=subject, years=years, change=change
            )
            told.append(
                words("%(names)s %(said)s", names=words.listed(who), said=what) if who else what
            )
    return told


def _change(pair: Pair, words: Words) -> str:
    before, after = pair.before, pair.after
    if before is not None and after is not None and before.status == after.status:
        return words(
            "仍为%(status)s，后果由%(before)s变为%(after)s",
            status=labels.status_word(after.status, words),
            before=labels.consequence_word(before.consequence, words) or words("无"),
            after=labels.consequence_word(after.consequence, words) or words("无"),
        )
    return words(
        "由%(before)s变为%(after)s",
        before=_verdict(before, words),
        after=_verdict(after, words),
    )


def _verdict(row: Assessment | None, words: Words) -> str:
    if row is None:
        return words("不作判定")
    unknown = row.excluded.scope_unknown
    if row.status == "no_additions" and unknown:
        return words.plural("无从判定（%(num)s 辆范围不明）", unknown)
    return labels.status_word(row.status, words)
