"""The verdict on a number that a clause asks for; ranges are ranges, and 约 is never given a
tolerance of ours.
"""

from __future__ import annotations

from decimal import Decimal

from monitor.assess.answer import Wanted
from monitor.policy.clause_targets import ClauseTarget

_WITHOUT_NUMBER = frozenset({"exists", "rising", "non_decreasing"})


def wanted_of(target: ClauseTarget) -> Wanted:
    """The target as an answer shows it."""
    if target.value_min is not None:
        return Wanted(target.op, target.value_min, target.value_max, target.unit)
    return Wanted(target.op, target.value, None, target.unit)


def reaches_number(value: Decimal, target: ClauseTarget) -> bool:
    """Whether one value is what the target asks for; a range is reached from its lower end on."""
    if target.op in _WITHOUT_NUMBER:
        return value > 0
    low = Decimal(target.value_min or target.value or 0)
    if target.op == "about":
        return low <= value <= Decimal(target.value_max or low)
    return {
        ">=": value >= low,
        ">": value > low,
        "=": value == low,
        "<=": value <= low,
        "<": value < low,
        "range": value >= low,
    }[target.op]


def number_status(low: Decimal, high: Decimal, target: ClauseTarget, *, complete: bool) -> str:
    """The verdict on a value that lies from `low` to `high`."""
    least, most = reaches_number(low, target), reaches_number(high, target)
    if least and most:
        return "met" if complete else "on_track"
    if least or most:
        return "undetermined"
    if target.op == "about":
        return "trend"
    return "not_met" if complete else "behind"


def exceeds(low: Decimal, target: ClauseTarget) -> bool:
    """Whether a value lies above the upper end of a range."""
    return target.op == "range" and low > Decimal(target.value_max or 0)


def plain(value: Decimal) -> str:
    """An exact decimal without an exponent or idle noughts."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
