"""Parameters of an address: described once, for reading them and for the documentation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from starlette.requests import Request

from monitor.corridor.periods import read_day, read_moment, read_period
from monitor.model import Text
from monitor.site.api.refusals import refused

_LONGEST: Final = 2000
_LONGEST_NAME: Final = 40
_MOST_VALUES: Final = 100  # with the longest names, what one request line takes
_DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; `sort` is one of `SORTS`, `is_many` where it may stand several times."""

    name: str
    sort: str
    about: Text
    is_many: bool = False
    choices: tuple[str, ...] = ()

    @property
    def schema(self) -> dict[str, Any]:
        """Its JSON schema."""
        one = dict(SORTS[self.sort].schema)
        if self.choices:
            one["enum"] = list(self.choices)
        return {"type": "array", "items": one, "maxItems": _MOST_VALUES} if self.is_many else one


@dataclass(frozen=True, slots=True)
class Sort:
    """How a parameter is written and read; `read` raises `ValueError`."""

    read: Callable[[str], Any]
    schema: MappingProxyType[str, Any]
    words: Text


def _text(text: str) -> str:
    if not text or len(text) > _LONGEST or not text.isprintable():
        raise ValueError(text)
    return text


def _name(text: str) -> str:
    if len(text) > _LONGEST_NAME:
        raise ValueError(text)
    return _text(text)


def _flag(text: str) -> bool:
    if text not in {"true", "false"}:
        raise ValueError(text)
    return text == "true"


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise ValueError(text)
    return int(text)


def _sort(read: Callable[[str], Any], words: Text, **schema: Any) -> Sort:
    return Sort(read, MappingProxyType(schema), words)


SORTS: Final = MappingProxyType(
    {
        "text": _sort(
            _text,
            Text(f"1 到 {_LONGEST} 字的一行文字", f"one line of 1 to {_LONGEST} characters"),
            type="string",
            minLength=1,
            maxLength=_LONGEST,
        ),
        "name": _sort(
            _name,
            Text(
                f"1 到 {_LONGEST_NAME} 个字符的代码", f"a code of 1 to {_LONGEST_NAME} characters"
            ),
            type="string",
            minLength=1,
            maxLength=_LONGEST_NAME,
        ),
        "day": _sort(
            read_day,
            Text("日期，如 2020-12-31", "a day such as 2020-12-31"),
            type="string",
            format="date",
        ),
        "moment": _sort(
            read_moment,
            Text("时刻，如 2021-01-05T09:00+08:00", "a moment such as 2021-01-05T09:00+08:00"),
            type="string",
            format="date-time",
        ),
        "period": _sort(
            read_period,
            Text(
                "期间，如 2020、2020-06 或 2020-01..2020-06",
                "a period such as 2020, 2020-06 or 2020-01..2020-06",
            ),
            type="string",
        ),
        "flag": _sort(_flag, Text("true 或 false", "true or false"), type="boolean"),
        "count": _sort(_count, Text("非负整数", "a whole number"), type="integer", minimum=0),
    }
)


def read_query(request: Request, parameters: Sequence[Parameter]) -> dict[str, Any]:
    """The parameters of an address by name, those left out None (or none); raises `Refused`."""
    known = {one.name: one for one in parameters}
    given: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        if name not in known:
            listed = "、".join(known) or "—"
            raise _wrong(
                f"有不认识的参数。可用的参数：{listed}。",
                f"There is an unknown parameter. Known: {', '.join(known) or 'none'}.",
            )
        given.setdefault(name, []).append(value)
    return {one.name: read_parameter(one, given.get(one.name, [])) for one in parameters}


def read_parameter(one: Parameter, values: Sequence[str]) -> Any:
    """What stands for one parameter; raises `Refused` that names it and how it is written."""
    if len(values) > 1 and not one.is_many:
        raise _wrong(f"参数 {one.name} 重复。", f"The parameter {one.name} stands twice.")
    if len(values) > _MOST_VALUES:
        raise _wrong(
            f"参数 {one.name} 最多 {_MOST_VALUES} 个，收到 {len(values)} 个。",
            f"The parameter {one.name} stands {_MOST_VALUES} times at most, not {len(values)}.",
        )
    words = SORTS[one.sort].words
    if one.choices:
        words = Text("、".join(one.choices) + " 之一", "one of " + ", ".join(one.choices))
    try:
        read = [SORTS[one.sort].read(value) for value in values]
    except (ValueError, OverflowError):
        read = [_WRONG]
    if _WRONG in read or (one.choices and not set(read) <= set(one.choices)):
        raise _wrong(
            f"参数 {one.name} 不对：应为{words.zh}。",
            f"The parameter {one.name} is wrong: it is {words.en}.",
        )
    if one.is_many:
        return tuple(dict.fromkeys(read))
    return read[0] if read else None


_WRONG: Final = object()


def _wrong(zh: str, en: str) -> Exception:
    return refused("wrong_query", Text(zh, en))
