"""A workbook holds numbers as numbers and words as words, prints well, and carries nothing out."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook

from monitor.assess.forecast import Case
from monitor.bulletins.bulletin_view import BulletinView, ForecastRow, ForecastValues
from monitor.bulletins.dictionary import COLUMNS
from monitor.bulletins.document import make_json
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


FORECAST = ForecastRow(
    subject="JX-F02 合并计算",
    now="49.59 %",
    low="62.50 % (15/24)",
    expected="66.66 % (18/27)",
    high="80.00 % (24/30)",
    target="≥ 50 %",
    contracted="12",
    outcome="有可能达到",
    tone="warn",
    lost_from="2020年12月14日",
    remarks=("按上年进度推算",),
    values=ForecastValues(
        now=Case(123, 61, "0.4959"),
        low=Case(24, 15, "0.6250"),
        expected=Case(27, 18, "0.6666"),
        high=Case(30, 24, "0.8000"),
        target=Decimal("0.5"),
        contracted=12,
        lost_from=date(2020, 12, 14),
    ),
)
COUNT = replace(
    FORECAST,
    target="> 1,340",
    values=ForecastValues(
        now=Case(None, 900, None),
        low=Case(None, 1200, None),
        expected=Case(None, 1250, None),
        high=Case(None, 1400, None),
        target=Decimal(1340),
        contracted=0,
        lost_from=None,
    ),
)


def with_forecasts(view: BulletinView, *forecasts: ForecastRow) -> BulletinView:
    return replace(view, outlook=replace(view.outlook, forecasts=forecasts))


def test_forecasts_are_numbers_and_days(view: BulletinView) -> None:
    sheet = opened(with_forecasts(view, FORECAST, COUNT))[view.headings["outlook"]]
    heads = [str(cell.value) for cell in sheet[1]]
    shares, counts = (dict(zip(heads, sheet[row], strict=True)) for row in (2, 3))
    assert len(shares) == 18
    said = view.headings
    for case, numbers in (
        ("now", (61, 123, 0.4959)),
        ("low", (15, 24, 0.625)),
        ("expected", (18, 27, 0.6666)),
        ("high", (24, 30, 0.8)),
    ):
        names = [f"{said[case]}：{said[figure]}" for figure in ("new_energy", "counted", "share")]
        assert tuple(shares[name].value for name in names) == numbers
        assert shares[names[2]].number_format == "0.00%"
        assert [counts[name].value for name in names[1:]] == [None, None]
    assert (shares[said["target"]].value, shares[said["target"]].number_format) == (
        0.5,
        '"≥ "0.00%',
    )
    assert (counts[said["target"]].value, counts[said["target"]].number_format) == (
        1340,
        '"> "#,##0',
    )
    assert shares[said["lost_from"]].value == datetime(2020, 12, 14)  # noqa: DTZ001  # as openpyxl reads
    assert counts[said["lost_from"]].value is None
    assert (shares[said["contracted"]].value, counts[said["contracted"]].value) == (12, 0)


def test_forecasts_of_a_bulletin_are_those_of_its_facts(policy: Policy) -> None:
    facts = fujian(policy)
    view = build_view(facts, policy, "zh")
    assert view.outlook.forecasts
    told = [
        (row.values.low, row.values.high, row.values.lost_from) for row in view.outlook.forecasts
    ]
    assert set(told) <= {(one.low, one.high, one.lost_from) for one in facts.forecasts}


def test_json_has_the_numbers_beside_the_words(view: BulletinView) -> None:
    document = json.loads(make_json(with_forecasts(view, FORECAST, COUNT)))
    shares, counts = (row["values"] for row in document["outlook"]["forecasts"])
    assert shares["low"] == {"denominator": 24, "numerator": 15, "share": "0.6250"}
    assert shares["target"] == {"op": ">=", "value": "0.5"}
    assert (shares["contracted"], shares["lost_from"]) == (12, "2020-12-14")
    assert counts["high"] == {"denominator": None, "numerator": 1400, "share": None}
    assert counts["lost_from"] is None


def test_causes_are_numbers_where_they_are(view: BulletinView) -> None:
    cause = CauseRow("更正", "+1,200", "−3", "—", "")
    change = replace(view.changes.items[0], causes=(cause,))
    book = opened(replace(view, changes=replace(view.changes, items=(change,))))
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
