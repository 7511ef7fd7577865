"""Bulletins as readers get them: golden pages, no figure lost, nothing smuggled in."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from monitor.bulletins import formats
from monitor.bulletins.facts import BulletinFacts
from monitor.bulletins.render import environment, render
from monitor.bulletins.typeset import TEXT_WIDTH, cells
from monitor.model import Assessment, Language, Text
from monitor.policy.divisions import Division, DivisionTable, Province
from monitor.policy.policy import Policy

from .examples import fujian, nanchang

GOLDEN = Path(__file__).parent / "golden"
# FLEETMON_GOLDEN=rewrite (make golden) writes the pages anew; review them by eye before committing.
REWRITE = os.environ.get("FLEETMON_GOLDEN") == "rewrite"
LANGUAGES: tuple[Language, ...] = ("zh", "en")
EXAMPLES = {"nanchang": nanchang, "fujian": fujian}

each_bulletin = pytest.mark.parametrize(
    ("name", "language"), [(name, language) for name in EXAMPLES for language in LANGUAGES]
)


@each_bulletin
def test_pages_are_as_reviewed(policy: Policy, name: str, language: Language) -> None:
    rendered = render(EXAMPLES[name](policy), policy, language)
    for suffix, said in (("html", rendered.html), ("txt", rendered.text)):
        path = GOLDEN / f"{name}.{language}.{suffix}"
        if REWRITE:
            path.write_text(said, encoding="utf-8", newline="\n")
        assert said == path.read_text(encoding="utf-8"), path.name


@each_bulletin
def test_same_facts_give_same_bytes(policy: Policy, name: str, language: Language) -> None:
    facts = EXAMPLES[name](policy)
    first = render(facts, policy, language)
    environment.cache_clear()
    assert render(facts, policy, language) == first


def shown_of(facts: BulletinFacts) -> list[Assessment]:
    year = str(facts.as_of.year)
    return [
        row for row in facts.assessments if row.division == facts.division or row.period == year
    ]


def figures_in(row: Assessment) -> set[str]:
    if row.status == "no_data":
        return {row.explain}
    figures = {row.explain, formats.number(row.numerator)}
    figures |= {formats.number(row.short_by)} if row.status != "not_computable" else set()
    figures |= {formats.number(row.denominator)} if row.denominator is not None else set()
    figures |= {formats.percent(row.share)} if row.share is not None else set()
    if row.needed_next is not None and not row.complete and row.status != "not_computable":
        figures.add(formats.number(row.needed_next))
    figures |= {formats.target_sign(row.target)} if row.target is not None else set()
    excluded = (row.excluded.exempt, row.excluded.out_of_scope, row.excluded.scope_unknown)
    figures |= {formats.number(count) for count in (*excluded, row.category_undetermined) if count}
    if not formats.is_zero(row.undetermined):
        figures |= {
            formats.number(row.undetermined),
            formats.number(int(row.numerator) + int(row.undetermined)),
        }
    return figures


@each_bulletin
def test_no_figure_is_lost(policy: Policy, name: str, language: Language) -> None:
    facts = EXAMPLES[name](policy)
    rendered = render(facts, policy, language)
    page = re.sub(r"<[^>]*>", " ", rendered.html).replace("&gt;", ">")
    for row in shown_of(facts):
        for figure in figures_in(row):
            whole = re.compile(rf"(?<![\d.,]){re.escape(figure)}(?![\d,.]*\d)")
            # A member's code stands in its own letter: here it would make the page too heavy.
            is_members_code = figure == row.explain and row.division != facts.division
            assert is_members_code or whole.search(page), (row, figure)
            assert whole.search(rendered.text), (row, figure)


@each_bulletin
def test_page_needs_nothing_from_outside(policy: Policy, name: str, language: Language) -> None:
    page = render(EXAMPLES[name](policy), policy, language).html
    assert not re.search(r"https?:|//[a-z]|url\(|@import|<link|<script", page)
    pictures = re.findall(r'<img class="picture" alt="([^"]*)" src="([^"]*)"', page)
    assert len(pictures) == page.count("<img") > 1
    assert all(re.search(r"\d %", told) and source[:4] == "cid:" for told, source in pictures)
    assert page.index('<meta charset="utf-8">') < 1024
    assert f'lang="{"zh-CN" if language == "zh" else "en"}"' in page
    assert "@media (max-width: 780px)" in page
    assert "prefers-color-scheme: dark" in page


@each_bulletin
def test_every_table_says_what_it_is(policy: Policy, name: str, language: Language) -> None:
    page = render(EXAMPLES[name](policy), policy, language).html
    tables = re.findall(r"<table.*?</table>", page, re.DOTALL)
    assert tables
    for table in tables:
        assert 'role="presentation"' in table or "<caption" in table
    assert not re.search(r"<th(?![^>]*scope=)[ >]", page)


@each_bulletin
def test_text_fits_a_terminal(policy: Policy, name: str, language: Language) -> None:
    text = render(EXAMPLES[name](policy), policy, language).text
    assert max(cells(line) for line in text.splitlines()) <= TEXT_WIDTH
    assert "\n\n\n" not in text


def test_english_page_has_chinese_only_where_it_is_quoted(
    policy: Policy, province: BulletinFacts, city: BulletinFacts
) -> None:
    for facts in (province, city):
        page = render(facts, policy, "en").html
        quoted = re.compile(r'<span lang="zh-CN">(?:[^<]|<span[^>]*>[^<]*</span>)*</span>')
        rest = quoted.sub("", page.partition("<body")[2])
        assert set(re.findall(r"[\u3400-\u9fff]+", rest)) <= {"项目组"}


def test_names_cannot_add_markup_or_a_header(policy: Policy, city: BulletinFacts) -> None:
    hostile = "<script>alert(1)</script>\r\nBcc: x & \"y'"
    table = DivisionTable()
    table.provinces = {"360000": Province("360000", Text(hostile, hostile), ("360100",))}
    table.divisions = {"360100": Division("360100", Text(hostile, hostile), "360000", (), True, {})}
    rendered = render(city, replace(policy, divisions=table), "zh")
    assert "<script" not in rendered.html
    assert "&lt;script&gt;" in rendered.html
    assert "\n" not in rendered.subject
    assert "\r" not in rendered.subject


def test_a_template_that_asks_for_what_is_not_there_stops(policy: Policy) -> None:
    templates = environment(policy.project, "zh")
    with pytest.raises(UndefinedError):
        templates.get_template("bulletin/bulletin.html.j2").render()
    with pytest.raises(UndefinedError):
        templates.get_template("bulletin/bulletin.txt.j2").render(b=object())


def test_a_config_folder_overrides_a_template(
    policy: Policy, city: BulletinFacts, tmp_path: Path
) -> None:
    own = tmp_path / "templates" / "bulletin"
    own.mkdir(parents=True)
    (own / "bulletin.txt.j2").write_text("{{ b.division }}: {{ b.headline }}", encoding="utf-8")
    project = replace(policy.project, config=tmp_path)
    rendered = render(city, replace(policy, project=project), "zh")
    assert rendered.text.startswith("南昌市: 南昌市 2020 年度")
    assert "<h1" in rendered.html
