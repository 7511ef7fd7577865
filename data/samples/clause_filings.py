"""A filing of any other kind than vehicles: a table by its headers, sent for a period."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dresses import Dress, Paper
from filings import Filing
from layouts import Cell

Row = dict[str, Cell]
_LABELS = {
    "permit": "禁区通行证",
    "facility": "充换电设施",
    "platform": "监控平台车辆清单",
    "battery": "退役动力电池",
    "tender": "采购项目",
    "building": "新建居民小区",
    "figure": "报送数值",
    "document": "文件与事项",
}
_FOLDERS = {"32": "nanjing", "35": "fujian", "36": "jiangxi"}
_PLACES = {"平潭": "平潭县", **{name: name for name in ("江苏省", "福建省", "江西省")}}
MADE_UP = "示例数据（虚构）"


def filing(
    kind: str,
    sender: tuple[str, str],
    period: str,
    received_at: str,
    rows: Sequence[Row],
    dress: Dress | None = None,
    *,
    office: str = "工业和信息化局",
) -> Filing:
    """The rows in their order, under the headers that any of them has; `sender` is code and name,
    `office` who fills the form in.
    """
    code, name = sender
    header = list(dict.fromkeys(column for row in rows for column in row))
    dress = dress or Dress()
    years = dict.fromkeys(part[:4] for part in period.split(".."))
    label, place = _LABELS[kind], _PLACES.get(name, f"{name}市")
    path = f"{_FOLDERS[code[:2]]}/{code}-{name}-{label}-{'-'.join(years)}{dress.suffix}"
    paper = Paper(
        header,
        [[row.get(column, "") for column in header] for row in rows],
        f"{place}{label}清单（{MADE_UP}）",
        f"{place}{office}",
        date.fromisoformat(received_at[:10]),
    )
    return Filing(path, kind, code, period, received_at, paper, dress)


def table(header: str, lines: str) -> list[Row]:
    """Rows written as lines of cells with | between them; `header` names the columns likewise."""
    names = header.split("|")
    rows: list[Row] = []
    for line in lines.strip().splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) != len(names):
            raise ValueError(line)
        rows.append(dict(zip(names, cells, strict=True)))
    return rows
