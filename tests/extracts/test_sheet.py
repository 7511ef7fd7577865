from __future__ import annotations

import copy
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from monitor.extracts import sheet
from monitor.extracts.refusal import FileRefused

from .conftest import HEADER, ROW, Open

NAMES = HEADER.split(",")
CELLS = ROW.split(",")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def _book(*fill: Callable[[Worksheet], object], epoch_1904: bool = False) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"date_1904": epoch_1904}) as book:
        for number, one in enumerate(fill, 1):
            one(book.add_worksheet(f"表{number}"))
    return buffer.getvalue()


def _table(*rows: list[str]) -> Callable[[Worksheet], object]:
    def fill(to: Worksheet) -> None:
        for at, row in enumerate([NAMES, *rows]):
            to.write_row(at, 0, row)

    return fill


def _parts(sheet_xml: str, **more: str | bytes) -> dict[str, str | bytes]:
    return {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{BOOK_TYPE}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        "</Relationships>",
        "xl/worksheets/sheet1.xml": sheet_xml,
        **more,
    }


def _zip(parts: dict[str, str | bytes], last_size: int | None = None) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        if last_size is not None:
            archive.infolist()[-1].file_size = last_size
    return buffer.getvalue()


def _sheet_xml(rows: str, before: str = "") -> str:
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData></worksheet>'


def _row(number: int, cells: list[str]) -> str:
    inner = "".join(
        f'<c r="{chr(ord("A") + at)}{number}" t="inlineStr"><is><t>{cell}</t></is></c>'
        for at, cell in enumerate(cells)
    )
    return f'<row r="{number}">{inner}</row>'


TABLE_XML = _row(1, NAMES) + _row(2, CELLS)


def test_a_workbook_reads_as_text_with_the_sheets_own_rows(read: Open) -> None:
    def fill(to: Worksheet) -> None:
        to.merge_range("A1:E1", "机动车登记表")
        to.write_row("A3", [*NAMES, "续驶里程"])
        to.write_row("A4", [*CELLS, 300])
        to.write_row("A7", ["LSV1", True, 43529, 0.5, 360102.0, "a\nb"])
        to.write("A8", "合计")

    got = read(_book(fill))
    assert got.lines == [4, 7]
    assert got.rows.row(1)[1:7] == ("LSV1", "TRUE", "43529", "0.5", "360102", "a b")
    assert got.column("range_km")[0] == "300"
    assert got.reading.counts == (4, 2, 2)


def test_days_and_long_numbers(read: Open) -> None:
    def fill(to: Worksheet) -> None:
        to.write_row(0, 0, [*NAMES, "信用代码"])
        to.write_row(1, 0, [*CELLS, 913600000000004969])
        style = {"num_format": "yyyy/m/d"}
        day = book.add_format(style)
        to.write_datetime(1, 2, datetime(2019, 3, 5), day)  # noqa: DTZ001 - a cell has no zone
        to.write_datetime(1, 3, datetime(2019, 3, 5, 8, 30), day)  # noqa: DTZ001

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        fill(book.add_worksheet())
    got = read(buffer.getvalue())
    assert got.column("registered_on") == ["2019-03-05"]
    assert got.column("use") == ["2019-03-05 08:30:00"]
    assert got.rows["c5"].to_list() == ["913600000000005000"]
    assert got.said("sheet_long_numbers").count == 1


def test_the_1904_system_is_told(read: Open) -> None:
    got = read(_book(_table(CELLS), epoch_1904=True))
    assert got.reading.epoch_1904
    assert "sheet_epoch_1904" in got.codes
    assert not read(_book(_table(CELLS))).reading.epoch_1904


def test_the_first_sheet_with_a_header_is_read_and_named(read: Open) -> None:
    def cover(to: Worksheet) -> object:
        return to.write("A1", "填表说明")

    def hidden(to: Worksheet) -> None:
        _table(["X", *CELLS[1:]])(to)
        to.hide()

    got = read(_book(cover, hidden, _table(CELLS), _table(["Y", *CELLS[1:]])))
    assert got.column("vin") == [CELLS[0]]
    assert "表3" in got.said("sheet_chosen").message.zh
    assert "表1、表2、表4" in got.said("sheet_chosen").message.zh
    (warned,) = got.findings
    assert (warned.code, warned.value) == ("sheet_unread", "表4")
    assert read(_book(cover, hidden)).column("vin") == ["X"]


