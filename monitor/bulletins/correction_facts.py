"""All that a correction request says, before it is put into words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.bulletins.rendered import Attachment
from monitor.model import Finding, Severity, Status, SubmissionSummary


@dataclass(frozen=True, slots=True)
class CorrectionFacts:
    """One submission that was refused or had rows set aside.

    `findings` are those that were kept, errors first; `tallies` counts rows by code and severity,
    all of them. `mended_by` is the later submission that settles all of it, where that can be
    told. `table` holds the rows set aside as a file to mend: there is none for a refused file, for
    a sender who is not known, and where it `is_too_large` for a letter. `aside` are the lines of
    `findings` that were set aside.
    """

    summary: SubmissionSummary
    findings: tuple[Finding, ...]
    tallies: Mapping[tuple[str, Severity], int]
    mended_by: str | None
    table: Attachment | None
    is_too_large: bool = False
    aside: frozenset[int] = frozenset()

    @property
    def is_refused(self) -> bool:
        """Whether nothing of the file counts."""
        return self.summary.status is Status.REFUSED
