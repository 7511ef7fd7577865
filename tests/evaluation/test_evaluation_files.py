"""Evaluation files: the project's own say what they should, faulty ones stop the start."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import pytest

from monitor.errors import PolicyError
from monitor.policy.archive import keep_ruleset, load_kept
from monitor.policy.evaluation import places_wanted
from monitor.policy.policy import Policy, load_policy
from monitor.policy.project import Project, project_root
from monitor.policy.weighting import own_weights, read_weights

NANJING = (project_root() / "data/evaluation/nanjing.yml").read_text("utf-8")
WEIGHTS = """\
place: "320100"
by: 南京市工业和信息化局
on: 2021-03-01
weights: {bus_share: "2", public_share: "1", private_share: "0.5", standard_vehicles: "1",
          facilities: "0"}
"""


def config(folder: Path, text: str) -> Path:
    place = folder / "data" / "evaluation"
    place.mkdir(parents=True)
    (place / "nanjing.yml").write_text(text, "utf-8")
    return folder


def test_three_places_are_evaluated_with_equal_weights(policy: Policy) -> None:
    assert set(policy.evaluations) == {"360000", "350000", "320100"}
    for evaluation in policy.evaluations.values():
        assert evaluation.weights.is_default
        assert set(own_weights(evaluation).by_part.values()) == {Fraction(1)}
        assert "facilities" in {part.id for part in evaluation.parts if part.needs == "facility"}


def test_each_clause_on_evaluation_is_called_for_by_some_place(policy: Policy) -> None:
    called = {one for each in policy.evaluations.values() for one in each.clauses}
    assert called == {"NJ-S01", "NJ-S02", "FJ-S04", "FJ-S05"}


def test_districts_are_those_of_the_divisions_file(policy: Policy) -> None:
    members = policy.evaluations["320100"].members(policy.divisions)
    assert len(members) == 11
    assert "320101" not in members  # 市辖区 is a heading
    assert set(members) < set(policy.divisions.divisions["320100"].counties)


def test_how_many_are_chosen_is_the_clauses_own_number(policy: Policy) -> None:
    asked = policy.evaluations["320100"].shortlist
    assert asked is not None
    assert asked.places is None
    found = places_wanted(asked, policy.clauses["NJ-S02"])
    assert (found.least, found.most, found.is_named) == (2, 3, True)
    reading = policy.evaluations["350000"].shortlist
    assert reading is not None
    assert places_wanted(reading, policy.clauses["FJ-S04"]) == (0, reading.places, False)


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('place: "320100"', 'place: "990000"', "990000"),
        ('place: "320100"', 'place: "320000"', "320000"),
        ("clauses: [NJ-S01, NJ-S02]", "clauses: [NJ-S01, NJ-S99]", "NJ-S99"),
        ("ranked: counties", "ranked: divisions", "divisions"),
        ('code: "320101"', 'code: "320201"', "320201"),
        ("measure: added_share", "measure: verdicts_met", "categories"),
        ("categories: [bus]", "categories: [omnibus]", "omnibus"),
        ("id: public_share", "id: bus_share", "bus_share"),
        ('weight: "1"', 'weight: "2"', "equal"),
        ('weight: "1"', 'weight: "-1"', "decimal"),
        ("scale: of_best", "scale: as_is", "share"),
        ("needs: facility", "needs: ferry", "needs"),
        ("    needs: facility\n", "", "needs"),
        ("direction: more", "direction: most", "direction"),
        ("reviewed_on:", "colour: red\nreviewed_on:", "colour"),
        ("  clause: NJ-S02", "  clause: NJ-S02\n  places: 3", "places"),
        ("  clause: NJ-S02", "  clause: NJ-S01", "places"),
    ],
)
def test_a_faulty_file_stops_the_start(tmp_path: Path, old: str, new: str, word: str) -> None:
    assert old in NANJING
    with pytest.raises(PolicyError) as refused:
        load_policy(config(tmp_path, NANJING.replace(old, new, 1)))
    assert "nanjing.yml" in refused.value.text.en
    assert word in refused.value.text.en


def test_verdicts_and_reports_are_no_districts(tmp_path: Path) -> None:
    changed = NANJING.replace(
        "    measure: added_share\n    categories: [bus]", "    measure: days_covered", 1
    )
    with pytest.raises(PolicyError, match="no district"):
        load_policy(config(tmp_path, changed))


def test_a_place_stands_in_one_file(tmp_path: Path) -> None:
    folder = config(tmp_path, NANJING)
    shutil.copy(folder / "data/evaluation/nanjing.yml", folder / "data/evaluation/twice.yml")
    with pytest.raises(PolicyError, match="320100 stands in two files"):
        load_policy(folder)


def test_it_is_part_of_the_ruleset_and_kept_with_it(tmp_path: Path, policy: Policy) -> None:
    weighed = NANJING.replace('weight: "1"', 'weight: "2"').replace("on: 2026", "on: 2027", 1)
    changed = load_policy(config(tmp_path / "config", weighed))
    assert changed.ruleset != policy.ruleset
    keep_ruleset(tmp_path / "rulesets", changed)
    kept = load_kept(tmp_path / "rulesets", changed.ruleset)
    assert kept is not None
    assert kept.evaluations == changed.evaluations


def test_a_ruleset_kept_before_there_were_evaluations_still_loads(
    tmp_path: Path, policy: Policy
) -> None:
    kept = keep_ruleset(tmp_path / "rulesets", policy)
    old = tmp_path / "old"
    shutil.copytree(kept, old)
    shutil.rmtree(old / "data" / "evaluation")
    assert Project(old, is_whole=True).files("data/evaluation") == []


def test_other_weights_are_read_exactly(tmp_path: Path, policy: Policy) -> None:
    path = tmp_path / "weights.yml"
    path.write_text(WEIGHTS, "utf-8")
    place, weighting = read_weights(path, policy.evaluations)
    assert place == "320100"
    assert weighting.by_part["private_share"] == Fraction(1, 2)
    assert (weighting.said.by, weighting.said.is_default) == ("南京市工业和信息化局", False)


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('facilities: "0"', 'ferries: "0"', "each of"),
        (', standard_vehicles: "1"', "", "each of"),
        ('"0.5"', '"half"', "decimal"),
        ('"320100"', '"320200"', "320200"),
        ("on: 2021-03-01\n", "", "on"),
    ],
)
def test_faulty_weights_are_refused(
    tmp_path: Path, policy: Policy, old: str, new: str, word: str
) -> None:
    assert old in WEIGHTS
    path = tmp_path / "weights.yml"
    path.write_text(WEIGHTS.replace(old, new, 1), "utf-8")
    with pytest.raises(PolicyError, match=word):
        read_weights(path, policy.evaluations)
