"""What is installed: pinned with hashes, nothing beside it, under licences that may be used."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from .distributions import (
    ALLOWED,
    PINS,
    ROOT,
    Installed,
    faults,
    installed,
    is_allowed,
    pinned,
)


def test_what_is_installed_is_what_is_pinned() -> None:
    if Path(sys.prefix) != ROOT / ".venv":
        pytest.skip("what stands in another environment is its owner's business")
    assert faults(installed(), pinned()) == []


def test_what_runs_has_a_licence_that_may_be_used() -> None:
    runs = pinned(("requirements.txt",))
    found = [one for one in installed() if one.name in runs]
    assert len(found) > 50
    assert [one for one in found if not is_allowed(one.licence)] == []


def test_every_pin_carries_a_hash() -> None:
    for file in PINS:
        named = {
            line.partition("==")[0]
            for line in (ROOT / file).read_text("utf-8").splitlines()
            if "==" in line and not line.startswith((" ", "#"))
        }
        assert named == pinned((file,)).keys()


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (Installed("duckdb", "2.0.0", "MIT"), ""),
        (Installed("duckdb", "9.9.9", "MIT"), "pinned is 2.0.0"),
        (Installed("evil", "1.0", "MIT"), "no pin has it"),
        (Installed("duckdb", "2.0.0", "GPL-3.0-only"), "licence GPL-3.0-only"),
        (Installed("duckdb", "2.0.0", ""), "licence not told"),
    ],
)
def test_each_fault_is_told(one: Installed, told: str) -> None:
    found = faults([one], {"duckdb": {"2.0.0"}})
    assert (told in found[0]) if told else found == []


@pytest.mark.parametrize(
    ("expression", "may"),
    [
        ("MIT", True),
        ("MIT AND PSF-2.0", True),
        ("GPL-3.0-only OR MIT", True),
        ("MIT AND GPL-3.0-only", False),
        ("AGPL-3.0-only", False),
        ("", False),
    ],
)
def test_one_of_several_is_chosen_and_all_of_several_are_kept(
    expression: str, *, may: bool
) -> None:
    assert is_allowed(expression) is may
    assert "GPL-3.0-only" not in ALLOWED
