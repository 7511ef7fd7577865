"""Every rule has an example, and a row with its cells really breaks it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest
from extract_files import Row, as_csv

from monitor.corridor.periods import read_period
from monitor.corridor.screen import screen
from monitor.errors import PolicyError
from monitor.extracts.context import ExtractContext
from monitor.extracts.reading import open_extract
from monitor.policy.blank_tables import example_rows, filled, load_blank_tables, marks_of
from monitor.policy.policy import Policy, load_policy
from monitor.policy.rules import load_rules
from monitor.store.facets import FacetBook

PLACE, DAY = "350100", date(2026, 1, 20)
POLICY = load_policy(None)
TABLES = load_blank_tables(POLICY.project, POLICY)
# What two rows show and no cell of one does.
OF_TWO_ROWS = {("battery", "code_bound_twice")}


def codes_by_line(
    policy: Policy, kind: str, rows: Sequence[Row], folder: Path, sender: str | None
) -> Mapping[int, set[str]]:
    """What the corridor finds in a file, the store left out; line 1 is the header."""
    folder.mkdir()
    file = folder / "sent.csv"
    file.write_bytes(as_csv(rows))
    reading = open_extract(
        file,
        name=file.name,
        maps=policy.columns,
        work=folder,
        kind=kind,
        sender_known=sender is not None,
    )
    context = ExtractContext(
        policy=policy,
        kind=kind,
        sender=sender,
        received_on=DAY,
        period=read_period(str(DAY.year - 1)),
        headers={c: reading.headers[int(raw[1:])] for c, raw in reading.mapping.items()},
        identity=reading.map.identity,
        constants=reading.map.constants,
    )
    found = screen(reading, context, FacetBook(()), folder, 1)
    told: defaultdict[int, set[str]] = defaultdict(set)
    for finding in found.notable.findings():
        told[finding.line or 0].add(finding.code)
    return told


@pytest.mark.parametrize("kind", [kind for kind in POLICY.rules if kind in TABLES])
def test_each_example_breaks_its_rule(kind: str, tmp_path: Path) -> None:
    layout = POLICY.columns[kind]
    marks = marks_of(POLICY.divisions, PLACE, DAY)
    right = example_rows(TABLES[kind], POLICY.divisions, PLACE, DAY)[0]
    told = {
        rule.code: {column: filled(cell, marks) for column, cell in rule.example.cells.items()}
        for rule in POLICY.rules[kind].rules
        if rule.breaks and rule.example and rule.example.cells
    }
    columns = dict.fromkeys([*right, *(c for cells in told.values() for c in cells)], "")
    rows = [columns | right, *(columns | right | cells for cells in told.values())]
    written = [{layout.header_of(c): cell for c, cell in row.items()} for row in rows]
    own = codes_by_line(POLICY, kind, written, tmp_path / "own", PLACE)
    unnamed = codes_by_line(POLICY, kind, written, tmp_path / "unnamed", None)
    # Rows of one thing may contradict each other here; of the right row alone nothing is said.
    of_two_rows = {"duplicate_conflict", *(code for one, code in OF_TWO_ROWS if one == kind)}
    assert own.get(2, set()) <= of_two_rows
    silent = [
        code
        for line, code in enumerate(told, start=3)
        if code not in own.get(line, set()) | unnamed.get(line, set())
    ]
    assert silent == []


def test_every_rule_has_an_example_and_cells_wherever_a_cell_can_break_it() -> None:
    rules = [(kind, rule) for kind, suite in POLICY.rules.items() for rule in suite.rules]
    assert [f"{kind} {rule.code}" for kind, rule in rules if rule.example is None] == []
    without_cells = {
        (kind, rule.code)
        for kind, rule in rules
        if rule.breaks and rule.column and rule.example and not rule.example.cells
    }
    assert without_cells == OF_TWO_ROWS
    assert all(rule.example and rule.example.words for _, rule in rules if not rule.column)


@pytest.mark.parametrize(
    ("example", "why"),
    [("{cells: {colour: 红}}", "has no column colour"), ("{}", "cells or words")],
)
def test_an_example_that_shows_nothing_is_refused(tmp_path: Path, example: str, why: str) -> None:
    written = POLICY.project.file("checks/permit.yml").read_text("utf-8")
    assert written.count("example: {cells: {issue: 借用}}") == 1
    file = tmp_path / "permit.yml"
    file.write_text(written.replace("{cells: {issue: 借用}}", example), "utf-8")
    shared = POLICY.project.files("checks/shared")
    with pytest.raises(PolicyError, match=why):
        load_rules([file], shared, POLICY.kinds, POLICY.columns)
