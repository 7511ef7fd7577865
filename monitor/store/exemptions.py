"""Exemptions decided: append-only, the latest by vehicle that was known decides.

A claim without a decision stands as it was sent. One that is refused, or approved until a day
before the vehicle's registration, counts as if nothing had been claimed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from monitor.store.knowledge import read_moment, sql_list, stored_moment
from monitor.store.store import Store

if TYPE_CHECKING:
    import polars as pl


class Decision(StrEnum):
    """What somebody decided of a claim; `WITHDRAWN` takes the last decision back."""

    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class NewDecision(NamedTuple):
    """One decision over one claim or many.

    `until` is the last day of registration that an approval covers, None where it names none. Not
    the day judged: an addition is exempt or not on the day on which it is made, and the figure of
    a year that is over must not move because the calendar has.
    """

    decision: Decision
    until: date | None
    reason: str
    made_by: str
    made_at: datetime


class NewEvidence(NamedTuple):
    """What somebody put beside claims: words, and the bytes of a file where there is one."""

    division: str
    exemption: str
    vins: tuple[str, ...]
    words: str
    made_by: str
    made_at: datetime
    sha256: str | None = None
    file_name: str | None = None


class Evidence(NamedTuple):
    """Evidence as it is kept, with its id."""

    id: str
    division: str
    exemption: str
    vins: tuple[str, ...]
    sha256: str | None
    file_name: str | None
    words: str
    made_by: str
    made_at: datetime


def last_decision(store: Store, known_at: datetime | None = None) -> int:
    """The number of the last decision, of those made by `known_at`; 0 where there is none."""
    known = stored_moment(known_at) if known_at else None
    return int(
        store.one(
            "SELECT coalesce(max(seq), 0) FROM exemption_decision "
            "WHERE ?::TIMESTAMP IS NULL OR made_at <= ?",
            [known, known],
        )
    )


def add_decisions(
    store: Store, division: str, claims: Sequence[tuple[str, str]], made: NewDecision
) -> None:
    """Decide the same of some claims, pairs of VIN and exemption, in the caller's transaction."""
    last, moment = last_decision(store), stored_moment(made.made_at)
    store.insert(
        "exemption_decision",
        [
            [
                *(last + place, division, vin, exemption, made.decision.value, made.until),
                *(made.reason, made.made_by, moment),
            ]
            for place, (vin, exemption) in enumerate(claims, start=1)
        ],
    )


def add_evidence(store: Store, new: NewEvidence) -> str:
    """Keep evidence in the caller's transaction; gives its id."""
    evidence = f"E{store.one('SELECT count(*) + 1 FROM evidence'):06d}"
    store.connection.execute(
        "INSERT INTO evidence VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            *(evidence, new.division, new.exemption, list(new.vins), new.sha256, new.file_name),
            *(new.words, new.made_by, stored_moment(new.made_at)),
        ],
    )
    return evidence


def evidence_of(store: Store, divisions: Sequence[str]) -> tuple[Evidence, ...]:
    """All evidence of some divisions, the oldest first."""
    found = store.rows(
        "SELECT id, division, exemption, vins, sha256, file_name, words, made_by, made_at "
        "FROM evidence WHERE list_contains(?::VARCHAR[], division) ORDER BY made_at, id",
        [list(divisions)],
    )
    return tuple(
        Evidence._make((*row[:3], tuple(row[3]), *row[4:-1], read_moment(row[-1]))) for row in found
    )


# Additions that claim an exemption, by a name that is known or, as far as findings are kept, not.
_CLAIMED = """
    SELECT r.submission, s.id, s.file_name, r.line, r.vin, r.registered_on, f.division, f.category,
           f.owner_kind, f.energy, f.exemption, n.value AS written,
           d.exemption AS decided_exemption, d.decision, d.until, d.reason, d.made_by, d.made_at
    FROM live AS r JOIN facet AS f ON f.id = abs(r.facet)
    JOIN submission AS s ON s.seq = r.submission
    LEFT JOIN (SELECT submission, line, any_value(value) AS value FROM finding
               WHERE code = 'exemption_unrecognised' GROUP BY ALL) AS n
        ON n.submission = r.submission AND n.line = r.line
    LEFT JOIN decided AS d ON d.division = f.division AND d.vin = r.vin
    WHERE (f.exemption IS NOT NULL OR n.value IS NOT NULL)
      AND f.is_addition AND NOT f.is_deregistration AND NOT r.loses_addition
      AND f.division IN ({divisions})
    ORDER BY f.division, r.submission, r.line
"""


def claimed_rows(store: Store, divisions: Sequence[str]) -> pl.DataFrame:
    """Every addition of some divisions that claims an exemption, with what was decided of it.

    `Store.look` and `question.prepare` must have run. Columns: submission, id, file_name, line,
    vin, registered_on, division, category, owner_kind, energy, exemption (null where its name is
    not known), written (as sent, where its name is not known), and of the decision that stands
    decided_exemption, decision, until, reason, made_by, made_at (UTC).
    """
    asked = _CLAIMED.format(divisions=sql_list(tuple(divisions)))
    found: pl.DataFrame = store.connection.sql(asked).pl()
    return found
