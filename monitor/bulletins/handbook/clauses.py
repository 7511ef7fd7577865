"""The documents and every clause of them, in the documents' own order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from monitor.assess.clause_words import ANSWERED, CLASSES, body_words
from monitor.bulletins import formats, labels
from monitor.bulletins.clause_words import (
    asked_of_years,
    evidence_word,
    joined_years,
    line_word,
    subject_of,
)
from monitor.bulletins.handbook.parts import (
    BodyRow,
    ClauseEntry,
    ClauseLine,
    ClauseReading,
    DocumentSection,
)
from monitor.bulletins.handbook.pieces import Fact, capital
from monitor.bulletins.mandate_words import asked_of, bounds_of
from monitor.bulletins.words import Words
from monitor.policy.clause_coverage import FLEET_EVIDENCE, bodies_of
from monitor.policy.clauses import Clause
from monitor.policy.lines import Line
from monitor.policy.mandates import Document, Mandate, Reading, Recorded
from monitor.policy.policy import Policy

_NUMERALS: Final = {mark: place for place, mark in enumerate("零一二三四五六七八九")}
_TEN: Final = "十"
_NUMBER: Final = re.compile(r"[零一二三四五六七八九十]+|[0-9]+")
_LAST: Final = (10_000,)  # a section that is not known stands behind all others
# Conditions of a line, in the order in which they narrow its rows.
_CONDITIONS: Final = ("rows", "hits", "unsure", "part", "whole", "sum")

AnyClause = Mandate | Clause
Concerns = Callable[[str], bool]


def every_clause(policy: Policy) -> tuple[AnyClause, ...]:
    """Fleet mandates and all other clauses."""
    clauses: list[AnyClause] = [*policy.mandates.values(), *policy.clauses.values()]
    return tuple(clauses)


def clause_anchor(name: str) -> str:
    """What a clause is found by."""
    return f"clause-{name}"


def reading_anchor(name: str) -> str:
    """What a recorded reading is found by."""
    return f"reading-{name}"


def document_sections(
    policy: Policy, words: Words, concerns: Concerns, number: str
) -> tuple[DocumentSection, ...]:
    """Each document with its clauses that concern somebody, the oldest first, national last."""
    held: dict[str, tuple[Document, list[AnyClause]]] = {}
    for clause in every_clause(policy):
        if isinstance(clause.document, Document) and concerns(clause.jurisdiction):
            held.setdefault(clause.document.key, (clause.document, []))[1].append(clause)
    ordered = sorted(held.values(), key=lambda one: (one[0].is_national, one[0].issued_on))
    return tuple(
        DocumentSection(
            number=f"{number}.{place}",
            anchor=f"document-{document.key}",
            title=words("《%(title)s》", title=document.title),
            subtitle=_subtitle(document, policy, words),
            place=words.text(document.place) if document.place else "",
            clauses=tuple(_entry(one, policy, words) for one in sorted(clauses, key=_place)),
        )
        for place, (document, clauses) in enumerate(ordered, start=1)
    )


def _subtitle(document: Document, policy: Policy, words: Words) -> str:
    told = [document.issuer, document.number or "", formats.day(document.issued_on, words)]
    if document.is_national:
        told.append(words("国家文件，不在四份文件之内"))
    else:
        told.append(words.text(policy.divisions.name(document.jurisdiction)))
    return " · ".join(one for one in told if one)


def _place(clause: AnyClause) -> tuple[tuple[int, ...], bool, str]:
    """Where a clause stands in its document; fleet mandates first where several stand there."""
    return section_order(clause.section), isinstance(clause, Clause), clause.id


def section_order(section: str) -> tuple[int, ...]:
    """The numbers of a section such as 三（三）1, to sort by."""
    return tuple(_number(found) for found in _NUMBER.findall(section)) or _LAST


def _number(written: str) -> int:
    if written.isdigit():
        return int(written)
    tens, ten, ones = written.rpartition(_TEN)
    if not ten:
        return int("".join(str(_NUMERALS[mark]) for mark in ones))
    return (_NUMERALS[tens] if tens else 1) * 10 + (_NUMERALS[ones] if ones else 0)


def _entry(clause: AnyClause, policy: Policy, words: Words) -> ClauseEntry:
    return ClauseEntry(
        id=clause.id,
        anchor=clause_anchor(clause.id),
        title=capital(title_of(clause, policy, words)),
        quoted=clause.words,
        meaning=words.text(clause.meaning),
        facts=tuple(_facts(clause, policy, words)),
        targets=tuple(Fact(when, what) for when, what in _targets(clause, policy, words)),
        lines=tuple(
            _line(line, policy, words)
            for line in (clause.lines if isinstance(clause, Clause) else ())
        ),
        beside=tuple(_beside(clause, words)),
        readings=tuple(_reading(reading, words) for reading in clause.readings),
        taken=words.sentences([*_taken(clause.readings, words), _reviewed(clause, words)]),
    )


def _targets(clause: AnyClause, policy: Policy, words: Words) -> list[tuple[str, str]]:
    if isinstance(clause, Clause):
        return asked_of_years(clause, policy, words)
    return joined_years((str(one.period), asked_of(one, clause, words)) for one in clause.targets)


def title_of(clause: AnyClause, policy: Policy, words: Words) -> str:
    """A clause in a few words."""
    if isinstance(clause, Mandate):
        return labels.scope_word(clause, clause.categories, policy, words)
    return subject_of(clause, words).rstrip("。.")


def _facts(clause: AnyClause, policy: Policy, words: Words) -> Iterator[Fact]:
    yield Fact(words("条款"), clause.section, is_quoted=True)
    if clause.illustrative:
        yield Fact(words("说明"), words("示例，非现行政策"))
    sort = clause.clause_class if isinstance(clause, Clause) else "fleet"
    yield Fact(words("类别"), words.text(CLASSES[sort]))
    yield Fact(
        words("力度"),
        words(
            "%(strength)s（“%(word)s”）",
            strength=labels.strength_word(clause.strength, words),
            word=clause.strength_word,
        ),
    )
    yield Fact(
        words("起止"),
        words(
            "%(from)s 至 %(to)s",
            **{
                "from": formats.day(clause.valid_from, words),
                "to": formats.day(clause.valid_to, words),
            },
        ),
    )
    if isinstance(clause, Mandate):
        yield from _fleet_facts(clause, policy, words)
    else:
        places = [words.text(policy.divisions.name(code)) for code in clause.places]
        own = words.text(policy.divisions.name(clause.jurisdiction))
        yield Fact(words("地区"), words.listed(places or [own]))
        if clause.baseline is not None:
            yield Fact(words("基期"), clause.baseline.words, is_quoted=True)
    named = [words.text(body_words(name, body)) for name, body in bodies_of(policy, clause).items()]
    yield Fact(words("责任单位"), words.listed(named) or words("本条没有写明"))
    kind = FLEET_EVIDENCE if isinstance(clause, Mandate) else clause.evidence.kind
    by, how = evidence_word(kind, policy, words), words.text(ANSWERED[_answer(clause)])
    yield Fact(words("怎样回答"), words("%(by)s，%(how)s", by=by, how=how))


def _answer(clause: AnyClause) -> str:
    if isinstance(clause, Clause):
        return clause.evidence.answer
    return "not_computable" if clause.not_computable else "computed"


def _fleet_facts(mandate: Mandate, policy: Policy, words: Words) -> Iterator[Fact]:
    has_target = bool(mandate.targets)
    yield Fact(
        words("衡量什么"), labels.measure_word(mandate.measure, words, has_target=has_target)
    )
    own = words.text(policy.divisions.name(mandate.jurisdiction))
    binds = labels.binds_word(mandate, policy, words) or words("不约束任何一级，仅列趋势")
    yield Fact(words("约束对象"), f"{own} · {binds}")
    for heading, told in bounds_of(mandate, policy, words):
        yield Fact(heading, told)


def _line(line: Line, policy: Policy, words: Words) -> ClauseLine:
    told = ((name, getattr(line, name)) for name in _CONDITIONS)
    unit = f"（{words.text(policy.codes['unit'].label(line.unit))}）" if line.unit else ""
    heads = _condition_words(words)
    return ClauseLine(
        name=words.text(line.name) + unit,
        how=line_word(line, words),
        conditions=tuple(Fact(heads[name], " ".join(text.split())) for name, text in told if text),
    )


def _condition_words(words: Words) -> dict[str, str]:
    return {
        "rows": words("看哪些行"),
        "hits": words("算作达到"),
        "unsure": words("不能判断"),
        "part": words("其中的一列"),
        "whole": words("总数一列"),
        "sum": words("合计"),
    }


def _beside(clause: AnyClause, words: Words) -> Iterator[Fact]:
    """What must be reported, and what stays unknown."""
    if isinstance(clause, Mandate):
        if clause.missing:
            lacks = words.sentences([words.text(lack) for lack in clause.missing])
            yield Fact(words("还缺什么"), lacks)
        return
    yield Fact(words("须报什么"), words.text(clause.evidence.needs))
    if clause.evidence.limits is not None:
        yield Fact(words("仍不知道"), words.text(clause.evidence.limits))


def _reading(reading: Reading, words: Words) -> ClauseReading:
    record = reading.recorded if isinstance(reading, Recorded) else ""
    return ClauseReading(words.text(reading.what), record, reading_anchor(record))


def _taken(readings: Iterable[Reading], words: Words) -> list[str]:
    """Who took the readings and when, each pair once."""
    pairs = dict.fromkeys((reading.by, reading.on) for reading in readings)
    return [
        words("读法由 %(by)s 于 %(day)s 记下。", by=by, day=formats.day(on, words))
        for by, on in pairs
    ]


def _reviewed(clause: AnyClause, words: Words) -> str:
    return words("%(day)s 核对原文。", day=formats.day(clause.reviewed_on, words))


def body_rows(policy: Policy, words: Words, concerns: Concerns) -> tuple[BodyRow, ...]:
    """Everybody who answers for a clause, by place."""
    support = {
        "stated": words("来源写明。"),
        "seen": words("现名见于公开页面，变更经过未核实。"),
        "unverified": words("凭一般了解，未核实。"),
    }
    named = {(one.jurisdiction, name) for one in every_clause(policy) for name in one.responsible}
    return tuple(
        BodyRow(
            place=words.text(policy.divisions.name(body.jurisdiction)),
            name=body.name,
            full_name=words.text(body.full_name),
            present=body.present or words("不明"),
            support=words.sentences(
                [support[body.support], *([words.text(body.note)] if body.note else [])]
            ),
        )
        for key, body in policy.bodies.entries.items()
        if key in named and concerns(body.jurisdiction)
    )
