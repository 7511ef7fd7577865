"""Numbers, days and spans as readers see them; nothing here works a figure out."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Final

from babel.dates import format_date, format_interval

from monitor.bulletins.words import Words
from monitor.model import SHANGHAI, Language, Period, Target, month_end

NOTHING: Final = "—"
_LOCALES: Final[dict[Language, str]] = {"zh": "zh_CN", "en": "en_GB"}
_SIGNS: Final = {">=": "≥", ">": ">"}


def number(value: int | str) -> str:
    """A count or a decimal string, with thousands separated and every digit kept."""
    return f"{Decimal(value):,f}"


def signed(value: int | Decimal) -> str:
    """A change with its sign; nought is a dash."""
    return f"{value:+,f}" if isinstance(value, Decimal) and value else _signed_whole(int(value))


def _signed_whole(value: int) -> str:
    return f"{value:+,}" if value else NOTHING


def is_zero(value: int | str) -> bool:
    """Whether a count or a decimal string is nought."""
    return Decimal(value) == 0


def ranged(numerator: int | str, undetermined: int | str, words: Words) -> str:
    """A count, or its least and greatest where some vehicles are undetermined."""
    if is_zero(undetermined):
        return number(numerator)
    most = Decimal(numerator) + Decimal(undetermined)
    return words("%(least)s 至 %(most)s", least=number(numerator), most=f"{most:,f}")


def percent(share: str) -> str:
    """A share of 0..1 as per cent, all its digits kept: 0.5500 is 55.00 %."""
    return f"{Decimal(share).scaleb(2):f} %"


def percent_short(share: str) -> str:
    """A target of 0..1 as per cent without idle zeros."""
    points = Decimal(share).scaleb(2).normalize()
    return f"{points:f} %"


def target_value(target: Target) -> str:
    """What a target asks for, without its sign."""
    return percent_short(target.value) if target.unit == "share" else number(target.value)


def target_sign(target: Target) -> str:
    """What a target asks for, with its sign: ≥ 55 %."""
    return f"{_SIGNS.get(target.op, target.op)} {target_value(target)}"


def day(on: date, words: Words) -> str:
    """A day in full."""
    return _day(on, words.language)


@lru_cache(maxsize=4096)
def _day(on: date, language: Language) -> str:
    # Babel looks a locale's name up among all of them each time; a run says few days, often.
    return format_date(on, "long", locale=_LOCALES[language])


def month(on: date, words: Words) -> str:
    """A month in short, as an axis shows it."""
    return _month(on, words.language)


@lru_cache(maxsize=64)
def _month(on: date, language: Language) -> str:
    return format_date(on, "LLL", locale=_LOCALES[language])


def moment(at: datetime, words: Words) -> str:
    """A moment in Shanghai time, to the minute."""
    local = at.astimezone(SHANGHAI)
    return words(
        "%(day)s %(time)s（北京时间）", day=day(local.date(), words), time=f"{local:%H:%M}"
    )


def span(period: Period, words: Words) -> str:
    """From when to when; whole months are told as months."""
    return _span(period, words.language)


@lru_cache(maxsize=4096)
def _span(period: Period, language: Language) -> str:
    start, end = period
    months = start.day == 1 and end == month_end(end)
    return format_interval(
        start, end, skeleton="yMMMM" if months else "yMMMd", locale=_LOCALES[language]
    )
