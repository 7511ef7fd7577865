from __future__ import annotations

import unicodedata
from datetime import date, timedelta
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.extracts.tidy import clean_text
from monitor.extracts.values import (
    KILOGRAM_UNITS,
    KILOMETRE_UNITS,
    YUAN_UNITS,
    clean,
    clean_code,
    drop_blank_words,
    header_factor,
    match_codes,
    parse_dates,
    parse_decimal,
    parse_whole,
)
from monitor.extracts.vin import WELL_FORMED

DAY = date(2019, 3, 5)
DRESSES = [
    "2019-03-05",
    "2019-3-5",
    "2019/3/5",
    "2019/03/05",
    "2019.3.5",
    "20190305",
    "2019年3月5日",
    "2019年03月05",
    "2019 年 3 月 5 日",
    "2019-03-05 00:00:00",
    "2019-03-05T08:30:15.250",
    "2019/3/5 0:00",
    "2019/3/5 上午 12:00:00",
    "2019/3/5 8:30:00 PM",
    "2019年3月5日 星期二",
    "2019年3月5日8时30分",
    "20190305083015",
    "20190305 08:30",
    "43529",
    "43529.0",
    "43529.75",
    "'20190305",
    "＇２０１９／３／５",
    "\u30002019-03-05\xa0",
]
NO_DAYS = [
    *("2019-02-30", "20190230", "2019年2月30日", "2019-13-01", "2019-00-10", "20191301"),
    *("19-03-05", "19年3月5日", "2019-03", "2019年3月", "201903", "03/05/2019", "5.3.2019"),
    *("2019-3/5", "2019年3-5", "2019-03-05日", "2019/3/5 25:00", "19999", "60001", "1.5", "-1"),
    *("二〇一九年三月五日", "2019-03-05x", "1819-03-05", "2019--03-05", "约2019-03-05"),
]


def _series(*values: str | None) -> pl.Series:
    return pl.Series("c3", values, dtype=pl.String)


def _dates(*values: str | None, epoch_1904: bool = False) -> list[date | None]:
    return parse_dates(_series(*values), epoch_1904=epoch_1904).values.to_list()


@pytest.mark.parametrize("written", DRESSES)
def test_a_day_in_any_dress(written: str) -> None:
    parsed = parse_dates(_series(written))
    assert parsed.values.to_list() == [DAY]
    assert not parsed.unreadable.any()
    told = [] if written == "2019-03-05" else [(written, "2019-03-05", 1)]
    assert parsed.dresses == told


@pytest.mark.parametrize("written", NO_DAYS)
def test_what_is_no_day_is_unreadable(written: str) -> None:
    parsed = parse_dates(_series(written, None))
    assert parsed.values.to_list() == [None, None]
    assert parsed.unreadable.to_list() == [True, False]
    assert parsed.dresses == []


def test_a_workbook_of_1904_counts_from_there() -> None:
    assert _dates("42067", "20000", epoch_1904=True) == [DAY, date(1958, 10, 4)]


def test_dresses_are_told_once_a_form_with_their_count() -> None:
    parsed = parse_dates(_series("2019/3/5", "2019/3/6", "2019/3/6", "43529", "2019-03-05"))
    assert sorted(parsed.dresses) == [
        ("2019/3/5", "2019-03-05", 3),
        ("43529", "2019-03-05", 1),
    ]


def test_words_for_nothing_are_no_unreadable_days() -> None:
    parsed = parse_dates(_series("/", "无", "/", "详见附件", "", None, " "))
    assert parsed.values.null_count() == 7
    assert not parsed.unreadable.any()
    assert sorted(parsed.blanks) == [("/", "", 2), ("无", "", 1), ("详见附件", "", 1)]


@given(st.lists(st.dates(date(1955, 1, 1), date(2063, 12, 31)), max_size=20), st.data())
def test_days_come_back_from_every_dress(days: list[date], data: st.DataObject) -> None:
    dress = st.sampled_from(
        [
            *("{0:%Y-%m-%d}", "{0.year}/{0.month}/{0.day}", "{0.year}.{0.month}.{0.day}"),
            *("{0:%Y%m%d}", "{0.year}年{0.month}月{0.day}日", "{0:%Y-%m-%d} 00:00:00"),
            *("{1}", "{1}.0"),
        ]
    )
    day_zero = date(1899, 12, 30)
    written = [data.draw(dress).format(day, (day - day_zero) // timedelta(days=1)) for day in days]
    assert _dates(*written) == days


@given(st.text(st.characters(codec="utf-8"), max_size=12))
def test_no_text_upsets_a_parser(text: str) -> None:
    for parse in (parse_dates, parse_whole, parse_decimal):
        parsed = parse(_series(text, None))
        assert len(parsed.values) == 2
        read, bad = parsed.values[0] is not None, parsed.unreadable[0]
        assert not (read and bad)
        blank = clean_text(text) == "" or bool(parsed.blanks)
        assert read or bad or blank


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0", 0),
        ("12", 12),
        ("007", 7),
        ("1,234", 1234),
        ("1,234,567", 1234567),
        ("１２３４", 1234),
        ("１，２３４", 1234),
        ("12辆", 12),
        ("12 台", 12),
        ("12（辆）", 12),
        ("12.0", 12),
        ("-5", -5),
        ("'12", 12),
    ],
)
def test_whole_numbers(written: str, number: int) -> None:
    parsed = parse_whole(_series(written))
    assert parsed.values.to_list() == [number]
    assert not parsed.unreadable.any()


