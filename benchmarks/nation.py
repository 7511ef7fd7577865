"""`python -m benchmarks.nation`: what the nation would cost, out of figures that were measured.

Prints the table of docs/nation.md; `nation.toml` has what goes in.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, NamedTuple

_FIGURES = Path(__file__).with_name("nation.toml")
_WEEKS_A_YEAR = 52


class Line(NamedTuple):
    """One line of the table: what, by which formula, how much."""

    zh: str
    en: str
    amount: str


def lines(figures: dict[str, dict[str, Any]]) -> list[Line]:
    """What comes out, in the order of the page."""
    nation, cost = figures["assumed"], figures["measured"]
    vehicles, cities = nation["vehicles"], nation["cities"]
    weekly = vehicles * nation["changed_share_a_week"]
    senders = cities + nation["provinces"]

    def looked_through(held: float, extracts: float) -> float:
        # Each sender's own vehicles once, whichever home they lie in.
        own = vehicles * cost["held_text_us"]
        return float((extracts * held * cost["held_key_us"] + own) * 1e-6)

    first = vehicles * cost["ingest_us_a_row"] * 1e-6
    rows = weekly * cost["ingest_us_a_row"] * 1e-6 + cities * cost["extract_fixed_s"]
    one_home = looked_through(vehicles, cities)
    by_province = looked_through(vehicles / nation["provinces"], cities)
    judged = vehicles * cost["assess_us_a_row"] * 1e-6 + cost["assess_fixed_s"]
    letters = senders * cost["bulletin_s"]
    matched = vehicles * cost["reconcile_us_a_row"] * 1e-6
    bytes_a_row = cost["archive_bytes_a_row"] + cost["part_bytes_a_row"]
    kept = vehicles + weekly * _WEEKS_A_YEAR * nation["years"]
    return [
        Line("首次接收全部车辆", "all vehicles taken in for the first time", _hours(first)),
        Line(
            f"每周接收 {cities} 份、共 {weekly:,.0f} 行",
            f"a week: {cities} extracts, {weekly:,.0f} rows",
            _hours(rows),
        ),
        Line(
            "每周查对已有车辆，全国一个数据文件夹",
            "a week: what is held looked through, one home for the nation",
            _hours(one_home),
        ),
        Line(
            "每周查对已有车辆，每省一个数据文件夹",
            "a week: what is held looked through, one home a province",
            _hours(by_province),
        ),
        Line("判定一次", "all judged once", _hours(judged)),
        Line("合同、登记、注销核对一次", "reconciled once", _hours(matched)),
        Line(f"{senders} 份通报（各种格式）", f"{senders} bulletins, every form", _hours(letters)),
        Line(
            "在集群上数一次（导出另计）",
            "counted once on a cluster (the export apart)",
            _hours(vehicles * cost["sail_us_a_row"] * 1e-6),
        ),
        Line("导出一次", "exported once", _hours(vehicles * cost["export_us_a_row"] * 1e-6)),
        Line(
            f"磁盘：首次，{nation['years']} 年后",
            f"disk: at first, after {nation['years']} years",
            f"{_gigabytes(vehicles * bytes_a_row)}, {_gigabytes(kept * bytes_a_row)}",
        ),
        Line(
            "内存峰值：接收，判定",
            "peak memory: taking in, judging",
            f"{cost['ingest_peak_mb'] / 1e3:.1f} GB, {cost['assess_peak_mb'] / 1e3:.1f} GB",
        ),
    ]


def _hours(seconds: float) -> str:
    hour, minute = 3600, 60
    if seconds >= hour:
        return f"{seconds / hour:.1f} h"
    return f"{seconds / minute:.1f} min" if seconds >= minute else f"{seconds:.0f} s"


def _gigabytes(size: float) -> str:
    return f"{size / 1e9:,.0f} GB"


def table(figures: dict[str, dict[str, Any]]) -> str:
    """The table in Markdown."""
    body = [f"| {line.zh} | {line.en} | {line.amount} |" for line in lines(figures)]
    return "\n".join(["| 项目 | what | 处理器时间或容量 |", "|---|---|---:|", *body])


def read_figures() -> dict[str, dict[str, Any]]:
    """What goes in."""
    return tomllib.loads(_FIGURES.read_text(encoding="utf-8"))


if __name__ == "__main__":
    print(table(read_figures()))
