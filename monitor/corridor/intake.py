"""One submission from the door to the store, or to the scratch copy of a check."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

import polars as pl

from monitor import __version__
from monitor.checking.gate import gate_rows
from monitor.corridor.columns_read import columns_of, columns_read
from monitor.corridor.declared import Declared, check_declared
from monitor.corridor.measures import whole_file_findings
from monitor.corridor.nil import record_nil
from monitor.corridor.screen import Screened, screen
from monitor.errors import WrongUse
from monitor.extracts.context import ExtractContext
from monitor.extracts.layout import Layout
from monitor.extracts.pseudonyms import veil_over
from monitor.extracts.reading import Reading, open_extract
from monitor.extracts.refusal import FileRefused
from monitor.model import SHANGHAI, Finding, Mode, Period, Receipt, Severity, Status, Text
from monitor.policy.policy import Policy
from monitor.store.archive import Kept
from monitor.store.blanking import blanked_vehicles
from monitor.store.facets import FacetBook
from monitor.store.history import Bearing
from monitor.store.home import keep_file
from monitor.store.new_submission import NewSubmission
from monitor.store.parts import part_name
from monitor.store.recording import Recorder, Settle, asked_text, nothing_more
from monitor.store.store import Store


def ingest(
    store: Store,
    policy: Policy,
    kept: Kept | None,
    declared: Declared,
    *,
    recorded_at: datetime,
    settle: Settle = nothing_more,
) -> Receipt:
    """Take one submission in: all of it or nothing; gives its receipt.

    `kept` is None for a nil return. `settle` is given the receipt within the transaction; where it
    raises, nothing is stored. The same function serves a check, over a scratch store.
    Raises `WrongUse` where the receipt would lie before the sender's latest, `CheckDidNotRun`
    where a rule has no result; nothing is stored then.
    """
    check_declared(policy, declared)
    recorder = Recorder(store, policy.ruleset, __version__, recorded_at, settle)
    asked = declared.kind, declared.division, declared.period, declared.mode
    if kept is not None:
        first = recorder.same_before(kept.sha256, asked)
        if first is not None:
            receipt = recorder.note_duplicate(first, kept, declared.received_at)
            return replace(receipt, columns=columns_of(store, policy, first))
    declared = _timed(recorder, declared)
    if kept is None:
        return record_nil(store, policy, recorder, declared)
    with tempfile.TemporaryDirectory(dir=store.home.work, prefix="intake-") as folder:
        return _Intake(store, policy, recorder, kept, declared, Path(folder)).run()


def _timed(recorder: Recorder, declared: Declared) -> Declared:
    """The same at a moment that may stand: not before the sender's latest of the kind."""
    latest = recorder.latest_received(declared.kind, declared.division)
    if latest is None or declared.received_at >= latest or declared.backfill:
        return declared
    if not declared.follows:
        raise WrongUse(
            Text(
                f"收到时间 {declared.received_at:%Y-%m-%d %H:%M} 早于该单位同类报表的最近一次"
                f"（{latest:%Y-%m-%d %H:%M}）。补录历史请加 --backfill。",
                f"Received at {declared.received_at:%Y-%m-%d %H:%M}, before the sender's latest of "
                f"the kind ({latest:%Y-%m-%d %H:%M}). Give --backfill to load history.",
            )
        )
    return replace(declared, received_at=latest)


