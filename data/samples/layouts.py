"""What stands in which column, for each way of naming the columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from fleet import CATEGORY_NAMES, Vehicle

Cell = str | int | date
Value = Callable[[Vehicle], Cell]

_TYPES = {
    "K11": "大型普通客车",
    "K21": "中型普通客车",
    "K31": "小型普通客车",
    "K32": "小型越野客车",
    "K33": "小型轿车",
    "H31": "轻型普通货车",
    "H32": "轻型厢式货车",
    "H42": "微型厢式货车",
    "Z51": "重型专项作业车",
    "Z71": "轻型专项作业车",
}
_LETTERS = {
    "bev": "C",
    "phev": "O",
    "hev": "O",
    "hybrid": "O",
    "petrol": "A",
    "diesel": "B",
    "gas": "E",
}
_USES = {
    "非营运": "A",
    "公路客运": "B",
    "公交客运": "C",
    "出租客运": "D",
    "旅游客运": "E",
    "货运": "F",
    "租赁": "G",
    "警用": "H",
    "预约出租客运": "T",
}

OWN: dict[str, Value] = {
    "车辆识别代号": lambda v: v.vin,
    "号牌号码": lambda v: v.plate,
    "号牌种类": lambda v: v.plate_kind,
    "车辆类型": lambda v: _TYPES[v.model.type_code],
    "车辆型号": lambda v: v.model.name,
    "燃料种类": lambda v: v.fuel_name,
    "初次登记日期": lambda v: v.registered_on,
    "行政区划代码": lambda v: v.county,
    "车辆用途": lambda v: CATEGORY_NAMES[v.category],
    "使用性质": lambda v: v.use,
    "所有人": lambda v: v.owner.name,
    "统一社会信用代码": lambda v: v.owner.code,
    "单位性质": lambda v: v.owner.kind,
    "新增原因": lambda v: v.reason,
    "运营区域": lambda v: v.area,
    "豁免情形": lambda v: v.exemption,
    "业务类型": lambda v: v.business,
    "注销日期": lambda v: v.retired_on or "",
    "续驶里程": lambda v: v.model.range_km or "",
    "最大设计总质量": lambda v: v.model.mass_kg,
    "快充": lambda v: v.fast_charge,
}

JIANGXI = tuple(OWN)[:14]
FUJIAN = tuple(OWN)[:16]
NANJING = (*tuple(OWN)[:14], *tuple(OWN)[18:])

# What some cities write instead; every one is an alias of the project's column maps.
ALIASES = {
    "车辆识别代号": "车架号",
    "号牌号码": "车牌号",
    "初次登记日期": "注册日期",
    "燃料种类": "能源类型",
    "所有人": "机动车所有人",
    "车辆型号": "厂牌型号",
}

# Short names of the police's database; 号牌号码 lacks the province, 发证机关 gives it back.
POLICE: dict[str, Value] = {
    "hpzl": lambda v: v.plate_kind,
    "hphm": lambda v: v.plate[1:],
    "clxh": lambda v: v.model.name,
    "clsbdh": lambda v: v.vin,
    "cllx": lambda v: v.model.type_code,
    "syxz": lambda v: _USES[v.use],
    "syr": lambda v: v.owner.name,
    "ccdjrq": lambda v: v.registered_on,
    "fzjg": lambda v: v.plate[:2],
    "glbm": lambda v: f"{v.county}000400",
    "rlzl": lambda v: _LETTERS[v.energy],
    "zzl": lambda v: v.model.mass_kg,
    "zt": lambda v: "AQ" if v.vin.endswith("7") else "A",
}

# Field names of a bus company's ledger beside those of the register.
LEDGER: dict[str, Value] = {
    "busFrameId": lambda v: v.vin,
    "carNo": lambda v: v.plate,
    "carType": lambda v: _TYPES[v.model.type_code],
    "vehicleType": lambda v: v.model.name,
    "fuelType": lambda v: v.fuel_name,
    "busRegDate": lambda v: v.registered_on,
    "行政区划代码": lambda v: v.county,
    "车辆用途": lambda v: CATEGORY_NAMES[v.category],
    "所有人": lambda v: v.owner.name,
    "统一社会信用代码": lambda v: v.owner.code,
    "单位性质": lambda v: v.owner.kind,
    "新增原因": lambda v: v.reason,
}

# Columns that no map knows: kept and echoed by the product, never an error.
EXTRA: dict[str, Value] = {
    "号牌颜色": lambda v: {"51": "黄绿双拼", "52": "渐变绿", "01": "黄", "23": "白"}.get(
        v.plate_kind, "蓝"
    ),
    "核定载客": lambda v: {"K11": 40, "K21": 17, "K31": 7}.get(v.model.type_code, 5),
    "备注": lambda _: "",
}

# The upper line of a two-line header: over which columns it stands.
GROUPS = (
    ("车辆情况", ("号牌号码", "号牌种类", "车辆类型", "车辆型号", "燃料种类")),
    ("登记情况", ("初次登记日期", "行政区划代码", "车辆用途", "使用性质")),
    ("所有人情况", ("所有人", "统一社会信用代码", "单位性质")),
)


def table(
    vehicles: Sequence[Vehicle], names: str, columns: Sequence[str], *, extra: bool, numbered: bool
) -> tuple[list[str], list[list[Cell]]]:
    """The header and the rows of a file, cells as plain values."""
    if names == "police":
        chosen = dict(POLICE)
    elif names == "ledger":
        chosen = dict(LEDGER)
    else:
        chosen = {name: OWN[name] for name in columns}
    if extra:
        chosen |= EXTRA
    header = [ALIASES.get(name, name) if names == "alias" else name for name in chosen]
    rows: list[list[Cell]] = [[value(v) for value in chosen.values()] for v in vehicles]
    if numbered:
        header = ["xh" if names == "police" else "序号", *header]
        rows = [[number, *row] for number, row in enumerate(rows, 1)]
    return header, rows
