"""The page on a nation's size says what its model works out."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

from benchmarks.nation import lines, read_figures, table

PAGE = Path(__file__).parents[2] / "docs" / "nation.md"


def test_the_page_shows_what_the_model_gives() -> None:
    assert table(read_figures()) in PAGE.read_text("utf-8")


def test_amounts_grow_with_the_vehicles() -> None:
    figures = deepcopy(read_figures())
    figures["measured"]["export_us_a_row"] = 1.0
    for vehicles, amount in ((30_000_000, "30 s"), (120_000_000, "2.0 min")):
        figures["assumed"]["vehicles"] = vehicles
        told = {line.en: line.amount for line in lines(figures)}
        assert told["exported once"] == amount
