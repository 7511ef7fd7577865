"""The handbook of the project's own files, each form set once for all that look at it."""

from __future__ import annotations

from functools import lru_cache

from monitor.bulletins.handbook.parts import HandbookView
from monitor.bulletins.handbook.setting import Form, set_handbook
from monitor.bulletins.handbook.view import HandbookFacts, build_handbook, handbook_facts
from monitor.model import Language
from monitor.policy.policy import load_policy

LANGUAGES: tuple[Language, ...] = ("zh", "en")


@lru_cache
def facts(division: str | None = None) -> HandbookFacts:
    return handbook_facts(load_policy(None), division)


@lru_cache
def view(language: Language, division: str | None = None) -> HandbookView:
    return build_handbook(facts(division), language)


@lru_cache
def made(language: Language, form: Form) -> bytes:
    return set_handbook(facts(), language, form)