def test_formulas_read_as_their_stored_results(read: Open) -> None:
    def fill(to: Worksheet) -> None:
        _table(CELLS, CELLS, CELLS)(to)
        to.write_formula("B2", '="纯"&"电动"', None, "纯电动")
        to.write_formula("B3", "=C9", None, "")
        to.write_formula("B4", "=NA()", None, "#N/A")

    got = read(_book(fill))
    assert got.column("fuel") == ["纯电动", None, "#N/A"]
    assert got.rows["has_unvalued_formula"].to_list() == [False, True, False]
    assert (got.said("sheet_formula").count, got.said("sheet_formula").line) == (3, 2)
    (warned,) = got.findings
    assert (warned.code, warned.severity, warned.line) == ("sheet_formula", "warning", 3)


def test_merged_headers_and_cells(read: Open) -> None:
    def fill(to: Worksheet) -> None:
        to.merge_range("A1:F1", "登记表")
        to.merge_range("A2:A3", "序号")
        to.merge_range("B2:D2", "车辆信息")
        to.write_row("B3", NAMES[:3])
        to.merge_range("E2:E3", NAMES[3])
        to.merge_range("F2:F3", NAMES[4])
        for row in range(120):
            to.write_row(3 + row, 0, [row + 1, *CELLS[: 4 if row == 117 else 5]])
        to.merge_range("F120:F121", "360102")

    got = read(_book(fill))
    assert got.reading.header_lines == (2, 3)
    assert got.reading.counts == (121, 1, 120)
    assert got.said("sheet_merged_cells").line == 120
    assert got.column("division_code")[-4:] == ["360102", None, "360102", "360102"]


def test_a_cell_that_shows_an_error_reads_as_that(read: Open) -> None:
    rows = _row(1, NAMES) + _row(2, CELLS).replace(
        't="inlineStr"><is><t>纯电动</t></is></c>', 't="e"><v>#REF!</v></c>'
    )
    assert read(_zip(_parts(_sheet_xml(rows)))).column("fuel") == ["#REF!"]


def test_macros_are_noted_and_never_run(read: Open) -> None:
    parts = _parts(_sheet_xml(TABLE_XML), **{"xl/vbaProject.bin": b"x"})
    assert "sheet_macros" in read(_zip(parts)).codes


ENTITIES = '<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;">]>'
HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "billion laughs": (
        "sheet_unreadable",
        lambda: _zip(_parts(ENTITIES + _sheet_xml(TABLE_XML))),
    ),
    "entities behind utf-16": (
        "sheet_unreadable",
        lambda: _zip(_parts("", **{"xl/s.xml": ENTITIES.encode("utf-16")})),
    ),
    "outside the archive": (
        "sheet_unreadable",
        lambda: _zip(_parts(_sheet_xml(TABLE_XML), **{"../x.xml": "<a/>"})),
    ),
    "absolute": (
        "sheet_unreadable",
        lambda: _zip(_parts(_sheet_xml(TABLE_XML), **{"/etc/x.xml": "<a/>"})),
    ),
    "same name twice": (
        "sheet_unreadable",
        lambda: _zip(_parts(_sheet_xml(TABLE_XML), **{"XL/workbook.xml": "<a/>"})),
    ),
    "thousands of parts": (
        "sheet_too_large",
        lambda: _zip(_parts("", **{f"xl/{n}.xml": "" for n in range(6_000)})),
    ),
    "inflates a thousandfold": (
        "sheet_too_large",
        lambda: _zip(_parts(_sheet_xml(" " * (20 << 20)))),
    ),
    "says that it inflates beyond any table": (
        "sheet_too_large",
        lambda: _zip(_parts(_sheet_xml(TABLE_XML)), last_size=1 << 30),
    ),
    "row gap": (
        "sheet_too_large",
        lambda: _zip(_parts(_sheet_xml(_row(1, NAMES) + _gap("XFD1048576")))),
    ),
    "row four billion": (
        "sheet_too_large",
        lambda: _zip(_parts(_sheet_xml(TABLE_XML + _gap("A4000000000")))),
    ),
    "too many columns": (
        "file_too_many_columns",
        lambda: _zip(_parts(_sheet_xml(_row(1, NAMES) + _gap("ZZ2")))),
    ),
    "no xml": ("sheet_unreadable", lambda: _zip(_parts("nonsense"))),
    "no sheet part": (
        "sheet_unreadable",
        lambda: _zip({k: v for k, v in _parts("").items() if k != "xl/worksheets/sheet1.xml"}),
    ),
}


