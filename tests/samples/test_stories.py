"""The demo's province: every story of `data/samples/stories.yml`, through the commands."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from journey.answers import run_fleetmon
from sample_home import sample_receipts, samples_taken_in

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
# BaseLoader leaves days and moments as they are written.
STORIES = (SAMPLES / "stories.yml").read_text(encoding="utf-8")
TOLD: dict[str, Any] = yaml.load(STORIES, yaml.BaseLoader)  # noqa: S506  it builds text only
LAST_DAYS = {"36": "2020-12-31", "35": "2025-12-31"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return samples_taken_in(tmp_path_factory) / "home"


@pytest.fixture(scope="module")
def receipts(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    return sample_receipts(tmp_path_factory)


@pytest.fixture(scope="module")
def pictures(home: Path) -> dict[tuple[str, str], Any]:
    """Assessments by (as_of, known_at), each asked for once."""
    asked = {(day_of(story), story.get("known_at", "")) for story in TOLD["stories"]}
    return {
        (day, moment): run_fleetmon(
            *(home, "assess", "--json", "--as-of", day),
            *(("--known-at", moment) if moment else ()),
        ).document["assessments"]
        for day, moment in sorted(asked)
    }


def day_of(story: dict[str, Any]) -> str:
    return str(story.get("as_of", LAST_DAYS[story["division"][:2]]))


def test_no_file_is_refused(receipts: list[dict[str, Any]]) -> None:
    assert [r["file"] for r in receipts if r["status"] in {"refused", "duplicate"}] == []


@pytest.mark.parametrize("told", TOLD["findings"], ids=lambda told: told["file"])
def test_findings(told: dict[str, Any], receipts: list[dict[str, Any]]) -> None:
    name = Path(told["file"]).name
    receipt = next(r for r in receipts if r["file"] and Path(r["file"]).name == name)
    found = Counter(finding["code"] for finding in receipt["findings"])
    assert {code: str(number) for code, number in found.items()} == told["codes"]
    assert str(receipt["rows"]["rejected"]) == told["rejected"]


def test_other_files_are_clean(receipts: list[dict[str, Any]]) -> None:
    spoiled = {Path(told["file"]).name for told in TOLD["findings"]}
    rejected = {Path(r["file"]).name for r in receipts if r["rows"]["rejected"]}
    assert rejected <= spoiled


@pytest.mark.parametrize("story", TOLD["stories"], ids=lambda story: story["id"])
def test_story(story: dict[str, Any], pictures: dict[tuple[str, str], Any]) -> None:
    (row,) = (
        row
        for row in pictures[day_of(story), story.get("known_at", "")]
        if (row["mandate"], row["division"], row["period"])
        == (story["mandate"], story["division"], story["period"])
        and row["role"] == "finding"
        and row["categories"] == story.get("categories", row["categories"])
    )
    assert matching(row, story["expect"]) == story["expect"]


def matching(row: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    """What the row says of what is expected, as words."""
    return {
        key: matching(row[key], wanted) if isinstance(wanted, dict) else words_of(row[key])
        for key, wanted in expected.items()
    }


def words_of(value: object) -> str:
    return "null" if value is None else str(value)
