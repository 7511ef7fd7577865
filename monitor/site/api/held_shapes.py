"""What the API answers of what is held: reports, figures, bulletins, exemptions."""

from __future__ import annotations

from typing import Any, Literal

from monitor.site.api.clause_shapes import Clause, ClauseAnswer, Consistency, Coverage
from monitor.site.api.shapes import (
    Assessment,
    ChangedRows,
    Closed,
    Column,
    Day,
    Explanation,
    Finding,
    Moment,
    Open,
    ReadAs,
    Rows,
    Span,
    Words,
)


class Submission(Closed):
    """One report in force, refused or nil."""

    submission: str
    file: str | None
    sha256: str | None
    kind: str
    division: str | None
    period: Span
    received_at: Moment
    recorded_at: Moment
    status: str
    mode: str
    rows: Rows
    errors: int
    warnings: int
    changes: ChangedRows
    receipt: str
    ruleset: str
    reason: str | None


class Submissions(Closed):
    """Reports, the newest first; `total` is how many there are."""

    submissions: list[Submission]
    total: int


class Confirmation(Closed):
    """Who let a report count, and what it mends."""

    draft: str
    made_by: str
    confirmed_by: str
    signed_by: str | None
    corrects: str | None
    reason: str | None


class Counting(Closed):
    """The rows that count now, and which later reports took over the rest."""

    rows: int
    taken_over: dict[str, int]


class OneSubmission(Closed):
    """All about one report but its rows."""

    submission: Submission
    counting: Counting
    tallies: dict[str, int]
    columns: list[Column]
    interpretations: list[ReadAs]
    explanations: list[Explanation]
    confirmation: Confirmation | None
    corrected_by: list[str]


class Findings(Closed):
    """The kept findings of a report, errors first; `findings_total` counts all."""

    submission: str
    findings: list[Finding]
    findings_total: int


class Receipt(Closed):
    """A receipt, and whether it is genuine and its content still the one held."""

    submission: str
    receipt: str
    sha256: str | None
    file: str | None
    kind: str
    division: str | None
    period: Span
    received_at: Moment
    status: str
    rows: Rows
    outcome: Literal["genuine", "blanked", "bytes_missing", "altered", "unknown"]
    words: Words


class Judged(Closed):
    """What was judged and answered, by when, by which rules."""

    as_of: Day
    known_at: Moment | None
    ruleset: str
    assessments: list[Assessment]
    clauses: list[ClauseAnswer]
    consistency: list[Consistency]


class Mandate(Open):
    """One fleet mandate as its file has it."""

    id: str
    meaning: str
    strength: str
    bodies: list[dict[str, Any]]


class Mandates(Closed):
    """What is in force, was, or will be: fleet mandates, other clauses, and what answers each."""

    ruleset: str
    mandates: list[Mandate]
    clauses: list[Clause]
    coverage: list[Coverage]


class Divisions(Closed):
    """Who reports."""

    provinces: list[dict[str, Any]]
    divisions: list[dict[str, Any]]


class Form(Closed):
    """One file of an issue; `address` leads to it."""

    language: str
    name: str
    media_type: str
    address: str


class Issue(Closed):
    """One issue of a division's bulletin."""

    division: str
    as_of: Day
    issue: int
    forms: list[Form]


class Issues(Closed):
    """Issues, the newest first."""

    bulletins: list[Issue]


class Exemptions(Closed):
    """What is claimed, and the figures as decided, with all claims and with none."""

    as_of: Day
    known_at: Moment | None
    ruleset: str
    exemptions: list[dict[str, Any]]
    effects: list[dict[str, Any]]


class Decided(Closed):
    """How many vehicles a decision is of."""

    vehicles: int


class Explained(Open):
    """A figure traced back, of a fleet mandate or of another clause (`mandate` is its id either
    way); `rows` only for who may see rows, VINs masked unless asked for.
    """

    code: str
    mandate: str
    division: str
    period: str
    clause: dict[str, Any]
    figure: dict[str, Any]
