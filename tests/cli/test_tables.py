"""Tables at a terminal: the quick way of setting one shows what setting it cell by cell shows."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, Final, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.table import Table

from monitor.cli.session import Session
from monitor.cli.tables import print_table

COLUMNS: Final = (("地区", False), ("计入", True), ("判定", False))
CELLS: Final = st.text("南昌市赣A 0123456789—≥%é[]", max_size=14)


def _console(width: int) -> Console:
    return Console(highlight=False, emoji=False, markup=False, width=width, record=True)


def _shown(width: int, rows: Sequence[tuple[str, ...]]) -> str:
    console = _console(width)
    with console.capture() as seen:
        session = cast("Session", SimpleNamespace(out=console))
        print_table(session, "通报", COLUMNS, rows)
    return seen.get()


def _cell_by_cell(width: int, rows: Sequence[tuple[str, ...]]) -> str:
    table: Any = Table(title="通报", title_justify="left", header_style="bold")
    for heading, is_number in COLUMNS:
        table.add_column(heading, justify="right" if is_number else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    console = _console(width)
    with console.capture() as seen:
        console.print(table)
    return seen.get()


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=6), st.integers(20, 90))
def test_a_table_is_the_same_whichever_way_it_is_set(
    rows: list[tuple[str, str, str]], width: int
) -> None:
    assert _shown(width, rows) == _cell_by_cell(width, rows)


@pytest.mark.parametrize("width", [30, 90])
def test_a_cell_of_two_lines_keeps_its_row(width: int) -> None:
    rows = [("南昌市", "12\n13", "达标"), ("九江市", "7", "未达标")]
    assert _shown(width, rows) == _cell_by_cell(width, rows)
