"""The audit log leafed through: the newest lines first, by whom and of what."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from monitor.store.audit import AuditLine
from monitor.store.store import Store

_COLUMNS = 'seq, "at", actor, action, object, outcome, detail, previous, hash'
_WHERE = (
    "(?::VARCHAR[] IS NULL OR list_contains(?::VARCHAR[], actor)) "
    "AND (?::VARCHAR IS NULL OR action = ?)"
)


class Wanted(NamedTuple):
    """Which lines: of these actors (None: all), of one action (None: all)."""

    actors: Collection[str] | None = None
    action: str | None = None

    def where(self) -> tuple[str, list[object]]:
        """The condition, and its parameters."""
        actors = None if self.actors is None else sorted(self.actors)
        return _WHERE, [actors, actors, self.action, self.action]


def count_lines(store: Store, wanted: Wanted) -> int:
    """How many lines there are."""
    where, parameters = wanted.where()
    return int(store.one(f"SELECT count(*) FROM audit WHERE {where}", parameters))


def last_lines(store: Store, wanted: Wanted, start: int, most: int) -> list[AuditLine]:
    """Lines from the newest on, those after the first `start` of them."""
    where, parameters = wanted.where()
    return [
        AuditLine(seq, at.isoformat(timespec="microseconds"), *rest)
        for seq, at, *rest in store.rows(
            f"SELECT {_COLUMNS} FROM audit WHERE {where} ORDER BY seq DESC LIMIT ? OFFSET ?",
            [*parameters, most, start],
        )
    ]


def names_in(store: Store) -> tuple[list[str], list[str]]:
    """Every actor and every action that the log knows."""

    def distinct(column: str) -> list[str]:
        return [name for (name,) in store.rows(f"SELECT DISTINCT {column} FROM audit ORDER BY 1")]

    return distinct("actor"), distinct("action")


def detail_words(detail: str) -> str:
    """A line's detail as `key=value` words; what there was none of is left out."""
    return "  ".join(f"{name}={value}" for name, value in _flat(json.loads(detail)))


def _flat(held: dict[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for name, value in held.items():
        if isinstance(value, dict):
            # Counts of rows are told apart by their own names.
            yield from _flat(value, before if name == "counts" else f"{before}{name}.")
        elif isinstance(value, list):
            yield f"{before}{name}", ",".join(map(str, value))
        elif value is not None and value != 0:
            yield f"{before}{name}", str(value).lower() if isinstance(value, bool) else str(value)
