"""Files as cities send them, in several dresses."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import BytesIO, StringIO
from pathlib import Path

import openpyxl

Row = dict[str, str]
HEADER = ["车辆识别代号", "燃料种类", "初次登记日期", "行政区划代码", "车辆用途", "号牌号码"]

_VALUES = dict(
    zip(
        "0123456789ABCDEFGHJKLMNPRSTUVWXYZ",
        [*range(10), *range(1, 9), *range(1, 6), 7, 9, *range(2, 10)],
        strict=True,
    )
)
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def vin(number: int) -> str:
    """The number-th valid VIN of 金龙 (LKL) of 2018."""
    bare = f"LKLR1HSJ0JA{number:06d}"
    check = sum(_VALUES[c] * w for c, w in zip(bare, _WEIGHTS, strict=True)) % 11
    return bare[:8] + "0123456789X"[check] + bare[9:]


def bus(number: int, fuel: str = "纯电动", **changes: str) -> Row:
    """A bus of 南昌 registered in 2018; a diesel one has an ordinary plate."""
    plate = f"赣A{number:05d}" + ("D" if fuel == "纯电动" else "")
    return {
        "车辆识别代号": vin(number),
        "燃料种类": fuel,
        "初次登记日期": f"2018-{number % 12 + 1:02d}-15",
        "行政区划代码": "360102",
        "车辆用途": "公交车",
        "号牌号码": plate,
    } | changes


def buses(new: int, other: int, first: int = 1, **changes: str) -> list[Row]:
    """So many battery buses and so many diesel ones."""
    return [
        *(bus(first + n, **changes) for n in range(new)),
        *(bus(first + new + n, "柴油", **changes) for n in range(other)),
    ]


def plain_csv(file: Path, rows: Sequence[Row]) -> Path:
    """UTF-8, one header, nothing around it."""
    sheet = StringIO()
    writer = csv.DictWriter(sheet, HEADER, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    file.write_text(sheet.getvalue(), "utf-8")
    return file


def gb18030_csv(file: Path, rows: Sequence[Row]) -> Path:
    """As a police system exports: GB18030, CRLF, other names for the same columns."""
    aliases = {"车辆识别代号": "车架号", "初次登记日期": "登记日期", "号牌号码": "车牌号"}
    sheet = StringIO()
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow([aliases.get(name, name) for name in HEADER])
    writer.writerows([[row[name] for name in HEADER] for row in rows])
    file.write_bytes(sheet.getvalue().encode("gb18030"))
    return file


def titled_csv(file: Path, rows: Sequence[Row]) -> Path:
    """As an office types it: two title rows, a blank one, a total and a note; a BOM."""
    body = plain_csv(file, rows).read_text("utf-8").splitlines()
    gap = "," * (len(HEADER) - 1)
    lines = [
        f"江西省公交车新增情况表{gap}",
        f"填报单位：南昌市交通运输局{gap}",
        "",
        *body,
        f"合计,{len(rows)}{gap[1:]}",
        f"注：以行驶证为准。{gap}",
    ]
    file.write_text("\n".join(lines) + "\n", "utf-8-sig")
    return file


def workbook(file: Path, rows: Sequence[Row]) -> Path:
    """An XLSX sheet."""
    book, held = openpyxl.Workbook(), BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADER)
    for row in rows:
        sheet.append([row[name] for name in HEADER])
    book.save(held)
    file.write_bytes(held.getvalue())
    return file
