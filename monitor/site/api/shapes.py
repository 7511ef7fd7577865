"""What the API answers, as types: the documentation is made of them, and tests hold answers to
them. Shapes of `CONTRACT` section 3 where it has them.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Day = Annotated[str, Field(json_schema_extra={"format": "date"})]


class Closed(BaseModel):
    """An object with these fields and no others."""

    model_config = ConfigDict(extra="forbid")


class Open(BaseModel):
    """An object with these fields among others."""

    model_config = ConfigDict(extra="allow")


class Words(Closed):
    """The same in both languages."""

    zh: str
    en: str


class Span(Closed):
    """Whole days, both included."""

    start: Day | None
    end: Day | None


class Rows(Closed):
    """What became of a file's lines: read = accepted + rejected + ignored."""

    read: int
    accepted: int
    rejected: int
    ignored: int


class ChangedRows(Closed):
    """What a report changes in what its sender reported before, in rows."""

    added: int
    corrected: int
    unchanged: int
    withdrawn: int


class Column(Closed):
    """How one column was understood."""

    header: str
    column: str | None
    read_as: str | None


class Finding(Closed):
    """One line that a rule speaks of; `value` is the sender's cell."""

    code: str
    severity: Literal["error", "warning"]
    line: int | None
    column: str | None
    value: str | None
    message: str


class ReadAs(Closed):
    """What was read as other than it was written."""

    code: str
    column: str | None
    count: int
    line: int | None
    message: str


class ShownLine(Closed):
    """One of the first lines of a group of findings."""

    line: int | None
    column: str | None
    value: str | None
    message: str


class FindingGroup(Closed):
    """All findings of one code; `shown` is empty for who may not see rows."""

    code: str
    severity: Literal["error", "warning"]
    rows: int
    column: str | None
    what: str
    because: str | None
    mend: str | None
    asks_why: bool
    shown: list[ShownLine]


class Assessment(Open):
    """One mandate's figure and verdict for one division and period."""

    mandate: str
    division: str
    period: str
    complete: bool
    denominator: int | None
    numerator: int | str
    undetermined: int | str
    share: str | None
    short_by: int | str
    needed_next: int | str | None
    status: str
    strength: str
    consequence: str
    explain: str


class BeforeAfter(Closed):
    """The figures that the upload bears on, as they are and as they would be."""

    before: list[Assessment]
    after: list[Assessment]


class MovedAnswer(Closed):
    """An answer to a clause that the upload changes, in words."""

    clause: str
    division: str
    period: str
    name: str
    before: str
    before_status: str | None
    after: str
    after_status: str | None


class Result(Closed):
    """What a check found; `elsewhere` counts figures turned that the token may not see."""

    fingerprint: str
    status: str
    kind: str | None
    period: Span
    checked_on: Day
    rows: Rows
    changes: ChangedRows | None
    columns: list[Column]
    interpretations: list[ReadAs]
    findings: list[FindingGroup]
    to_mend: int
    first: str | None
    ruleset: str
    assessments: BeforeAfter
    clauses: list[MovedAnswer]
    elsewhere: int


class Explanation(Closed):
    """Why the findings of one code stand."""

    code: str
    reason: str
    words: str
    until: Day | None
    made_by: str
    made_at: Moment


class Asked(Closed):
    """What the sender said of an upload; null is told from the file."""

    kind: str | None
    period: Span
    mode: str
    corrects: str | None
    reason: str | None
    columns: str | None
    force: bool
    replaces: bool


class Upload(Closed):
    """An upload: how far it got, in words, what is to be done next, and what the check found."""

    upload: str
    division: str
    state: str
    state_words: Words
    next_step: Words
    words: Words | None
    file: str | None
    sha256: str | None
    size: int | None
    made_by: str
    made_at: Moment
    changed_at: Moment
    asked: Asked
    ahead: int | None
    needs_second_person: bool
    confirmed_by: str | None
    confirmed_at: Moment | None
    signed_by: str | None
    signed_at: Moment | None
    submission: str | None
    explanations: list[Explanation]
    result: Result | None


class Uploads(Closed):
    """Uploads without their results, the newest first."""

    uploads: list[Upload]
