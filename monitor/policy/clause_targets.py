"""What a clause asks for, in the clause's own unit, and what the document says was so before."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, Self

from pydantic import ValidationInfo, field_validator, model_validator

from monitor.policy.codes import BilingualText, CodeTable, Strict, decimal_text
from monitor.policy.mandates import Strength

TargetOp = Literal[
    ">=", ">", "=", "<=", "<", "range", "about", "exists", "non_decreasing", "rising"
]

_COMPARING = {">=", ">", "=", "<=", "<"}
_WITHOUT_NUMBER = {"exists", "non_decreasing", "rising"}


def _decimal(value: str | None) -> str | None:
    return value if value is None else decimal_text(value)


def _known_unit(unit: str | None, info: ValidationInfo) -> str | None:
    codes: dict[str, CodeTable] = (info.context or {})["codes"]
    if unit is not None and ("unit" not in codes or unit not in codes["unit"].entries):
        message = f"unit has no code {unit!r} / 代码表 unit 中没有 {unit}"
        raise ValueError(message)
    return unit


class Threshold(Strict):
    """What one counted thing must itself reach: a maker of more than so many vehicles."""

    op: Literal[">=", ">", "<=", "<"]
    value: str
    unit: str
    what: BilingualText

    _decimals = field_validator("value")(_decimal)
    _units = field_validator("unit")(_known_unit)


class ClauseTarget(Strict):
    """What is asked for, in the clause's own unit.

    `period` is a calendar year, absent where the text names none; `every_year` asks for each whole
    calendar year of the life. `range` has both ends, `about` has no tolerance: none is invented.
    `strength` is the target's own where it is not the clause's.
    """

    period: int | None = None
    every_year: bool = False
    op: TargetOp
    value: str | None = None
    value_min: str | None = None
    value_max: str | None = None
    unit: str | None = None
    item: BilingualText | None = None
    threshold: Threshold | None = None
    strength: Strength | None = None

    _decimals = field_validator("value", "value_min", "value_max")(_decimal)
    _units = field_validator("unit")(_known_unit)

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        single = self.value is not None
        ends = (self.value_min is not None, self.value_max is not None)
        right = {
            "range": not single and all(ends),
            "about": (single and not any(ends)) or (not single and all(ends)),
        }.get(
            self.op,
            single is (self.op in _COMPARING) and not any(ends),
        )
        if not right:
            message = f"the numbers do not fit {self.op} / 数值与 {self.op} 不符"
            raise ValueError(message)
        if self.value_min and self.value_max and Decimal(self.value_min) >= Decimal(self.value_max):
            message = "value_min must be below value_max / value_min 须小于 value_max"
            raise ValueError(message)
        if (self.unit is None) != (self.op in _WITHOUT_NUMBER):
            message = "a number has a unit, and nothing else has / 有数值才有单位"
            raise ValueError(message)
        if self.every_year and self.period is not None:
            message = "either one period or every year / period 与 every_year 只能有一个"
            raise ValueError(message)
        return self


class Baseline(Strict):
    """What the document says was so before, to tell progress by; never a target."""

    period: int
    op: Literal["=", "about"]
    value: str
    unit: str
    words: str

    _decimals = field_validator("value")(_decimal)
    _units = field_validator("unit")(_known_unit)
