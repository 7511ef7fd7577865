"""The page of promises: each names tests, and each of them is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
ROWS: Final = [
    line
    for line in (ROOT / "docs/guarantees.md").read_text("utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| 承诺 | Promise |")
]
NAMED: Final = re.compile(r"`(tests/[a-z_/]+\.py)(?:::(test_[a-z0-9_]+))?`")


@pytest.mark.parametrize("row", ROWS, ids=range(len(ROWS)))
def test_a_promise_names_tests_that_are_there(row: str) -> None:
    named = NAMED.findall(row)
    assert named, row
    for module, test in named:
        parsed = ast.parse((ROOT / module).read_text("utf-8"))
        found = {node.name for node in parsed.body if isinstance(node, ast.FunctionDef)}
        assert not test or test in found, f"{module}::{test}"
        assert test or any(name.startswith("test_") for name in found), module


def test_every_kind_of_promise_has_its_table() -> None:
    page = (ROOT / "docs/guarantees.md").read_text("utf-8")
    parts = re.findall(r"^## .+? / (\w+)$", page, flags=re.MULTILINE)
    assert parts == [
        "Durability",
        "Exactness",
        "Delivery",
        "Isolation",
        "Reproducibility",
        "Upgrade",
    ]
    for part in page.split("\n## ")[1:]:
        assert part.count("\n| ") > 2
