"""The policy as it stands, and reported rows without a store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from monitor.assess.answer import ClauseAnswer
from monitor.assess.clause_answers import answer_clauses
from monitor.assess.clause_evidence import ClauseEvidence
from monitor.extracts.record import record_columns
from monitor.model import Period
from monitor.policy.codes import normal_name
from monitor.policy.policy import Policy

EVER = Period(date(2010, 1, 1), date(2030, 12, 31))
Frame = Callable[..., pl.DataFrame]
Answer = Callable[..., list[ClauseAnswer]]


@pytest.fixture(scope="session")
def frame(policy: Policy) -> Frame:
    """Typed rows of a kind, as the store gives them; what is not said is null."""

    def make(kind: str, *rows: dict[str, Any]) -> pl.DataFrame:
        declared = policy.kinds[kind]
        columns = {
            "submission": pl.Int32(),
            "line": pl.UInt32(),
            "vin": pl.String(),
            "division": pl.String(),
            "county": pl.String(),
            "dated_on": pl.Date(),
            "reported_on": pl.Date(),
        } | record_columns(declared)
        full = [
            {"submission": 1, "line": at, "vin": f"key {at}", "dated_on": row[declared.day]} | row
            for at, row in enumerate(rows, start=2)
        ]
        return pl.DataFrame(
            [{name: code_of(kind, name, row.get(name)) for name in columns} for row in full],
            schema=columns,
        )

    def code_of(kind: str, name: str, written: Any) -> Any:
        """The code of what is written in a column of codes; anything else as it is."""
        column = policy.kinds[kind].columns.get(name)
        if column is None or column.table is None or written is None:
            return written
        return policy.codes[column.table].by_writing[normal_name(written)]

    return make


@pytest.fixture(scope="session")
def answer(policy: Policy, frame: Frame) -> Answer:
    """The answers to one clause from rows of one kind that cover the whole time."""

    def work(
        clause: str,
        kind: str,
        *rows: dict[str, Any],
        as_of: date = date(2025, 12, 31),
        covered: Period | None = EVER,
        divisions: tuple[str, ...] | None = None,
    ) -> list[ClauseAnswer]:
        codes = {clause_of.jurisdiction for clause_of in policy.clauses.values()}
        senders = {*codes, *(c for code in codes for c in policy.divisions.members(code))}
        held = ClauseEvidence(
            as_of=as_of,
            known_at=None,
            history=1,
            records={kind: frame(kind, *rows)},
            coverage={kind: {code: [covered] for code in senders}} if covered else {},
        )
        return list(answer_clauses(policy, held, clauses=(clause,), divisions=divisions))

    return work
