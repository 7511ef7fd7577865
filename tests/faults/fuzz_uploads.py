"""One drawn upload through reading and checking, and whether every row is accounted for."""

from __future__ import annotations

import hashlib
import signal
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import FrameType

import polars as pl

from faults.fuzz_grammar import TODAY, Drawer, Upload
from monitor.corridor.declared import Declared
from monitor.corridor.reception import receive
from monitor.corridor.screen import Screened, screen
from monitor.errors import WrongUse
from monitor.extracts.context import ExtractContext
from monitor.extracts.reading import Reading, open_extract
from monitor.extracts.refusal import FileRefused
from monitor.model import SHANGHAI, Finding, Period, Receipt, Severity, Status
from monitor.policy.blank_tables import load_blank_tables
from monitor.policy.policy import Policy
from monitor.policy.project import Project
from monitor.store.archive import keep, stored_at
from monitor.store.facets import FacetBook
from monitor.store.home import Home
from monitor.store.opening import open_store

NOW = datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=SHANGHAI)
# What a small file may take at most; a hang is what takes longer.
MOST_SECONDS = 30
# Every so many go the whole way: through the door into a store.
WHOLE_EVERY = 50
_PER_HOME = 40


class TooSlow(BaseException):
    """Raised from the clock; a BaseException, so that nothing under test takes it for its own."""


