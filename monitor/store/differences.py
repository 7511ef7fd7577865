"""What changed between two states of knowledge: the vehicles whose held rows gave way.

Only vehicles with a row that ended in between are looked at, found by the hash of their key.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from monitor.store import question
from monitor.store.knowledge import Knowledge, parts_query, quoted, read_moment, stored_moment
from monitor.store.store import Store

if TYPE_CHECKING:
    import polars as pl

# Endings that take nothing from what a division said of its vehicle: it said the same again, or
# the row never counted.
NO_CORRECTION = "('repeated', 'duplicate_row', 'duplicate_conflict')"


@contextmanager
def second_look(store: Store) -> Iterator[Store]:
    """The same data for questions of another moment: views are a connection's own, so what the
    first look fixed stays fixed.
    """
    with closing(store.connection.cursor()) as connection:
        yield Store(store.home, connection, store.facts)


def find_corrected(store: Store, later: Knowledge) -> bool:
    """Create `corrected`: vehicles, by division, of which a row that was current in the state
    looked at is not current in the `later` one, for another reason than being said again.

    `Store.look` must have fixed the earlier state. Gives whether there is any.
    """
    known = "true"
    if later.known_at is not None:
        known = f"received_at <= TIMESTAMP {quoted(str(stored_moment(later.known_at)))}"
    store.connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE ended_since AS
        SELECT submission, line, bool_or(reason NOT IN {NO_CORRECTION}) AS is_correction,
               submission IN (SELECT seq FROM seen) AS was_current
        FROM ending AS e
        WHERE by_submission IN (SELECT seq FROM submission WHERE seq <= {int(later.history)}
                                AND {known})
          AND {known.replace("received_at", "ended_at")}
          AND NOT EXISTS (FROM ended AS o WHERE o.submission = e.submission AND o.line = e.line)
        GROUP BY submission, line
        """
    )
    parts = store.connection.execute(
        "SELECT file_name FROM part WHERE kind = 'registration' "
        "AND submission IN (SELECT submission FROM ended_since) ORDER BY submission"
    ).fetchall()
    store.connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE corrected AS
        SELECT f.division, r.vin, r.key_hash
        FROM ({parts_query("registration", store.facts, parts)}) AS r
        JOIN ended_since AS e ON e.submission = r.submission AND e.line = r.line
        JOIN facet AS f ON f.id = r.facet
        WHERE r.key_hash IS NOT NULL
        GROUP BY ALL HAVING bool_or(e.is_correction) AND bool_or(e.was_current)
        """
    )
    return bool(store.one("SELECT count(*) FROM corrected"))


def corrected_rows(store: Store, as_of: date) -> pl.DataFrame:
    """The rows of the vehicles in `corrected` that are live in the state looked at, one by one.

    Columns: submission, line, vin, is_own (the division is one that corrected the vehicle) and
    those of `question.counts` and `question.weighed_sorts`, with vehicles 1.
    """
    question.prepare(store.engine, as_of)
    found: pl.DataFrame = store.connection.sql(
        f"""
        SELECT r.submission, r.line, r.vin,
               EXISTS (FROM corrected AS c WHERE c.vin = r.vin AND c.division = facet.division)
                 AS is_own,
               {question.FACET}, range_km, gross_mass_kg, fast_charge, registered_on,
               year(registered_on) AS registered_year, year(retired_on) AS retired_year,
               is_addition AND NOT is_deregistration AND NOT loses_addition AS counts_added,
               NOT loses_holding AND NOT is_spent AS counts_held, 1::BIGINT AS vehicles
        FROM (FROM live SEMI JOIN corrected USING (key_hash, vin)) AS r
        JOIN live_facet AS facet ON facet.id = r.facet
        ORDER BY r.submission, r.line
        """
    ).pl()
    return found


class RunState(NamedTuple):
    """What a run rested on: the day judged, what was known, the rules."""

    as_of: date
    knowledge: Knowledge
    ruleset: str


def state_of(store: Store, run: int) -> RunState:
    """The state that a run judged."""
    as_of, known_at, history, ruleset = store.rows(
        "SELECT as_of, known_at, history, ruleset FROM run WHERE id = ?", [run]
    )[0]
    return RunState(as_of, Knowledge(known_at and read_moment(known_at), history), ruleset)
