"""Letters as people read them: golden pages in both languages, text that reads well alone."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from bulletins.examples import example_policy, fujian, nanchang

from monitor.bulletins.digest import digest_entry, digest_letter
from monitor.bulletins.render import environment
from monitor.bulletins.rendered import Attachment, RenderedBulletin
from monitor.bulletins.typeset import TEXT_WIDTH, cells
from monitor.bulletins.view import build_view
from monitor.model import Language, Text
from monitor.policy.divisions import Division, DivisionTable, Province
from monitor.policy.policy import Policy

from .letters import LETTERS, PAPER, entries, reminder

GOLDEN = Path(__file__).parent / "golden"
# FLEETMON_GOLDEN=rewrite (make golden) writes the pages anew; review them by eye before committing.
REWRITE = os.environ.get("FLEETMON_GOLDEN") == "rewrite"
LANGUAGES: tuple[Language, ...] = ("zh", "en")

each_letter = pytest.mark.parametrize(
    ("name", "language"), [(name, language) for name in LETTERS for language in LANGUAGES]
)


@each_letter
def test_letters_are_as_reviewed(policy: Policy, name: str, language: Language) -> None:
    rendered = LETTERS[name](policy, language)
    text = f"{rendered.subject}\n\n{rendered.text}"
    for suffix, said in (("html", rendered.html), ("txt", text)):
        path = GOLDEN / f"{name}.{language}.{suffix}"
        if REWRITE:
            path.write_text(said, encoding="utf-8", newline="\n")
        assert said == path.read_text(encoding="utf-8"), path.name
    environment.cache_clear()
    assert LETTERS[name](policy, language) == rendered


@each_letter
def test_the_text_reads_well_alone(policy: Policy, name: str, language: Language) -> None:
    rendered = LETTERS[name](policy, language)
    lines = rendered.text.splitlines()
    assert max(cells(line) for line in lines if "fleetmon " not in line) <= TEXT_WIDTH
    assert "\n\n\n" not in rendered.text
    bare = re.sub(r"<[^>]*>", " ", rendered.html[rendered.html.index("<body") :])
    numbers = set(re.findall(r"\d+", bare))
    assert numbers - set(re.findall(r"\d+", rendered.text)) == set()
    assert not re.search(r"https?:|url\(|<link|<script|<img", rendered.html)
    assert not re.search(r"<th(?![^>]*scope=)[ >]", rendered.html)
    for table in re.findall(r"<table.*?</table>", rendered.html, re.DOTALL):
        assert 'role="presentation"' in table or "<caption" in table


@pytest.mark.parametrize("name", LETTERS)
def test_english_letters_are_english(policy: Policy, name: str) -> None:
    rendered = LETTERS[name](policy, "en")
    chinese = re.compile(r"[\u3400-\u9fff]")
    assert not chinese.search(rendered.subject + rendered.text)
    assert not chinese.search(rendered.html.partition("<body")[2])


@pytest.mark.parametrize("name", ["reminder", "past_due", "escalation"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_lateness_is_no_breach(policy: Policy, name: str, language: Language) -> None:
    """A data fault is never shown as a breach of policy, in words or in red."""
    rendered = LETTERS[name](policy, language)
    said = rendered.subject + rendered.text
    assert not re.search(r"违反|违规|未达标|处罚|breach|violat|not met|penalt", said)
    assert 'class="headline bad"' not in rendered.html


def test_names_cannot_add_markup_or_a_header(policy: Policy) -> None:
    hostile = "<script>alert(1)</script>\r\nBcc: x & \"y'"
    table = DivisionTable()
    table.provinces = {"360000": Province("360000", Text(hostile, hostile), ("360100",))}
    table.divisions = {"360100": Division("360100", Text(hostile, hostile), "360000", (), True, {})}
    rendered = reminder(replace(policy, divisions=table), "zh")
    assert "<script" not in rendered.html
    assert "&lt;script&gt;" in rendered.html
    assert "\n" not in rendered.subject
    assert "\r" not in rendered.subject


def test_a_digest_carries_the_provinces_paper_only_where_it_is_wanted(policy: Policy) -> None:
    made = entries(policy, "zh")
    letter = partial(digest_letter, division="360000", as_of=fujian(policy).as_of)
    assert letter(made, policy, "zh", forms=("pdf", "xlsx")).attachments == (PAPER,)
    without = letter(made, policy, "zh", forms=("xlsx",))
    assert without.attachments == ()
    assert "附全省通报" not in without.text
    with pytest.raises(ValueError, match="nothing"):
        letter([], policy, "zh")


def test_a_digest_says_what_the_bulletins_say() -> None:
    """The gravest first, whatever the order given; a city's paper is not carried."""
    policy = example_policy()
    made = []
    for facts in (nanchang(policy), fujian(policy)):
        view = build_view(facts, policy, "zh")
        paper = Attachment(f"{facts.division}.pdf", "application/pdf", b"%PDF")
        letter = RenderedBulletin("", "", "", "zh-CN", attachments=(paper,))
        entry = digest_entry(view, letter)
        assert (entry.paper is None) == (not facts.is_province)
        assert (entry.headline, entry.next_step) == (view.headline, view.actions[0].text)
        made.append(entry)
    rendered = digest_letter(
        made, policy, "zh", division="350000", as_of=fujian(policy).as_of, forms=("pdf",)
    )
    assert [file.file_name for file in rendered.attachments] == ["350000.pdf"]
    assert rendered.text.index("第 44 期") < rendered.text.index("第 12 期")
    assert (
        rendered.subject
        == "福建省通报汇总：全省 2 项已无法达标、1 地有要求未达标（截至 2025年10月31日）"
    )
