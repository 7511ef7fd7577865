"""Files that are made to break whoever opens them, and what each must come to."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Final

from thorough import TIMES

HEADER: Final = "车辆识别代号,燃料种类,初次登记日期,使用性质,行政区划代码"
ROW: Final = "LSVAA4182E2184161,纯电动,2019-03-05,公交客运,360102"
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_BOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_BILLION: Final = "".join(
    f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha" * 10}">' for n in range(9)
)

Make = Callable[[], bytes]


def _parts(sheet: str, **more: str | bytes) -> dict[str, str | bytes]:
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_BOOK}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
        "</Relationships>",
        "xl/worksheets/sheet1.xml": sheet,
        **more,
    }


def _book(rows: str, before: str = "", doctype: str = "", **more: str | bytes) -> bytes:
    sheet = f'{doctype}<worksheet xmlns="{_MAIN}">{before}<sheetData>{rows}</sheetData></worksheet>'
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _parts(sheet, **more).items():
            archive.writestr(name, content)
    return made.getvalue()


def _row(number: int, cells: list[str]) -> str:
    inner = "".join(
        f'<c r="{chr(ord("A") + at)}{number}" t="inlineStr"><is><t>{cell}</t></is></c>'
        for at, cell in enumerate(cells)
    )
    return f'<row r="{number}">{inner}</row>'


TABLE: Final = _row(1, HEADER.split(",")) + _row(2, ROW.split(","))


def _far(place: str) -> str:
    number = "".join(letter for letter in place if letter.isdigit())
    return f'<row r="{number}"><c r="{place}"><v>1</v></c></row>'


def _many_rows() -> bytes:
    """Few bytes that are many rows, and no table."""
    return _book(
        "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 40_000 * TIMES))
    )


def _many_strings() -> bytes:
    """Shared texts beyond all that a table has."""
    texts = f"<si><t>{'x' * 200}</t></si>" * 300_000
    shared = f'<sst xmlns="{_MAIN}">{texts}</sst>'
    return _book(_row(1, ["a"]), **{"xl/sharedStrings.xml": shared})


def _nested() -> bytes:
    """An archive of an archive of zeros."""
    inside = b"PK"
    for _ in range(3):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.zip", inside + b"\0" * (4 << 20))
        inside = made.getvalue()
    return inside


def _lying_sizes() -> bytes:
    """A part that says it holds ten bytes."""
    whole = bytearray(_book(TABLE + " " * (30 << 20)))
    at = whole.rindex(b"xl/worksheets/sheet1.xml") - 46 + 24
    whole[at : at + 4] = (10).to_bytes(4, "little")
    return bytes(whole)


def _overlapping() -> bytes:
    """Two names for the same bytes, as a quine of archives has them."""
    whole = bytearray(_book(TABLE))
    first = whole.index(b"PK\x01\x02")
    second = whole.index(b"PK\x01\x02", first + 4)
    whole[second + 42 : second + 46] = whole[first + 42 : first + 46]
    return bytes(whole)


def workbooks(web: str) -> dict[str, tuple[str, Make]]:
    """What each is called, the code that refuses it, and its bytes; some ask `web` for more."""
    outside = (
        f'<!DOCTYPE a [<!ENTITY x SYSTEM "{web}/entity"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    )
    quadratic = f'<!DOCTYPE a [<!ENTITY q "{"q" * 50_000}">]>'
    link = (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{_OFFICE}/image" Target="{web}/image" TargetMode="External"/></Relationships>'
    )
    return {
        "billion laughs": (
            "sheet_unreadable",
            lambda: _book(_row(1, ["&e8;"]), doctype=f"<!DOCTYPE a [{_BILLION}]>"),
        ),
        "quadratic": (
            "sheet_unreadable",
            lambda: _book(_row(1, ["&q;" * 5_000]), doctype=quadratic),
        ),
        "entity from outside": (
            "sheet_unreadable",
            lambda: _book(_row(1, ["&x;&f;"]), doctype=outside),
        ),
        "document type from outside": (
            "sheet_unreadable",
            lambda: _book(TABLE, doctype=f'<!DOCTYPE a SYSTEM "{web}/dtd">'),
        ),
        "entity in the list of sheets": (
            "sheet_unreadable",
            lambda: _book(TABLE, **{"xl/styles.xml": outside + "<a>&x;</a>"}),
        ),
        "row gap": ("sheet_too_large", lambda: _book(TABLE + _far("XFD1048576"))),
        "row four billion": ("sheet_too_large", lambda: _book(TABLE + _far("A4000000000"))),
        "column beyond all": ("file_too_many_columns", lambda: _book(TABLE + _far("XFD3"))),
        "inflates": ("sheet_too_large", lambda: _book(TABLE + " " * (40 << 20))),
        "lies about a size": ("sheet_unreadable", _lying_sizes),
        "shares its bytes": ("sheet_unreadable", _overlapping),
        "shared texts": ("sheet_too_large", _many_strings),
        "rows without a header": ("header_not_found", _many_rows),
        "thousands of parts": (
            "sheet_too_large",
            lambda: _book(TABLE, **{f"xl/{n}.xml": "" for n in range(20_000)}),
        ),
        "up and away": ("sheet_unreadable", lambda: _book(TABLE, **{"../../tmp/x.xml": "<a/>"})),
        "archive in an archive": ("file_not_a_table", _nested),
        "deep": ("file_empty", lambda: _book("<a>" * 200_000)),
        "a link to a picture": ("read 1", lambda: _book(TABLE, **{"xl/_rels/x.rels": link})),
        "a false dimension": (
            "read 1",
            lambda: _book(TABLE, '<dimension ref="A1:XFD1048576"/>'),
        ),
    }


def texts() -> dict[str, tuple[str, Make]]:
    """The same of text files."""
    table = f"{HEADER}\n{ROW}\n".encode()
    return {
        "one line without an end": ("file_line_too_long", lambda: b"a" * (32 << 20)),
        "commas without an end": ("file_line_too_long", lambda: b"," * (32 << 20)),
        "a long line at the end": ("file_line_too_long", lambda: table + b"b" * (16 << 20)),
        "two million columns": ("file_line_too_long", lambda: b"a," * 2_000_000 + b"\n"),
        "a thousand columns": ("file_too_many_columns", lambda: b"a," * 1_000 + b"\n"),
        "a thousand cells in a row": ("file_too_many_columns", lambda: table + b"a," * 1_000),
        "a quotation mark left open": ("file_quote_open", lambda: table + b'"' + table * 40_000),
        "only quotation marks": ("file_line_too_long", lambda: b'"' * (8 << 20)),
        "quotation marks line by line": ("header_not_found", lambda: b'""\n' * 2_000_000),
        "blank lines": ("file_empty", lambda: b"\n" * (8 << 20)),
        "carriage returns": ("file_empty", lambda: b"\r" * (8 << 20)),
        "nul bytes": ("file_nul_byte", lambda: table + b"\0" * (8 << 20)),
        "a sparse file": ("file_nul_byte", lambda: table + bytes(32 << 20)),
        "half of two encodings": (
            "file_mixed_encoding",
            lambda: table * 99 + table.decode().encode("gbk") * 99,
        ),
        "utf-16 without its other half": (
            "file_encoding",
            lambda: b"\xff\xfe" + "车".encode("utf-16-le") * 99 + b"\xd8",
        ),
        "no header at all": ("header_not_found", lambda: b"1,2,3\n" * 1_000_000),
        "a header of marks": ("header_not_found", lambda: b"\xef\xbb\xbf" * 9 + b"\xe2\x80\xae,\n"),
    }
