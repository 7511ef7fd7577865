"""Who reports what by when: the project's readings, and any calendar of due dates."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import PolicyError
from monitor.model import Period
from monitor.policy.calendars import WorkCalendar, load_calendar
from monitor.policy.due_dates import DueItem, ReportingRules, load_reporting
from monitor.policy.policy import Policy, load_policy

ROOT = Path(__file__).resolve().parents[2]
REPORTING = ROOT / "data/calendars/reporting.yml"
ALWAYS = (date(2010, 1, 1), date(2040, 1, 1))


@pytest.fixture(scope="module")
def rules(policy: Policy) -> ReportingRules:
    return load_reporting(REPORTING, policy.divisions, frozenset(policy.rules))


def test_a_year_is_due_in_mid_january_of_the_next(
    rules: ReportingRules, policy: Policy, calendar: WorkCalendar
) -> None:
    found = rules.items(policy.divisions, calendar, *ALWAYS)
    assert sorted({(one.rule, one.period_name, one.due_on.isoformat()) for one in found}) == [
        ("FJ-procurement", "2022", "2023-01-20"),
        ("FJ-procurement", "2023", "2024-01-22"),  # 20 January was a Saturday
        ("FJ-procurement", "2024", "2025-01-20"),
        ("FJ-procurement", "2025", "2026-01-20"),
        ("FJ-registration", "2022", "2023-01-16"),  # 15 January was a Sunday
        ("FJ-registration", "2023", "2024-01-15"),
        ("FJ-registration", "2024", "2025-01-15"),
        ("FJ-registration", "2025", "2026-01-15"),
        ("JX-procurement", "2018", "2019-01-21"),  # 20 January was a Sunday
        ("JX-procurement", "2019", "2020-01-20"),
        ("JX-procurement", "2020", "2021-01-20"),
        ("JX-registration", "2018", "2019-01-15"),
        ("JX-registration", "2019", "2020-01-15"),
        ("JX-registration", "2020", "2021-01-15"),
        ("NJ-registration", "2019", "2020-01-15"),
        ("NJ-registration", "2020", "2021-01-15"),
    ]


def test_registrations_are_due_from_every_division_and_contracts_from_the_province(
    rules: ReportingRules, policy: Policy, calendar: WorkCalendar
) -> None:
    found = rules.items(policy.divisions, calendar, date(2019, 1, 1), date(2019, 12, 31))
    owing = {(one.kind, one.division) for one in found}
    jiangxi = policy.divisions.members("360000")
    assert len(jiangxi) == 12
    assert owing == {("registration", code) for code in jiangxi} | {("procurement", "360000")}


def test_of_jiangsu_only_nanjing_owes_anything(
    rules: ReportingRules, policy: Policy, calendar: WorkCalendar
) -> None:
    found = rules.items(policy.divisions, calendar, *ALWAYS)
    assert {one.division for one in found if one.division.startswith("32")} == {"320100"}


def test_a_duty_lives_no_longer_than_the_clauses_that_it_serves(
    rules: ReportingRules, policy: Policy
) -> None:
    for rule in rules.rules:
        served = [
            mandate
            for mandate in policy.mandates.values()
            if mandate.jurisdiction in rule.areas and mandate.targets
        ]
        assert rule.valid_to == max(mandate.valid_to for mandate in served), rule.id
        assert rule.valid_from >= min(mandate.valid_from for mandate in served), rule.id


def test_every_duty_says_that_it_is_a_reading_and_whose(rules: ReportingRules) -> None:
    for rule in rules.rules:
        assert "不是条文" in rule.source.zh
        assert "not a clause" in rule.source.en
        assert rule.readings
        assert all(reading.by and reading.on for reading in rule.readings)


def test_the_interval_takes_its_ends_in(
    rules: ReportingRules, policy: Policy, calendar: WorkCalendar
) -> None:
    on = date(2019, 1, 15)
    day = timedelta(days=1)
    assert len(rules.items(policy.divisions, calendar, on, on)) == 12
    assert rules.items(policy.divisions, calendar, on + day, on + 5 * day) == ()
    assert rules.items(policy.divisions, calendar, on - 5 * day, on - day) == ()


RULE = """
rules:
  - id: T
    kind: registration
    areas: ["360100"]
    every: month
    day: 10
    valid_from: 2025-01-01
    valid_to: 2026-12-31
    remind_before_days: [5]
    remind_after_days: [1, 7]
    escalate_after_days: [14]
    source: {zh: 约定, en: agreed}
