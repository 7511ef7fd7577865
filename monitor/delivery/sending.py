"""The sender: what is due goes out, once, and every step is on disk before the next.

It takes letters from the store in short sessions and sends them without holding it. The window in
which a letter may go out twice is from the end of its content handed over to the line in the
journal that it was taken.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from monitor.delivery.folder import FolderTransport
from monitor.delivery.journal import Journal, JournalBroken, journal_path, read_journal
from monitor.delivery.outbox import tidy
from monitor.delivery.picking import may_go
from monitor.delivery.readdressing import is_any_known, readdress
from monitor.delivery.report import SendReport, Unreadable, dropped, put_off
from monitor.delivery.smtp_wire import SmtpWire
from monitor.delivery.surroundings import OpenStore, ReadBook, Tell, never, silent
from monitor.delivery.transport import Outcome, Transport, WayBlocked
from monitor.errors import FleetmonError
from monitor.settings import MailSettings
from monitor.store.deliveries import (
    Delivery,
    State,
    counts,
    deliveries,
    due,
)
from monitor.store.delivery_events import Event, StepName, events, fold
from monitor.store.home import Home
from monitor.store.locking import alone
from monitor.store.mail_hold import mail_hold
from monitor.store.store import Store

# Letters between two looks at the store: a hold, or a newer bulletin, takes effect within so many.
_BATCH: Final = {"smtp": 20, "folder": 200}
# So many letters in a row whose connection was lost: it is the server's fault, not theirs.
_MOST_LOST: Final = 3
_NAP_SECONDS: Final = 1


def send_due(
    home: Home,
    mail: MailSettings,
    *,
    open_store: OpenStore,
    now: Callable[[], datetime],
    tell: Tell = silent,
    stop: Callable[[], bool] = never,
    sleep: Callable[[float], None] = time.sleep,
    book: ReadBook | None = None,
) -> SendReport:
    """Send what is due and say what became of it; beside another sender nothing is done.

    `stop` is asked between letters; the one at hand is finished. `book` is asked where letters
    wait for an address: those whose desk has one by now are put right and go too.

    Raises `WrongUse` for settings that cannot work and `JournalBroken`; a server that cannot be
    reached is a fault in the report.
    """
    home.create()
    with alone(home.runs / "send.lock") as is_alone:
        if not is_alone:
            return SendReport(is_busy=True)
        transport: Transport = (
            SmtpWire(mail) if mail.transport == "smtp" else FolderTransport(home, mail.folder)
        )
        before = read_journal(journal_path(home))
        if before.is_torn or before.spoiled:
            tell("journal_torn", lines=before.spoiled + before.is_torn)
        try:
            with closing(Journal(journal_path(home))) as journal:
                return _Sender(
                    home, mail, transport, journal, open_store, now, tell, stop, sleep, book
                ).run()
        finally:
            transport.close()


def has_work(
    home: Home,
    mail: MailSettings,
    *,
    open_store: OpenStore,
    now: datetime,
    book: ReadBook | None = None,
) -> bool:
    """Whether a sender would find anything to do: a cheap look, as readers see the store."""
    if read_journal(journal_path(home)).steps:
        return True
    with open_store(write=False) as store:
        if mail_hold(store) is not None:
            return False
        found = due(store, now, unaddressed=mail.transport == "folder")
        if may_go(store, mail, found, now)[0]:
            return True
        if book is None or not counts(store)[State.NO_ADDRESS]:
            return False
        with suppress(FleetmonError):  # a book that cannot be read is told where it is needed
            return is_any_known(store, book())
    return False


@dataclass
class _Sender:
    """One run of the sender, alone by its lock."""

    home: Home
    mail: MailSettings
    transport: Transport
    journal: Journal
    open_store: OpenStore
    now: Callable[[], datetime]
    tell: Tell
    stop: Callable[[], bool]
    sleep: Callable[[float], None]
    book: ReadBook | None = None
    report: SendReport = field(default_factory=SendReport)
    passed_over: set[str] = field(default_factory=set)
    again: set[str] = field(default_factory=set)
    last_at: datetime | None = None
    lost: int = 0
    is_over: bool = False
    is_handed: bool = False

    def run(self) -> SendReport:
        """Batch by batch: settle what was done, take what is due, send it."""
        while batch := self._take():
            for one in batch:
                if self.stop():
                    self.is_over = True
                if self.is_over:
                    break
                self._attempt(one)
        return self.report

    def _take(self) -> list[Delivery]:
        """A short session with the store: fold the journal, tidy up, pick the next letters."""
        with self.open_store(write=True) as store:
            steps = read_journal(journal_path(self.home)).steps
            self.report.add(fold(store, steps, self.mail, self.now()))
            self.journal.clear()
            tidy(store)
            self._readdress(store)
            self.report.hold = mail_hold(store)
            picked = self._pick(store)
            if self.mail.transport == "smtp":
                self.report.no_address = counts(store)[State.NO_ADDRESS]
            past = events(store, [one.id for one in picked])
        self.again = {step.delivery for step in past if step.event == "again"}
        return [] if self.is_over or self.report.hold is not None else picked

    def _readdress(self, store: Store) -> None:
        """Put right what waited for an address, once a run."""
        book, self.book = self.book, None
        if book is None or not counts(store)[State.NO_ADDRESS]:
            return
        try:
            if count := readdress(store, book(), self.now()):
                self.tell("letters_addressed", letters=count)
        except FleetmonError as error:
            self.report.faults.append(error.text)

    def _pick(self, store: Store) -> list[Delivery]:
        """The next letters of those due."""
        moment = self.now()
        is_folder = self.mail.transport == "folder"
        found = due(store, moment, unaddressed=is_folder)
        if is_folder:  # a folder can tell what became of a letter in doubt
            known = {one.id for one in found}
            doubtful = deliveries(store, states=[State.IN_DOUBT])
            found += [one for one in doubtful if one.id not in known and self._lies_there(one)]
        found = [one for one in found if one.id not in self.passed_over]
        going, self.report.held_back = may_go(store, self.mail, found, moment)
        picked = going[: _BATCH[self.mail.transport]]
        is_stopped = self.is_over or self.report.hold is not None
        self.report.left = len(going) - (0 if is_stopped else len(picked))
        return picked

    def _lies_there(self, one: Delivery) -> bool:
        try:
            letter = (self.home.outbox / one.file_name).read_bytes()
            return self.transport.is_there(one, letter)
        except OSError:
            return False

    def _read(self, one: Delivery) -> tuple[bytes, bool]:
        """The bytes that were promised, and whether they went out before.

        Among the sent lies what went out, also where a restored store does not know of it; and
        what somebody wants to be sent again. Raises `Unreadable` where they are not there.
        """
        for folder, has_gone in ((self.home.outbox, False), (self.home.sent, True)):
            place = folder / one.file_name
            try:
                content = place.read_bytes()
            except FileNotFoundError:
                continue
            except OSError as error:
                raise Unreadable(one, error) from error
            if hashlib.sha256(content).hexdigest() == one.sha256:
                went = has_gone and one.id not in self.again
                return content, went or self.transport.is_there(one, content)
        raise Unreadable(one)

    def _attempt(self, one: Delivery) -> None:
        """Send one letter and note each step.

        A way that is blocked, and a journal that cannot be written, end the run; any other fault
        is this letter's own: it waits, and the others go on.
        """
        self.is_handed = False
        try:
            outcome = self._deliver(one)
        except WayBlocked as blocked:
            self._end(one, Outcome("unreachable"))
            self.report.faults.append(blocked.text)
            self.is_over = True
            return
        except JournalBroken:
            raise
        except (FleetmonError, OSError) as error:
            self._put_off(one, error)
            return
        if outcome is None:
            return
        self._end(one, outcome)
        self.lost = self.lost + 1 if outcome.is_lost else 0
        if self.lost >= _MOST_LOST:
            self.is_over = True
            self.report.faults.append(dropped(self.mail.host, self.lost))

    def _deliver(self, one: Delivery) -> Outcome | None:
        """Hand one letter over; None where it is to stop before."""
        content, went = self._read(one)
        if went:
            return Outcome("sent", None, "found among the sent letters")
        if not self._wait_turn():
            self.is_over = True
            return None
        self._note(one, "started")
        return self.transport.deliver(one, content, lambda: self._hand(one))

    def _hand(self, one: Delivery) -> None:
        self._note(one, "data")
        self.is_handed = True

    def _put_off(self, one: Delivery, error: FleetmonError | OSError) -> None:
        """Let a letter wait that could not be sent; a fault that our code foresaw sent nothing."""
        self.passed_over.add(one.id)
        is_doubtful = self.is_handed and isinstance(error, OSError)
        self._end(
            one, Outcome("in_doubt" if is_doubtful else "deferred", None, type(error).__name__)
        )
        self.report.unreadable += isinstance(error, Unreadable)
        self.report.faults.append(
            error.text if isinstance(error, Unreadable) else put_off(one, error)
        )

    def _end(self, one: Delivery, outcome: Outcome) -> None:
        self._note(one, outcome.event, outcome.code, outcome.detail)
        self._tell(f"letter_{outcome.event}", one, outcome.code)

    def _note(
        self, one: Delivery, event: StepName, code: int | None = None, detail: str | None = None
    ) -> None:
        self.journal.note(Event(one.id, one.attempts + 1, self.now(), event, code, detail))

    def _tell(self, event: str, one: Delivery, code: int | None) -> None:
        self.tell(event, delivery=one.id, division=one.division, role=one.role, code=code)

    def _wait_turn(self) -> bool:
        """Keep to the number of letters a minute; False where it is to stop meanwhile."""
        if self.mail.transport == "smtp" and self.last_at is not None:
            interval = timedelta(minutes=1) / self.mail.letters_per_minute
            # A clock set back must not make it wait longer than the interval.
            gone = max(self.now() - self.last_at, timedelta())
            left = (interval - gone).total_seconds()
            while left > 0:
                if self.stop():
                    return False
                self.sleep(min(left, _NAP_SECONDS))
                left -= _NAP_SECONDS
        self.last_at = self.now()
        return True