@dataclass
class Tried:
    """What became of some uploads: how many there were of each sort, and what went wrong."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    codes: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tried) -> None:
        """Sum up."""
        self.counts += other.counts
        self.faults += other.faults
        self.codes += other.codes


@contextmanager
def bounded(seconds: float) -> Iterator[None]:
    """Break off what takes longer."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class Uploads:
    """Puts drawn uploads through the product and looks at what it answers."""

    def __init__(self, policy: Policy, seed: int, folder: Path, *, most_seconds: float) -> None:
        self.policy = policy
        self.drawer = Drawer(policy, load_blank_tables(Project(None), policy), seed)
        self.folder = folder
        self.most_seconds = most_seconds
        self.home = Home(folder / "home")
        self.home.create()
        self._whole = 0

    def put(self, number: int) -> Tried:
        """One upload; whatever is wrong with the answer is a fault that names its number."""
        tried = Tried()
        upload = self.drawer.draw(number)
        tried.counts["uploads"] += 1
        tried.counts[upload.what.rpartition(" ")[2] if "mutated" in upload.what else "plain"] += 1
        tried.counts[f"kind {upload.kind}"] += 1
        tried.counts["bytes"] += len(upload.data)
        try:
            with bounded(self.most_seconds):
                self._put(upload, tried)
                if number % WHOLE_EVERY == 0:
                    self._put_whole(upload, tried)
        except TooSlow:
            tried.faults.append(f"{number} ({upload.what}): longer than {self.most_seconds} s")
        except Exception:  # noqa: BLE001  # whatever it is, it is what is looked for
            tried.faults.append(f"{number} ({upload.what}): {traceback.format_exc(limit=-6)}")
        return tried

    def _put(self, upload: Upload, tried: Tried) -> None:
        path = self.folder / "upload"
        path.write_bytes(upload.data)
        with tempfile.TemporaryDirectory(dir=self.folder) as scratch:
            try:
                reading = open_extract(
                    path,
                    name="upload",
                    maps=self.policy.columns,
                    kind=upload.kind if upload.number % 2 else None,
                    sender_known=upload.sender is not None,
                    work=Path(scratch),
                )
                # Numbers of a file's own, as in a store that holds nothing.
                context = self._context(upload, reading)
                screened = screen(reading, context, FacetBook(()), Path(scratch), 1)
            except FileRefused as refused:
                tried.counts["refused"] += 1
                tried.codes[refused.finding.code] += 1
                _look_at(upload, (refused.finding,), tried)
                if upload.rows and "column" not in refused.finding.code:
                    tried.counts["refused whole"] += 1
                return
            self._account(upload, reading, screened, tried)

    def _context(self, upload: Upload, reading: Reading) -> ExtractContext:
        return ExtractContext(
            policy=self.policy,
            kind=reading.kind,
            sender=upload.sender,
            received_on=TODAY,
            period=None,
            headers={c: reading.headers[int(raw[1:])] for c, raw in reading.mapping.items()},
            identity=reading.map.identity,
            constants=reading.map.constants,
            epoch_1904=reading.epoch_1904,
        )

    def _account(self, upload: Upload, reading: Reading, screened: Screened, tried: Tried) -> None:
        """Read = accepted + rejected + ignored, and each rejected row with its line and codes."""
        counts, findings = screened.counts, screened.notable.findings()
        tried.counts["rows read"] += counts.read
        tried.counts["rows accepted"] += counts.accepted
        tried.counts["rows rejected"] += counts.rejected
        tried.counts["rows ignored"] += counts.ignored
        tried.codes.update(finding.code for finding in findings)
        whose = f"{upload.number} ({upload.what})"
        if counts.read != counts.accepted + counts.rejected + counts.ignored:
            tried.faults.append(f"{whose}: {counts}")
        if upload.read is not None and counts.read != upload.read:
            tried.faults.append(f"{whose}: read {counts.read}, written {upload.read}")
        known = upload.rows is not None and reading.kind == upload.kind == "registration"
        if known and counts.rejected < upload.ruined:
            tried.faults.append(f"{whose}: rejected {counts.rejected}, ruined {upload.ruined}")
        aside = pl.read_parquet(screened.rejected) if screened.rejected else None
        lines = aside["line"].to_list() if aside is not None else []
        if len(lines) != counts.rejected or len(set(lines)) != len(lines):
            tried.faults.append(f"{whose}: {counts.rejected} rejected, {len(lines)} set aside")
        if aside is not None and not aside["codes"].str.len_chars().min():
            tried.faults.append(f"{whose}: a row set aside without a code")
        told = {f.line for f in findings if f.severity is Severity.ERROR}
        if not set(lines) <= told:
            tried.faults.append(f"{whose}: lines {sorted(set(lines) - told)} are told of nowhere")
        if len(lines) and max(lines) > upload.data.count(b"\n") + upload.data.count(b"\r") + 70_000:
            tried.faults.append(f"{whose}: line {max(lines)} is not in the file")
        _look_at(upload, findings, tried)

    def _put_whole(self, upload: Upload, tried: Tried) -> None:
        """Through the door: the bytes are kept under their hash, the receipt says what happened."""
        if self._whole % _PER_HOME == 0:  # a store of its own for every so many
            self.home = Home(self.folder / f"home-{self._whole}")
        self._whole += 1
        path = self.folder / "whole"
        path.write_bytes(upload.data)
        kept = keep(_made(self.home), path)
        with open_store(self.home, write=True, waiting=lambda _words: None) as store:
            declared = Declared(
                received_at=NOW,
                kind=upload.kind if upload.number % 2 else None,
                division=upload.sender,
                period=Period(datetime(2018, 1, 1).date(), TODAY) if upload.rows == 0 else None,  # noqa: DTZ001
            )
            receipts = []
            for _ in range(2):  # the same bytes again are the same submission
                try:
                    receipts.append(receive(store, self.policy, kept, declared, now=NOW))
                except WrongUse:
                    tried.counts["wrong use"] += 1
        tried.counts["whole"] += 1
        sha256 = hashlib.sha256(upload.data).hexdigest()
        held = stored_at(self.home, sha256)
        if hashlib.sha256(held.read_bytes()).hexdigest() != sha256:
            tried.faults.append(f"{upload.number}: the archive holds other bytes")
        for receipt in receipts:
            _look_at_receipt(upload, receipt, tried)
        twice = len(receipts) == 2 and receipts[0].status is not Status.REFUSED
        if twice and receipts[1].status is not Status.DUPLICATE:
            tried.faults.append(f"{upload.number}: the same bytes were taken in twice")


def _made(home: Home) -> Home:
    home.create()
    return home


def _look_at(upload: Upload, findings: tuple[Finding, ...], tried: Tried) -> None:
    """Every finding has words in both languages; one of a row names its line, mostly its column."""
    for finding in findings:
        if not (finding.code and finding.message.zh and finding.message.en):
            tried.faults.append(f"{upload.number} ({upload.what}): {finding} says nothing")
        if finding.line is not None and finding.line < 1:
            tried.faults.append(f"{upload.number} ({upload.what}): {finding} is on no line")


def _look_at_receipt(upload: Upload, receipt: Receipt, tried: Tried) -> None:
    rows = receipt.rows
    if rows.read != rows.accepted + rows.rejected + rows.ignored:
        tried.faults.append(f"{upload.number} ({upload.what}): {rows} in its receipt")
    if receipt.status is Status.REFUSED and not receipt.findings:
        tried.faults.append(f"{upload.number} ({upload.what}): refused for no reason")
    if receipt.code is None or receipt.sha256 != hashlib.sha256(upload.data).hexdigest():
        tried.faults.append(f"{upload.number} ({upload.what}): a receipt of something else")


def show(tried: Tried) -> None:
    """Faults for who watches."""
    for fault in tried.faults[:20]:
        print(fault, file=sys.stderr)
