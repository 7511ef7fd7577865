"""The empty table of an extract kind, explained: every column from its map, codes and hints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from monitor.bulletins import labels
from monitor.bulletins.words import Words
from monitor.extracts.lively_cells import spreadsheet_csv
from monitor.policy.blank_tables import BlankTable
from monitor.policy.codes import CodeEntry, CodeTable, normal_name
from monitor.policy.columns import ColumnMap
from monitor.policy.policy import Policy

Nature = Literal["coded", "day", "number", "text"]
# Columns of vehicles whose code table is called otherwise than they are, and what those hold that
# have none; the columns of a declared kind say it themselves.
_TABLES: Final = {"fast_charge": "yes_no", "method": "purchase_method"}
_DAY: Final = "_on"
_NUMBERS: Final = ("_km", "_kg", "quantity", "unit_price", "amount")
_DECLARED: Final[Mapping[str, Nature]] = {"day": "day", "whole": "number", "decimal": "number"}
_SHOWN: Final = 15  # values, before the rest is only counted
MARK: Final = "*"  # after the name of a column that must be there; the reader takes it off


@dataclass(frozen=True, slots=True)
class BlankColumn:
    """One column: its header, whether it must be filled in, how, and as what else it is known.

    `values` are all that a coded column takes, in the words of its table; `examples` one cell of
    each example row.
    """

    name: str
    header: str
    must: str
    is_required: bool
    how: str
    nature: Nature
    values: tuple[str, ...]
    aliases: tuple[str, ...]
    examples: tuple[str, ...]

    @property
    def marked(self) -> str:
        """The header as the table has it."""
        return f"{self.header}{MARK}" if self.is_required else self.header


@dataclass(frozen=True, slots=True)
class BlankForm:
    """The empty table of one kind, in the words of one language; headers are always ours."""

    kind: str
    title: str
    about: str
    columns: tuple[BlankColumn, ...]


def blank_form(
    kind: str,
    policy: Policy,
    table: BlankTable | None,
    examples: Sequence[Mapping[str, str]],
    words: Words,
) -> BlankForm:
    """The columns of a kind with all that its sender has to know; the required ones first."""
    layout = policy.columns[kind]
    left_out = table.leave_out if table else ()
    hints = table.hints if table else {}
    columns = [
        _column(
            kind,
            name,
            policy,
            words("%(hint)s。", hint=words.text(hints[name])) if name in hints else "",
            tuple(row.get(name, "") for row in examples),
            words,
        )
        for name, names in layout.columns.items()
        if names.header and name not in left_out
    ]
    return BlankForm(
        kind,
        labels.kind_word(kind, policy, words),
        words.text(table.about) if table else "",
        tuple(sorted(columns, key=lambda column: not column.is_required)),
    )


def blank_kinds(policy: Policy) -> tuple[str, ...]:
    """The kinds that can be sent, those with a column map and with rules; those of vehicles
    first.
    """
    return tuple(kind for kind in policy.kinds if kind in policy.rules and kind in policy.columns)


def blank_csv(form: BlankForm) -> bytes:
    """The table as a CSV file: how each column is filled in a row above the names, and no rows."""
    return spreadsheet_csv(
        [
            [explained(column) for column in form.columns],
            [column.marked for column in form.columns],
        ]
    )


def explained(column: BlankColumn) -> str:
    """What stands above a column's name: never a name itself, or it would be read as one."""
    return f"↓ {column.must}: {column.how}" if column.how else f"↓ {column.must}"


def _column(
    kind: str,
    name: str,
    policy: Policy,
    hint: str,
    examples: tuple[str, ...],
    words: Words,
) -> BlankColumn:
    layout = policy.columns[kind]
    names = layout.columns[name]
    nature, values = _nature(kind, name, policy), _values(kind, name, policy)
    return BlankColumn(
        name=name,
        header=layout.header_of(name),
        must=_must(name, layout, words),
        is_required=names.required,
        how=words.sentences([one for one in (hint, _how(nature, values, words)) if one]),
        nature="coded" if values else nature,
        values=values,
        aliases=names.aliases,
        examples=examples,
    )


def _must(name: str, layout: ColumnMap, words: Words) -> str:
    if layout.columns[name].required:
        return words("必填")
    for group in layout.required_one_of:
        if name in group:
            listed = words.listed([layout.header_of(one) for one in group])
            return words("%(columns)s至少填一项", columns=listed)
    if name in layout.required_without_sender:
        return words("报送单位在上传时已指明的可不填")
    return words("可不填")


def _nature(kind: str, name: str, policy: Policy) -> Nature:
    declared = policy.kinds[kind].columns.get(name)
    if declared is not None:
        return _DECLARED.get(declared.nature, "text")
    if name.endswith(_DAY):
        return "day"
    return "number" if name.endswith(_NUMBERS) else "text"


def _values(kind: str, name: str, policy: Policy) -> tuple[str, ...]:
    """All that a column takes: the words of its code table, or the clauses that ask for such a
    row and the names of what they ask for; nothing where anything may be written.
    """
    declared = policy.kinds[kind].columns.get(name)
    if declared is not None and declared.nature in {"clause", "item"}:
        lines = [
            (clause.id, line.name.zh)
            for clause in policy.clauses.values()
            for line in clause.lines
            if line.measure == kind
        ]
        return tuple(dict.fromkeys(line[declared.nature == "item"] for line in lines))
    table = policy.codes.get(table_of(kind, name, policy))
    return values_of(table) if table else ()


def table_of(kind: str, name: str, policy: Policy) -> str:
    """The code table that a column is written in; empty where it has none."""
    declared = policy.kinds[kind].columns.get(name)
    told = declared.table if declared is not None else _TABLES.get(name, name)
    return told if told in policy.codes else ""


def _how(nature: Nature, values: tuple[str, ...], words: Words) -> str:
    if values:
        shown = words.listed(values[:_SHOWN])
        if len(values) <= _SHOWN:
            return words("可填：%(values)s。", values=shown)
        return words("可填：%(values)s等，共 %(count)s 种。", values=shown, count=f"{len(values)}")
    if nature == "day":
        return words("日期，如 2019-03-05、2019/3/5、2019.3.5、20190305、2019年3月5日。")
    if nature == "number":
        return words("数字，如 1200、1,200。")
    return ""


def values_of(table: CodeTable) -> tuple[str, ...]:
    """What may be written for each code, in one word each, as the reader would take it."""
    return tuple(_word(table, code, entry) for code, entry in table.entries.items())


def _word(table: CodeTable, code: str, entry: CodeEntry) -> str:
    labelled = (entry.label.zh,) if entry.label else ()
    return next(
        (
            written
            for written in (*labelled, *entry.names)
            if table.by_writing.get(normal_name(written)) == code
        ),
        code,
    )
