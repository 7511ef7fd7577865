"""The figure and the target of an answer in plain words, for every page and terminal alike."""

from __future__ import annotations

from decimal import Decimal

from monitor.assess.answer import ClauseAnswer, Wanted
from monitor.model import Text
from monitor.policy.policy import Policy

NOTHING = Text("—", "—")
_OPS = {
    "exists": Text("有", "to be there"),
    "non_decreasing": Text("不降低", "not lowered"),
    "rising": Text("逐次提高", "rising"),
}
_SIGNS = {
    ">=": Text("不低于", "at least"),
    ">": Text("超过", "more than"),
    "<=": Text("不超过", "at most"),
    "<": Text("低于", "less than"),
    "=": Text("为", ""),
    "range": Text("", ""),
    "about": Text("约", "about"),
}


def figure_of(answer: ClauseAnswer, policy: Policy) -> Text:
    """What is known: a share with its counts, or a value or range in its unit; else a dash."""
    if answer.denominator is not None:
        return _share(answer)
    if answer.value is None:
        return NOTHING
    is_rate = answer.target is not None and answer.target.op in {"non_decreasing", "rising"}
    if answer.measure == "document" and answer.unit is None and not is_rate:
        return Text(f"{answer.value} 项", f"{answer.value} reported")
    most = Decimal(answer.value_most) if answer.value_most is not None else None
    return number_text(Decimal(answer.value), most, answer.unit, policy)


def number_text(low: Decimal, high: Decimal | None, unit: str | None, policy: Policy) -> Text:
    """A number with its unit, to `high` where it is a range."""
    told = f"{low:,f}" if high is None else f"{low:,f}–{high:,f}"
    return _with_unit(told, unit, policy)


def _share(answer: ClauseAnswer) -> Text:
    numerator = str(answer.numerator)
    if answer.undetermined:
        numerator += f"–{(answer.numerator or 0) + answer.undetermined}"
    if answer.share is None:
        return NOTHING
    if answer.measure == "each":
        return Text(
            f"{answer.denominator} 个中 {numerator} 个达到",
            f"{numerator} of {answer.denominator} reach it",
        )
    percent = f"{Decimal(answer.share) * 100:f}".rstrip("0").rstrip(".")
    told = f"{numerator} / {answer.denominator}，{percent}%"
    return Text(told, told.replace("，", ", "))


def target_of(target: Wanted | None, policy: Policy) -> Text:
    """What is asked for; a dash where nothing is."""
    if target is None:
        return NOTHING
    if target.value is None:
        return _OPS.get(target.op, NOTHING)
    most = Decimal(target.value_most) if target.value_most is not None else None
    told = number_text(Decimal(target.value), most, target.unit, policy)
    sign = _SIGNS[target.op]
    return Text(
        f"{sign.zh} {told.zh}".strip(),
        f"{sign.en} {told.en}".strip(),
    )


def _with_unit(number: str, unit: str | None, policy: Policy) -> Text:
    if unit in {"%", None}:
        return Text(f"{number}{unit or ''}", f"{number}{unit or ''}")
    label = policy.codes["unit"].label(unit)
    return Text(f"{number} {label.zh}", f"{number} {label.en}")
