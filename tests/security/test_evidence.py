"""What docs/security.md says of itself: everything that it names is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in PAGE.splitlines()
    if re.match(r"\| \d+\.\d+\.\d+ \|", line)
]
NAMED = re.compile(r"`((?:monitor|tests|docs|bootstrap)[\w/.]*\.(?:py|md|service))(?:::(\w+))?`")


def test_there_are_rows_and_each_is_once() -> None:
    ids = [row[0].strip("| ") for row in ROWS]
    assert len(ids) > 90
    assert len(set(ids)) == len(ids)
    assert ids == sorted(ids, key=lambda one: [int(part) for part in one.split(".")])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].strip("| "))
def test_what_a_row_names_is_there(row: list[str]) -> None:
    _, _, met, evidence = row
    assert met in {"yes", "in part", "no"}
    named = NAMED.findall(evidence)
    assert named or met == "no"
    for file, test in named:
        path = ROOT / file
        assert path.is_file(), file
        if test:
            tree = ast.parse(path.read_text("utf-8"))
            assert test in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_what_is_not_met_is_said_in_chinese_too() -> None:
    for row in ROWS:
        assert (row[2] == "no") is ("未做到" in row[3]), row