@pytest.mark.parametrize(
    "written",
    [
        *("12.5", "1,23", "1234,567", ",1", "约12", "12-15", "12辆以上", "1.2万", "12万", "12%"),
        *("9.1E+17", "1e3", "十二", "12元", "12km", "12()", "12(", "1 2", "12.", ".5", "--5"),
        "9" * 30,
        "9" * 10_000,
    ],
)
def test_what_is_no_whole_number_is_unreadable(written: str) -> None:
    parsed = parse_whole(_series(written))
    assert parsed.values.to_list() == [None]
    assert parsed.unreadable.to_list() == [True]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("258000元", "258000"),
        ("84.60万元", "846000"),
        ("84.6000000（万元）", "846000"),
        ("¥1,000.50", "1000.5"),
        ("￥12", "12"),
        ("1.5亿元", "150000000"),
        ("-0.25", "-0.25"),
        ("0.000001", "0.000001"),
    ],
)
def test_money(written: str, number: str) -> None:
    parsed = parse_decimal(_series(written))
    assert parsed.values.to_list() == [Decimal(number)]


def test_money_beyond_exact_arithmetic_is_unreadable() -> None:
    assert parse_decimal(_series("0.0000001", "9" * 39, f"{'9' * 15}亿元")).unreadable.all()


def test_units_are_the_columns_own() -> None:
    assert parse_whole(_series("300公里", "300KM"), units=KILOMETRE_UNITS).values.to_list() == [
        300,
        300,
    ]
    assert parse_whole(_series("3.5吨", "3500kg"), units=KILOGRAM_UNITS).values.to_list() == [
        3500,
        3500,
    ]
    assert parse_whole(_series("300公里"), units=KILOGRAM_UNITS).unreadable.all()


def test_a_unit_in_the_header_counts_where_the_cell_has_none() -> None:
    factor = header_factor("合同金额（万元）", YUAN_UNITS)
    parsed = parse_decimal(_series("84.6", "258000元"), bare_factor=factor)
    assert parsed.values.to_list() == [Decimal(846_000), Decimal(258_000)]
    assert header_factor("合同金额", YUAN_UNITS) == 1


@given(st.lists(st.integers(-(2**62), 2**62), max_size=20))
def test_whole_numbers_come_back(numbers: list[int]) -> None:
    for dress in ("{}", "{:,}", "{}辆", "{}.00"):
        parsed = parse_whole(_series(*[dress.format(number) for number in numbers]))
        assert parsed.values.to_list() == numbers


def test_noughts_of_one_amount_take_nothing_from_another() -> None:
    read = parse_decimal(pl.Series(["2019030503050305", "8.46" + "0" * 24]))
    assert read.values.to_list() == [Decimal(2019030503050305), Decimal("8.46")]


@given(st.lists(st.decimals(-(10**12), 10**12, places=6), max_size=20))
def test_decimals_come_back(numbers: list[Decimal]) -> None:
    parsed = parse_decimal(_series(*[f"{number:f}元" for number in numbers]))
    assert parsed.values.to_list() == numbers


TEXT = st.one_of(
    st.none(),
    st.text(st.characters(codec="utf-8"), max_size=8),
    st.text(st.sampled_from("aＡ赣1１'’＇　 \t\u200b\ufeff\xa0"), max_size=6),
)


@given(st.lists(TEXT, max_size=20))
def test_cleaning_a_column_is_cleaning_each_cell(written: list[str | None]) -> None:
    assert clean(_series(*written)).to_list() == [
        (clean_text(text) or None) if text is not None else None for text in written
    ]


@given(st.text(st.characters(codec="utf-8"), max_size=12))
def test_clean_text_is_nfkc_without_white_space_around(text: str) -> None:
    bare = clean_text(text)
    assert bare == unicodedata.normalize("NFKC", bare)
    assert bare == bare.strip()


def test_clean_takes_one_apostrophe_and_every_edge() -> None:
    written = _series("  赣Ａ12345\t", "'0123", "＇赣A", "''x", "\ufeffa\u200b", "\u3000", "")
    assert clean(written).to_list() == ["赣A12345", "0123", "赣A", "'x", "a", None, None]


def test_codes_are_upper_case_without_white_space() -> None:
    written = _series(" lsvaa 4182\t", "ＬＳＶ", "LSV", None, " ", "")
    bare, _, changed = clean_code(written)
    assert bare.to_list() == ["LSVAA4182", "LSV", "LSV", None, None, None]
    assert changed == 2
    # The sender's cells stay as they were.
    assert written[0] == " lsvaa 4182\t"


@given(st.lists(st.none() | st.text("LSVA0123456789 ｌＳo'　", max_size=20), max_size=8))
def test_a_form_is_told_of_what_is_left_when_the_dress_is_off(cells: list[str | None]) -> None:
    written = pl.Series(cells, dtype=pl.String)
    plain = clean_code(written)
    codes = clean_code(written, WELL_FORMED)
    assert codes.texts.to_list() == plain.texts.to_list()
    assert codes.fits.to_list() == plain.texts.str.contains(WELL_FORMED).to_list()
    assert codes.changed == plain.changed


def test_names_match_in_any_dress_and_without_parentheses() -> None:
    table = {"纯电动": "bev", "Ｃ": "bev", "汽油": "petrol", "混合动力（插电式）": "phev"}
    written = _series("纯电动(锂电池)", "c", "汽 油", "混合动力(插电式)", "木炭", None)
    assert match_codes(written, table).to_list() == ["bev", "bev", "petrol", "phev", None, None]


def test_words_for_nothing_are_dropped_but_for_those_that_mean_something() -> None:
    written = _series("无", "/", "N/A", "纯电动", "/", None)
    left, dropped = drop_blank_words(written, keep=frozenset({"无"}))
    assert left.to_list() == ["无", None, None, "纯电动", None, None]
    assert dropped == {"/": 2, "N/A": 1}
