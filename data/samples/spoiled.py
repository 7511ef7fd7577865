"""The faults of 抚州's file of 2019, one for nearly every finding code, all such as happen."""

from __future__ import annotations

from datetime import date

from fleet import Factory, Vehicle
from layouts import Cell
from places import City

# Code, header of the cell, what is written there; in the order of the rows that are added.
_CELLS = (
    ("vin_missing", "车辆识别代号", ""),
    ("energy_unknown", "燃料种类", "油改电"),
    ("energy_missing", "燃料种类", ""),
    ("date_invalid", "初次登记日期", "2019-02-30 00:00:00"),
    ("date_in_future", "初次登记日期", "2020-11-18 00:00:00"),
    ("date_missing", "初次登记日期", ""),
    ("division_foreign", "行政区划代码", "361102"),
    ("division_unknown", "行政区划代码", "361099"),
    ("category_unknown", "车辆用途", "代步车"),
    ("plate_malformed", "号牌号码", "赣FO12I8"),
)
_MORE = 5


def spoilable(factory: Factory, city: City, year: int) -> list[Vehicle]:
    """Private cars that `spoil` goes over; no mandate with a number concerns them."""
    span = date(year, 2, 1), date(year, 11, 30)
    return factory.batch(city, "private", len(_CELLS) + _MORE, ("petrol",), *span, label="spoiled")


def spoil(header: list[str], rows: list[list[Cell]]) -> None:
    """Write the faults over the last rows, and two copies below them."""
    place = {name: header.index(name) for name in header}
    tail = rows[-len(_CELLS) - _MORE :]
    for row, (_, name, written) in zip(tail, _CELLS, strict=False):
        row[place[name]] = written
    malformed, mistyped, repeated, contradicted, twofold = tail[len(_CELLS) :]
    vin = place["车辆识别代号"]
    malformed[vin] = f"{malformed[vin]}"[:11] + "O" + f"{malformed[vin]}"[12:]
    last = int(f"{mistyped[vin]}"[-1])
    mistyped[vin] = f"{mistyped[vin]}"[:-1] + str((last + 3) % 10)
    contradicted[place["号牌种类"]], contradicted[place["号牌号码"]] = "52", "赣FD20619"
    rows.append(list(repeated))
    other = list(twofold)
    other[place["燃料种类"]] = "纯电动"
    rows.append(other)
    for number, row in enumerate(rows, 1):
        row[place["序号"]] = number
    code = place["统一社会信用代码"]
    row = next(r for r in rows if r[place["车辆用途"]] == "公务用车")
    written = f"{row[code]}"
    row[code] = written[:-1] + ("A" if written[-1] != "A" else "B")
