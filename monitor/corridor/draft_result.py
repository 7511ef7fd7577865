"""What the check of a draft found, as pages, programs and the confirmation read it."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from monitor.corridor.recorded import read_assessment
from monitor.model import (
    Assessment,
    Changes,
    ColumnRead,
    Interpretation,
    Period,
    RowCounts,
    Severity,
    Status,
    Text,
)
from monitor.store.home import Home, keep_file

SHOWN: Final = 20  # lines of each kind of finding
_RESULT, _REJECTED = "result.json", "rejected.csv"


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """One line that a rule speaks of; `value` is the sender's cell and may be personal."""

    line: int | None
    column: str | None
    value: str | None
    message: Text


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """All findings of one code; `rows` counts them, `shown` holds the first.

    `what`, `because` and `mend` are the rule's own words, without any cell; of a file that cannot
    be read `what` is the whole message. `asks_why`: its sender may say why it stands.
    """

    code: str
    severity: Severity
    rows: int
    column: str | None
    what: Text
    because: Text | None
    mend: Text | None
    asks_why: bool
    shown: tuple[ShownFinding, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure before and after the file; `is_own` where it is of who sends it."""

    before: Assessment | None
    after: Assessment | None
    is_own: bool

    @property
    def differs(self) -> bool:
        """Whether the file turns anything of it that people read."""
        return (
            self.before is None or self.after is None or essence(self.before) != essence(self.after)
        )

    @property
    def row(self) -> Assessment:
        """The figure as it stands with the file; without it where that has none."""
        found = self.after or self.before
        if found is None:
            raise AssertionError
        return found


@dataclass(frozen=True, slots=True)
class MovedAnswer:
    """An answer to a clause that the file changes, in words; statuses are null where there was no
    answer before, or is none after.
    """

    clause: str
    division: str
    period: str
    name: Text
    before: Text
    before_status: str | None
    after: Text
    after_status: str | None


@dataclass(frozen=True, slots=True)
class DraftResult:
    """What a check found; `fingerprint` is over all that a confirmer relies on.

    `covered` are the divisions whose figures it reports. `checked_on` is the day of receipt that it
    was judged for, `seen_history` and `seen_decisions` what was held then; `to_mend` how many rows
    `rejected_csv` has; `first` the submission that a duplicate repeats.
    """

    status: Status
    kind: str | None
    division: str
    covered: tuple[str, ...]
    period: Period | None
    checked_on: date
    rows: RowCounts
    changes: Changes | None
    columns: tuple[ColumnRead, ...]
    interpretations: tuple[Interpretation, ...]
    groups: tuple[FindingGroup, ...]
    figures: tuple[Figure, ...]
    answers: tuple[MovedAnswer, ...]
    to_mend: int
    first: str | None
    fingerprint: str
    seen_history: int
    seen_decisions: int
    ruleset: str
    elapsed_seconds: float

    @property
    def errors(self) -> tuple[FindingGroup, ...]:
        """What set rows aside, or refused the file."""
        return tuple(group for group in self.groups if group.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[FindingGroup, ...]:
        """What counts and should be looked at."""
        return tuple(group for group in self.groups if group.severity is Severity.WARNING)

    @property
    def to_explain(self) -> tuple[FindingGroup, ...]:
        """The warnings of which the sender may say why they stand."""
        return tuple(group for group in self.groups if group.asks_why)


def essence(row: Assessment) -> tuple[object, ...]:
    """What people read of a figure: not the day judged, nor the code that explains it."""
    figures = (row.denominator, row.numerator, row.undetermined, row.share, asdict(row.excluded))
    told = (row.status, row.consequence, row.complete, row.short_by, row.needed_next)
    return (row.key, figures, told, row.covered, row.incomplete_data, row.compared_with)


def folder_of(home: Home, draft: str) -> Path:
    """Where what a check said of a draft lies."""
    return home.drafts / draft


def rejected_csv(home: Home, draft: str) -> Path | None:
    """The rows to mend and send again; None where none was set aside."""
    path = folder_of(home, draft) / _REJECTED
    return path if path.is_file() else None


def write_result(home: Home, draft: str, result: DraftResult, rejected: bytes) -> None:
    """Keep a result with its rows to mend, in the place of an earlier one; the result last."""
    folder = folder_of(home, draft)
    folder.mkdir(parents=True, exist_ok=True)
    if rejected:
        _write(folder / _REJECTED, rejected)
    else:
        (folder / _REJECTED).unlink(missing_ok=True)
    content = json.dumps(asdict(result), ensure_ascii=False, default=str)
    _write(folder / _RESULT, content.encode())


def _write(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(content)
    keep_file(temporary, path)


def read_result(home: Home, draft: str) -> DraftResult | None:
    """What the last check of a draft found; None where there was none, or it cannot be read."""
    try:
        said = json.loads((folder_of(home, draft) / _RESULT).read_bytes())
        return _result(said)
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _result(said: dict[str, Any]) -> DraftResult:
    return DraftResult(
        **said
        | {
            "status": Status(said["status"]),
            "covered": tuple(said["covered"]),
            "period": _period(said["period"]),
            "checked_on": date.fromisoformat(said["checked_on"]),
            "rows": RowCounts(*said["rows"]),
            "changes": Changes(*said["changes"]) if said["changes"] is not None else None,
            "columns": tuple(ColumnRead(*one) for one in said["columns"]),
            "interpretations": tuple(
                Interpretation(**one | {"message": Text(*one["message"])})
                for one in said["interpretations"]
            ),
            "groups": tuple(_group(one) for one in said["groups"]),
            "figures": tuple(
                Figure(_row(one["before"]), _row(one["after"]), one["is_own"])
                for one in said["figures"]
            ),
            "answers": tuple(
                MovedAnswer(
                    **one | {name: Text(*one[name]) for name in ("name", "before", "after")}
                )
                for one in said["answers"]
            ),
        }
    )


def _period(said: list[str] | None) -> Period | None:
    return Period(*map(date.fromisoformat, said)) if said else None


def _row(said: dict[str, Any] | None) -> Assessment | None:
    return read_assessment(said) if said is not None else None


def _group(said: dict[str, Any]) -> FindingGroup:
    return FindingGroup(
        **said
        | {
            "severity": Severity(said["severity"]),
            **{
                name: Text(*said[name]) if said[name] is not None else None
                for name in ("what", "because", "mend")
            },
            "shown": tuple(
                ShownFinding(**one | {"message": Text(*one["message"])}) for one in said["shown"]
            ),
        }
    )
