from __future__ import annotations

import io
import time
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import xlsxwriter

from monitor.errors import WrongUse
from monitor.extracts.blocks import Block, iter_blocks
from monitor.extracts.refusal import FileRefused

from .conftest import HEADER, MAPS, ROW, Open, read_file

TABLE = f"{HEADER}\n{ROW}\n"
BOTH = HEADER + ",合同编号,采购单位,数量,合同签订日期,车辆用途"


def _zip(**parts: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/"), text)
    return buffer.getvalue()


REFUSED: dict[str, tuple[str, bytes, int | None]] = {
    "no bytes": ("file_empty", b"", None),
    "only white space": ("file_empty", b" \r\n\t\n", None),
    "only a mark": ("file_empty", b"\xef\xbb\xbf", None),
    "pdf": ("file_not_a_table", b"%PDF-1.7\n", None),
    "picture": ("file_not_a_table", b"\x89PNG\r\n\x1a\n", None),
    "old xls": ("file_not_a_table", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), None),
    "web page as xls": ("file_not_a_table", b"\r\n<HTML><table><tr>", None),
    "gzip": ("file_not_a_table", b"\x1f\x8b\x08", None),
    "word": ("file_not_a_table", _zip(word__document="", **{"word/document.xml": "<a/>"}), None),
    "zip": ("file_not_a_table", _zip(**{"a.csv": TABLE}), None),
    "cut zip": ("sheet_unreadable", b"PK\x03\x04" + bytes(40), None),
    "locked workbook": (
        "sheet_encrypted",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        None,
    ),
    "utf-32": ("file_encoding", TABLE.encode("utf-32"), 1),
    "bad byte after a mark": (
        "file_encoding",
        b"\xef\xbb\xbf" + TABLE.encode() + b"\xff\n",
        3,
    ),
    "neither": ("file_encoding", TABLE.encode("gb18030") + b"x\n\xff\xff\n", 4),
    "utf-16 cut": ("file_encoding", TABLE.encode("utf-16")[:-1], 2),
    "utf-8 cut in a character": (
        "file_encoding",
        (TABLE * 3).encode() + "汽".encode()[:2] + b"A",
        7,
    ),
    "utf-8 in gb18030": (
        "file_mixed_encoding",
        TABLE.encode("gb18030") * 200 + ROW.encode() + b"\n",
        401,
    ),
    "nul": ("file_nul_byte", TABLE.encode() + b"a\0b\n", 3),
    "long line": ("file_line_too_long", TABLE.encode() + b"a" * (1 << 20) + b"b\n", 3),
    "many columns": ("file_too_many_columns", b"a," * 600 + b"b\n", 1),
    "many columns in a row": (
        "file_too_many_columns",
        TABLE.encode() + b"a," * 600 + b"b\n",
        3,
    ),
    "open quote": ("file_quote_open", (TABLE + '"' + ROW + "\n" * 100).encode(), 3),
    "open quote at the end": ("file_quote_open", f'{TABLE}a,"b,c\nd\n'.encode(), 3),
    "no header": ("header_not_found", "甲,乙,丙\n1,2,3\n".encode(), 1),
    "big5": ("header_not_found", "車輛識別代號,燃料種類\n1,2\n".encode("big5"), 1),
    "column missing": ("column_missing", "车架号,燃料种类,登记日期,行政区划代码\n".encode(), 1),
    "no sender": ("column_missing", "车架号,燃料种类,登记日期,使用性质\n".encode(), 1),
    "same column twice": (
        "column_ambiguous",
        f"{HEADER},燃料种类\n{ROW},纯电动\n{ROW},汽油\n".encode(),
        3,
    ),
    "two aliases": (
        "column_ambiguous",
        f"{HEADER.replace('燃料种类', '能源类型')},能源类型\n{ROW},汽油\n".encode(),
        2,
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_table_is_refused_with_its_line(read: Open, name: str) -> None:
    code, data, line = REFUSED[name]
    with pytest.raises(FileRefused) as refused:
        read(data)
    finding = refused.value.finding
    assert (finding.code, finding.line) == (code, line)
    assert finding.message.zh
    assert finding.message.en


def test_a_header_of_two_kinds_is_ambiguous(read: Open) -> None:
    maps = {
        "one": MAPS["abroad"].model_copy(update={"default": True, "kind": "one", "map": "one"}),
        "two": MAPS["abroad"].model_copy(update={"default": True, "kind": "two", "map": "two"}),
    }
    with pytest.raises(FileRefused) as refused:
        read("fuel,date_reg,state\n", maps=maps)
    assert refused.value.finding.code == "kind_ambiguous"
    assert read("fuel,date_reg,state\n", maps=maps, kind="two").reading.kind == "two"


def test_an_unknown_kind_is_refused(read: Open) -> None:
    with pytest.raises(FileRefused) as refused:
        read(TABLE, kind="permits")
    assert refused.value.finding.code == "kind_unknown"


def test_an_unknown_map_is_wrong_use(read: Open) -> None:
    with pytest.raises(WrongUse):
        read(TABLE, map_name="nowhere")


def test_a_missing_column_names_its_aliases_and_what_was_found(read: Open) -> None:
    with pytest.raises(FileRefused) as refused:
        read("车架号,登记日期,使用性质,行政区划代码\n")
    message = refused.value.finding.message
    assert refused.value.finding.column == "燃料种类"
    assert "能源类型" in message.zh
    assert "车架号" in message.en


def test_a_layout_known_by_name_only_is_hinted_at(read: Open) -> None:
    with pytest.raises(FileRefused) as refused:
        read("fuel,date_reg,state\npetrol,2019-01-01,Johor\n")
    assert "--columns abroad" in refused.value.finding.message.en


def test_an_endless_line_is_refused_without_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "endless"
    with path.open("wb") as file:
        file.write(b"a" * (3 << 20))
        file.truncate(1 << 30)
    tracemalloc.start()
    begun = time.monotonic()
    with pytest.raises(FileRefused) as refused:
        read_file(path, tmp_path / "work")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert refused.value.finding.code == "file_line_too_long"
    assert time.monotonic() - begun < 1
    assert peak < 16 << 20


def test_the_batches_can_be_gone_through_once(read: Open) -> None:
    with pytest.raises(RuntimeError):
        list(read(TABLE).reading.batches())


MANY = f"{HEADER}\n" + f"{ROW}\n" * 8 + "\n合计,8,,,\n"


def test_more_rows_than_allowed_are_refused_as_a_whole(read: Open) -> None:
    with pytest.raises(FileRefused) as refused:
        read(MANY, most_rows=7)
    finding = refused.value.finding
    assert (finding.code, finding.line, finding.severity) == ("file_too_many_rows", None, "error")
    assert "超过 7 行" in finding.message.zh
    assert "拆成几份" in finding.message.zh
    assert "more than 7 rows" in finding.message.en
    assert "Split it" in finding.message.en
    assert read(MANY, most_rows=8).rows.height == 8  # what is no data is not counted
    assert read(MANY).rows.height == 8


def test_more_rows_than_allowed_of_a_workbook_are_refused(read: Open) -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        for at, line in enumerate((HEADER, *[ROW] * 8)):
            sheet.write_row(at, 0, line.split(","))
    with pytest.raises(FileRefused) as refused:
        read(buffer.getvalue(), most_rows=7)
    assert refused.value.finding.code == "file_too_many_rows"
    assert read(buffer.getvalue(), most_rows=8).rows.height == 8


def test_rows_beyond_those_allowed_are_not_read(
    read: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []

    def small(path: Path, start: int = 0) -> Iterator[Block]:
        for block in iter_blocks(path, start, 1 << 12):
            seen.append(block.lines)
            yield block

    monkeypatch.setattr("monitor.extracts.opening.iter_blocks", small)
    with pytest.raises(FileRefused):
        read(f"{HEADER}\n" + f"{ROW}\n" * 5000, most_rows=100)
    assert sum(seen) < 300
