"""The words of a bulletin: Chinese in the source, English from `templates/locale/en.po`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from monitor.model import Language, Text
from monitor.policy.project import Project

CATALOG = "templates/locale/{language}.po"

Entry = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """Puts Chinese source words into one language; words without a translation stay Chinese.

    Calling it translates and fills in `%(name)s`; `plural` picks the form for `num`.
    """

    language: Language
    catalog: Mapping[str, Entry] = field(default_factory=lambda: MappingProxyType({}))

    def __call__(self, zh: str, /, **values: object) -> str:
        """The words in this language, with `values` filled in."""
        said = self.gettext(zh)
        return said % values if values else said

    def plural(self, zh: str, num: int, /, **values: object) -> str:
        """The words for `num` things; `%(num)s` is the number with its separators."""
        return self.ngettext(zh, zh, num) % {"num": f"{num:,}", **values}

    def gettext(self, zh: str) -> str:
        """The bare translation, as templates ask for it."""
        said = self.catalog.get(zh, zh)
        return said if isinstance(said, str) else said[0]

    def ngettext(self, zh: str, _zh_plural: str, num: int) -> str:
        """The bare translation for `num` things; Chinese has one form, English two."""
        said = self.catalog.get(zh, zh)
        if isinstance(said, str):
            return said
        return said[0] if num == 1 else said[-1]

    def text(self, text: Text) -> str:
        """What a data file says in both languages."""
        return text.to(self.language)

    def listed(self, items: list[str] | tuple[str, ...]) -> str:
        """Several things in a row, in the language's own punctuation."""
        return (", " if self.language == "en" else "、").join(items)

    def sentences(self, items: list[str] | tuple[str, ...]) -> str:
        """Sentences one after the other."""
        return (" " if self.language == "en" else "").join(items)


@lru_cache(maxsize=8)
def load_words(project: Project, language: Language) -> Words:
    """The words of one language; a config folder's catalogue adds to the project's."""
    if language == "zh":
        return Words(language)
    catalog: dict[str, Entry] = {}
    for root in reversed(project.roots):
        path = root / CATALOG.format(language=language)
        if path.is_file():
            catalog |= _read_catalog(path)
    return Words(language, MappingProxyType(catalog))


def _read_catalog(path: Path) -> dict[str, Entry]:
    from babel.messages.pofile import read_po  # noqa: PLC0415 - Chinese needs no catalogue

    with path.open("rb") as stream:
        messages = list(read_po(stream, locale="en"))
    entries: dict[str, Entry] = {}
    for message in messages:
        source = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
        if source and message.string:
            said = message.string
            entries[source] = said if isinstance(said, str) else tuple(said)
    return entries
