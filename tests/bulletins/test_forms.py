"""All forms of one bulletin hold the same figures; one that is lost or other is noticed."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from monitor.bulletins import formats
from monitor.bulletins.bulletin_view import BulletinView
from monitor.bulletins.circular import set_circular
from monitor.bulletins.document import make_json
from monitor.bulletins.flat import CSV_COLUMNS, make_csv
from monitor.bulletins.parts import Figures
from monitor.bulletins.render import render_view
from monitor.bulletins.view import build_view
from monitor.bulletins.workbook import make_workbook
from monitor.model import Language
from monitor.policy.policy import Policy
from monitor.policy.project import Project

from .examples import fujian, nanchang
from .form_readers import (
    lost_numbers,
    lost_words,
    read_csv,
    read_html,
    read_json,
    read_pdf,
    read_text,
    read_workbook,
    rows_of,
)

EXAMPLES = {"nanchang": nanchang, "fujian": fujian}
PROJECT = Project()

# How each form is set, and what is lost in it of a view.
FORMS: dict[str, Callable[[BulletinView, BulletinView], list[str]]] = {
    "html": lambda set_, asked: lost_words(
        read_html(render_view(set_, PROJECT, "zh").html, asked), asked
    ),
    "text": lambda set_, asked: lost_words(
        read_text(render_view(set_, PROJECT, "zh").text, asked), asked
    ),
    "pdf": lambda set_, asked: lost_words(
        read_pdf(set_circular(set_, PROJECT, "zh"), asked), asked
    ),
    "xlsx": lambda set_, asked: lost_numbers(read_workbook(make_workbook(set_), asked), asked),
    "csv": lambda set_, asked: lost_numbers(read_csv(make_csv(set_), asked), asked),
    "json": lambda set_, asked: lost_numbers(read_json(make_json(set_)), asked),
}
# One more vehicle, one point more: in words and in the number behind them.
MUTATIONS: dict[str, Callable[[Figures], Figures]] = {
    "counted": lambda row: replace(row, counted="241", values=replace(row.values, counted=241)),
    "new_energy": lambda row: replace(
        row,
        new_energy="175",
        values=replace(row.values, least=Decimal(175), most=Decimal(175)),
    ),
    "share": lambda row: replace(
        row, share="72.51 %", values=replace(row.values, share=Decimal("0.7251"))
    ),
    "short_by": lambda row: replace(
        row, short_by="7", values=replace(row.values, short_by=Decimal(7))
    ),
    "still_needed": lambda row: replace(
        row, still_needed="25", values=replace(row.values, still_needed=Decimal(25))
    ),
    "target": lambda row: replace(
        row, target="≥ 76 %", values=replace(row.values, target=Decimal("0.76"))
    ),
}


@pytest.fixture(scope="module", params=sorted(EXAMPLES))
def view(request: pytest.FixtureRequest, policy: Policy) -> BulletinView:
    return build_view(EXAMPLES[request.param](policy), policy, "zh")


@pytest.fixture(scope="module")
def city_view(policy: Policy) -> BulletinView:
    return build_view(nanchang(policy), policy, "zh")


@pytest.mark.parametrize("form", FORMS)
def test_every_form_holds_the_same_figures(view: BulletinView, form: str) -> None:
    assert FORMS[form](view, view) == []


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("figure", MUTATIONS)
def test_one_other_figure_in_one_form_is_noticed(
    city_view: BulletinView, form: str, figure: str
) -> None:
    first, *others = city_view.blocks
    row = first.rows[0]
    other = replace(first, rows=(MUTATIONS[figure](row), *first.rows[1:]))
    assert FORMS[form](replace(city_view, blocks=(other, *others)), city_view) == [row.explain]


@pytest.mark.parametrize("form", FORMS)
def test_one_other_figure_of_a_member_is_noticed(policy: Policy, form: str) -> None:
    view = build_view(fujian(policy), policy, "zh")
    place, block = next((at, one) for at, one in enumerate(view.blocks) if one.members)
    group, *groups = block.members
    first, *rows = group.rows
    other = replace(first, counted="213", values=replace(first.values, counted=213))
    changed = replace(block, members=(replace(group, rows=(other, *rows)), *groups))
    blocks = (*view.blocks[:place], changed, *view.blocks[place + 1 :])
    assert FORMS[form](replace(view, blocks=blocks), view) == [first.explain]


def test_words_and_numbers_of_a_row_are_the_same(view: BulletinView) -> None:
    for row, *_ in rows_of(view):
        values = row.values
        counts = {
            "counted": values.counted,
            "short_by": values.short_by,
            "still_needed": values.still_needed,
        }
        for name, value in counts.items():
            if value is not None:
                assert getattr(row, name) == formats.number(str(value)), name
        if values.share is not None:
            assert row.share == formats.percent(f"{values.share:f}")
        if values.least is not None and values.most is not None:
            low, high = formats.number(str(values.least)), formats.number(str(values.most))
            assert row.new_energy == (low if low == high else f"{low} 至 {high}")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("make", [make_json, make_csv, make_workbook])
def test_same_view_same_bytes(
    policy: Policy, language: Language, make: Callable[[BulletinView], bytes]
) -> None:
    made = build_view(nanchang(policy), policy, language)
    assert make(made) == make(build_view(nanchang(policy), policy, language))


def test_json_tells_what_it_is_and_keeps_numbers_as_numbers(city_view: BulletinView) -> None:
    document = json.loads(make_json(city_view))
    assert list(document)[:2] == ["format", "language"]
    assert document["format"] == "fleetmon-bulletin/1"
    assert document["issue"]["words"] == "第 12 期"
    first = document["figures"][0]
    assert first["target"] == {"op": ">=", "value": "0.75"}
    assert (first["counted"], first["least"], first["most"]) == (240, 174, 174)
    assert (first["share"], first["short_by"], first["still_needed"]) == ("0.7250", 6, None)
    assert first["words"]["share"] == "72.50 %"
    assert document["province"] is None


def test_json_writes_standard_vehicles_as_decimal_strings(city_view: BulletinView) -> None:
    first, *others = city_view.blocks
    row = replace(first.rows[0], values=replace(first.rows[0].values, least=Decimal("11.5")))
    other = replace(city_view, blocks=(replace(first, rows=(row,)), *others))
    assert json.loads(make_json(other))["figures"][0]["least"] == "11.5"


def test_csv_opens_in_a_spreadsheet_and_starts_nothing(city_view: BulletinView) -> None:
    hostile = '=HYPERLINK("x")\r\n+1'
    first, *others = city_view.blocks
    row = replace(first.rows[0], remarks=(hostile,), consequence="@SUM(A1)")
    content = make_csv(replace(city_view, blocks=(replace(first, rows=(row,)), *others)))
    assert content.startswith(b"\xef\xbb\xbf")
    assert b"\n" not in content.replace(b"\r\n", b"")
    heads, told, *_ = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert heads == [city_view.headings[column] for column in CSV_COLUMNS]
    cells = dict(zip(CSV_COLUMNS, told, strict=True))
    assert cells["remarks"] == '\'=HYPERLINK("x") +1'
    assert cells["consequence"] == "'@SUM(A1)"
    assert (cells["target_sign"], cells["target"], cells["share"]) == ("≥", "0.75", "0.7250")
