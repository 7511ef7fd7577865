"""The store opened: submissions and runs in, figures and lists out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import duckdb
import polars as pl

from monitor.model import (
    Changes,
    Finding,
    Interpretation,
    Mode,
    Period,
    RowCounts,
    Severity,
    Status,
    SubmissionSummary,
    Text,
)
from monitor.store import question, weeks
from monitor.store.engine import DuckDbEngine
from monitor.store.home import Home
from monitor.store.knowledge import Knowledge, read_moment, stored_moment
from monitor.store.schema import FACET_COLUMNS

if TYPE_CHECKING:
    from monitor.store.facets import FacetBook

_SUMMARY = (
    "seq, id, file_name, sha256, kind, division, period_start, period_end, received_at, "
    "recorded_at, status, mode, rows_read, rows_accepted, rows_rejected, rows_ignored, errors, "
    "warnings, added, corrected, unchanged, withdrawn, receipt, ruleset, reason"
)


class Issue(NamedTuple):
    """第 N 期 of a division: one for each day that it has bulletins for."""

    number: int
    run: int
    as_of: date | None


class Store:
    """One opened database with its home; made by `open_store` or `scratch_store`."""

    def __init__(
        self, home: Home, connection: duckdb.DuckDBPyConnection, facts: Path, actor: str = ""
    ) -> None:
        """New parts go to `facts`, the home's or a scratch copy's; `actor` is who does it."""
        self.home = home
        self.connection = connection
        self.facts = facts
        self.actor = actor

    def rows(
        self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()
    ) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        given = parameters if isinstance(parameters, dict) else list(parameters)
        return self.connection.execute(sql, given).fetchall()

    def one(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """The single value of a query."""
        return self.rows(sql, parameters)[0][0]

    def insert(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        """Append whole rows, all at once: one by one they cost two hundred times as much."""
        if rows:
            columns = [list(column) for column in zip(*rows, strict=True)]
            cells = ", ".join("unnest(?)" for _ in columns)
            self.connection.execute(f"INSERT INTO {table} SELECT {cells}", columns)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or none."""
        self.connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def history(self, known_at: datetime | None = None) -> int:
        """The number of the last recorded submission, of those received by `known_at`."""
        known = stored_moment(known_at) if known_at else None
        counted = "$known::TIMESTAMP IS NULL OR received_at <= $known"
        last = f"SELECT coalesce(max(seq), 0) FROM submission WHERE {counted}"
        return int(self.rows(last, {"known": known})[0][0])

    def facet_book(self) -> FacetBook:
        """The facets held, ready to number those of a new file."""
        from monitor.store.facets import FacetBook  # noqa: PLC0415  # numpy: only files need it

        columns = ", ".join(FACET_COLUMNS)
        held = self.rows(f"SELECT id, {columns} FROM facet ORDER BY id")
        return FacetBook((row[0], tuple(row[1:])) for row in held)

    def add_facets(self, book: FacetBook) -> None:
        """Keep the facets that a new file brought."""
        self.insert("facet", [[n, *key] for n, key in book.new])

    @property
    def engine(self) -> DuckDbEngine:
        """The store itself, to be asked the one question."""
        return DuckDbEngine(self.connection, self.facts)

    def look(self, knowledge: Knowledge) -> None:
        """Fix what the following questions may see."""
        self.engine.look(knowledge)

    def counts(self, as_of: date, *, another_day: bool = False) -> pl.DataFrame:
        """The one question; see `question.counts`. `another_day`: it was asked since `look`."""
        question.prepare(self.engine, as_of, another_day=another_day)
        return question.counts(self.engine)

    def weighed_sorts(self, divisions: list[str], *, by_county: bool = False) -> pl.DataFrame:
        """After `counts`: see `question.weighed_sorts`."""
        return question.weighed_sorts(self.engine, divisions, by_county=by_county)

    def weeks(self, as_of: date) -> tuple[pl.DataFrame, pl.DataFrame]:
        """After `counts` of the same day: see `weeks.weeks`."""
        return weeks.weeks(self.connection, as_of)

    def coverage(self, kind: str) -> list[tuple[str, Period]]:
        """What the seen submissions of a kind cover, by division."""
        return [
            (division, Period(start, end))
            for division, start, end in self.rows(
                "SELECT c.division, c.start_on, c.end_on FROM coverage AS c "
                "JOIN seen AS s ON s.seq = c.submission WHERE c.kind = ? ORDER BY ALL",
                [kind],
            )
        ]

    def summaries(
        self, where: str = "true", parameters: Sequence[Any] = ()
    ) -> list[SubmissionSummary]:
        """Submissions in the order of their recording."""
        found = self.rows(
            f"SELECT {_SUMMARY} FROM submission WHERE {where} ORDER BY seq", parameters
        )
        return [_summary(row) for row in found]

    def findings(self, seq: int) -> tuple[Finding, ...]:
        """The kept findings of a submission, errors first."""
        return tuple(
            Finding(code, Severity(severity), Text(zh, en), line, column, value)
            for code, severity, line, column, value, zh, en in self.rows(
                "SELECT code, severity, line, column_name, value, zh, en FROM finding "
                "WHERE submission = ? ORDER BY place",
                [seq],
            )
        )

    def interpretations(self, seq: int) -> tuple[Interpretation, ...]:
        """What was read as what in a submission."""
        return tuple(
            Interpretation(code, Text(zh, en), column, count, line)
            for code, column, zh, en, count, line in self.rows(
                "SELECT code, column_name, zh, en, count, line FROM interpretation "
                "WHERE submission = ? ORDER BY place",
                [seq],
            )
        )

    def tallies(self, seqs: Sequence[int]) -> dict[tuple[str, Severity], int]:
        """Rows by finding code over these submissions."""
        if not seqs:
            return {}
        listed = ", ".join(str(int(seq)) for seq in seqs)
        return {
            (code, Severity(severity)): rows
            for code, severity, rows in self.rows(
                "SELECT code, severity, sum(rows)::BIGINT FROM tally "
                f"WHERE submission IN ({listed}) GROUP BY ALL ORDER BY ALL"
            )
        }

    def add_run(
        self,
        *,
        kind: str,
        submission: int | None,
        as_of: date | None,
        known_at: datetime | None,
        ruleset: str,
        version: str,
        started_at: datetime,
        results: Sequence[tuple[str, str, bool, Any]],
    ) -> int:
        """Record a run of checks with every observed value, passed or failed; gives its number."""
        run = int(self.one("SELECT coalesce(max(id), 0) + 1 FROM run"))
        self.connection.execute(
            "INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                run,
                kind,
                submission,
                as_of,
                stored_moment(known_at) if known_at else None,
                self.history(),
                ruleset,
                version,
                stored_moment(started_at),
            ],
        )
        self.insert(
            "check_result",
            [[run, suite, code, ok, json.dumps(seen)] for suite, code, ok, seen in results],
        )
        return run

    def add_assessments(self, run: int, rows: Sequence[tuple[str, str, str, str]]) -> None:
        """Keep what a run found, each as JSON."""
        self.insert("assessment", [[run, place, *row] for place, row in enumerate(rows)])

    def assessments(self, run: int) -> list[dict[str, Any]]:
        """What a run found."""
        return [
            json.loads(content)
            for (content,) in self.rows(
                "SELECT content FROM assessment WHERE run = ? ORDER BY place", [run]
            )
        ]

    def issues_before(self, as_of: date, run: int) -> dict[str, Issue]:
        """What each division's bulletin of a day continues, of the runs before `run`.

        A day that had its bulletins already keeps their number and what they were compared with:
        `run` and `as_of` are of the last bulletin for an earlier day made before the first of them
        (0 and None where there is none), `number` is that of the bulletins of this day.
        """
        found = self.rows(
            """
            WITH made AS (FROM bulletin WHERE run < $run),
            first AS (SELECT division, min(run) AS run, min(issue_number) AS number
                      FROM made WHERE as_of = $day GROUP BY division),
            earlier AS (SELECT m.* FROM made AS m LEFT JOIN first USING (division)
                        WHERE m.as_of < $day AND (first.run IS NULL OR m.run < first.run)),
            last AS (SELECT division, arg_max(run, struct_pack(as_of, run)) AS run,
                            max(as_of) AS as_of FROM earlier GROUP BY division),
            numbers AS (SELECT division, max(issue_number) + 1 AS next FROM made GROUP BY division)
            SELECT division, coalesce(first.number, numbers.next), coalesce(last.run, 0), last.as_of
            FROM numbers LEFT JOIN first USING (division) LEFT JOIN last USING (division)
            ORDER BY division
            """,
            {"run": run, "day": as_of},
        )
        return {division: Issue(*rest) for division, *rest in found}

    def add_bulletin(
        self,
        run: int,
        *,
        division: str,
        as_of: date,
        issue_number: int,
        language: str,
        name: str,
        digest: str,
    ) -> None:
        """Keep that a bulletin was made."""
        self.connection.execute(
            "INSERT INTO bulletin VALUES (?, ?, ?, ?, ?, ?, ?)",
            [run, division, language, issue_number, as_of, name, digest],
        )


def _summary(row: tuple[Any, ...]) -> SubmissionSummary:
    period = Period(row[6], row[7]) if row[6] is not None else None
    return SubmissionSummary(
        seq=row[0],
        submission=row[1],
        file=row[2],
        sha256=row[3],
        kind=row[4],
        division=row[5],
        period=period,
        received_at=read_moment(row[8]),
        recorded_at=read_moment(row[9]),
        status=Status(row[10]),
        mode=Mode(row[11]),
        rows=RowCounts(*row[12:16]),
        errors=row[16],
        warnings=row[17],
        changes=Changes(*row[18:22]),
        receipt=row[22],
        ruleset=row[23],
        reason=row[24],
    )
