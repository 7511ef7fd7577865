"""Small extracts as senders write them: valid numbers, real models, one thing wrong at a time."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from io import StringIO

Row = dict[str, str]

_VALUES = dict(
    zip(
        "0123456789ABCDEFGHJKLMNPRSTUVWXYZ",
        [*range(10), *range(1, 9), *range(1, 6), 7, 9, *range(2, 10)],
        strict=True,
    )
)
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def vin(number: int, maker: str = "LZYTGTD1", year: str = "J", plant: str = "1") -> str:
    """A VIN of 宇通 (LZY) built 2018 (J) with the check digit of GB 16735."""
    bare = f"{maker}0{year}{plant}{number:06d}"
    check = sum(_VALUES[c] * w for c, w in zip(bare, _WEIGHTS, strict=True)) % 11
    return bare[:8] + "0123456789X"[check] + bare[9:]


def credit_code(body: str) -> str:
    """Eighteen characters from the first seventeen, by GB 32100."""
    total = sum(_CREDIT.index(c) * pow(3, place, 31) for place, c in enumerate(body))
    return body + _CREDIT[(31 - total % 31) % 31]


GOVERNMENT = credit_code("11360100014501234")
INSTITUTION = credit_code("12360100491012345")
COMPANY = credit_code("91360100MA35F0UX2")


def bus(number: int, **changes: str) -> Row:
    """A battery bus of 南昌 with nothing wrong."""
    return {
        "车辆识别代号": vin(number),
        "燃料种类": "纯电动",
        "初次登记日期": f"2018-{number % 12 + 1:02d}-{number % 28 + 1:02d}",
        "行政区划代码": "360102",
        "车辆用途": "公交车",
        "使用性质": "公交客运",
        "号牌号码": f"赣A{number % 100000:05d}D",
        "号牌种类": "51",
        "车辆类型": "大型普通客车",
        "车辆型号": "ZK6105BEVG1",
        "所有人": "南昌市公共交通总公司",
        "统一社会信用代码": COMPANY,
        "单位性质": "国有企业",
        "运营区域": "中心城区",
        "新增原因": "更新",
        "豁免情形": "",
        "业务类型": "注册登记",
        "注销日期": "",
        "续驶里程": "300",
        "最大设计总质量": "16500",
        "快充": "否",
    } | changes


def contract(number: int, **changes: str) -> Row:
    """A contract line of 南昌 with nothing wrong."""
    return {
        "合同编号": f"NCGJ-2018-{number:04d}",
        "采购单位": "南昌市公共交通总公司",
        "车辆用途": "公交车",
        "燃料种类": "纯电动",
        "数量": "12",
        "合同签订日期": f"2018-{number % 12 + 1:02d}-{number % 28 + 1:02d}",
        "行政区划代码": "360102",
        "统一社会信用代码": COMPANY,
        "单位性质": "国有企业",
        "车辆型号": "ZK6105BEVG1",
        "单价": "1,150,000",
        "合同金额": "13,800,000",
        "计划交付日期": "2018-12-31",
        "供应商": "郑州宇通客车股份有限公司",
        "采购方式": "公开招标",
        "新增原因": "更新",
        "运营区域": "中心城区",
        "豁免情形": "",
    } | changes


def as_csv(rows: Sequence[Mapping[str, str]], tail: str = "") -> bytes:
    """Rows under the header of the first, in UTF-8; `tail` is put behind the last cell."""
    sheet = StringIO()
    writer = csv.DictWriter(sheet, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return (sheet.getvalue().rstrip("\n") + tail + "\n").encode()
