"""Taking in what the drop folder holds: each file by itself, put away once it is recorded.

What goes wrong with one city's file stops no other's, and a process that is killed between two
steps is followed by one that finishes them: no file is lost, none is taken twice.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, NoReturn

from monitor.corridor.declared import Declared
from monitor.corridor.inbox_faults import Unfinished, died_words, our_fault
from monitor.corridor.inbox_files import (
    Stamp,
    bounded,
    free_name,
    hash_of,
    move,
    open_dropped,
    open_folder,
    open_shelf,
    stamp_in,
    unreadable,
    write_text,
)
from monitor.corridor.inbox_look import (
    COMPANION,
    REFUSED,
    TAKEN,
    UNKNOWN_FOLDER,
    Dropped,
    Inbox,
    LeftAlone,
    declared_hash,
    fault_of,
    waiting_files,
)
from monitor.corridor.inbox_note import Note, read_notes, recorded, remove_note, write_note
from monitor.corridor.inbox_receipt import receipt_of, receipt_text
from monitor.corridor.intake import ingest
from monitor.corridor.second_person import NeedsSecondPerson, covered_by, ensure_one_signs
from monitor.errors import FleetmonError, WrongUse
from monitor.model import SHANGHAI, Receipt, Status, Text
from monitor.policy.policy import Policy
from monitor.store.archive import Kept, display_name, keep_open, sweep_scratch
from monitor.store.store import Store

__all__ = ["Dropped", "Inbox", "InboxReport", "LeftAlone", "take_in", "waiting_files"]

# A file at which the process dies over and over would keep all others out for ever.
_MOST_DEATHS: Final = 10


@dataclass
class InboxReport:
    """What became of the files: submission numbers by outcome, and what operators must know.

    `failed` has one sentence for each file that was left where it is; `changed` counts files that
    were written to meanwhile.
    """

    taken: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    failed: list[Text] = field(default_factory=list)
    changed: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """How many of each, for the record of the run."""
        return {
            "taken": len(self.taken),
            "duplicates": len(self.duplicates),
            "refused": len(self.refused),
            "failed": len(self.failed),
            "changed": self.changed,
        }


def take_in(
    store: Store,
    policy: Policy,
    ready: Sequence[Dropped],
    *,
    now: datetime,
    after: Callable[[int], None] = lambda _seq: None,
    most_deaths: int = _MOST_DEATHS,
    second_person: Collection[str] = (),
) -> InboxReport:
    """Take in files that were ready when they were looked at, a submission each.

    `after` is called with the number of each recorded submission before its file is put away; for
    one that a killed process had recorded it is called again. A file at which the process died
    `most_deaths` times running is set aside unread, one that reports a division of the
    `second_person`s uncounted. Raises where the store itself fails.
    """
    sweep_scratch(store.home, now)
    taking = _Taking(store, policy, now, after, most_deaths, second_person)
    for note in read_notes(store.home):
        taking.follow(note)
    for file in ready:
        taking.take(file)
    return taking.report


@dataclass
class _Taking:
    store: Store
    policy: Policy
    now: datetime
    after: Callable[[int], None]
    most_deaths: int
    second_person: Collection[str]
    report: InboxReport = field(default_factory=InboxReport)
    deaths: dict[str, int] = field(default_factory=dict)
    unsettled: set[str] = field(default_factory=set)

    def take(self, file: Dropped) -> None:
        """One file, with all that may go wrong with it."""
        if file.mark in self.unsettled:
            return  # recorded already, and told why it could not be put away
        with self._told(file.division, file.name):
            if file.division is not None and not self.policy.divisions.known(file.division):
                _refuse(UNKNOWN_FOLDER)
            with self._folder(file.division) as folder:
                self._take(folder, file)

    def follow(self, note: Note) -> None:
        """Finish what a process before this one was at, or count its death."""
        found = recorded(self.store, note)
        with self._told(note.division, note.name):
            if found is not None:
                self.unsettled.add(note.mark)
                self._finish(note, *found)
                self.unsettled.discard(note.mark)
            elif self._is_there(note):
                self.deaths[note.mark] = note.deaths + 1
            else:
                remove_note(self.store.home, note.mark)

    @contextmanager
    def _told(self, division: str | None, name: str) -> Iterator[None]:
        """Turn what goes wrong with one file into words; the others go on."""
        reason: Text | None = None
        try:
            yield
        except FleetmonError as error:
            reason = error.text
        except OSError as error:
            reason = unreadable(error)
        except Exception as error:  # noqa: BLE001  # one file's failure is not the others'
            self.store.one("SELECT 1")  # raises where the store cannot be used any more
            reason = our_fault(error)
        if reason is not None:
            self.report.failed.append(fault_of(division, name, reason))

    @contextmanager
    def _folder(self, division: str | None) -> Iterator[int]:
        with open_folder(self.store.home.inbox) as root:
            if division is None:
                yield root
            else:
                with open_folder(division, root) as folder:
                    yield folder

    def _is_there(self, note: Note) -> bool:
        try:
            with self._folder(note.division) as folder:
                return stamp_in(folder, note.name) is not None
        except OSError:
            return False

    def _take(self, folder: int, file: Dropped) -> None:
        if stamp_in(folder, file.name) is None:
            return  # put away by the process before us, or taken back by its sender
        kept = self._keep(folder, file)
        if kept is None:
            self.report.changed += 1
            return
        deaths = self.deaths.get(file.mark, 0)
        if deaths >= self.most_deaths:
            self._set_aside(folder, file, died_words(self.most_deaths))
            return
        note = Note(file.division, file.name, kept.name, kept.sha256, self.now, deaths)
        write_note(self.store.home, note)
        try:
            self._ensure_one_signs((file.division,) if file.division is not None else ())
            receipt = ingest(
                self.store,
                self.policy,
                kept,
                Declared(received_at=self.now, division=file.division, file_name=kept.name),
                recorded_at=self.now,
                settle=lambda made: self._ensure_one_signs(covered_by(self.store, made)),
            )
        except NeedsSecondPerson as error:
            self._set_aside(folder, file, error.text)
            return
        except Exception:
            # Where the outcome of a commit is in doubt, the next look settles it by the note.
            if recorded(self.store, note) is None:
                remove_note(self.store.home, note.mark)
            raise
        self._put_away(folder, file, receipt)

    def _ensure_one_signs(self, divisions: Sequence[str]) -> None:
        ensure_one_signs(self.policy.divisions, divisions, self.second_person)

    def _keep(self, folder: int, file: Dropped) -> Kept | None:
        """The bytes kept; None where the file is not, or did not stay, the one that was ready."""
        with open_dropped(folder, file.name) as (source, stamp):
            if stamp != file.stamp:
                return None
            kept = keep_open(self.store.home, source, display_name(file.name))
            if Stamp.of(os.fstat(source.fileno())) != stamp:
                return None
        return kept if declared_hash(folder, file.name) in {None, kept.sha256} else None

    def _put_away(self, folder: int, file: Dropped, receipt: Receipt) -> None:
        """Move a recorded file and its companion to their shelf, the receipt beside them."""
        seq = int((receipt.submission or "S0")[1:])
        is_refused = receipt.status is Status.REFUSED
        if receipt.status is Status.DUPLICATE:
            self.report.duplicates.append(receipt.submission or "")
        else:
            among = self.report.refused if is_refused else self.report.taken
            among.append(receipt.submission or "")
        self._follow_up(seq, receipt)
        self._shelve(
            folder,
            file,
            REFUSED if is_refused else TAKEN,
            receipt.submission or "",
            receipt_text(self.policy, receipt),
        )

    def _follow_up(self, seq: int, receipt: Receipt) -> None:
        """What comes after a recorded submission; its failure undoes nothing of that."""
        try:
            self.after(seq)
        except Exception as error:
            self.store.one("SELECT 1")  # raises where the store cannot be used any more
            raise Unfinished(receipt.submission or "", error) from error

    def _set_aside(self, folder: int, file: Dropped, words: Text) -> None:
        self._shelve(folder, file, REFUSED, "unread", f"{words.zh}\n\n{words.en}\n")
        self.report.failed.append(fault_of(file.division, file.name, words))

    def _shelve(self, folder: int, file: Dropped, shelf_name: str, first: str, text: str) -> None:
        day = self.now.astimezone(SHANGHAI).date().isoformat()
        with open_shelf(folder, shelf_name, day) as shelf:
            name = free_name(shelf, first, bounded(display_name(file.name)))
            write_text(shelf, f"{name}.receipt.txt", text)
            # The companion first: alone it would stand in the way of the next of its name.
            companion = stamp_in(folder, file.name + COMPANION)
            if companion is not None:
                move(folder, file.name + COMPANION, shelf, name + COMPANION, companion)
            move(folder, file.name, shelf, name, file.stamp)
        remove_note(self.store.home, file.mark)

    def _finish(self, note: Note, seq: int, outcome: str) -> None:
        """Put away the file of a recorded submission, unless it is gone or another by now."""
        receipt = receipt_of(self.store, seq)
        if outcome == Status.DUPLICATE.value:
            receipt = replace(
                receipt,
                status=Status.DUPLICATE,
                first=receipt.submission,
                received_at=note.received_at,
            )
        if self._is_there(note):
            with self._folder(note.division) as folder:
                with open_dropped(folder, note.name) as (source, stamp):
                    is_same = hash_of(source) == note.sha256
                if is_same:
                    self._put_away(folder, Dropped(note.division, note.name, stamp), receipt)
                    return
        self._follow_up(seq, receipt)
        remove_note(self.store.home, note.mark)


def _refuse(reason: Text) -> NoReturn:
    raise WrongUse(reason)
