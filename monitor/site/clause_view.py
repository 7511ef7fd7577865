"""A clause that is no fleet mandate in plain words: what it asks, and all that is known of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from monitor.assess.answer import ClauseAnswer, Fact
from monitor.assess.answer_words import figure_of, number_text, target_of
from monitor.assess.clause_words import ANSWERED, CLASSES
from monitor.bulletins import formats, labels
from monitor.bulletins.clause_words import asked_of_target, evidence_word, subject_of
from monitor.bulletins.parts import Verdict
from monitor.bulletins.words import Words
from monitor.policy.clauses import Clause
from monitor.policy.mandates import Document
from monitor.policy.policy import Policy
from monitor.site.mandate_view import IN_FORCE, standing_of

# More silent divisions than this are counted.
_MOST_SILENT: Final = 3
# Made by setting the register against a list: no single row is behind it.
_NOT_BY_ROWS: Final = frozenset({"connected", "recovered"})
_SHARE: Final = "share"


@dataclass(frozen=True, slots=True)
class AnswerView:
    """One answer in words; `code` leads to its rows and is empty where there are none to show.

    `facts` are further figures beside it, `remarks` what must be known to read it.
    """

    place: str
    period: str
    verdict: Verdict
    consequence: str
    figure: str
    target: str
    missed: str
    facts: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...]
    sources: tuple[str, ...]
    code: str
    is_binding: bool


@dataclass(frozen=True, slots=True)
class LineView:
    """One figure of a clause: its answers for the place, the newest year first, and for others."""

    name: str
    is_by_rows: bool
    own: tuple[AnswerView, ...]
    others: tuple[AnswerView, ...]


@dataclass(frozen=True, slots=True)
class ClauseView:
    """One clause in words; `answered` is how, `kind` by which report."""

    clause: Clause
    subject: str
    sort: str
    place: str
    places: str
    strength: str
    document: str
    number: str
    issuer: str
    standing: str
    is_in_force: bool
    targets: tuple[tuple[str, str], ...]
    kind: str
    answered: str


def clause_view(clause: Clause, policy: Policy, words: Words, today: date) -> ClauseView:
    """A clause in words, as of a day."""
    document, standing = clause.document, standing_of(clause, today)
    return ClauseView(
        clause=clause,
        subject=subject_of(clause, words),
        sort=words.text(CLASSES[clause.clause_class]),
        place=words.text(policy.divisions.name(clause.jurisdiction)),
        places=words.listed([words.text(policy.divisions.name(code)) for code in clause.places]),
        strength=labels.strength_word(clause.strength, words),
        document=document.title if isinstance(document, Document) else document,
        number=(document.number or "") if isinstance(document, Document) else "",
        issuer=document.issuer if isinstance(document, Document) else "",
        standing=words.text(standing),
        is_in_force=standing is IN_FORCE,
        targets=tuple(asked_of_target(one, policy, words) for one in clause.targets),
        kind=evidence_word(clause.evidence.kind, policy, words),
        answered=words.text(ANSWERED[clause.evidence.answer]),
    )


def line_views(
    answers: Sequence[ClauseAnswer],
    place: str,
    policy: Policy,
    words: Words,
    *,
    shows_rows: Callable[[str], bool],
) -> tuple[LineView, ...]:
    """All that is known of a clause, line by line; `answers` are those to it that the reader may
    see, `place` the division whose own stand first.
    """
    by_line: dict[int, list[ClauseAnswer]] = {}
    for one in answers:
        by_line.setdefault(one.line, []).append(one)

    def seen(found: Iterable[ClauseAnswer]) -> tuple[AnswerView, ...]:
        return tuple(
            answer_view(one, policy, words, with_rows=shows_rows(one.division)) for one in found
        )

    return tuple(
        LineView(
            name=words.text(found[0].name),
            is_by_rows=found[0].measure not in _NOT_BY_ROWS,
            own=seen(reversed([one for one in found if one.division == place])),
            others=seen(one for one in _by_place(found) if one.division != place),
        )
        for _, found in sorted(by_line.items())
    )


def _by_place(found: Sequence[ClauseAnswer]) -> list[ClauseAnswer]:
    """The divisions in the order in which they come, the newest year of each first."""
    order = {code: at for at, code in enumerate(dict.fromkeys(one.division for one in found))}
    return sorted(found, key=lambda one: (order[one.division], -int(one.period)))


def answer_view(one: ClauseAnswer, policy: Policy, words: Words, *, with_rows: bool) -> AnswerView:
    """One answer in words; `with_rows` where its reader may see what is behind it."""
    is_told = one.status != "no_data"  # else a nought would only say that nothing came
    has_rows = bool(one.explain) and one.measure not in _NOT_BY_ROWS and is_told
    return AnswerView(
        place=words.text(policy.divisions.name(one.division)),
        period=one.period,
        verdict=labels.verdict(one.status, words),
        consequence=labels.consequence_word(_told(one), words),
        figure=words.text(figure_of(one, policy)) if is_told else formats.NOTHING,
        target=words.text(target_of(one.target, policy)),
        missed=_missed(one, words),
        facts=tuple((words.text(fact.what), _value(fact, policy, words)) for fact in one.facts)
        if is_told
        else (),
        remarks=tuple(_remarks(one, policy, words)),
        sources=tuple(words.text(source) for source in one.sources),
        code=one.explain if has_rows and with_rows else "",
        is_binding=one.binding,
    )


def _told(one: ClauseAnswer) -> str:
    """The consequence, where it says more than the verdict."""
    return "" if one.consequence == "report" else one.consequence


def _missed(one: ClauseAnswer, words: Words) -> str:
    if not one.misses or one.missed is None:
        return ""
    return f"{words.text(one.missed)} {formats.number(one.misses)}"


def _value(fact: Fact, policy: Policy, words: Words) -> str:
    if fact.unit is None:  # in words already, or two numbers
        return fact.value
    if fact.unit == _SHARE:
        return formats.percent(fact.value)
    return words.text(number_text(Decimal(fact.value), None, fact.unit, policy))


def _remarks(one: ClauseAnswer, policy: Policy, words: Words) -> Iterable[str]:
    """What must be known beside the figure, a sentence each."""
    for note in one.notes:
        yield _sentence(words.text(note), words)
    for lack in one.missing if one.status != "no_data" else ():
        yield words("缺：%(what)s。", what=words.text(lack).rstrip("。."))
    if one.missing_divisions:
        yield words("未报：%(who)s。", who=_divisions(one.missing_divisions, policy, words))
    if one.covered is not None and one.incomplete_data:
        told = formats.span(one.covered, words)
        yield words("数据不完整，只涵盖%(span)s；不作违规论。", span=told)


def _divisions(codes: Sequence[str], policy: Policy, words: Words) -> str:
    names = [words.text(policy.divisions.name(code)) for code in codes[:_MOST_SILENT]]
    if len(codes) <= _MOST_SILENT:
        return words.listed(names)
    return words("%(first)s等 %(count)s 个地区", first=words.listed(names), count=len(codes))


def _sentence(text: str, words: Words) -> str:
    return words("%(hint)s。", hint=text.rstrip("。."))
