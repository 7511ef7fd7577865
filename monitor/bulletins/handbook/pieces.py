"""The smallest parts of the handbook, frozen: words ready to be set in any form.

An `anchor` is what a place is found by: an id in HTML, a label on paper.
"""

from __future__ import annotations

from dataclasses import dataclass


def capital(words: str) -> str:
    """Words as a title begins."""
    return words[:1].upper() + words[1:]


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and what stands against it; `is_quoted` where Chinese stays in every language."""

    name: str
    value: str
    is_quoted: bool = False


@dataclass(frozen=True, slots=True)
class Contents:
    """A chapter or section as the table of contents has it."""

    number: str
    anchor: str
    title: str
    parts: tuple[Contents, ...] = ()
