"""Files with faults in them, as a city's clerk sends them: real headers, valid VINs but for one."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

HEADER = (
    *("车辆识别代号", "燃料种类", "初次登记日期", "行政区划代码", "车辆用途"),
    *("号牌号码", "所有人", "备注"),
)
OWNER = "洪都出租汽车服务部王建国"
_VALUES = dict(
    zip(
        "0123456789ABCDEFGHJKLMNPRSTUVWXYZ",
        [*range(10), *range(1, 9), *range(1, 6), 7, 9, *range(2, 10)],
        strict=True,
    )
)
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)

Row = dict[str, str]


def vin(number: int) -> str:
    """The number-th valid VIN of 金龙 (LKL) of 2018."""
    bare = f"LKLR1HSJ0JA{number:06d}"
    check = sum(_VALUES[c] * w for c, w in zip(bare, _WEIGHTS, strict=True)) % 11
    return bare[:8] + "0123456789X"[check] + bare[9:]


def bus(number: int, **changes: str) -> Row:
    """A battery bus of 南昌 of 2018 with nothing wrong."""
    return {
        "车辆识别代号": vin(number),
        "燃料种类": "纯电动",
        "初次登记日期": f"2018-{number % 12 + 1:02d}-15",
        "行政区划代码": "360102",
        "车辆用途": "公交车",
        "号牌号码": f"赣A{number:05d}D",
        "所有人": OWNER,
        "备注": "",
    } | changes


def write_csv(file: Path, rows: Sequence[Row], header: Sequence[str] = HEADER) -> Path:
    """Rows under a header, as a register exports them."""
    sheet = StringIO()
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([row[name] for name in HEADER] for row in rows)
    file.write_bytes(sheet.getvalue().encode("gb18030"))
    return file


def faulty(folder: Path, name: str = "南昌-机动车登记-2018.csv") -> Path:
    """Twenty buses, of which seven are set aside, for four reasons."""
    rows = [bus(number) for number in range(1, 21)]
    for place in (3, 4, 5, 8):
        rows[place]["燃料种类"] = "油改电"
    rows[9]["燃料种类"] = ""
    rows[9]["备注"] = '=HYPERLINK("x")'
    rows[11]["燃料种类"] = vin(12)  # a shifted cell
    rows[14]["初次登记日期"] = "2018-13-05"
    return write_csv(folder / name, rows)
