"""Dated lists of townships: what counts, which list holds on a day, what a row means, refusals."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import PolicyError
from monitor.policy.divisions import DivisionTable
from monitor.policy.policy import Policy, load_policy
from monitor.policy.project import project_root
from monitor.policy.townships import TownshipList, TownshipLists, load_townships

SAMPLE = project_root() / "data" / "examples" / "townships"
FILE = SAMPLE / "data" / "townships" / "fujian.yml"
GOOD = FILE.read_text(encoding="utf-8")
FUJIAN = "350000"


@cache
def loaded() -> Policy:
    return load_policy()


@pytest.fixture
def divisions() -> DivisionTable:
    return loaded().divisions


@cache
def sample_list() -> TownshipList:
    held = load_townships([FILE], loaded().divisions).on(FUJIAN, date(2025, 12, 31))
    assert held is not None
    return held


@pytest.fixture
def sample() -> TownshipList:
    return sample_list()


def test_the_project_has_no_list_of_its_own() -> None:
    assert loaded().townships.on(FUJIAN, date(2025, 12, 31)) is None


def test_a_province_keeps_its_own_in_a_config_folder() -> None:
    own = load_policy(SAMPLE)
    held = own.townships.on(FUJIAN, date(2025, 12, 31))
    assert held is not None
    assert held.illustrative
    assert own.townships.on("360000", date(2025, 12, 31)) is None
    # What a verdict rests on is part of the ruleset, and is kept with it.
    assert own.ruleset != loaded().ruleset
    assert FILE in own.files


def test_subdistricts_are_listed_apart(sample: TownshipList) -> None:
    assert {one.name for one in sample.subdistricts} == {
        "茶园街道", "王庄街道", "甘蔗街道", "海坛街道",
    }  # fmt: skip
    assert len(sample.townships) == 16
    assert {one.name[-1] for one in sample.townships} == {"乡", "镇"}


@pytest.mark.parametrize(
    ("code", "name", "county", "found"),
    [
        ("350121100", None, None, "350121100"),
        ("350121100000", None, None, "350121100"),  # twelve digits, as villages have
        ("350121100", "鼓山镇", "350111", "350121100"),  # the code says it
        ("350121999", "上街镇", "350121", None),  # a code that is not listed is no other place
        (None, "上街镇", "350121", "350121100"),
        (None, " 上街镇 ", "350100", "350121100"),  # only the city is known
        ("3.5E+08", "上街镇", "350121", "350121100"),
        (None, "上街镇", "350111", None),
        (None, "上街镇", "360102", None),
        (None, "海坛街道", "350128", "350128001"),
        (None, None, "350121", None),
    ],
)
def test_what_a_row_means(
    sample: TownshipList, code: str | None, name: str | None, county: str, found: str | None
) -> None:
    township = sample.find(code=code, name=name, county=county)
    assert (township.code if township else None) == found


def test_a_name_that_two_counties_have_means_none_of_them(
    tmp_path: Path, divisions: DivisionTable
) -> None:
    file = tmp_path / "fujian.yml"
    file.write_text(GOOD.replace("寿山乡", "上街镇"), encoding="utf-8")
    held = load_townships([file], divisions).on(FUJIAN, date(2025, 12, 31))
    assert held is not None
    assert held.find(code=None, name="上街镇", county="350100") is None
    both = [held.find(code=None, name="上街镇", county=one) for one in ("350111", "350121")]
    assert [one.code for one in both if one] == ["350111200", "350121100"]


DAYS = st.dates(date(2020, 1, 1), date(2026, 12, 31))


@given(st.lists(DAYS, unique=True, min_size=1, max_size=5), DAYS)
def test_the_last_list_up_to_a_day_holds(days: list[date], judged: date) -> None:
    lists = TownshipLists()
    for day in days:
        lists.add(FILE, sample_list().model_copy(update={"as_of": day}))
    held = lists.on(FUJIAN, judged)
    assert held is not None
    before = [day for day in days if day <= judged]
    assert held.as_of == (max(before) if before else min(days))


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("as_of: 2024-12-31\n", "", "as_of"),
        ("source: 示例数据（虚构）\n", "", "source"),
        ("illustrative: true", "made_up: true", "made_up"),
        ('province: "350000"', 'province: "360000"', "no county of 360000"),
        ('province: "350000"', 'province: "990000"', "990000"),
        ('"350128":', '"350199":', "350199"),
        ("350111100", "350112100", "350112100"),
        ("350111100", "35011110", "code"),
        ("350111101", "350111100", "350111100 新店镇 stands twice"),
        ("新店镇", "鼓山镇", "stands twice"),
        ("name: 茶园街道, is_subdistrict: true", "name: 茶园街道", "茶园街道"),
        ("name: 鼓山镇", "name: 鼓山镇, is_subdistrict: true", "鼓山镇"),
    ],
)
def test_a_faulty_list_is_refused(
    tmp_path: Path, divisions: DivisionTable, old: str, new: str, word: str
) -> None:
    assert old in GOOD
    file = tmp_path / "fujian.yml"
    file.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PolicyError) as refused:
        load_townships([file], divisions)
    assert word in refused.value.text.en
    assert "fujian.yml" in refused.value.text.en


def test_two_lists_of_one_day_are_refused(divisions: DivisionTable) -> None:
    with pytest.raises(PolicyError, match="already"):
        load_townships([FILE, FILE], divisions)
