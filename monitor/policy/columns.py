"""Column maps of `data/columns/`: which header stands for which column of an extract kind."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Literal

from monitor.policy.codes import Strict
from monitor.policy.yamlfile import fault, load


class ColumnNames(Strict):
    """The project's own header of a column and what else stands for it."""

    header: str | None = None
    aliases: tuple[str, ...] = ()
    required: bool = False


class ColumnMap(Strict):
    """The columns of one layout; default maps of a kind are merged and always tried."""

    map: str
    kind: str
    default: bool = True
    identity: Literal["vin", "row"] = "vin"
    columns: dict[str, ColumnNames]
    required_one_of: tuple[tuple[str, ...], ...] = ()
    required_without_sender: tuple[str, ...] = ()
    constants: dict[str, str] = {}
    note: str | None = None

    def by_header(self) -> dict[str, str]:
        """Normalised header to logical column."""
        return {
            normal_header(name): column
            for column, names in self.columns.items()
            for name in (*((names.header,) if names.header else ()), *names.aliases, column)
        }

    def header_of(self, column: str) -> str:
        """The project's own header of a logical column."""
        names = self.columns.get(column)
        return names.header if names and names.header else column


_UNIT = re.compile(r"\([^()]*\)$")


@lru_cache(maxsize=8192)
def normal_header(header: str) -> str:
    """A header as maps compare it: NFKC, no white space, no trailing * or (unit), case-folded."""
    folded = "".join(unicodedata.normalize("NFKC", header).split()).casefold()
    return _UNIT.sub("", folded.rstrip("*")).rstrip("*") or folded


def load_columns(paths: list[Path]) -> dict[str, ColumnMap]:
    """Maps by name; the default maps of a kind as one, under the kind's own name."""
    maps: dict[str, ColumnMap] = {}
    for path in paths:
        loaded = load(path, ColumnMap)
        name = loaded.kind if loaded.default else loaded.map
        maps[name] = _merged(path, maps[name], loaded) if name in maps else loaded
    return maps


def _merged(path: Path, base: ColumnMap, more: ColumnMap) -> ColumnMap:
    taken = base.by_header()
    for header, column in more.by_header().items():
        if taken.setdefault(header, column) != column:
            raise fault(
                path,
                None,
                f"表头“{header}”既表示 {taken[header]} 又表示 {column}",
                f'header "{header}" stands for both {taken[header]} and {column}',
            )
    columns = dict(base.columns)
    for column, names in more.columns.items():
        old = columns.get(column, ColumnNames())
        extra = (names.header,) if names.header and names.header != old.header else ()
        columns[column] = ColumnNames(
            header=old.header or names.header,
            aliases=(*old.aliases, *(extra if old.header else ()), *names.aliases),
            required=old.required or names.required,
        )
    return base.model_copy(
        update={
            "columns": columns,
            "required_one_of": base.required_one_of or more.required_one_of,
            "required_without_sender": base.required_without_sender or more.required_without_sender,
            "constants": base.constants | more.constants,
        }
    )
