"""Extract kinds of `data/kinds/`: what one row of each is, and of what nature its columns are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from monitor.policy.codes import BilingualText, CodeTable, Strict
from monitor.policy.columns import ColumnMap
from monitor.policy.yamlfile import fault, load

Nature = Literal[
    "text",
    "identifier",
    "vin",
    "credit_code",
    "code",
    "clause",
    "item",
    "day",
    "whole",
    "decimal",
]

# Where a row belongs is read for every kind in the same way.
_PLACE = "division_code"
# What every fact row has; a kind's own columns bear other names.
_RESERVED = frozenset(
    {"vin", "submission", "line", "key_hash", "content_hash", "facet", "division", "county", _PLACE}
    | {"dated_on", "reported_on", "energy", "is_new_energy", "energy_is_undetermined"}
)


class RecordColumn(Strict):
    """One column: `table` names the codes of a `code`; `units` what a number's units are worth in
    the first of them, which is the column's own. An `item` is one of those that the clause in the
    column `clause` asks for.
    """

    nature: Nature
    table: str | None = None
    units: dict[str, int] = {}

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        if (self.table is not None) != (self.nature == "code"):
            message = "a code has a table, and nothing else has / 只有 code 才有代码表"
            raise ValueError(message)
        if self.units and self.nature not in {"whole", "decimal"}:
            message = "only numbers have units / 只有数值才有单位"
            raise ValueError(message)
        return self


class ExtractKind(Strict):
    """A kind of extract.

    The two kinds of vehicles have readers of their own; every other one is read by what stands
    here: a row is known by its division and its `key`, and falls on its `day`. `order` is where
    the kind stands in lists, behind those of vehicles. Where a kind is
    `of_provinces`, a province may report rows of its own. `vehicle` names the columns that tell
    whether a vehicle is new-energy: fuel, plate and its kind.
    """

    kind: Annotated[str, Field(pattern="^[a-z]+$")]
    label: BilingualText
    order: int = 100
    reader: Literal["registration", "procurement", "record"] = "record"
    key: tuple[str, ...] = ()
    day: str = ""
    of_provinces: bool = False
    tells_energy: bool = False
    columns: dict[str, RecordColumn] = {}

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        if self.reader != "record":
            return self
        lacking = [name for name in self.key if name not in self.columns]
        if not self.key or lacking:
            message = f"the key is made of columns / 主键须由列组成: {', '.join(lacking)}"
            raise ValueError(message)
        if taken := sorted(_RESERVED & self.columns.keys()):
            message = f"names that every row has / 列名已被占用: {', '.join(taken)}"
            raise ValueError(message)
        if self.day not in self.columns or self.columns[self.day].nature != "day":
            message = f"day must be a column of days / day 须为日期列: {self.day}"
            raise ValueError(message)
        items = any(column.nature == "item" for column in self.columns.values())
        if items and ("clause" not in self.columns or self.columns["clause"].nature != "clause"):
            message = "an item needs the column clause / 有 item 须有 clause 列"
            raise ValueError(message)
        if self.tells_energy and "fuel" not in self.columns and "plate" not in self.columns:
            message = "energy is told by fuel or plate / 须有 fuel 或 plate 列"
            raise ValueError(message)
        return self

    @property
    def is_record(self) -> bool:
        """Whether it is read by its declaration."""
        return self.reader == "record"


def load_kinds(
    paths: list[Path], *, codes: dict[str, CodeTable], columns: dict[str, ColumnMap]
) -> dict[str, ExtractKind]:
    """The kinds, those of vehicles first; each has a column map, and no map has another kind."""
    kinds: dict[str, ExtractKind] = {}
    for path in paths:
        kind = load(path, ExtractKind)
        if kind.kind in kinds:
            raise fault(path, None, f"{kind.kind} 重复", f"{kind.kind} stands in two files")
        for name, column in kind.columns.items():
            if column.table is not None and column.table not in codes:
                raise fault(
                    path,
                    None,
                    f"{name} 的代码表 {column.table} 不存在",
                    f"there is no code table {column.table} for {name}",
                )
        if kind.is_record:
            _compare(path, kind, columns)
        kinds[kind.kind] = kind
    strangers = {layout.kind for layout in columns.values()} - kinds.keys()
    if strangers and paths:
        named = ", ".join(sorted(strangers))
        raise fault(
            paths[0].parent,
            None,
            f"列映射中的 {named} 没有种类文件",
            f"column maps speak of {named}, which no file of kinds declares",
        )
    # What everybody sends comes first, wherever kinds are listed.
    return dict(sorted(kinds.items(), key=lambda item: (item[1].is_record, item[1].order)))


def _compare(path: Path, kind: ExtractKind, columns: dict[str, ColumnMap]) -> None:
    """A declared kind and its column maps speak of the same columns."""
    mapped = {
        name for layout in columns.values() if layout.kind == kind.kind for name in layout.columns
    }
    for name in sorted(mapped ^ {*kind.columns, _PLACE}):
        zh = "只在种类文件中" if name in kind.columns else "只在列映射中"
        en = "in the kind's file only" if name in kind.columns else "in the column map only"
        raise fault(path, None, f"{kind.kind} 的 {name} 列{zh}", f"{kind.kind}: {name} is {en}")
