"""How figures of different clauses must go together: `data/consistency/`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field

from monitor.policy.clauses import Clause
from monitor.policy.codes import BilingualText, Strict
from monitor.policy.yamlfile import fault, load


class ReportedItem(Strict):
    """One line of a clause, by its Chinese name."""

    clause: str
    item: str


class ConsistencyCheck(Strict):
    """What the parts together must be to the whole, in every year for which all were reported."""

    id: str
    what: BilingualText
    because: BilingualText
    parts: tuple[ReportedItem, ...] = Field(min_length=1)
    op: Literal["=", "<="]
    whole: ReportedItem


class _ConsistencyFile(Strict):
    checks: tuple[ConsistencyCheck, ...]


def load_consistency(
    paths: list[Path], clauses: Mapping[str, Clause]
) -> tuple[ConsistencyCheck, ...]:
    """All checks; raises `PolicyError` where one speaks of a line that no clause has."""
    found: dict[str, ConsistencyCheck] = {}
    for path in paths:
        for check in load(path, _ConsistencyFile).checks:
            if check.id in found:
                raise fault(path, None, f"{check.id} 重复", f"{check.id} stands twice")
            for one in (*check.parts, check.whole):
                clause = clauses.get(one.clause)
                if clause is None or one.item not in {line.name.zh for line in clause.lines}:
                    zh = f"{check.id}：{one.clause} 没有“{one.item}”"
                    en = f"{check.id}: {one.clause} has no {one.item}"
                    raise fault(path, None, zh, en)
            found[check.id] = check
    return tuple(found.values())
