"""Clauses, readings and extracts as the handbook has them, and the whole of it, frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.bulletins.handbook.pieces import Contents, Fact
from monitor.bulletins.handbook.table_parts import (
    CodeSection,
    DueEntry,
    GapSection,
    IndexRow,
    MeaningSection,
    PlaceSection,
)


@dataclass(frozen=True, slots=True)
class ClauseLine:
    """One figure that answers a clause, how it comes about, and by which conditions on rows."""

    name: str
    how: str
    conditions: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class ClauseReading:
    """How a clause is read; `record` is the recorded reading that says so, where one does."""

    text: str
    record: str
    anchor: str


@dataclass(frozen=True, slots=True)
class ClauseEntry:
    """One clause; `targets` are years and what is asked for in them. `taken` says who took the
    readings, and when the text was last looked at.
    """

    id: str
    anchor: str
    title: str
    quoted: str
    meaning: str
    facts: tuple[Fact, ...]
    targets: tuple[Fact, ...]
    lines: tuple[ClauseLine, ...]
    beside: tuple[Fact, ...]
    readings: tuple[ClauseReading, ...]
    taken: str


@dataclass(frozen=True, slots=True)
class DocumentSection:
    """A document and its clauses in its own order."""

    number: str
    anchor: str
    title: str
    subtitle: str
    place: str
    clauses: tuple[ClauseEntry, ...]


@dataclass(frozen=True, slots=True)
class BodyRow:
    """Who answers: as the document names it, in full, today, and how sure that is."""

    place: str
    name: str
    full_name: str
    present: str
    support: str


@dataclass(frozen=True, slots=True)
class ReadingEntry:
    """A recorded reading, and the clauses that it is about (id, anchor)."""

    id: str
    anchor: str
    question: str
    facts: tuple[Fact, ...]
    clauses: tuple[Fact, ...]
    taken: str


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """A column of an extract: `name` is what rules call it, `values` the table of what it takes."""

    header: str
    name: str
    must: str
    is_required: bool
    how: str
    aliases: str
    example: str
    values: Contents | None = None


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A row rule with what breaks it."""

    code: str
    anchor: str
    column: str
    message: str
    example: str
    because: str
    mend: str
    note: str


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules of one severity under their heading."""

    title: str
    rules: tuple[RuleRow, ...]


@dataclass(frozen=True, slots=True)
class KindSection:
    """An extract kind: its columns, its own rules, and the clauses that it answers (id, anchor)."""

    number: str
    anchor: str
    kind: str
    title: str
    about: str
    facts: tuple[Fact, ...]
    answers: tuple[Fact, ...]
    columns: tuple[ColumnRow, ...]
    rules: tuple[RuleSet, ...]
    shares: str


@dataclass(frozen=True, slots=True)
class SharedSection:
    """Rules that several kinds have; `told` is what each of them says of it."""

    shares: str
    told: str
    number: str
    anchor: str
    title: str
    about: str
    rules: tuple[RuleSet, ...]


@dataclass(frozen=True, slots=True)
class HandbookView:
    """The whole handbook; both forms are set from this and add nothing."""

    language_tag: str
    title: str
    subtitle: str
    facts: tuple[Fact, ...]
    words: Mapping[str, str]
    chapters: Mapping[str, Contents]
    contents: tuple[Contents, ...]
    steps: tuple[Fact, ...]
    documents: tuple[DocumentSection, ...]
    bodies: tuple[BodyRow, ...]
    readings: tuple[ReadingEntry, ...]
    kinds: tuple[KindSection, ...]
    shared: tuple[SharedSection, ...]
    codes: tuple[CodeSection, ...]
    weights: CodeSection
    meanings: tuple[MeaningSection, ...]
    gaps: tuple[GapSection, ...]
    checks: tuple[Fact, ...]
    places: tuple[PlaceSection, ...]
    dues: tuple[DueEntry, ...]
    clause_index: tuple[IndexRow, ...]
    code_index: tuple[IndexRow, ...]
