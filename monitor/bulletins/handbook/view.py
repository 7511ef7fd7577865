"""The handbook's view: set once from the policy, for one language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from monitor.bulletins import formats
from monitor.bulletins.handbook.clauses import (
    Concerns,
    body_rows,
    document_sections,
    every_clause,
)
from monitor.bulletins.handbook.codes import code_sections, weight_section
from monitor.bulletins.handbook.gaps import agreement_facts, gap_sections
from monitor.bulletins.handbook.kinds import Writer, kind_sections, shared_sections
from monitor.bulletins.handbook.meanings import meaning_sections
from monitor.bulletins.handbook.parts import (
    DocumentSection,
    HandbookView,
    KindSection,
    SharedSection,
)
from monitor.bulletins.handbook.pieces import Contents, Fact
from monitor.bulletins.handbook.places import due_entries, place_sections
from monitor.bulletins.handbook.readings import reading_entries
from monitor.bulletins.handbook.table_parts import IndexRow
from monitor.bulletins.handbook.words import chapter_words, handbook_words, step_facts
from monitor.bulletins.words import load_words
from monitor.model import Language
from monitor.policy.blank_tables import BlankTable, load_blank_tables
from monitor.policy.due_dates import ReportingRule, load_reporting
from monitor.policy.policy import Policy

_TAGS: Final[dict[Language, str]] = {"zh": "zh-CN", "en": "en"}
_DUTIES: Final = "data/calendars/reporting.yml"
_HASH: Final = 12  # characters of the ruleset, as pages show it


@dataclass(frozen=True, slots=True)
class HandbookFacts:
    """What the handbook is written from: the policy, hints and examples, and who owes what.

    With `division` it is of what concerns one division or province, else of everything.
    """

    policy: Policy
    tables: Mapping[str, BlankTable]
    duties: Sequence[ReportingRule]
    division: str | None = None


def handbook_facts(policy: Policy, division: str | None = None) -> HandbookFacts:
    """What the project's files say beyond the policy."""
    project = policy.project
    duties = load_reporting(project.file(_DUTIES), policy.divisions, frozenset(policy.kinds))
    return HandbookFacts(policy, load_blank_tables(project, policy), duties.rules, division)


def build_handbook(facts: HandbookFacts, language: Language) -> HandbookView:
    """The view of one language; the same files give the same view on any day."""
    policy, words = facts.policy, load_words(facts.policy.project, language)
    concerns = _concerning(policy, facts.division)
    reviewed = last_review(policy)
    writer = Writer(facts.division or next(iter(policy.divisions.divisions)), reviewed)
    titles = {
        name: (str(place), title)
        for place, (name, title) in enumerate(chapter_words(words).items(), start=1)
    }
    number = {name: told for name, (told, _) in titles.items()}
    documents = document_sections(policy, words, concerns, number["clauses"])
    codes = code_sections(policy, words, number["codes"])
    of_kinds = Contents(number["kinds"], "", "", _listed(codes))
    kinds = kind_sections(policy, facts.tables, writer, words, concerns, of_kinds)
    shared = shared_sections(policy, writer, words, number["kinds"], len(kinds))
    weights = weight_section(policy, words, f"{number['codes']}.{len(codes) + 1}")
    meanings = meaning_sections(words, number["meanings"])
    gaps = gap_sections(policy, words, concerns, number["gaps"])
    places = place_sections(policy, words, concerns, number["places"])
    said = handbook_words(words)
    checks = agreement_facts(policy, words, concerns)
    dues = due_entries(facts.duties, policy, words, concerns)
    extra = {
        "bodies": Contents(f"{number['clauses']}.{len(documents) + 1}", "bodies", said["bodies"]),
        "checks": Contents(f"{number['gaps']}.{len(gaps) + 1}", "checks", said["checks"]),
        "dues": Contents(f"{number['places']}.{len(places) + 1}", "dues", said["dues"]),
    }
    sections: dict[str, tuple[Contents, ...]] = {
        "report": (),
        "clauses": (*_listed(documents), extra["bodies"]),
        "readings": (),
        "kinds": (*_listed(kinds), *_listed(shared)),
        "codes": (*_listed(codes), *_listed([weights])),
        "meanings": _listed(meanings),
        "gaps": (*_listed(gaps), *([extra["checks"]] if checks else [])),
        "places": (*_listed(places), *([extra["dues"]] if dues else [])),
    }
    chapters = {
        name: Contents(told, f"chapter-{name}", title, sections[name])
        for name, (told, title) in titles.items()
    }
    name = words.text(policy.divisions.name(facts.division)) if facts.division else ""
    return HandbookView(
        language_tag=_TAGS[language],
        title=words("新能源车辆推广要求监测手册"),
        subtitle=name or words("条文、报表、校验规则和结论，都由监测所用的数据写成"),
        facts=(
            Fact(words("规则集"), policy.ruleset[:_HASH]),
            Fact(words("条文最近一次核对"), formats.day(reviewed, words)),
        ),
        words=said,
        chapters=chapters | extra,
        contents=(*chapters.values(), Contents("", "index", said["index"])),
        steps=step_facts(words),
        documents=documents,
        bodies=body_rows(policy, words, concerns),
        readings=reading_entries(policy, words, concerns),
        kinds=kinds,
        shared=shared,
        codes=codes,
        weights=weights,
        meanings=meanings,
        gaps=gaps,
        checks=checks,
        places=places,
        dues=dues,
        clause_index=_clause_index(documents),
        code_index=_code_index(kinds, shared),
    )


def last_review(policy: Policy) -> date:
    """The day on which a clause was last set against its document: what the handbook is as of."""
    return max((clause.reviewed_on for clause in every_clause(policy)), default=date.min)


def _concerning(policy: Policy, division: str | None) -> Concerns:
    """Whether something of a place concerns a division: its own, its province's, its members'."""
    if division is None:
        return lambda _place: True
    table = policy.divisions
    near = {division, table.province_of(division), *table.members(division)}
    return lambda place: place in near


class _Section(Protocol):
    """What the table of contents needs of a section."""

    @property
    def number(self) -> str: ...
    @property
    def anchor(self) -> str: ...
    @property
    def title(self) -> str: ...


def _listed(sections: Sequence[_Section]) -> tuple[Contents, ...]:
    return tuple(Contents(one.number, one.anchor, one.title) for one in sections)


def _clause_index(documents: Sequence[DocumentSection]) -> tuple[IndexRow, ...]:
    entries = [entry for document in documents for entry in document.clauses]
    return tuple(
        IndexRow(entry.id, (Fact(entry.title, entry.anchor),))
        for entry in sorted(entries, key=lambda entry: entry.id)
    )


def _code_index(
    kinds: Sequence[KindSection], shared: Sequence[SharedSection]
) -> tuple[IndexRow, ...]:
    """Every finding code with the kinds that have it; the names of two kinds differ."""
    found: dict[str, list[Fact]] = {}
    sections: list[KindSection | SharedSection] = [*kinds, *shared]
    for section in sections:
        for one in section.rules:
            for rule in one.rules:
                found.setdefault(rule.code, []).append(Fact(section.title, rule.anchor))
    return tuple(IndexRow(code, tuple(places)) for code, places in sorted(found.items()))
