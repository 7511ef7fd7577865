"""What the samples for the other clauses show, counted from the files: as their README says."""

from __future__ import annotations

import csv
import io
from collections import Counter
from contextlib import closing
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from openpyxl import load_workbook

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "data" / "samples"
Row = dict[str, str]
_FEW = 5


@cache
def rows(place: str, label: str, years: str) -> list[Row]:
    """The table of one file, whatever its dress."""
    (path,) = SAMPLES.glob(f"*/*-{place}-{label}-{years}.*")
    if path.suffix == ".xlsx":
        with closing(load_workbook(path)) as book:
            cells = [
                ["" if c is None else str(c).removesuffix(" 00:00:00") for c in row]
                for row in book.worksheets[0].iter_rows(values_only=True)
            ]
    else:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else "gb18030")
        cells = list(csv.reader(io.StringIO(text)))
    # Titles above and totals below fill a few cells only.
    at, header = next((at, row) for at, row in enumerate(cells) if len(row) > _FEW and all(row))
    return [
        dict(zip(header, row, strict=True)) for row in cells[at + 1 :] if len(row) == len(header)
    ]


@cache
def registered(*places: str) -> frozenset[str]:
    """New-energy vehicles of the registrations of these places, by VIN."""
    found: set[str] = set()
    labels = ("机动车登记", "执法执勤用车存量")
    for path in (
        p for place in places for label in labels for p in SAMPLES.glob(f"*/*-{place}-{label}-*")
    ):
        _, name, label, years = path.stem.split("-")
        for row in rows(name, label, years):
            if row["燃料种类"] in {"纯电动", "插电式混合动力", "燃料电池"}:
                found.add(row["车辆识别代号"])
    return frozenset(found)


@pytest.mark.parametrize(
    ("place", "years", "level", "counts"),
    [
        ("南京", "2019-2020", "市级", (107, 97, 2)),
        ("萍乡", "2018-2020", "省级", (75, 68, 2)),
        ("萍乡", "2018-2020", "企业", (75, 35, 0)),
        # Another of 平潭's is in the file of the province's own office.
        ("平潭", "2022-2025", "省级", (75, 68, 3)),
    ],
)
def test_who_is_on_the_platform(
    place: str, years: str, level: str, counts: tuple[int, int, int]
) -> None:
    listed = [
        r["车辆识别代号"] for r in rows(place, "监控平台车辆清单", years) if r["平台级别"] == level
    ]
    assert len(set(listed)) == len(listed)
    held = registered(place)
    both = held.intersection(listed)
    assert (len(held), len(both), len(set(listed) - held)) == counts


@pytest.mark.parametrize(("year", "counts"), [("2019", (18, 21)), ("2020", (20, 21))])
def test_new_permits(year: str, counts: tuple[int, int]) -> None:
    new = [row for row in rows("南京", "禁区通行证", year) if row["办理类型"] == "新办"]
    assert (sum(row["燃料种类"] == "纯电动" for row in new), len(new)) == counts


def test_permits_in_force_at_the_end_of_2021() -> None:
    last = "2021-12-31"
    held = [row for year in ("2019", "2020", "2021") for row in rows("南京", "禁区通行证", year)]
    in_force = [
        row
        for row in held
        if row["有效期止"] >= last and not (row["注销日期"] and row["注销日期"] <= last)
    ]
    assert Counter(row["燃料种类"] for row in in_force) == {"纯电动": 29, "柴油": 1}


def test_retired_batteries_are_of_retired_taxis() -> None:
    gone = {
        row["车辆识别代号"]
        for row in rows("南昌", "注销登记", "2020")
        if row["燃料种类"] == "纯电动"
    }  # fmt: skip
    batteries = rows("南昌", "退役动力电池", "2020")
    assert {row["车辆识别代号"] for row in batteries} == gone
    assert len(gone) == 5
    assert sum(bool(row["去向"]) for row in batteries) == 4


def test_exchanged_batteries_of_fujian() -> None:
    batteries = rows("福建省", "退役动力电池", "2025")
    assert {row["车辆识别代号"] for row in batteries} <= registered("福州", "厦门", "泉州")
    codes = Counter(row["电池编码"] for row in batteries)
    assert sorted(map(len, codes)) == [23] + [24] * 13
    assert [code for code, number in codes.items() if number == 2] == [batteries[7]["电池编码"]]


def test_which_townships_have_public_charging() -> None:
    file = ROOT / "data" / "examples" / "townships" / "data" / "townships" / "fujian.yml"
    listed = yaml.safe_load(file.read_text(encoding="utf-8"))["counties"]
    counted = {t["code"] for held in listed.values() for t in held if not t.get("is_subdistrict")}
    places = (("福州", "2019-2025"), ("平潭", "2021-2025"))
    with_charging = {
        row["乡镇代码"]
        for place, years in places
        for row in rows(place, "充换电设施", years)
        if row["服务对象"] == "公共" and row["设施类型"] != "加氢站" and not row["停用日期"]
    }
    assert (len(counted & with_charging), len(counted)) == (9, 16)


@pytest.mark.parametrize(("year", "total"), [("2024", (4980, 4980)), ("2025", (6080, 6105))])
def test_the_parts_of_the_chain(year: str, total: tuple[int, int]) -> None:
    worth = {"亿元": Decimal(1), "万亿元": Decimal(10_000)}
    held = {
        (row["条文编号"], row["指标"]): Decimal(row["数值"]) * worth[row["单位"]]
        for row in rows("福建省", "报送数值", year)
        if row["单位"] in worth
    }
    parts = sum(value for (clause, _), value in held.items() if clause == "FJ-I05")
    assert (int(parts), int(held["FJ-I04", "全产业链产值"])) == total


def test_new_residential_areas() -> None:
    held = rows("福建省", "新建居民小区", "2024-2025")
    number: dict[str, Any] = {
        "all": len(held),
        "short of room": sum(int(r["预留车位"]) < int(r["配建机动车停车位"]) for r in held),
        "short of transformers": sum(
            5 * int(r["配足变压器容量的充电停车位"]) < int(r["配建机动车停车位"]) for r in held
        ),
        "permitted before": sum(r["规划许可日期"] < "2022-04-18" for r in held),
    }
    assert list(number.values()) == [26, 2, 4, 5]


@pytest.mark.parametrize("label", ["报送数值", "文件与事项"])
def test_what_is_made_up_says_so(label: str) -> None:
    files = list(SAMPLES.glob(f"*/*-{label}-*"))
    assert len(files) == {"报送数值": 5, "文件与事项": 3}[label]
    for path in files:
        _, place, _, years = path.stem.split("-", 3)
        for row in rows(place, label, years):
            said = row["出处"] if label == "报送数值" else row["名称"]
            assert said.startswith("示例")
