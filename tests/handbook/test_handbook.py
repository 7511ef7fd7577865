"""The handbook holds everything that the data say, in both languages and both forms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import lru_cache
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from monitor.bulletins import labels
from monitor.bulletins.clause_words import joined_years
from monitor.bulletins.handbook.clauses import every_clause, section_order
from monitor.bulletins.handbook.kinds import shared_rules
from monitor.bulletins.handbook.setting import FORMS, Form, set_handbook
from monitor.bulletins.meanings import CONSEQUENCE_MEANINGS, RECEIPT_MEANINGS
from monitor.bulletins.typst_paper import press, printable
from monitor.bulletins.words import load_words
from monitor.model import Language

from .conftest import LANGUAGES, facts, made, view
from .paper_text import bookmarks_of, pages_of

each_language = pytest.mark.parametrize("language", LANGUAGES)
each_form = pytest.mark.parametrize("form", FORMS)
# What places and programs go by, and what only a form of its own has.
HIDDEN = frozenset({"anchor", "language_tag", "tone", "shares", "kind", "has_counts"})
ONLY_IN_HTML = frozenset({"top", "skip", "page_of", "code_head"})


class _Page(HTMLParser):
    """What the rules of a page are about: its words, headings, tables, ids and addresses."""

    def __init__(self, content: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._muted = False
        self.feed(content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._muted = tag == "style"

    def handle_data(self, data: str) -> None:
        if not self._muted:
            self.said.append(data)

    def of(self, *names: str) -> list[tuple[str, dict[str, str | None]]]:
        return [one for one in self.tags if one[0] in names]

    def values(self, attribute: str) -> list[str]:
        return [said for _, attrs in self.tags if (said := attrs.get(attribute)) is not None]


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


@lru_cache
def paper(language: Language) -> list[str]:
    return pages_of(made(language, "pdf"))


@lru_cache
def text(language: Language, form: Form) -> str:
    """A form's words without white space, as a reader's program reads them."""
    if form == "pdf":
        return "".join(paper(language))
    return squeezed("".join(_Page(made(language, "html")).said))


def shown(value: object, hidden: frozenset[str] = HIDDEN) -> Iterator[str]:
    """Every word of a view that a reader is meant to see."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from shown(one, hidden)
    elif isinstance(value, Mapping):
        for name, one in value.items():
            if name not in hidden:
                yield from shown(one, hidden)
    elif is_dataclass(value):
        for field in fields(value):
            if field.name not in hidden:
                yield from shown(getattr(value, field.name), hidden)


@each_form
@each_language
def test_every_word_of_the_view_is_in_each_form(language: Language, form: Form) -> None:
    told = text(language, form)
    hidden = HIDDEN | (ONLY_IN_HTML if form == "pdf" else frozenset())
    # What a link or a page number stands for is an anchor, no word.
    said = {
        squeezed(printable(words) if form == "pdf" else words)
        for words in shown(view(language), hidden)
        if not re.match(r"(clause|rule|codes|kind)-[A-Za-z]", words)
    }
    assert len(said) > 1000
    assert [words for words in said if words not in told] == []


@each_form
@each_language
def test_everything_that_is_declared_is_in_it(language: Language, form: Form) -> None:
    policy, words = facts().policy, load_words(facts().policy.project, language)
    told = text(language, form)
    wanted = [*policy.mandates, *policy.clauses]
    wanted += [clause.words for clause in every_clause(policy)]
    wanted += [rule.code for suite in policy.rules.values() for rule in suite.rules]
    wanted += [
        words.text(r.message).partition("{value}")[0]
        for s in policy.rules.values()
        for r in s.rules
    ]
    wanted += [words.text(policy.kind_label(kind))[1:] for kind in policy.kinds]
    wanted += [
        header
        for layout in policy.columns.values()
        for names in layout.columns.values()
        for header in (names.header or "", *names.aliases)
    ]
    wanted += [code for table in policy.codes.values() for code in table.entries]
    wanted += [*labels.STATUS_ORDER, *CONSEQUENCE_MEANINGS, *RECEIPT_MEANINGS]
    wanted += [labels.status_word(status, words) for status in labels.STATUS_ORDER]
    wanted += [*policy.divisions.codes]
    assert [one for one in wanted if squeezed(printable(one)) not in told] == []


