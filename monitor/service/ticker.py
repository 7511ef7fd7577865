"""The clock's hand: at each tick, whatever is due is done, one run after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.bulletins.notice_facts import Report
from monitor.corridor.noticing import operators_wait
from monitor.errors import FleetmonError
from monitor.policy.schedules import Schedule
from monitor.service.conductor import perform
from monitor.service.door_keeping import keep_door
from monitor.service.health import JobState, ServiceState, standings
from monitor.service.jobs import JOBS, look_into_inbox
from monitor.service.plan import Due
from monitor.service.reporting import of_inbox, outstanding, tell
from monitor.service.timetable import Timetable, read_timetable
from monitor.service.workplace import Workplace
from monitor.store.deliveries import counts, none_taken_since
from monitor.store.mail_hold import mail_hold
from monitor.store.schema import SCHEMA_VERSION

# After a letter to the operators could not be written, or was not due, it is tried again.
_TELL_AGAIN = timedelta(minutes=10)


@dataclass
class Ticker:
    """Looks at the timetable when it is woken, and keeps the state that health and metrics show."""

    place: Workplace
    state: ServiceState
    _told: set[str] = field(default_factory=set)
    _tell_again_at: datetime | None = None
    _faults: list[str] = field(default_factory=list)
    _logged: set[str] = field(default_factory=set)

    def tick(self) -> None:
        """Do what is due; never raises, and one job's fault never keeps another from its turn."""
        place = self.place
        self._faults = []
        with self._guarded("timetable"):
            table = read_timetable(place, is_clock=True)
            for due in table.due():
                if place.stop.is_set():
                    break
                with self._guarded(due.key.job):
                    self._run(table.schedules[due.key.job], due)
        with self._guarded("door"):
            keep_door(place)
        with self._guarded("look"):
            self._look(read_timetable(place))
        self._logged &= set(self._faults)
        self.state.fault = self._faults[0] if self._faults else None
        self.state.last_tick_at = place.now()

    @contextmanager
    def _guarded(self, what: str) -> Iterator[None]:
        """Let nothing stop the clock; a fault is shown until it is gone, and logged once."""
        try:
            yield
        except Exception as error:  # noqa: BLE001  # whatever it is
            told = error.text.en if isinstance(error, FleetmonError) else type(error).__name__
            fault = f"{what}: {told}"
            self._faults.append(fault)
            if fault not in self._logged:
                self._logged.add(fault)
                self.place.tell("tick_failed", what=what, reason=told, error=error)

    def _run(self, schedule: Schedule, due: Due) -> None:
        place, job = self.place, JOBS[due.key.job]
        if not job.has_work(place):
            return
        shown = self.state.jobs.setdefault(due.key.job, JobState())
        shown.begin(place.now())
        outcome = "broken"
        try:
            outcome = perform(
                place, schedule, job.do, due.key, due_at=due.due_at, is_late=due.is_late
            ).state
        finally:
            shown.end(outcome, place.now())

    def _look(self, table: Timetable) -> None:
        """Note what health and metrics show, as readers see the store; tell what must be told."""
        place, state = self.place, self.state
        for job in table.schedules:
            shown = state.jobs.setdefault(job, JobState())
            shown.next_at = table.next_at(job)
            last = table.last(job)
            if last is not None:
                shown.last_outcome = last.outcome
                shown.last_started_at, shown.last_ended_at = last.started_at, last.ended_at
        dropped = look_into_inbox(place, place.divisions())
        state.inbox = {
            "ready": len(dropped.ready),
            "waiting": len(dropped.waiting),
            "refused": len(dropped.refused),
        }
        with place.store(write=False) as store:
            state.deliveries = {str(name): count for name, count in counts(store).items()}
            state.submissions = dict(
                store.rows("SELECT status, count(*) FROM submission GROUP BY status")
            )
            state.mail_is_held = mail_hold(store) is not None
            state.no_letter_taken_since = none_taken_since(store)
            for job, standing in standings(store, table.now).items():
                if job in table.schedules:
                    state.jobs[job].follow(standing)
            reports = [*outstanding(store, table), *of_inbox(table, dropped.faults)]
            has_waiting = operators_wait(store, table.now)
        state.schema_version = SCHEMA_VERSION
        self._tell([one for one in reports if one.key not in self._told], has_waiting=has_waiting)

    def _tell(self, reports: Sequence[Report], *, has_waiting: bool) -> None:
        now = self.place.now()
        is_early = self._tell_again_at is not None and now < self._tell_again_at
        if not (reports or has_waiting) or is_early:
            return
        if tell(self.place, reports):
            self._told |= {one.key for one in reports}
        # A letter that nobody is there to get, or a book that cannot be read, is no work for
        # every tick.
        self._tell_again_at = now + _TELL_AGAIN