"""


def loaded(tmp_path: Path, text: str, policy: Policy) -> ReportingRules:
    path = tmp_path / "reporting.yml"
    path.write_text(text, "utf-8")
    return load_reporting(path, policy.divisions, frozenset(policy.rules))


def due(rules: ReportingRules, policy: Policy, calendar: WorkCalendar) -> list[tuple[str, str]]:
    found = rules.items(policy.divisions, calendar, *ALWAYS)
    return [(one.period_name, one.due_on.isoformat()) for one in found]


def test_months_are_due_after_holidays(
    tmp_path: Path, policy: Policy, calendar: WorkCalendar
) -> None:
    found = dict(due(loaded(tmp_path, RULE, policy), policy, calendar))
    assert len(found) == 24
    assert found["2025-09"] == "2025-10-10"
    assert found["2026-09"] == "2026-10-10"  # a Saturday that is worked
    assert found["2026-12"] == "2027-01-11"  # 10 January 2027 is a Sunday; that year is not held
    early = loaded(tmp_path, RULE.replace("day: 10", "day: 5"), policy)
    assert dict(due(early, policy, calendar))["2025-09"] == "2025-10-09"  # after National Day


def test_quarters_that_are_not_whole_are_not_asked_for(
    tmp_path: Path, policy: Policy, calendar: WorkCalendar
) -> None:
    text = RULE.replace("every: month", "every: quarter").replace("2025-01-01", "2025-02-01")
    text = text.replace("2026-12-31", "2026-12-30")
    found = due(loaded(tmp_path, text, policy), policy, calendar)
    assert [name for name, _ in found] == [
        *("2025-04..2025-06", "2025-07..2025-09", "2025-10..2025-12"),
        *("2026-01..2026-03", "2026-04..2026-06", "2026-07..2026-09"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('["360100"]', '["369900"]', "no such division"),
        ("kind: registration", "kind: registrations", "no such kind"),
        ("    valid_to: 2026-12-31\n", "", "valid_to"),
        ("valid_to: 2026", "valid_to: 2024", "lies before"),
        ("day: 10", "day: 31", "day"),
        ("every: month", "every: week", "every"),
        ("[1, 7]", "[-1, 7]", "remind_after_days"),
        ("every: month", "every: month\n    evry: month", "evry"),
        ("    source: {zh: 约定, en: agreed}\n", "", "source"),
        ('areas: ["360100"]', "areas: []", "areas"),
    ],
)
def test_a_wrong_duty_stops_the_start_with_its_line(
    tmp_path: Path, policy: Policy, old: str, new: str, word: str
) -> None:
    assert old in RULE
    with pytest.raises(PolicyError, match=r"reporting\.yml line \d+") as refused:
        loaded(tmp_path, RULE.replace(old, new), policy)
    assert word in str(refused.value)


def test_the_same_duty_twice_at_one_time_is_refused(tmp_path: Path, policy: Policy) -> None:
    entry = RULE.removeprefix("\nrules:\n")
    with pytest.raises(PolicyError, match="the same duty"):
        loaded(tmp_path, RULE + entry, policy)
    with pytest.raises(PolicyError, match="the same duty"):
        loaded(tmp_path, RULE + entry.replace("id: T", "id: U"), policy)
    later = entry.replace("id: T", "id: U").replace("2026-12-31", "2027-12-31")
    later = later.replace("2025-01-01", "2027-01-01")
    assert len(loaded(tmp_path, RULE + later, policy).rules) == 2


def test_an_item_keeps_its_key_when_its_day_moves() -> None:
    period = Period(date(2025, 1, 1), date(2025, 3, 31))
    one = DueItem("FJ-q", "registration", "350100", period, date(2025, 4, 7))
    other = DueItem("FJ-q", "registration", "350100", period, date(2025, 4, 8))
    assert one.key == other.key == "FJ-q|350100|2025-01..2025-03"


HELD = load_calendar(ROOT / "data/calendars/china.yml")
POLICY = load_policy()
RULES = load_reporting(REPORTING)


@given(st.dates(date(2018, 1, 1), date(2027, 1, 1)), st.integers(0, 900), st.integers(0, 900))
def test_no_item_is_lost_or_doubled_between_two_intervals(
    start: date, first: int, second: int
) -> None:
    middle = start + timedelta(days=first)
    end = middle + timedelta(days=second)
    whole = RULES.items(POLICY.divisions, HELD, start, end)
    parts = (
        *RULES.items(POLICY.divisions, HELD, start, middle),
        *RULES.items(POLICY.divisions, HELD, middle + timedelta(days=1), end),
    )
    assert whole == parts
    assert len({item.key for item in whole}) == len(whole)
    assert all(HELD.is_working(item.due_on) for item in whole)
