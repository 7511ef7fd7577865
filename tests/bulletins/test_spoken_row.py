"""A row of figures in sentences: what was counted, what is asked for, what is lacking."""

from __future__ import annotations

from decimal import Decimal

import pytest

from monitor.bulletins.formats import NOTHING
from monitor.bulletins.parts import Figures, Values, Verdict
from monitor.bulletins.spoken_row import spoken
from monitor.bulletins.words import Words

ZH = Words("zh")


def row(**cells: object) -> Figures:
    given: dict[str, object] = {
        "mandate": "JX-F01",
        "period": "2020",
        "label": "南昌市",
        "division": "360100",
        "is_breakdown": False,
        "target": "≥ 75 %",
        "counted": "64",
        "new_energy": "46",
        "share": "71.87 %",
        "short_by": "2",
        "still_needed": NOTHING,
        "verdict": Verdict("not_met", "未达标", "✕", "bad"),
        "consequence": "",
        "remarks": (),
        "explain": "",
        "values": Values(short_by=Decimal(2)),
    }
    return Figures(**(given | cells))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cells", "unit", "said"),
    [
        (
            {},
            "share",
            "计入 64 辆，其中新能源 46 辆，占 71.87 %，要求 ≥ 75 %。尚差 2 辆新能源车。",
        ),
        (
            {"still_needed": "8", "values": Values(short_by=Decimal(2), still_needed=Decimal(8))},
            "share",
            (
                "计入 64 辆，其中新能源 46 辆，占 71.87 %，要求 ≥ 75 %。尚差 2 辆新能源车。"
                "其后连续新增 8 辆新能源车即可达到。"
            ),
        ),
        (
            {"still_needed": "无法补足"},
            "share",
            (
                "计入 64 辆，其中新能源 46 辆，占 71.87 %，要求 ≥ 75 %。尚差 2 辆新能源车。"
                "其后新增再多也不能达到。"
            ),
        ),
        (
            {"target": NOTHING, "short_by": NOTHING, "values": Values()},
            "share",
            "计入 64 辆，其中新能源 46 辆，占 71.87 %。",
        ),
        (
            {"new_energy": "46 至 50", "short_by": "0", "values": Values(short_by=Decimal(0))},
            "share",
            "计入 64 辆，其中新能源 46 至 50 辆，占 71.87 %，要求 ≥ 75 %。",
        ),
        (
            {
                "counted": NOTHING,
                "share": NOTHING,
                "target": "≥ 100,000",
                "new_energy": "1,382.5",
                "short_by": "98,617.5",
                "values": Values(short_by=Decimal("98617.5")),
            },
            "standard_vehicle",
            "已计 1,382.5 标准车，要求 ≥ 100,000。距目标尚差 98,617.5 标准车。",
        ),
        (
            {
                "counted": NOTHING,
                "new_energy": NOTHING,
                "share": NOTHING,
                "short_by": NOTHING,
                "values": Values(),
            },
            "share",
            "要求 ≥ 75 %。",
        ),
        (
            {
                "counted": "0",
                "new_energy": "0",
                "share": NOTHING,
                "target": NOTHING,
                "short_by": NOTHING,
                "values": Values(),
            },
            "share",
            "计入 0 辆，其中新能源 0 辆。",
        ),
    ],
)
def test_each_figure_is_said_as_the_row_shows_it(
    cells: dict[str, object], unit: str, said: str
) -> None:
    assert spoken(row(**cells), unit, ZH) == said
