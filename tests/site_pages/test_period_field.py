"""A period in one field: what is shown is read back, and what people write is understood."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Period
from monitor.site.period_field import period_field, read_period_field

DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))


@given(DAYS, DAYS)
def test_what_is_shown_is_read_back(one: date, other: date) -> None:
    period = Period(min(one, other), max(one, other))
    assert read_period_field(period_field(period)) == period


@given(st.text(max_size=30))
def test_anything_typed_is_a_period_nothing_or_wrong(text: str) -> None:
    try:
        period = read_period_field(text)
    except (ValueError, OverflowError):
        return
    assert period is None or period.start <= period.end


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2020", "2020-01-01", "2020-12-31"),
        ("２０２０年", "2020-01-01", "2020-12-31"),
        ("2020年6月", "2020-06-01", "2020-06-30"),
        ("2020/6", "2020-06-01", "2020-06-30"),
        ("2020-01 至 2020-06", "2020-01-01", "2020-06-30"),
        ("2020年1-6月", "2020-01-01", "2020-06-30"),
        ("2020年1月至6月", "2020-01-01", "2020-06-30"),
        ("2020.1.5 - 2020.2.3", "2020-01-05", "2020-02-03"),
    ],
)
def test_what_people_write(text: str, start: str, end: str) -> None:
    assert read_period_field(text) == Period(date.fromisoformat(start), date.fromisoformat(end))


@pytest.mark.parametrize("text", ["去年", "2020-13", "2020-06..2020-01", "20-01", "1..2..3"])
def test_what_cannot_be_meant(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # which of them says nothing more
        read_period_field(text)
