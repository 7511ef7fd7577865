"""What `data/blank_tables/` adds to the empty table of a kind: hints, and rows that are right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from monitor.policy.codes import BilingualText, Strict
from monitor.policy.divisions import DivisionTable
from monitor.policy.policy import Policy
from monitor.policy.project import Project
from monitor.policy.yamlfile import fault, load

_FOLDER = "data/blank_tables"


class BlankTable(Strict):
    """One kind's: what a row is, how columns are filled, example rows by logical column."""

    kind: str
    about: BilingualText
    leave_out: tuple[str, ...] = ()
    hints: dict[str, BilingualText] = {}
    examples: tuple[dict[str, str], ...] = ()


def load_blank_tables(project: Project, policy: Policy) -> dict[str, BlankTable]:
    """All of them by kind; raises `PolicyError` where one names a column that its kind has not."""
    tables = {}
    for path in project.files(_FOLDER):
        table = load(path, BlankTable)
        columns = policy.columns[table.kind].columns if table.kind in policy.columns else {}
        named = {*table.leave_out, *table.hints, *(c for row in table.examples for c in row)}
        for column in sorted(named - columns.keys()):
            raise fault(
                path,
                None,
                f"{table.kind} 没有 {column} 这一列",
                f"{table.kind} has no column {column}",
            )
        tables[table.kind] = table
    return tables


def example_rows(
    table: BlankTable, divisions: DivisionTable, division: str, on: date
) -> tuple[dict[str, str], ...]:
    """The example rows as this division would write them, by logical column."""
    said = marks_of(divisions, division, on)
    return tuple({c: filled(cell, said) for c, cell in row.items()} for row in table.examples)


def marks_of(divisions: DivisionTable, division: str, on: date) -> dict[str, str]:
    """What the marks in examples stand for, written by a division on a day.

    A place without plates of its own has those of its province's first. `{elsewhere}` is a place
    that is not its own, with its plate; `{abolished}` a county code that is no more, its own if it
    has one.
    """
    province = divisions.provinces[divisions.province_of(division)]
    own = division if division in divisions.divisions else province.divisions[0]
    others = [code for code in divisions.divisions if code not in province.divisions]
    abolished = sorted(divisions.abolished, key=lambda code: divisions.reports_to[code] != own)
    return {
        "{division}": own,
        "{name}": divisions.name(own).zh,
        "{plate}": _plate(divisions, (own, *province.divisions)),
        "{last_year}": str(on.year - 1),
        "{elsewhere}": next(iter(others), ""),
        "{elsewhere_plate}": _plate(divisions, others),
        "{abolished}": next(iter(abolished), ""),
    }


def _plate(divisions: DivisionTable, places: Sequence[str]) -> str:
    held = (divisions.divisions[code].plates for code in places)
    return next((plates[0] for plates in held if plates), "")


def filled(cell: str, said: Mapping[str, str]) -> str:
    """A cell, or words, with its marks filled in."""
    for mark, value in said.items():
        cell = cell.replace(mark, value)
    return cell
