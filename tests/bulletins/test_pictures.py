"""Pictures as mail and pages carry them: same bytes, right size, nothing that cannot be drawn."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.bulletins.picture_parts import Bullet, BulletPicture, Curve, CurvePicture
from monitor.bulletins.pictures import draw_bullets, draw_curves
from monitor.bulletins.typst_paper import press
from monitor.model import Language
from monitor.policy.project import Project

from .paper_views import (
    Teller,
    curve,
    extreme_bullets,
    extreme_curves,
    fujian_view,
    nanchang_view,
)

PROJECT = Project()
LANGUAGES: tuple[Language, ...] = ("zh", "en")


def size_of(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return int(width), int(height)


def overview(language: Language) -> BulletPicture:
    found = nanchang_view(language).overview
    assert found is not None
    return found


def weeks(language: Language) -> CurvePicture:
    found = nanchang_view(language).weeks
    assert found is not None
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_pictures_fill_the_column_sharply_and_are_light(language: Language) -> None:
    for png, column in (
        (draw_bullets(overview(language), PROJECT, language), 560),
        (draw_curves(weeks(language), PROJECT, language), 640),
    ):
        width, height = size_of(png)
        assert 1.3 < width / column < 2
        assert height < 2 * width
        assert len(png) < 140_000


def test_many_curves_take_the_whole_column() -> None:
    found = fujian_view("zh").weeks
    assert found is not None
    assert len(found.curves) > 6
    assert 1.3 < size_of(draw_curves(found, PROJECT, "zh"))[0] / 748 < 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_same_parts_give_same_bytes(language: Language) -> None:
    first = draw_bullets(overview(language), PROJECT, language)
    second = draw_curves(weeks(language), PROJECT, language)
    press.cache_clear()
    assert draw_bullets(overview(language), PROJECT, language) == first
    assert draw_curves(weeks(language), PROJECT, language) == second


def test_what_cannot_be_told_is_seen() -> None:
    plain = overview("zh")
    unsure = replace(
        plain, bullets=(replace(plain.bullets[0], sure=400, possible=600), *plain.bullets[1:])
    )
    sure = replace(
        plain, bullets=(replace(plain.bullets[0], sure=400, possible=400), *plain.bullets[1:])
    )
    assert draw_bullets(unsure, PROJECT, "zh") != draw_bullets(sure, PROJECT, "zh")


def test_every_part_of_a_curve_is_drawn() -> None:
    whole = curve("JX-F02 环卫车", "无法判定", "unsure", [200, 400, 450, 470] * 5, unsure=60)
    drawn = draw_curves(
        CurvePicture("", (whole,), ("本年", "去年", "目标", "预测"), ""), PROJECT, "zh"
    )
    poorer = (
        replace(whole, this_year=whole.this_year[:4], possible=whole.possible[:4]),
        replace(whole, possible=()),
        replace(whole, last_year=()),
        replace(whole, target=None),
        replace(whole, target_label=""),
        replace(whole, forecast=None),
        replace(whole, forecast=(600, 730, 790)),
        replace(whole, end_label=""),
        replace(whole, note=""),
        replace(whole, y_labels=()),
        replace(whole, x_labels=()),
    )
    for one in poorer:
        less = CurvePicture("", (one,), ("本年", "去年", "目标", "预测"), "")
        assert draw_curves(less, PROJECT, "zh") != drawn


def test_edges_and_long_words_are_drawn() -> None:
    assert size_of(draw_bullets(extreme_bullets(), PROJECT, "zh"))[0] > 748
    assert size_of(draw_curves(extreme_curves(), PROJECT, "zh"))[0] > 748


places = st.integers(0, 1000)
words = st.text(max_size=40)
points = st.lists(st.tuples(places, places), max_size=6).map(lambda made: tuple(sorted(made)))


@settings(max_examples=25)
@given(label=words, value=words, asked=words, ends=st.tuples(places, places), target=places)
def test_any_bullet_is_drawn(
    label: str, value: str, asked: str, ends: tuple[int, int], target: int
) -> None:
    verdict = Teller("zh").verdict("behind")
    bullet = Bullet(label, verdict, value, asked, min(ends), max(ends), target)
    assert draw_bullets(BulletPicture(label, (bullet,), ""), PROJECT, "zh")


@settings(max_examples=25)
@given(
    title=words, this_year=points, last_year=points, target=places, ends=st.tuples(places, places)
)
def test_any_curve_is_drawn(
    title: str,
    this_year: tuple[tuple[int, int], ...],
    last_year: tuple[tuple[int, int], ...],
    target: int,
    ends: tuple[int, int],
) -> None:
    any_curve = Curve(
        title=title,
        note=title,
        tone="warn",
        this_year=this_year,
        possible=tuple((x, 1000) for x, _ in this_year),
        last_year=last_year,
        target=target,
        target_label=title,
        forecast=(min(ends), (min(ends) + max(ends)) // 2, max(ends)),
        y_labels=((0, title), (1000, "100 %")),
        x_labels=((0, "1 月"), (990, title)),
        end_label=title,
    )
    legend = (title, title, title, title)
    assert draw_curves(CurvePicture(title, (any_curve,) * 2, legend, ""), PROJECT, "zh")
