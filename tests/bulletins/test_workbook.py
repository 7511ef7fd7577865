"""A workbook holds numbers as numbers and words as words, prints well, and carries nothing out."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook

from monitor.bulletins.bulletin_view import BulletinView, ForecastRow
from monitor.bulletins.dictionary import COLUMNS
from monitor.bulletins.parts import CauseRow
from monitor.bulletins.view import build_view
from monitor.bulletins.workbook import make_workbook
from monitor.policy.policy import Policy

from .examples import fujian, nanchang

HOSTILE = (
    "=1+1",
    "{=SUM(A1)}",
    "+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "-1+2",
    "https://example.invalid/",
    "internal:A1",
    "007",
    "_x0041_",
)


@pytest.fixture(scope="module")
def view(policy: Policy) -> BulletinView:
    return build_view(nanchang(policy), policy, "zh")


@pytest.fixture(scope="module")
def province(policy: Policy) -> BulletinView:
    return build_view(fujian(policy), policy, "zh")


def opened(view: BulletinView) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(make_workbook(view)))


def test_figures_are_numbers_shown_as_the_page_shows_them(view: BulletinView) -> None:
    sheet = opened(view)[view.headings["figures"]]
    cells = dict(zip(COLUMNS, sheet[2], strict=True))
    shown = {name: (cells[name].value, cells[name].number_format) for name in COLUMNS}
    assert shown["share"] == (0.725, "0.00%")
    assert shown["target"] == (0.75, '"≥ "0.00%')
    assert shown["counted"] == (240, "#,##0")
    assert shown["verdict_code"][0] == "not_met"
    assert shown["period"][0] == "2020"
    assert str(shown["clause"][0]).startswith("《")


def test_the_figures_filter_stay_in_sight_and_print(view: BulletinView) -> None:
    sheet = opened(view)[view.headings["figures"]]
    assert sheet.freeze_panes == "E2"
    assert sheet.auto_filter.ref == sheet.dimensions
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.page_setup.orientation == "landscape"
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) in {(1, 0), (None, 0)}
    letters = [get_column_letter(place) for place in range(1, len(COLUMNS) + 1)]
    widths = [sheet.column_dimensions[letter].width for letter in letters]
    assert all(8 <= width <= 60 for width in widths)


def test_every_column_is_explained(view: BulletinView) -> None:
    book = opened(view)
    heads = [cell.value for cell in book[view.headings["figures"]][1]]
    told = list(book[view.headings["dictionary"]].iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in told] == heads
    assert all(all(row) for row in told)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_text_becomes_a_formula_a_link_or_a_number(view: BulletinView, hostile: str) -> None:
    first, *others = view.blocks
    row = replace(
        first.rows[0],
        remarks=(hostile,),
        consequence=hostile,
        counted=hostile,
        values=replace(first.rows[0].values, counted=None),
    )
    action = replace(view.actions[0], text=hostile)
    spoiled = replace(
        view,
        division=hostile,
        headline=hostile,
        actions=(action,),
        blocks=(replace(first, rows=(row,)), *others),
        readings=(replace(view.readings[0], what=hostile),),
    )
    content = make_workbook(spoiled)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheets = [name for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
        assert sheets
        for name in sheets:
            text = parts.read(name).decode()
            assert "<f>" not in text
            assert "<f " not in text
            assert "hyperlink" not in text
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = dict(zip(COLUMNS, book[view.headings["figures"]][2], strict=True))
    for name in ("division", "consequence", "remarks"):
        assert cells[name].data_type == "s", name
        assert cells[name].value == hostile, name
    if hostile != "007":
        assert cells["counted"].data_type == "s"


def test_standard_vehicles_keep_their_places(view: BulletinView) -> None:
    first, *others = view.blocks
    values = replace(first.rows[0].values, least=Decimal("11.5"), target=Decimal(1340))
    row = replace(first.rows[0], target="≥ 1,340", values=values)
    sheet = opened(replace(view, blocks=(replace(first, rows=(row,)), *others)))
    cells = dict(zip(COLUMNS, sheet[view.headings["figures"]][2], strict=True))
    assert (cells["least"].value, cells["least"].number_format) == (11.5, "#,##0.0")
    assert (cells["target"].value, cells["target"].number_format) == (1340, '"≥ "#,##0')


def test_forecasts_and_causes_are_numbers_where_they_are(view: BulletinView) -> None:
    forecast = ForecastRow(
        subject="JX-F01 公交车",
        now="72.50 %",
        low="70.01 %",
        expected="1,240",
        high="90 至 95",
        target="—",
        contracted="+12",
        outcome="可以达到",
        tone="good",
        lost_from="",
        remarks=(),
    )
    cause = CauseRow("更正", "+1,200", "−3", "—", "")
    change = replace(view.changes.items[0], causes=(cause,))
    book = opened(
        replace(
            view,
            outlook=replace(view.outlook, forecasts=(forecast,)),
            changes=replace(view.changes, items=(change,)),
        )
    )
    row = [cell.value for cell in book[view.headings["outlook"]][2]]
    assert row[:8] == [
        "JX-F01 公交车",
        0.725,
        0.7001,
        1240,
        "90 至 95",
        None,
        12,
        "可以达到",
    ]
    last = [cell.value for cell in list(book[view.headings["changes"]].iter_rows())[-1]]
    assert last[2:5] == ["更正", 1200, -3]


def test_a_province_has_its_cities_at_a_glance(province: BulletinView) -> None:
    sheet = opened(province)[province.headings["matrix"]]
    heads = [cell.value for cell in sheet[1]]
    at = heads.index("FJ-F04 公交车")
    row = next(row for row in sheet.iter_rows() if row[0].value == "福州市")
    assert row[at].value == pytest.approx(0.9905)
    assert row[at].number_format == '0.00%"  已无法达标"'


def test_names_of_sheets_are_short_whole_and_fit(policy: Policy) -> None:
    names = opened(build_view(nanchang(policy), policy, "en")).sheetnames
    assert len(set(names)) == len(names)
    assert all(len(name) <= 31 and not name.endswith((",", " ")) for name in names)


def test_a_file_names_the_day_judged_as_its_making(view: BulletinView) -> None:
    assert view.as_of_on is not None
    assert opened(view).properties.created.date() == view.as_of_on
