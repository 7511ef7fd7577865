"""Writing a submission down: its receipt, findings, rows and what it changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.model import Changes, Finding, Mode, Period, Receipt, Severity, Status
from monitor.store import audit, history
from monitor.store.archive import Kept
from monitor.store.facets import FacetBook
from monitor.store.holdings import is_held
from monitor.store.knowledge import Knowledge, read_moment, stored_moment
from monitor.store.new_submission import NewSubmission, receipt_code
from monitor.store.store import Store

Identity = tuple[str | None, str | None, Period | None, Mode]
# What is kept with a submission in its own transaction; it may raise, then nothing is stored.
Settle = Callable[[Receipt], None]


def nothing_more(_receipt: Receipt) -> None:
    """Most submissions are all that there is to keep."""


@dataclass(frozen=True, slots=True)
class Recorder:
    """Writes into one store under one ruleset and version; `recorded_at` is now.

    `settle` is given each receipt last in the transaction of its submission.
    """

    store: Store
    ruleset: str
    version: str
    recorded_at: datetime
    settle: Settle = nothing_more

    def next_seq(self) -> int:
        """The number that the next submission will bear."""
        return self.store.history() + 1

    def same_before(self, sha256: str, identity: Identity) -> int | None:
        """The submission of the same bytes, kind, division, period and mode, if it is the last of
        its sender; a refused one is judged again.
        """
        kind, division, period, mode = identity
        found = self.store.rows(
            "SELECT seq, asked FROM submission WHERE sha256 = ? "
            "AND division IS NOT DISTINCT FROM ? AND mode = ? AND status <> 'refused' "
            "AND seq = (SELECT max(seq) FROM submission AS s "
            "WHERE s.division IS NOT DISTINCT FROM ?)",
            [sha256, division, mode.value, division],
        )
        return next((seq for seq, asked in found if asked == asked_text(kind, period)), None)

    def latest_received(self, kind: str | None, division: str | None) -> datetime | None:
        """When the sender's latest of the kind was received."""
        latest = self.store.one(
            "SELECT max(received_at) FROM submission WHERE kind = ? "
            "AND division IS NOT DISTINCT FROM ? AND status <> 'refused'",
            [kind, division],
        )
        return read_moment(latest) if latest is not None else None

    def note_duplicate(self, seq: int, kept: Kept, received_at: datetime) -> Receipt:
        """Note that the same bytes came again; the receipt names the first submission."""
        with self.store.transaction():
            self._receive(kept.sha256, kept.name, received_at, seq, "duplicate")
            audit.record(self.store, "duplicate", f"S{seq:06d}", at=self.recorded_at)
        first = self.store.summaries("seq = ?", [seq])[0]
        return Receipt(
            submission=first.submission,
            sha256=first.sha256,
            file=kept.name,
            kind=first.kind,
            division=first.division,
            period=first.period,
            received_at=received_at,
            status=Status.DUPLICATE,
            rows=first.rows,
            findings=self.store.findings(seq),
            findings_total=first.errors + first.warnings,
            interpretations=self.store.interpretations(seq),
            code=first.receipt,
            first=first.submission,
            changes=Changes(unchanged=first.rows.accepted),
            error_total=first.errors,
            tallies=tuple((code, n) for (code, _), n in self.store.tallies([seq]).items()),
        )

    def record(self, new: NewSubmission, asked: str = "") -> Receipt:
        """A submission without rows that count: refused, or nil."""
        with self.store.transaction():
            seq = self.next_seq()
            self.open(seq, new, asked)
            return self.close(seq, new)

    def open(self, seq: int, new: NewSubmission, asked: str) -> None:
        """Put the submission in its place in history, within the caller's transaction."""
        period = new.period
        self.store.connection.execute(
            "INSERT INTO submission VALUES (" + ", ".join("?" * 30) + ")",
            [
                seq,
                f"S{seq:06d}",
                new.sha256,
                new.file_name,
                new.kind,
                new.division,
                period.start if period else None,
                period.end if period else None,
                new.period_declared,
                stored_moment(new.received_at),
                stored_moment(self.recorded_at),
                new.status.value,
                new.mode.value,
                *new.counts,
                0,
                0,
                0,
                0,
                0,
                0,
                "",
                self.ruleset,
                self.version,
                new.column_map,
                new.reason,
                json.dumps(new.headers, ensure_ascii=False),
                asked,
            ],
        )
        self._receive(new.sha256, new.file_name, new.received_at, seq, new.status.value)

    def add_rows(
        self,
        seq: int,
        new: NewSubmission,
        facets: FacetBook,
        part_name: str | None,
        part_rows: int,
        repeated: Mapping[str, tuple[int, ...]],
        *,
        reach: history.Reach,
        links_within: bool,
    ) -> history.Bearing:
        """Register the part of an opened submission and set it against what is held."""
        connection = self.store.connection
        self.store.add_facets(facets)
        if part_name is None and new.mode is not Mode.REPLACE:
            return history.Bearing(Changes(), (), ())
        if part_name is not None:
            connection.execute(
                "INSERT INTO part VALUES (?, ?, ?, ?)", [seq, new.kind, part_name, part_rows]
            )
        moment = stored_moment(new.received_at)
        for reason, lines in repeated.items():
            connection.execute(
                "INSERT INTO ending SELECT ?, unnest(?::UINTEGER[]), ?, ?, ?",
                [seq, list(lines), moment, seq, reason],
            )
        return history.apply(
            connection,
            self.store.facts,
            seq=seq,
            kind=new.kind,
            mode=new.mode,
            rows=part_rows,
            reach=reach,
            links_within=links_within,
        )

    def withdraw(
        self, seq: int, new: NewSubmission, vins: list[str]
    ) -> tuple[int, tuple[str, ...]]:
        """End the current rows of these vehicles; gives how many, and which are not held."""
        if not is_held(self.store, new.kind):
            return 0, tuple(vins)
        self.store.look(Knowledge(new.received_at, self.store.history()))
        found = self.store.rows(
            f"SELECT r.submission, r.line, r.vin FROM held_{new.kind} AS r "
            "ANTI JOIN ended USING (submission, line) JOIN facet ON facet.id = r.facet "
            "WHERE division = ? AND list_contains(?::VARCHAR[], r.vin)",
            [new.division, vins],
        )
        moment = stored_moment(new.received_at)
        self.store.insert(
            "ending",
            [[submission, line, moment, seq, "withdrawn"] for submission, line, _ in found],
        )
        held = {vin for _, _, vin in found}
        self.store.insert(
            "withdrawal", [[seq, new.kind, new.division, vin] for vin in sorted(held)]
        )
        return len(found), tuple(vin for vin in vins if vin not in held)

    def close(self, seq: int, new: NewSubmission) -> Receipt:
        """Write findings, tallies, coverage and the receipt; ends an opened submission."""
        connection = self.store.connection
        errors, warnings = new.total(Severity.ERROR), new.total(Severity.WARNING)
        code = receipt_code(seq, new, self.ruleset)
        connection.execute(
            "UPDATE submission SET status = ?, errors = ?, warnings = ?, added = ?, corrected = ?, "
            "unchanged = ?, withdrawn = ?, receipt = ? WHERE seq = ?",
            [new.status.value, errors, warnings, *new.changes, code, seq],
        )
        self.store.insert(
            "finding",
            [
                [seq, place, f.code, f.severity.value, f.line, f.column, f.value, *f.message]
                for place, f in enumerate(new.findings)
            ],
        )
        self.store.insert(
            "interpretation",
            [
                [seq, place, i.code, i.column, *i.message, i.count, i.line]
                for place, i in enumerate(new.interpretations)
            ],
        )
        tallies = new.tallies or _tallied(new.findings)
        severities = new.severities or {f.code: f.severity for f in new.findings}
        self.store.insert(
            "tally",
            [[seq, code, severities[code].value, n] for code, n in tallies.items() if n],
        )
        self.store.insert("coverage", [[seq, new.kind, code, *span] for code, span in new.coverage])
        self._audit(seq, new)
        receipt = Receipt(
            submission=f"S{seq:06d}",
            sha256=new.sha256,
            file=new.file_name,
            kind=new.kind,
            division=new.division,
            period=new.period,
            received_at=new.received_at,
            status=new.status,
            rows=new.counts,
            findings=new.findings,
            findings_total=errors + warnings,
            interpretations=new.interpretations,
            code=code,
            changes=new.changes,
            error_total=errors,
            tallies=tuple((code, n) for code, n in tallies.items() if n),
            columns=new.columns,
        )
        self.settle(receipt)
        return receipt

    def _audit(self, seq: int, new: NewSubmission) -> None:
        said = {"division": new.division, "kind": new.kind, "status": new.status.value}
        counts = new.counts._asdict() | new.changes._asdict()
        audit.record(
            self.store,
            "withdrawal" if new.mode is Mode.WITHDRAW else "submission",
            f"S{seq:06d}",
            detail=said | {"mode": new.mode.value, "counts": counts},
            at=self.recorded_at,
        )

    def _receive(
        self,
        sha256: str | None,
        name: str | None,
        received_at: datetime,
        seq: int,
        outcome: str,
    ) -> None:
        self.store.insert(
            "reception",
            [
                [
                    sha256,
                    name,
                    stored_moment(received_at),
                    stored_moment(self.recorded_at),
                    seq,
                    outcome,
                ]
            ],
        )


def asked_text(kind: str | None, period: Period | None) -> str:
    """What the sender declared, for telling whether the same was asked before."""
    return f"{kind or ''}|{period.start if period else ''}|{period.end if period else ''}"


def _tallied(findings: tuple[Finding, ...]) -> dict[str, int]:
    tallies: dict[str, int] = {}
    for finding in findings:
        tallies[finding.code] = tallies.get(finding.code, 0) + 1
    return tallies
