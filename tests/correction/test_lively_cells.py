"""What a spreadsheet program would carry out is marked, the same for one cell and for a column."""

from __future__ import annotations

import csv
import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.corridor.mending import _harmless
from monitor.extracts.lively_cells import harmless, spreadsheet_csv
from monitor.policy.project import project_root

LIVELY = [
    "=1+1",
    " =1+1",
    "+1 2",
    "@SUM(A1)",
    "-1+2",
    "＝1",
    "|cmd",
    "%0A",
    "\t1",
    "\r=1",
    "\xa0=1",
]
QUIET = ["", "纯电动", "-1", "-1,234.5", "1=1", "赣A12345D", "'=1", "2018-05-15"]


@pytest.mark.parametrize("cell", LIVELY)
def test_lively_cells_are_marked(cell: str) -> None:
    assert harmless(cell) == "'" + cell


@pytest.mark.parametrize("cell", QUIET)
def test_quiet_cells_stay_as_they_are(cell: str) -> None:
    assert harmless(cell) == cell


def test_no_cell_of_a_table_is_lively_and_no_table_is_written_elsewhere() -> None:
    held = [*csv.reader(spreadsheet_csv([LIVELY, QUIET]).decode("utf-8-sig").splitlines())]
    assert held[0][0] == "'=1+1"
    assert held[-1] == QUIET
    writers = {
        path.name
        for path in (project_root() / "monitor").rglob("*.py")
        if re.search(r"csv\.(writer|DictWriter)|write_csv", path.read_text("utf-8"))
    }
    assert writers == {"lively_cells.py"}


@given(st.lists(st.text(alphabet="=+-@|%＝1,. \t\r\n\x00\x1c\x85\xa0\u2028\u3000a'", max_size=5)))
def test_a_column_is_marked_as_its_cells_are(cells: list[str]) -> None:
    frame = pl.DataFrame({"c0": cells}, schema={"c0": pl.String}).select(_harmless("c0"))
    assert frame["c0"].to_list() == [harmless(cell) for cell in cells]
