"""The bulletin as paper: every figure, its own faces, numbered pages, nothing smuggled in."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from monitor.bulletins.circular import set_circular
from monitor.bulletins.parts import Line
from monitor.bulletins.typst_paper import TemplateFault, press, printable
from monitor.bulletins.view import build_view
from monitor.model import Language
from monitor.policy.policy import Policy
from monitor.policy.project import Project

from .examples import fujian, nanchang
from .paper_views import empty_view, extreme_bullets, extreme_curves, fujian_view, nanchang_view

PROJECT = Project()
LANGUAGES: tuple[Language, ...] = ("zh", "en")
VIEWS = {"nanchang": nanchang_view, "fujian": fujian_view, "empty": empty_view}
EXAMPLES = {"nanchang": nanchang, "fujian": fujian}

each_view = pytest.mark.parametrize(
    ("name", "language"), [(name, language) for name in VIEWS for language in LANGUAGES]
)
each_language = pytest.mark.parametrize("language", LANGUAGES)


def read(pdf: bytes) -> PdfReader:
    return PdfReader(BytesIO(pdf))


def squeezed(text: str) -> str:
    """Without white space: lines break, and Chinese is spaced, as the page needs it."""
    return re.sub(r"\s", "", text)


@lru_cache
def paper(name: str, language: Language) -> bytes:
    """A view on paper, set once for all that look at it."""
    return set_circular(VIEWS[name](language), PROJECT, language)


def told_by(pdf: bytes) -> str:
    return squeezed("\n".join(page.extract_text() for page in read(pdf).pages))


def shown(value: object, skipped: frozenset[str]) -> list[str]:
    """Every word of a view that a reader is meant to see."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple):
        return [said for one in value for said in shown(one, skipped)]
    if is_dataclass(value):
        return [
            said
            for field in fields(value)
            if field.name not in skipped
            for said in shown(getattr(value, field.name), skipped)
        ]
    return []


# What programs read, what only a picture's description says, and what a page breaks up.
HIDDEN = frozenset(
    {
        *("alt", "code", "tone", "headline_tone", "mark", "values", "headings", "language_tag"),
        *("division", "mandate", "subject", "period", "title", "consequence"),
        *("measure", "unit_note", "members_note", "now"),
    }
)


@each_view
def test_same_view_gives_same_bytes(name: str, language: Language) -> None:
    view = VIEWS[name](language)
    first = paper(name, language)
    press.cache_clear()
    assert set_circular(view, PROJECT, language) == first


@each_view
def test_every_word_of_the_view_is_on_paper(name: str, language: Language) -> None:
    view = VIEWS[name](language)
    text = told_by(paper(name, language))
    assert squeezed(view.product) in text
    # A member's code stands in its own bulletin.
    elsewhere = {f.explain for m in view.blocks for one in m.members for f in one.rows}
    for said in set(shown(view, HIDDEN)) - elsewhere:
        for word in printable(said).split():
            assert squeezed(word) in text, said


@pytest.mark.parametrize("name", EXAMPLES)
@each_language
def test_every_figure_of_a_real_view_is_on_paper(
    policy: Policy, name: str, language: Language
) -> None:
    view = build_view(EXAMPLES[name](policy), policy, language)
    text = told_by(set_circular(view, PROJECT, language))
    rows = [row for block in view.blocks for row in block.rows]
    rows += [row for block in view.blocks for one in block.members for row in one.rows]
    assert rows
    for row in [*rows, *view.past]:
        for cell in (row.counted, row.new_energy, row.share, row.short_by, row.still_needed):
            assert squeezed(cell) in text, row
        assert squeezed(row.verdict.word) in text
    # A member's code stands in its own bulletin.
    for row in [*(row for block in view.blocks for row in block.rows), *view.past]:
        assert row.explain in text


@each_view
def test_only_the_bundled_faces_are_inside(name: str, language: Language) -> None:
    faces = set()
    for page in read(paper(name, language)).pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]  # every page has text
            for inner in font.get_object()["/DescendantFonts"]:
                described = inner.get_object()["/FontDescriptor"].get_object()
                assert "/FontFile3" in described
                faces.add(described["/FontName"].split("+")[1])
    assert {face.split("-")[0] for face in faces} == {"NotoSerifSC", "NotoSansSC"}


@each_language
def test_pages_are_a4_and_numbered_at_their_outer_side(language: Language) -> None:
    pages = read(paper("fujian", language)).pages
    assert 4 < len(pages) <= 20
    for number, page in enumerate(pages, 1):
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)
        assert f"—{number}—" in squeezed(page.extract_text())
        found: list[float] = []

        def place(
            text: str,
            cm: list[float],
            tm: list[float],
            *_: object,
            to: list[float] = found,
        ) -> None:
            x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
            y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
            if "—" in text and 0 < y < 35 * 72 / 25.4:
                to.append(x)

        page.extract_text(visitor_text=place)
        assert found
        assert (max(found) > 300) == (number % 2 == 1)