@dataclass
class _Intake:
    store: Store
    policy: Policy
    recorder: Recorder
    kept: Kept
    declared: Declared
    folder: Path

    def run(self) -> Receipt:
        declared = self.declared
        name = declared.file_name or self.kept.name
        try:
            reading = self._open()
            # The kind is known only now: the early check could not look it up.
            timed = _timed(self.recorder, replace(declared, kind=reading.kind))
            self.declared = replace(declared, received_at=timed.received_at)
            return self._screened(reading, name)
        except FileRefused as refusal:
            return self._refuse(refusal.finding, declared.kind, name)

    def _open(self) -> Reading:
        return open_extract(
            self.kept.path,
            name=self.declared.file_name or self.kept.name,
            maps=self.policy.columns,
            kind=self.declared.kind,
            map_name=self.declared.columns,
            sender_known=self.declared.division is not None,
            work=self.folder,
            most_rows=self.declared.most_rows,
        )

    def _refuse(self, finding: Finding, kind: str | None, name: str) -> Receipt:
        return self.recorder.record(
            NewSubmission(
                kind=kind or "unknown",
                division=self.declared.division,
                period=self.declared.period,
                period_declared=self.declared.period is not None,
                received_at=self.declared.received_at,
                mode=self.declared.mode,
                status=Status.REFUSED,
                sha256=self.kept.sha256,
                file_name=name,
                findings=(finding,),
            )
        )

    def _screened(self, reading: Reading, name: str) -> Receipt:
        declared = self.declared
        context = ExtractContext(
            policy=self.policy,
            kind=reading.kind,
            sender=declared.division,
            received_on=declared.received_at.astimezone(SHANGHAI).date(),
            period=declared.period,
            headers={c: reading.headers[int(raw[1:])] for c, raw in reading.mapping.items()},
            identity=reading.map.identity,
            constants=reading.map.constants,
            epoch_1904=reading.epoch_1904,
        )
        reading.veil = veil_over(blanked_vehicles(self.store), reading.mapping)
        facets = self.store.facet_book()
        screened = screen(reading, context, facets, self.folder, self.recorder.next_seq())
        if declared.mode is Mode.REPLACE and screened.counts.rejected and not declared.force:
            return self._refuse(_replace_needs_force(screened), reading.kind, name)
        whole_file_findings(self.store, self.policy, screened, declared.division, reading.kind)
        return self._store(reading, screened, facets, name)

    def _store(self, reading: Reading, screened: Screened, facets: FacetBook, name: str) -> Receipt:
        """Everything of the submission in one transaction; files first, undone where it fails."""
        declared, seq = self.declared, self.recorder.next_seq()
        file_name = part_name(seq, self.kept.sha256)
        new = NewSubmission(
            kind=reading.kind,
            division=declared.division,
            period=declared.period or screened.span,
            period_declared=declared.period is not None,
            received_at=declared.received_at,
            mode=declared.mode,
            status=Status.ACCEPTED,
            sha256=self.kept.sha256,
            file_name=name,
            counts=screened.counts,
            interpretations=screened.interpretations,
            column_map=reading.map.map,
            headers=tuple(reading.headers),
            columns=columns_read(Layout.of(reading.map, tuple(reading.headers))),
            coverage=self._coverage(reading.kind, screened),
        )
        moved = []
        for source, folder in (
            (screened.part, self.store.facts),
            (screened.rejected, self.store.home.rejected),
        ):
            if source is not None:
                keep_file(source, folder / file_name)
                moved.append(folder / file_name)
        try:
            with self.store.transaction():
                self.recorder.open(seq, new, asked_text(declared.kind, declared.period))
                bearing = self.recorder.add_rows(
                    seq,
                    new,
                    facets,
                    file_name if screened.part is not None else None,
                    screened.part_rows,
                    {
                        "duplicate_row": screened.repeated.copies,
                        "duplicate_conflict": screened.repeated.conflicts,
                    },
                    reach=partial(self.policy.reach_of_any, reading.kind),
                    links_within=screened.has_deregistrations,
                )
                self._tell_bearing(reading, screened, bearing)
                tallies, severities = self._tallies(reading.kind, screened)
                report = gate_rows(
                    self.policy.rules[reading.kind],
                    tallies=tallies,
                    batches=screened.batches,
                    batches_read=screened.batches_read,
                    counts=screened.counts,
                )
                new = replace(
                    new,
                    findings=screened.notable.findings(),
                    tallies=tallies,
                    severities=severities,
                    changes=bearing.changes,
                )
                if new.total(Severity.ERROR) or new.total(Severity.WARNING):
                    new = replace(new, status=Status.WITH_FINDINGS)
                receipt = self.recorder.close(seq, new)
                self.store.add_run(
                    kind=reading.kind,
                    submission=seq,
                    as_of=None,
                    known_at=None,
                    ruleset=self.policy.ruleset,
                    version=__version__,
                    started_at=self.recorder.recorded_at,
                    results=report.as_rows(),
                )
        except BaseException:
            for target in moved:
                target.unlink(missing_ok=True)
            raise
        return receipt

    def _tell_bearing(self, reading: Reading, screened: Screened, bearing: Bearing) -> None:
        """Findings that only what is held can tell, with the sender's own cells."""
        told = {
            "claimed_elsewhere": bearing.claimed_elsewhere,
            "addition_turned": bearing.addition_turned,
        }
        if any(told.values()):
            wanted = [line for found in told.values() for line in found]
            for raw in reading.rows_on(wanted):
                for code, lines in told.items():
                    chosen = raw.filter(pl.col("line").is_in(list(lines)))
                    screened.notable.add_lines(code, chosen)

    def _tallies(self, kind: str, screened: Screened) -> tuple[dict[str, int], dict[str, Severity]]:
        """Rows by code, with nought for what found nothing, and the codes' severities."""
        rules = self.policy.rules[kind].rules
        measured = {rule.code: 0 for rule in rules if rule.measure is not None}
        tallies = measured | dict(screened.tallies) | screened.notable.tallies
        severities = {rule.code: rule.severity for rule in rules}
        return tallies, severities | screened.notable.reader_severities

    def _coverage(self, kind: str, screened: Screened) -> tuple[tuple[str, Period], ...]:
        """Declared periods as they are; else whole months of the rows' dates.

        A file of which no row counts covers nothing: its faults must not read as `nothing added`.
        """
        if not screened.counts.accepted:
            return ()
        declared = self.declared
        codes = (
            self.policy.reach(kind, declared.division)
            if declared.division is not None
            else tuple(screened.spans)
        )
        span = declared.period or (screened.span.whole_months() if screened.span else None)
        return tuple((code, span) for code in codes) if span is not None else ()


def _replace_needs_force(screened: Screened) -> Finding:
    n = screened.counts.rejected
    return Finding(
        code="replace_with_rejected_rows",
        severity=Severity.ERROR,
        message=Text(
            f"替换文件有 {n} 行被退回，未执行替换。依据：替换会撤下原有记录，退回的行将无从弥补。"
            "处理：请改正后重报，或确认无误后加 --force。",
            f"{n} rows of the replacement were set aside, so nothing was replaced. Why: the held "
            "rows would be withdrawn with no successors. To mend: correct it or give --force.",
        ),
    )
