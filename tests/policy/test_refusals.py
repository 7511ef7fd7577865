"""A wrong policy file stops the start, and its words name file, line and reason."""

from pathlib import Path

import pytest

from monitor.errors import PolicyError
from monitor.policy.policy import load_policy
from monitor.policy.project import project_root

GOOD = (project_root() / "checks/mandates/JX-F01.yml").read_text(encoding="utf-8")


def config(tmp_path: Path, text: str) -> Path:
    folder = tmp_path / "checks/mandates"
    folder.mkdir(parents=True)
    (folder / "JX-F01.yml").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("strength: mandatory", "strength: compulsory", "strength"),
        ("categories: [bus]", "categories: [omnibus]", "omnibus"),
        ("reviewed_on:", "colour: red\nreviewed_on:", "colour"),
        ("reviewed_on:", "section: 四\nreviewed_on:", "section"),
        ("valid_to: 2020-12-31", "", "valid_to"),
        ("valid_to: 2020-12-31", "valid_to: 2017-12-31", "valid_to"),
        ("period: 2019", "period: 2018", "period"),
        ('"0.55"', '"55 %"', "decimal"),
        ('"0.55"', '"1.55"', "share"),
        ("document: JX", "document: XX", "XX"),
        ('jurisdiction: "360000"', 'jurisdiction: "990000"', "990000"),
        # What fuzzing found to end in a traceback instead (tests/faults/fuzz.py).
        ("valid_to: 2020-12-31", "valid_to: 2020-02-31", "day is out of range"),
        ("valid_to: 2020-12-31", "valid_to: !!python/object:os.system x", "python/object"),
        ("reviewed_on:", "? [a, b]\n: 1\nreviewed_on:", "one word"),
    ],
)
def test_a_faulty_mandate_is_refused(tmp_path: Path, old: str, new: str, word: str) -> None:
    assert old in GOOD
    with pytest.raises(PolicyError) as refused:
        load_policy(config(tmp_path, GOOD.replace(old, new, 1)))
    told = refused.value.text.en
    assert "JX-F01.yml" in told
    assert word in told


def test_the_line_is_named(tmp_path: Path) -> None:
    lines = GOOD.splitlines()
    at = next(n for n, line in enumerate(lines, start=1) if line.startswith("strength:"))
    with pytest.raises(PolicyError) as refused:
        load_policy(config(tmp_path, GOOD.replace("strength: mandatory", "strength: x", 1)))
    assert f"line {at}" in refused.value.text.en
    assert f"第 {at} 行" in refused.value.text.zh


def test_the_ruleset_changes_with_any_rule(tmp_path: Path) -> None:
    changed = load_policy(config(tmp_path, GOOD.replace('"0.55"', '"0.56"', 1)))
    assert changed.ruleset != load_policy().ruleset


def test_outside_its_life_there_is_no_target() -> None:
    mandate = load_policy().mandates["JX-F01"]
    assert mandate.target_of(2021) is None
    assert 2021 not in mandate.years