def test_a_city_is_told_on_few_pages_the_first_of_which_says_it_all() -> None:
    view = nanchang_view("zh")
    pages = read(paper("nanchang", "zh")).pages
    assert 3 <= len(pages) <= 7
    first = squeezed(pages[0].extract_text())
    for said in (view.issue, view.as_of, view.headline, view.actions[0].text, "72.50%"):
        assert squeezed(said).replace("✕", "×") in first


@each_view
def test_it_says_what_it_is(name: str, language: Language) -> None:
    view = VIEWS[name](language)
    made = read(paper(name, language))
    assert made.metadata is not None
    assert made.metadata.title == view.subject
    assert made.metadata.author == view.division
    root = made.root_object
    assert str(root["/Lang"]).split("-")[0] == language
    assert str(root["/MarkInfo"]) == "{'/Marked': True, '/Suspects': False}"
    assert b"pdfaid:part>2<" in made.xmp_metadata.stream.get_data()  # type: ignore[union-attr]  # PDF/A has it


def test_a_head_of_a_table_comes_again_on_every_page_that_it_covers() -> None:
    pages = read(paper("fujian", "zh")).pages
    texts = [page.extract_text() for page in pages]
    clause = "责任单位"
    covered = [text for text in texts if clause in text]
    assert len(covered) > 1
    assert all("范围" in text and "还需" in text for text in covered)


HOSTILE = (
    "#panic()",
    '#image("/etc/passwd")',
    "$x^2$",
    "*粗* _斜_ `码`",
    "[甲] {乙} <丙> @丁",
    "\"引\" \\ '号'",
    "// 注 /* 注 */",
    "%(day)s %s {0}",
    "= 标题",
    "https://example.invalid/?a=b",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_names_print_as_they_are(name: str) -> None:
    view = nanchang_view("zh")
    pdf = set_circular(
        replace(
            view,
            division=name,
            headline=name,
            actions=(replace(view.actions[0], text=name),),
            imprint=(Line(name, name),),
        ),
        PROJECT,
        "zh",
    )
    text = told_by(pdf)
    smart = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})
    assert text.translate(smart).count(squeezed(name)) >= 4
    assert not [page for page in read(pdf).pages if page.get("/Annots")]


def test_what_the_faces_lack_leaves_a_mark() -> None:
    view = replace(nanchang_view("zh"), headline="田𠮷市\x07 CO₂ 🚌 ✕ \ud800 堃")
    text = told_by(set_circular(view, PROJECT, "zh"))
    assert "田〓市CO2〓×堃" in text


def test_extremes_are_set() -> None:
    view = fujian_view("zh")
    rows = tuple(
        replace(row, label="很长的名称" * 8, counted="1,234,567,890", remarks=("说明" * 90,) * 3)
        for row in view.blocks[0].rows * 40
    )
    extreme = replace(
        view,
        division="超长名称的地区" * 6,
        headline="话" * 900,
        overview=extreme_bullets(),
        weeks=extreme_curves(),
        blocks=(replace(view.blocks[0], rows=rows), *view.blocks[1:]),
    )
    assert len(read(set_circular(extreme, PROJECT, "zh")).pages) > 10


def test_a_config_folder_overlays_a_single_template(tmp_path: Path) -> None:
    own = tmp_path / "templates" / "pdf"
    own.mkdir(parents=True)
    colours = (PROJECT.file("templates/pdf/faces.typ")).read_text("utf-8")
    (own / "faces.typ").write_text(colours.replace("#c00000", "#005500"), "utf-8")
    view = nanchang_view("zh")
    ours = set_circular(view, PROJECT, "zh")
    theirs = set_circular(view, Project(config=tmp_path), "zh")
    assert theirs != ours
    assert told_by(theirs) == told_by(ours)


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("#let d = json(bytes(sys.inputs.data))\n#d.nothing", "nothing"),
        ('#set text(font: "Comic Neue")\nx', "unknown font family"),
        ('#read("/../../pyproject.toml")', "circular.typ"),
    ],
)
def test_a_template_that_cannot_be_set_stops_and_says_why(
    tmp_path: Path, template: str, why: str
) -> None:
    own = tmp_path / "templates" / "pdf"
    own.mkdir(parents=True)
    (own / "circular.typ").write_text(template, "utf-8")
    with pytest.raises(TemplateFault) as caught:
        set_circular(nanchang_view("zh"), Project(config=tmp_path), "zh")
    assert why in caught.value.text.en
    assert caught.value.text.zh.startswith("版式文件 templates/pdf/circular.typ")


def test_view_without_a_province_part_has_none_of_its_heads() -> None:
    view = nanchang_view("zh")
    text = told_by(paper("nanchang", "zh"))
    for head in ("matrix", "tiles", "cities", "laggards", "needs", "silent", "turned"):
        assert view.headings[head] not in text


def test_sections_are_numbered_without_a_gap() -> None:
    for name in VIEWS:
        pages = read(paper(name, "zh")).pages
        text = "\n".join(page.extract_text() for page in pages)
        numbers = re.findall(r"^([一二三四五六七八九十]+)、\S", text, re.MULTILINE)
        digits = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"]
        expected = [*digits, *(f"十{digit}" for digit in digits[:9])]
        assert numbers == expected[: len(numbers)]
        assert len(numbers) >= 3
