"""Figures by week as curves: this year against the target and against last year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from monitor.assess.forecast import Case, Forecast
from monitor.assess.weekly import Weekly, WeekPoint
from monitor.bulletins import formats, labels
from monitor.bulletins.figures import has_yardstick, is_share, target_of
from monitor.bulletins.overview import WHOLE, per_mille, value_of
from monitor.bulletins.picture_parts import Curve, CurvePicture, Place
from monitor.bulletins.words import Words
from monitor.model import Assessment, RowKey
from monitor.policy.policy import Policy

_ROOM: Final = Decimal("1.1")
_QUARTERS: Final = (1, 4, 7, 10)
_SHARE_TICKS: Final = (0, 250, 500, 750, 1000)
_MOST_CURVES: Final = 8


def curves_of(
    findings: Sequence[Assessment],
    weekly: Mapping[RowKey, Weekly],
    forecasts: Mapping[RowKey, Forecast],
    policy: Policy,
    words: Words,
) -> CurvePicture | None:
    """A curve for each finding with a number to meet; nothing where there is none to draw."""
    drawn = [
        curve_of(
            row,
            weekly[row.key],
            forecasts.get(row.key),
            title=labels.subject_of(row, policy, words),
            policy=policy,
            words=words,
        )
        for row in findings
        if has_yardstick(row, policy) and _has_line(weekly.get(row.key))
    ]
    return picture_of(words("逐周累计，与目标和去年相比"), drawn[:_MOST_CURVES], words)


def picture_of(title: str, drawn: Sequence[Curve], words: Words) -> CurvePicture | None:
    """Curves as one picture, with a text for whoever does not see it."""
    if not drawn:
        return None
    told = [
        words(
            "%(title)s：%(note)s，目前 %(end)s", title=one.title, note=one.note, end=one.end_label
        )
        for one in drawn
    ]
    return CurvePicture(
        title=title,
        curves=tuple(drawn),
        legend=(words("本年"), words("去年"), words("目标"), words("年末预测（低、预计、高）")),
        alt=words("图：%(told)s。", told=words("；").join(told)),
    )


def _has_line(weekly: Weekly | None) -> bool:
    return weekly is not None and any(
        point.denominator is None or point.denominator > 0 for point in weekly.this_year
    )


def curve_of(
    row: Assessment,
    weekly: Weekly,
    forecast: Forecast | None,
    *,
    title: str,
    policy: Policy,
    words: Words,
) -> Curve:
    """One row's weeks on paper; shares on an axis to 100 %, counts on one of their own."""
    axis = _axis(row, weekly, forecast)
    lines = [_line(points, axis) for points in (weekly.this_year, weekly.last_year)]
    is_open = any(point.undetermined for point in weekly.this_year)
    verdict = labels.verdict(row.status, words)
    asked = target_of(row, policy, words)
    target = Decimal(row.target.value) if row.target and row.target.value else None
    return Curve(
        title=title,
        note=words("%(word)s，要求 %(asked)s", word=verdict.word, asked=asked)
        if asked != formats.NOTHING
        else verdict.word,
        tone=verdict.tone,
        this_year=lines[0],
        possible=_line(weekly.this_year, axis, most=True) if is_open else (),
        last_year=lines[1],
        target=None if target is None else per_mille(target, axis or Decimal(1)),
        target_label=asked,
        forecast=None if forecast is None else _ahead(forecast, axis),
        y_labels=_y_labels(axis),
        x_labels=tuple(
            (_across(start), formats.month(start, words))
            for start in (date(int(row.period), month, 1) for month in _QUARTERS)
        ),
        end_label=value_of(row, policy, words),
    )


def _axis(row: Assessment, weekly: Weekly, forecast: Forecast | None) -> Decimal | None:
    """The highest count that is drawn, with room above; None for shares."""
    if is_share(row):
        return None
    counts = [Decimal(p.numerator + p.undetermined) for p in (*weekly.this_year, *weekly.last_year)]
    if row.target and row.target.value:
        counts.append(Decimal(row.target.value))
    if forecast is not None:
        counts.append(Decimal(forecast.high.numerator))
    return max(counts, default=Decimal(1)) * _ROOM or Decimal(1)


def _line(
    points: Sequence[WeekPoint], axis: Decimal | None, *, most: bool = False
) -> tuple[Place, ...]:
    return tuple(
        (_across(point.on), _height(point, axis, most=most))
        for point in points
        if point.denominator is None or point.denominator > 0
    )


def _height(point: WeekPoint, axis: Decimal | None, *, most: bool) -> int:
    counted = Decimal(point.numerator + (point.undetermined if most else 0))
    return per_mille(counted, axis if axis is not None else Decimal(point.denominator or 0))


def _across(on: date) -> int:
    """How far a day lies through its calendar year."""
    year = date(on.year, 12, 31).timetuple().tm_yday
    return (on.timetuple().tm_yday - 1) * WHOLE // (year - 1)


def _ahead(forecast: Forecast, axis: Decimal | None) -> tuple[int, int, int]:
    def place(case: Case) -> int:
        whole = axis if axis is not None else Decimal(case.denominator or 0)
        return per_mille(Decimal(case.numerator), whole)

    return (place(forecast.low), place(forecast.expected), place(forecast.high))


def _y_labels(axis: Decimal | None) -> tuple[tuple[int, str], ...]:
    if axis is None:
        return tuple((tick, f"{tick // 10} %") for tick in _SHARE_TICKS)
    step = _round_step(int(axis))
    return tuple(
        (per_mille(Decimal(count), axis), formats.number(count))
        for count in range(0, int(axis) + 1, step)
    )


def _round_step(highest: int) -> int:
    """A round step that leaves at most five labels."""
    magnitude = 1
    while True:
        for lead in (1, 2, 5):
            if lead * magnitude * 5 >= highest:
                return lead * magnitude
        magnitude *= 10
