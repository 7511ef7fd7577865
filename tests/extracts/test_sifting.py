from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.extracts.blocks import Block
from monitor.extracts.layout import Layout
from monitor.extracts.parsing import parse_blocks
from monitor.extracts.records import Dialect
from monitor.extracts.sifting import RowSieve

from .conftest import HEADER, MAPS, ROW, Open

NO_DATA = {
    "total": "合计,35,,,",
    "total with a space": "合 计,,,35,",
    "total after an empty cell": ",小计：,,,",
    "full-width total": "　总计,,３５,,",
    "in all": "共计 35 辆",
    "note": "备注：以上数据截至3月底",
    "remark": "注：略,,,,",
    "signature": "填报人：张三,,审核人：李四,,",
    "signature with a day": "填报人：张三,,2019-03-05,,",
    "source": "数据来源：市交警支队",
    "heading of a section": "南昌市公共交通集团有限公司：",
    "repeated header": HEADER,
}
DATA = {
    "no fuel": "LSVAA4182E2184161,,,,",
    "no vin": ",纯电动,2019-03-05,公交客运,360102",
    "short vin": "LSV1,纯电动,2019-03-05,公交客运,360102",
    "a day alone": ",,2019-03-05,,",
    "a total's word in a cell": "LSVAA4182E2184161,纯电动,2019-03-05,合计,360102",
    "deregistered": "注销,纯电动,2019-03-05,公交客运,360102",
    "blank word for a vin": "无,纯电动,2019-03-05,公交客运,360102",
}


@pytest.mark.parametrize("name", NO_DATA)
def test_rows_that_are_no_data_are_left_out_and_counted(read: Open, name: str) -> None:
    got = read("\n".join([HEADER, ROW, NO_DATA[name], ROW]))
    assert got.lines == [2, 4]
    assert got.reading.counts == (3, 1, 2)
    (told,) = [one for one in got.reading.interpretations if one.code.endswith("_ignored")]
    assert (told.count, told.line) == (1, 3)


@pytest.mark.parametrize("name", DATA)
def test_rows_that_could_be_data_stay(read: Open, name: str) -> None:
    got = read("\n".join([HEADER, ROW, DATA[name], ROW]))
    assert got.lines == [2, 3, 4]
    assert got.reading.counts == (3, 0, 3)


@pytest.mark.parametrize("blank", ["", ",,,,", "  ", "\u3000,\xa0,,,", '"",""', "\t"])
def test_blank_rows_are_neither_read_nor_ignored(read: Open, blank: str) -> None:
    got = read(f"{HEADER}\n{ROW}\n{blank}\n{ROW}\n{blank}")
    assert got.lines == [2, 4]
    assert got.reading.counts == (2, 0, 2)


def test_totals_of_a_purchase_with_figures_are_totals(read: Open) -> None:
    header = "合同编号,采购单位,车辆用途,燃料种类,数量,合同签订日期"
    rows = ["HT-01,甲,公交车,纯电动,3,2019-03-05", "小计,,公交车,纯电动,3,", "合计,,,,3,"]
    got = read("\n".join([header, *rows]))
    assert got.lines == [2]
    assert got.said("total_rows_ignored").count == 2


def test_a_serial_number_alone_is_no_row(read: Open) -> None:
    got = read("\n".join([f"序号,{HEADER}", f"1,{ROW}", "2,,,,,", "3,,,,,"]))
    assert got.lines == [2]


def test_the_lines_of_many_notes_are_named_up_to_five(read: Open) -> None:
    got = read("\n".join([HEADER, *["合计,,,,"] * 9]))
    assert "2, 3, 4, 5, 6 …" in got.said("total_rows_ignored").message.en


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([ROW, *NO_DATA.values(), *DATA.values(), "", ",,,,"]), max_size=30))
def test_every_row_is_data_or_ignored_or_blank(rows: list[str]) -> None:
    layout = Layout.of(MAPS["registration"], tuple(HEADER.split(",")))
    sieve = RowSieve(layout.columns, ["vin", "fuel", "registered_on"], [HEADER.split(",")])
    data = "\n".join([*rows, ""]).encode()
    kept = 0
    for table in parse_blocks([Block(data, 1, len(rows))] if rows else [], Dialect(","), 5, 5):
        kept += sieve.sift(table).height
    no_data = set(NO_DATA.values())
    assert kept == sum(row == ROW or row in DATA.values() for row in rows)
    assert sieve.ignored == sum(row in no_data for row in rows)
    assert kept + sieve.ignored + sieve.counts["blank"] == len(rows)
