"""Working days: against an independent table of every day, and against real holidays."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import chinese_calendar  # type: ignore[import-untyped]  # it publishes no types
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import PolicyError
from monitor.model import Text
from monitor.policy.calendars import WorkCalendar, load_calendar

ROOT = Path(__file__).resolve().parents[2]
CHINA = ROOT / "data/calendars/china.yml"
FIRST, LAST = date(2018, 1, 1), date(2026, 12, 31)
HELD = load_calendar(CHINA)
days = st.dates(FIRST, LAST)


def every_day() -> list[date]:
    return [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]


def test_every_day_of_nine_years_agrees_with_an_independent_table(calendar: WorkCalendar) -> None:
    assert len(every_day()) == 3287
    wrong = [
        day for day in every_day() if calendar.is_working(day) != chinese_calendar.is_workday(day)
    ]
    assert wrong == []


def test_every_year_has_the_number_of_its_notice(calendar: WorkCalendar) -> None:
    text = CHINA.read_text("utf-8")
    numbers = {
        2018: "国办发明电〔2017〕12号", 2019: "国办发明电〔2018〕15号",
        2020: "国办发明电〔2019〕16号", 2021: "国办发明电〔2020〕27号",
        2022: "国办发明电〔2021〕11号", 2023: "国办发明电〔2022〕16号",
        2024: "国办发明电〔2023〕7号", 2025: "国办发明电〔2024〕12号",
        2026: "国办发明电〔2025〕7号",
    }  # fmt: skip
    for year, number in numbers.items():
        assert f"关于{year}年部分节假日安排的通知\n    number: {number}\n" in text
    assert calendar.years == tuple(numbers)


@pytest.mark.parametrize(
    ("day", "first"),
    [
        ("2026-02-16", "2026-02-24"),  # Spring Festival, from Sunday 15 to Monday 23 February
        ("2025-10-06", "2025-10-09"),  # National Day and Mid-Autumn Festival
        ("2018-12-31", "2019-01-02"),  # New Year, across the year's end
        ("2018-01-01", "2018-01-02"),
        ("2024-01-01", "2024-01-02"),
        ("2020-01-27", "2020-02-03"),  # prolonged by a notice of 26 January 2020
        ("2019-05-03", "2019-05-05"),  # moved by a notice of 22 March 2019; a Sunday worked
        ("2026-11-23", "2026-11-23"),  # an ordinary Monday
    ],
)
def test_the_first_working_day(calendar: WorkCalendar, day: str, first: str) -> None:
    assert calendar.first_working(date.fromisoformat(day)) == date.fromisoformat(first)


def test_a_day_off_says_which_holiday_it_is(calendar: WorkCalendar) -> None:
    assert calendar.festival(date(2026, 2, 16)) == Text("春节", "Spring Festival")
    assert calendar.festival(date(2026, 2, 24)) is None
    assert calendar.festival(date(2026, 11, 21)) is None  # a Saturday is no holiday


def test_a_year_that_is_not_held_has_weekends_only(calendar: WorkCalendar) -> None:
    assert not calendar.knows(2027)
    assert not calendar.knows(2017)
    assert calendar.knows(2026)
    assert calendar.is_working(date(2027, 10, 1))
    assert not calendar.is_working(date(2027, 10, 2))  # a Saturday
    assert calendar.first_working(date(2027, 1, 2)) == date(2027, 1, 4)


@given(days)
def test_first_working_is_the_nearest_and_never_earlier(day: date) -> None:
    first = HELD.first_working(day)
    assert HELD.is_working(first)
    assert first >= day
    assert not any(HELD.is_working(day + timedelta(days=n)) for n in range((first - day).days))


@given(days, st.integers(0, 30))
def test_working_days_are_counted_over_holidays(day: date, count: int) -> None:
    before = HELD.working_days_before(day, count)
    behind = [day - timedelta(days=n) for n in range(1, (day - before).days + 1)]
    assert sum(map(HELD.is_working, behind)) == count
    assert count == 0 or HELD.is_working(before)


def test_five_working_days_before_a_day_after_spring_festival(calendar: WorkCalendar) -> None:
    # 24 Feb 2026 is the first day after the holiday; Saturday 14 was worked in its place.
    assert calendar.working_days_before(date(2026, 2, 24), 5) == date(2026, 2, 10)


GOOD = """
name: {zh: 某日历, en: A calendar}
weekend: [sat, sun]
festivals:
  new_year: {zh: 元旦, en: New Year}
  spring: {zh: 春节, en: Spring Festival}
notices:
  - year: 2026
    title: 通知
    number: 一号
    issued_on: 2025-11-04
    arrangements:
      - {festival: new_year, off: [2026-01-01, 2026-01-03], working: [2026-01-04]}
      - {festival: spring, off: [2026-02-15, 2026-02-23], working: [2026-02-14]}
"""


def test_the_small_calendar_loads(tmp_path: Path) -> None:
    (tmp_path / "c.yml").write_text(GOOD, "utf-8")
    assert load_calendar(tmp_path / "c.yml").is_working(date(2026, 1, 4))


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("[2026-01-04]", "[2026-01-05]", "2026-01-05"),  # a Monday is worked anyway
        ("[2026-01-04]", "[2026-01-03]", "2026-01-03"),  # off and worked
        ("[2026-02-15,", "[2026-01-03,", "2026-01-03"),  # off twice
        ("[2026-02-15, 2026-02-23]", "[2026-02-23, 2026-02-15]", "ends before it begins"),
        ("2026-02-23", "2027-02-23", "does not belong to 2026"),
        ("2026-01-01", "2025-11-30", "does not belong to 2026"),
        ("festival: spring", "festival: sping", "no such festival"),
        ("weekend: [sat, sun]", "weekend: [6, 7]", "weekend"),
        ("number: 一号", "number: 一号\n    number: 二号", "stands twice"),
        ("title: 通知", "title: 通知\n    titel: 通知", "titel"),
        ("working: [2026-01-04]", "working: [2026-01-04, 2026-01-04]", "2026-01-04"),
    ],
)
def test_a_slip_of_the_pen_stops_the_start(tmp_path: Path, old: str, new: str, word: str) -> None:
    assert old in GOOD
    path = tmp_path / "c.yml"
    path.write_text(GOOD.replace(old, new, 1), "utf-8")
    with pytest.raises(PolicyError, match=r"c\.yml") as refused:
        load_calendar(path)
    assert word in str(refused.value)


def test_notices_stand_in_the_order_in_which_they_were_issued(tmp_path: Path) -> None:
    earlier = GOOD[GOOD.index("  - year") :].replace("2025-11-04", "2025-10-01")
    path = tmp_path / "c.yml"
    path.write_text(GOOD + earlier.replace("一号", "二号"), "utf-8")
    with pytest.raises(PolicyError, match="by year, then by day of issue"):
        load_calendar(path)


def test_a_later_notice_replaces_the_festival_that_it_names(tmp_path: Path) -> None:
    later = """
  - year: 2026
    title: 调整
    number: 二号
    issued_on: 2026-01-26
    arrangements:
      - {festival: spring, off: [2026-02-15, 2026-02-25], working: []}
"""
    path = tmp_path / "c.yml"
    path.write_text(GOOD.rstrip() + later, "utf-8")
    calendar = load_calendar(path)
    assert calendar.first_working(date(2026, 2, 16)) == date(2026, 2, 26)
    assert not calendar.is_working(date(2026, 2, 14))
    assert calendar.is_working(date(2026, 1, 4))
