"""Column maps of two kinds, and a way to open bytes as an extract."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from monitor.extracts.reading import Reading, open_extract
from monitor.model import Finding, Interpretation
from monitor.policy.columns import ColumnMap, ColumnNames


def _names(header: str, *aliases: str, required: bool = False) -> ColumnNames:
    return ColumnNames(header=header, aliases=aliases, required=required)


MAPS = {
    "registration": ColumnMap(
        map="registration",
        kind="registration",
        columns={
            "vin": _names("车辆识别代号", "车架号", "VIN", required=True),
            "fuel": _names("燃料种类", "能源类型", required=True),
            "registered_on": _names("初次登记日期", "登记日期", required=True),
            "division_code": _names("行政区划代码"),
            "use": _names("使用性质"),
            "category": _names("车辆用途"),
            "plate": _names("号牌号码", "车牌号"),
            "range_km": _names("续驶里程"),
        },
        required_one_of=(("category", "use"),),
        required_without_sender=("division_code",),
    ),
    "procurement": ColumnMap(
        map="procurement",
        kind="procurement",
        columns={
            "contract_no": _names("合同编号", required=True),
            "buyer": _names("采购单位", required=True),
            "category": _names("车辆用途", required=True),
            "fuel": _names("燃料种类", required=True),
            "quantity": _names("数量", required=True),
            "signed_on": _names("合同签订日期", required=True),
        },
    ),
    "abroad": ColumnMap(
        map="abroad",
        kind="registration",
        default=False,
        identity="row",
        columns={
            "fuel": _names("fuel", required=True),
            "registered_on": _names("date_reg", required=True),
            "division_code": _names("state", required=True),
        },
        constants={"category": "private"},
    ),
}

HEADER = "车辆识别代号,燃料种类,初次登记日期,使用性质,行政区划代码"
ROW = "LSVAA4182E2184161,纯电动,2019-03-05,公交客运,360102"


@dataclass(frozen=True)
class Read:
    """Everything that a reading gave."""

    reading: Reading
    rows: pl.DataFrame

    @property
    def lines(self) -> list[int]:
        return self.rows["line"].to_list()

    @property
    def codes(self) -> set[str]:
        return {one.code for one in self.reading.interpretations}

    def said(self, code: str) -> Interpretation:
        (found,) = [one for one in self.reading.interpretations if one.code == code]
        return found

    @property
    def findings(self) -> tuple[Finding, ...]:
        return self.reading.findings

    def column(self, logical: str) -> list[str | None]:
        return self.rows[self.reading.mapping[logical]].to_list()


Open = Callable[..., Read]


def read_file(path: Path, work: Path, **known: object) -> Read:
    work.mkdir(exist_ok=True)
    maps = known.pop("maps", MAPS)
    reading = open_extract(path, name=path.name, maps=maps, work=work, **known)  # type: ignore[arg-type] # tests pass what they test
    tables = list(reading.batches())
    empty = pl.DataFrame(schema={"line": pl.UInt32})
    return Read(reading, pl.concat(tables) if tables else empty)


@pytest.fixture
def read(tmp_path: Path) -> Open:
    """Read bytes or text (as UTF-8) as an extract."""

    def open_data(data: bytes | str, **known: object) -> Read:
        path = tmp_path / "extract"
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return read_file(path, tmp_path / "work", **known)

    return open_data
