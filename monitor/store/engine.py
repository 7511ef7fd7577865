"""What the one question is asked of: an engine that holds the facts and understands plain SQL."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Protocol

import duckdb
import polars as pl

from monitor.store.frames import few_rows
from monitor.store.knowledge import Knowledge, create_views

# The claims with a vehicle's own name for it.
_CLAIMED: Final = """
    SELECT vin AS vehicle, submission, line, division, registered_on, is_addition,
           is_deregistration
    FROM claim
"""
# What is decided of each vehicle; a decision that was taken back says nothing.
_DECIDED: Final = """
    SELECT division, vin, exemption, decision, until, reason, made_by, made_at
    FROM decision_seen
    QUALIFY row_number() OVER (PARTITION BY division, vin ORDER BY seq DESC) = 1
        AND decision <> 'withdrawn'
"""
# The rows that each decision is about: those of its vehicle in its division that claim anything. A
# refusal is about the vehicle: it holds under whatever name the exemption is claimed next, until
# somebody decides anew.
DECISION_ROWS: Final = """
    SELECT d.seq, d.made_at, d.decision, d.until, r.submission, r.line, r.registered_on
    FROM decision_seen AS d
    JOIN facet AS f ON f.division = d.division AND f.exemption IS NOT NULL
    JOIN held_registration AS r ON r.facet = f.id AND r.vin = d.vin
"""


class Engine(Protocol):
    """Asks what `question` and `refusals` say; no query knows which engine it is.

    `carried` are columns of the fact rows beyond those of the question, for who looks at single
    vehicles of `live`.
    """

    @property
    def carried(self) -> tuple[str, ...]:
        """Columns that a row brings along untouched."""
        ...

    def look(self, knowledge: Knowledge) -> None:
        """Fix what may be seen: `seen`, `ended`, `held_registration`, `facet`, `retirement`,
        `claimed` and `decision_row` are there afterwards.
        """
        ...

    def table(self, name: str, query: str) -> None:
        """Name the rows of a query that are few and asked for several times."""
        ...

    def view(self, name: str, query: str) -> None:
        """Name a query."""
        ...

    def frame(self, query: str) -> pl.DataFrame:
        """All rows of a query; some ten thousand at most."""
        ...

    def large_frame(self, query: str) -> pl.DataFrame:
        """All rows of a query that may be many."""
        ...


def is_any(engine: Engine, relation: str) -> bool:
    """Whether a relation has a row."""
    return bool(engine.frame(f"SELECT 1 AS one FROM {relation} LIMIT 1").height)


class DuckDbEngine:
    """The store itself."""

    carried = ("vin", "key_hash", "model", "credit_code", "owner")

    def __init__(self, connection: duckdb.DuckDBPyConnection, facts: Path) -> None:
        """Over an opened store, whose parts lie in `facts`."""
        self._connection = connection
        self._facts = facts

    def look(self, knowledge: Knowledge) -> None:
        """Views over the tables and parts of the store."""
        create_views(self._connection, self._facts, knowledge)
        self.view("claimed", _CLAIMED)
        self.view("decided", _DECIDED)
        self.view("decision_row", DECISION_ROWS)

    def table(self, name: str, query: str) -> None:
        """A temporary table."""
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")

    def view(self, name: str, query: str) -> None:
        """A temporary view."""
        self._connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {query}")

    def frame(self, query: str) -> pl.DataFrame:
        """Without Arrow, whose import takes longer."""
        return few_rows(self._connection, query)

    def large_frame(self, query: str) -> pl.DataFrame:
        """Through Arrow."""
        found: pl.DataFrame = self._connection.sql(query).pl()
        return found
