"""Every word of a bulletin and of a page has its English, with the same holes to fill."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from babel.messages.extract import extract_from_file

from monitor.bulletins.words import Words, load_words
from monitor.policy.project import Project, project_root

KEYWORDS = {"_": None, "words": None, "plural": (1, 1), "ngettext": (1, 2)}
ROOMS = ("bulletins", "site")
_HOLE = re.compile(r"%\((\w+)\)s")


def messages() -> Iterator[str]:
    root = project_root()
    modules = (path for room in ROOMS for path in (root / "monitor" / room).rglob("*.py"))
    for path in sorted(modules):
        for _line, said, *_rest in extract_from_file("python", path, keywords=KEYWORDS):
            yield said if isinstance(said, str) else said[0]
    for path in sorted((root / "templates").rglob("*.j2")):
        for _line, said, *_rest in extract_from_file(
            "jinja2.ext:babel_extract", path, keywords=KEYWORDS
        ):
            yield said if isinstance(said, str) else said[0]


def test_every_message_is_translated_and_no_translation_is_idle() -> None:
    catalog = load_words(Project(), "en").catalog
    wanted = set(messages())
    assert len(wanted) > 100
    assert wanted - set(catalog) == set()
    assert set(catalog) - wanted == set()


def test_translations_fill_the_same_holes() -> None:
    for source, said in load_words(Project(), "en").catalog.items():
        forms = (said,) if isinstance(said, str) else said
        for form in forms:
            extra = set(_HOLE.findall(form)) - set(_HOLE.findall(source))
            lost = set(_HOLE.findall(source)) - set(_HOLE.findall(form)) - {"num"}
            assert not extra, source
            assert not lost, source
        assert set(_HOLE.findall(forms[-1])) == set(_HOLE.findall(source)), source


@pytest.mark.parametrize(("num", "said"), [(0, "0 things"), (1, "1 thing"), (1200, "1,200 things")])
def test_english_counts_one_and_many(num: int, said: str) -> None:
    words = Words("en", {"%(num)s 件": ("%(num)s thing", "%(num)s things")})
    assert words.plural("%(num)s 件", num) == said


def test_words_without_a_translation_stay_chinese() -> None:
    assert Words("en", {})("第 %(n)s 期", n=3) == "第 3 期"
