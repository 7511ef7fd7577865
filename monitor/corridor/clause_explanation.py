"""From the code behind an answer to a clause back to the rows that it was worked out from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from monitor import __version__
from monitor.assess.answer import ClauseAnswer
from monitor.assess.clause_answers import answer_clauses, line_of
from monitor.assess.clause_counts import marked
from monitor.assess.clause_evidence import ClauseEvidence
from monitor.assess.clause_found import until_of
from monitor.assess.clause_reports import figures_of
from monitor.assess.clause_rows import floor_of
from monitor.assess.explain_code import ExplainCode, parse_code
from monitor.corridor.answering import gather_evidence
from monitor.corridor.documents import clause_answer
from monitor.corridor.explanation import masked, unknown_code
from monitor.model import Language
from monitor.policy.clauses import Clause
from monitor.policy.lines import REPORTS, Line
from monitor.policy.policy import Policy
from monitor.store.store import Store

_SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class AnsweringRow:
    """One row behind an answer: where it stands, what it is known by, what it counts as."""

    submission: str
    file: str | None
    line: int
    known_by: tuple[str, ...]
    dated_on: date
    counts_as: str


@dataclass(frozen=True, slots=True)
class ClauseExplanation:
    """An answer with its clause and rows, those against it first.

    `is_traceable` is false where the figure is made by setting the register against a list.
    """

    code: ExplainCode
    answer: ClauseAnswer
    clause: Clause
    rows: tuple[AnsweringRow, ...]
    is_traceable: bool
    ruleset_now: str

    @property
    def same_ruleset(self) -> bool:
        """Whether it was worked out again by the rules of the code."""
        return self.ruleset_now.startswith(self.code.ruleset)

    def as_document(self, language: Language) -> dict[str, Any]:
        """For `--json`."""
        document = self.clause.document
        return {
            "code": str(self.code),
            "mandate": self.clause.id,
            "division": self.code.division,
            "period": str(self.code.year),
            "as_of": self.code.as_of.isoformat(),
            "known_at": self.code.known_at.isoformat() if self.code.known_at else None,
            "history": self.code.history,
            "ruleset": self.ruleset_now,
            "same_ruleset": self.same_ruleset,
            "version": __version__,
            "clause": {
                "id": self.clause.id,
                "document": document if isinstance(document, str) else document.title,
                "section": self.clause.section,
                "words": self.clause.words,
                "meaning": self.clause.meaning.to(language),
                "strength": self.clause.strength,
                "readings": [reading.what.to(language) for reading in self.clause.readings],
            },
            "figure": clause_answer(self.answer, language),
            "rows": [
                {
                    "submission": row.submission,
                    "file": row.file,
                    "line": row.line,
                    "known_by": list(row.known_by),
                    "dated_on": row.dated_on.isoformat(),
                    "counts_as": row.counts_as,
                }
                for row in self.rows
            ],
        }


def is_of_clause(policy: Policy, text: str) -> bool:
    """Whether an explain code is of an answer to a clause that is no fleet mandate."""
    return parse_code(text).mandate in policy.clauses


def explain_answer(store: Store, policy: Policy, text: str, *, unmask: bool) -> ClauseExplanation:
    """Work the answer out again, as it was known then; raises `WrongUse` where there is none."""
    code = parse_code(text)
    clause = policy.clauses[code.mandate]
    line = line_of(clause, code.scope)
    if line is None:
        raise unknown_code(text)
    held = gather_evidence(
        store, policy, code.as_of, code.known_at, code.history, kinds=clause.kinds
    )
    at = clause.lines.index(line)
    found = [
        one
        for one in answer_clauses(policy, held, clauses=(clause.id,), divisions=(code.division,))
        if one.line == at and one.period == str(code.year)
    ]
    if not found:
        raise unknown_code(text)
    rows = _rows(policy, held, clause, line, code)
    return ClauseExplanation(
        code=code,
        answer=found[0],
        clause=clause,
        rows=_told(store, policy, found[0].evidence, rows, unmask=unmask),
        is_traceable=line.measure not in {"connected", "recovered"},
        ruleset_now=policy.ruleset,
    )


def _rows(
    policy: Policy, held: ClauseEvidence, clause: Clause, line: Line, code: ExplainCode
) -> pl.DataFrame:
    """The rows of the line with `counts_as`."""
    frame = held.records.get(clause.kind_of(line))
    if frame is None or line.measure in {"connected", "recovered"}:
        return pl.DataFrame()
    until = until_of(held, clause, code.year)
    if line.measure in REPORTS:
        mine = figures_of(frame, clause.id, line.name.zh, code.division)
        return mine.filter(pl.col("dated_on") <= until).with_columns(
            pl.lit("reported").alias("counts_as")
        )
    members = list(policy.divisions.members(code.division))
    counted = marked(frame, line, code.year, until, floor_of(clause, line))
    is_told_apart = line.hits is not None or line.measure == "each"
    return counted.filter(pl.col("division").is_in(members)).with_columns(
        pl.when(pl.col("is_unsure"))
        .then(pl.lit("undetermined"))
        .when(pl.col("is_hit") | pl.lit(not is_told_apart))
        .then(pl.lit("counted"))
        .otherwise(pl.lit("against"))
        .alias("counts_as")
    )


_ORDER = {"against": 0, "undetermined": 1, "counted": 2, "reported": 3}


def _told(
    store: Store, policy: Policy, kind: str, rows: pl.DataFrame, *, unmask: bool
) -> tuple[AnsweringRow, ...]:
    if not rows.height:
        return ()
    files = {
        seq: (name, file) for seq, name, file in store.rows("SELECT seq, id, file_name FROM seen")
    }
    declared = policy.kinds[kind]
    hidden = {
        place for place, name in enumerate(declared.key) if declared.columns[name].nature == "vin"
    }
    found = []
    for seq, line, key, day, counts_as in rows.select(
        "submission", "line", "vin", "dated_on", "counts_as"
    ).iter_rows():
        parts = tuple(
            part if unmask or place not in hidden else masked(part) or ""
            for place, part in enumerate(key.split(_SEPARATOR))
        )
        name, file = files[seq]
        found.append(AnsweringRow(name, file, line, parts, day, counts_as))
    return tuple(sorted(found, key=lambda row: (_ORDER[row.counts_as], row.submission, row.line)))
