from __future__ import annotations

import pytest

from .conftest import HEADER, ROW, Open

PURCHASE = "合同编号,采购单位,车辆用途,燃料种类,数量,合同签订日期"


def test_the_kind_is_told_from_the_header(read: Open) -> None:
    assert read(f"{HEADER}\n").reading.kind == "registration"
    assert read(f"{PURCHASE}\n").reading.kind == "procurement"


@pytest.mark.parametrize("separator", ["\t", ";"])
def test_other_separators_are_read_and_told(read: Open, separator: str) -> None:
    got = read(f"{HEADER}\n{ROW}\n".replace(",", separator))
    assert got.column("vin") == ["LSVAA4182E2184161"]
    assert got.codes == {"separator_read"}


def test_a_clean_file_needs_no_interpretation(read: Open) -> None:
    got = read(f"{HEADER}\n{ROW}\n")
    assert got.codes == set()
    assert got.reading.counts == (1, 0, 1)
    assert got.reading.header_lines == (1,)


def test_headers_are_found_in_any_dress(read: Open) -> None:
    header = "\ufeff*ＶＩＮ ,＇燃料 种类,初次登记日期（必填）,使用性质*,行政区划代码,续驶里程(km)"
    got = read(f"{header}\n{ROW},300\n")
    assert got.column("vin") == ["LSVAA4182E2184161"]
    assert got.column("range_km") == ["300"]
    assert got.said("header_alias").message.en == 'Read column "*VIN" as "车辆识别代号".'


def test_titles_above_the_header_are_read_and_ignored(read: Open) -> None:
    text = f"江西省机动车登记表,,,\n\n单位：南昌市,时间：2019年3月\n{HEADER}\n{ROW}\n"
    got = read(text)
    assert got.reading.header_lines == (4,)
    assert got.lines == [5]
    assert got.reading.counts == (3, 2, 1)
    assert got.said("title_rows_ignored").count == 2


def test_a_header_sixty_rows_down_is_found(read: Open) -> None:
    got = read("标题\n" * 59 + f"{HEADER}\n{ROW}\n")
    assert got.reading.header_lines == (60,)


def test_the_shape_of_a_statistics_export(read: Open) -> None:
    text = (
        "数据库：分省年度数据\r\n指标：新注册车辆\r\n时间：最近20年\r\n"
        f"{HEADER}\r\n{ROW}\r\n{ROW}\r\n"
        "注：按照制度规定，对历史数据进行了修订。\r\n数据来源：国家统计局\r\n"
    )
    got = read(text.encode("gb2312"))
    assert got.reading.counts == (7, 5, 2)
    assert got.lines == [5, 6]
    assert got.said("note_rows_ignored").count == 2


@pytest.mark.parametrize(
    "header",
    [
        # Group names above names.
        ",车辆信息,,,其他,\n序号,车架号,燃料种类,初次登记日期,使用性质,行政区划代码",
        # Names merged over both lines stand in the upper one only.
        "序号,车辆信息,,,使用性质,行政区划代码\n,车架号,燃料种类,初次登记日期,,",
        # Or in the lower one only.
        "序号,车架号,信息,,,\n,,燃料种类,初次登记日期,使用性质,行政区划代码",
    ],
)
def test_a_header_of_two_lines(read: Open, header: str) -> None:
    got = read(f"表\n{header}\n1,{ROW}\n")
    assert got.column("use") == ["公交客运"]
    assert got.column("vin") == ["LSVAA4182E2184161"]
    assert got.lines == [4]
    lines = got.reading.header_lines
    assert got.reading.counts == (4 - len(lines), 3 - len(lines), 1)


def test_unknown_columns_are_kept_and_echoed(read: Open) -> None:
    got = read(f"{HEADER},颜色,\n{ROW},红,y\n")
    assert got.reading.headers[5:] == ("颜色", "")
    assert got.rows.row(0)[6:8] == ("红", "y")
    assert "颜色" in got.said("columns_unknown").message.zh


def test_the_columns_own_name_wins_over_an_alias(read: Open) -> None:
    got = read(f"{HEADER},登记日期\n{ROW},2020-01-01\n")
    assert got.column("registered_on") == ["2019-03-05"]
    assert got.said("column_unused").column == "初次登记日期"


def test_a_column_repeated_with_the_same_content_is_one(read: Open) -> None:
    got = read(f"{HEADER},燃料种类\n{ROW},纯电动 \n")
    assert got.column("fuel") == ["纯电动"]


def test_a_map_by_name_is_used_alone(read: Open) -> None:
    got = read("fuel,date_reg,state\npetrol,2019-01-01,Johor\n", map_name="abroad")
    assert got.reading.map.identity == "row"
    assert got.reading.map.constants == {"category": "private"}


def test_a_known_sender_needs_no_division_column(read: Open) -> None:
    header, row = (text.rpartition(",")[0] for text in (HEADER, ROW))
    assert read(f"{header}\n{row}\n", sender_known=True).rows.height == 1


def test_a_header_in_quotes_over_two_lines(read: Open) -> None:
    header = HEADER.replace("燃料种类", '"燃料\n种类"')
    got = read(f"{header}\n{ROW}\n")
    assert got.lines == [3]
    assert got.column("fuel") == ["纯电动"]


def test_a_header_without_rows_is_an_empty_table(read: Open) -> None:
    assert read(HEADER).reading.counts == (0, 0, 0)
