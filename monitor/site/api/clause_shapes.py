"""What the API answers of clauses that are no fleet mandates, and of what answers every clause."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from monitor.site.api.shapes import Closed, Day, Open


class Wanted(Closed):
    """What a clause asks for in `unit`; `value_most` ends a range, both null for a thing to be."""

    op: str
    value: str | None
    value_most: str | None
    unit: str | None


class BesideIt(Closed):
    """A further figure beside an answer, without a verdict."""

    what: str
    value: str
    unit: str | None


class DaysKnown(Closed):
    """The first and the last day that reports cover."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    first: Day | None = Field(alias="from")
    to: Day | None


class ClauseAnswer(Closed):
    """What is known of one line of a clause that is no fleet mandate, for one division and year.

    `value` (to `value_most`) is the figure in `unit`; a share has its sides. `misses` counts the
    rows against it, which `explain` leads to.
    """

    clause: str
    division: str
    period: str
    complete: bool
    line: int
    name: str
    measure: str
    evidence: str
    binding: bool
    target: Wanted | None
    value: str | None
    value_most: str | None
    unit: str | None
    denominator: int | None
    numerator: int | None
    undetermined: int
    share: str | None
    misses: int
    status: str
    strength: str
    consequence: str
    covered: DaysKnown
    incomplete_data: bool
    missing: list[str]
    facts: list[BesideIt]
    sources: list[str]
    notes: list[str]
    explain: str


class Consistency(Closed):
    """Whether figures reported for different clauses go together; `holds` null where ranges leave
    it open. It stands only where all of its clauses are of divisions that may be seen.
    """

    check: str
    period: str
    holds: bool | None
    parts: list[str]
    whole: list[str]
    clauses: list[str]
    message: str


class Clause(Open):
    """One clause that is no fleet mandate as its file has it, and who answers for it."""

    id: str
    meaning: str
    strength: str
    evidence: dict[str, Any]
    bodies: list[dict[str, Any]]


class Coverage(Closed):
    """One clause, fleet mandates among them: what answers it, what is lacking, who answers for it.

    `answer` is how it would be, `now` how it is: `needs_extract` where no such report is read yet.
    """

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    id: str
    sort: str = Field(alias="class")
    document: str
    section: str
    jurisdiction: str
    years: list[int]
    strength: str
    measure: str
    evidence: str
    answer: Literal["computed", "reported", "documented", "not_computable"]
    now: Literal["computed", "reported", "documented", "not_computable", "needs_extract"]
    needs: str | None
    limits: str | None
    bodies: list[dict[str, Any]]