def _gap(place: str) -> str:
    number = "".join(letter for letter in place if letter.isdigit())
    return f'<row r="{number}"><c r="{place}"><v>1</v></c></row>'


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_workbooks_are_refused_and_leave_us_standing(read: Open, name: str) -> None:
    code, make = HOSTILE[name]
    with pytest.raises(FileRefused) as refused:
        read(make())
    assert refused.value.finding.code == code


def _part_within_another() -> bytes:
    """An archive that lists a part whose bytes lie within those of the one before."""
    inner = _zip({"xl/media/within.bin": b"x" * 100})
    entry = inner[: inner.index(b"PK\x01\x02")]
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w") as archive:
        for name, content in _parts(_sheet_xml(TABLE_XML)).items():
            archive.writestr(name, content)
        archive.writestr("xl/media/around.bin", entry)
        around = archive.infolist()[-1]
        within = copy.copy(zipfile.ZipFile(io.BytesIO(inner)).infolist()[0])
        within.header_offset = around.header_offset + 30 + len(around.filename)
        archive.filelist.append(within)
    return outer.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (_part_within_another(), "parts of its archive overlap"),
        (_zip(_parts(_sheet_xml(TABLE_XML + _gap("A1048577")))), "more than 1,048,576 rows"),
    ],
    ids=["overlap", "rows"],
)
def test_each_guard_says_itself_what_it_keeps_out(read: Open, data: bytes, words: str) -> None:
    """What stands behind it would refuse too, later and in other words."""
    with pytest.raises(FileRefused) as refused:
        read(data)
    assert words in refused.value.finding.message.en.lower()


def test_a_false_dimension_does_no_harm(read: Open) -> None:
    false = '<dimension ref="A1:XFD1048576"/>'
    assert read(_zip(_parts(_sheet_xml(TABLE_XML, false)))).lines == [2]


def test_a_damaged_archive_is_refused(read: Open) -> None:
    whole = _book(_table(CELLS))
    for cut in (len(whole) // 2, len(whole) - 10):
        with pytest.raises(FileRefused) as refused:
            read(whole[:cut])
        assert refused.value.finding.code == "sheet_unreadable"


def test_a_workbook_that_never_ends_is_given_up(
    read: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet, "WALL_SECONDS", 0.001)
    with pytest.raises(FileRefused) as refused:
        read(_book(_table(CELLS)))
    assert refused.value.finding.code == "sheet_too_large"


def test_a_reader_that_does_not_start_is_our_fault(
    read: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet, "_START", "raise SystemExit(1)")
    with pytest.raises(sheet.SheetReaderFailed):
        read(_book(_table(CELLS)))


PROBE = """
import json, os, socket, sys
sys.path.insert(0, sys.argv[1])
from monitor.extracts.confine import confine
held = confine()
def tries(act):
    try:
        act()
    except OSError:
        return False
    return True
held["reads"] = tries(lambda: open(sys.argv[1] + "/pyproject.toml").read())
held["writes"] = tries(lambda: open(sys.argv[2], "w"))
held["connects"] = tries(lambda: socket.create_connection(("127.0.0.1", int(sys.argv[3])), 1))
print(json.dumps(held))
"""


def test_a_confined_process_leaves_files_and_network_behind(tmp_path: Path) -> None:
    target = tmp_path / "written"
    probe = [sys.executable, "-I", "-c", PROBE, str(sheet._PACKAGE_ROOT), str(target), "9"]
    held = json.loads(subprocess.run(probe, capture_output=True, check=True).stdout)
    assert held["limits"]
    assert not held["connects"]
    # Where the kernel has Landlock.
    if held.get("no_files"):
        assert not held["reads"]
        assert not held["writes"]
        assert not target.exists()