@each_form
def test_the_same_files_give_the_same_bytes(form: Form) -> None:
    first = made("zh", form)
    press.cache_clear()
    assert set_handbook(facts(), "zh", form) == first


@each_language
def test_the_page_loads_nothing_from_elsewhere(language: Language) -> None:
    page = made(language, "html").decode()
    assert not re.search(r"(?:src|href|action)=[\"'](?!#)", page)
    assert not re.search(r"url\(|@import|<script|<link|<img", page)


@each_language
def test_the_page_is_built_to_be_read_aloud(language: Language) -> None:
    page = _Page(made(language, "html"))
    levels = [int(tag[1]) for tag, _ in page.of("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert len(page.of("table")) == len(page.of("caption")) > 50
    assert all(attrs.get("scope") in {"col", "row"} for _, attrs in page.of("th"))
    assert {tag for tag, _ in page.of("header", "nav", "main")} == {"header", "nav", "main"}
    assert page.of("html")[0][1]["lang"] == ("zh-CN" if language == "zh" else "en")
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert {link.removeprefix("#") for link in page.values("href")} <= set(ids)
    assert set(page.values("aria-labelledby")) <= set(ids)


@each_language
def test_paper_has_bookmarks_page_numbers_and_no_gap(language: Language) -> None:
    marks = {squeezed(title) for title in bookmarks_of(made(language, "pdf"))}
    assert {squeezed(f"{one.number}{one.title}") for one in view(language).contents} <= marks
    assert all(any(mark.startswith(name) for mark in marks) for name in facts().policy.clauses)
    assert "〓" not in text(language, "pdf")
    pages = paper(language)
    assert len(pages) > 50
    assert all(page.endswith(str(number)) for number, page in enumerate(pages, start=1))


def test_one_division_reads_of_its_own_alone() -> None:
    own = view("zh", "360100")
    assert [document.anchor for document in own.documents] == ["document-JX"]
    assert {row.word.partition("-")[0] for row in own.clause_index} == {"JX"}
    assert [place.title for place in own.places] == ["江西省"]
    assert [row.code for row in own.places[0].rows] == ["360100"]
    assert {due.title.partition("：")[0] for due in own.dues} == {"江西省"}
    registration = own.kinds[0]
    assert {column.name: column.example for column in registration.columns}["plate"][:2] == "赣A"
    assert own.subtitle == "南昌市"


def test_rules_that_kinds_share_are_told_once() -> None:
    policy = facts().policy
    shared = shared_rules(policy)
    for section in view("zh").kinds:
        codes = [rule.code for group in section.rules for rule in group.rules]
        common = [rule.code for rule in shared.get(section.shares, ())]
        assert sorted([*codes, *common]) == sorted(policy.rules[section.kind].by_code())
    assert shared


@pytest.mark.parametrize(
    ("section", "numbers"),
    [
        ("一", (1,)),
        ("三（三）1", (3, 3, 1)),
        ("七（十九）", (7, 19)),
        ("八（二十二）", (8, 22)),
        ("四（十）", (4, 10)),
        ("（章节待核）", (10_000,)),
    ],
)
def test_sections_stand_in_the_order_of_the_document(
    section: str, numbers: tuple[int, ...]
) -> None:
    assert section_order(section) == numbers


def test_years_that_ask_for_the_same_are_one_span() -> None:
    told = [("2021", "a"), ("2022", "a"), ("2023", "b"), ("2024", "a"), ("每年", "c")]
    assert joined_years(told) == [("2021–2022", "a"), ("2024", "a"), ("2023", "b"), ("每年", "c")]
