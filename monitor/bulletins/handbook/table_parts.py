"""What the handbook looks up by table: codes, states, gaps, places, due dates, the index."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.bulletins.handbook.pieces import Fact
from monitor.bulletins.parts import Verdict


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A code, its name, everything that stands for it, and how it counts."""

    code: str
    label: str
    writings: str
    counts: str


@dataclass(frozen=True, slots=True)
class CodeSection:
    """A code table with its source."""

    number: str
    anchor: str
    title: str
    table: str
    source: str
    used_by: str
    size: str
    rows: tuple[CodeRow, ...]
    has_writings: bool
    has_counts: bool


@dataclass(frozen=True, slots=True)
class Meaning:
    """A state by its code, its word (with mark and tone where it is a verdict) and meaning."""

    code: str
    anchor: str
    shown: Verdict
    meaning: str


@dataclass(frozen=True, slots=True)
class MeaningSection:
    """States of one sort."""

    number: str
    anchor: str
    title: str
    about: str
    head: str
    rows: tuple[Meaning, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """What is not known of a clause, and why."""

    id: str
    anchor: str
    title: str
    why: str


@dataclass(frozen=True, slots=True)
class GapSection:
    """Clauses of which the same sort of thing is not known."""

    number: str
    anchor: str
    title: str
    about: str
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A division that reports."""

    code: str
    name: str
    plates: str
    counties: str


@dataclass(frozen=True, slots=True)
class PlaceSection:
    """A province and those in it that report."""

    number: str
    anchor: str
    title: str
    size: str
    rows: tuple[PlaceRow, ...]


@dataclass(frozen=True, slots=True)
class DueEntry:
    """Who owes which extract by when, and where that is from."""

    title: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class IndexRow:
    """A word and the places that it stands in: what each is called, and its anchor."""

    word: str
    places: tuple[Fact, ...]
