"""The clock's hand: at each tick, whatever is due is done, one run after the other."""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.corridor.inbox import waiting_files
from monitor.corridor.noticing import operators_wait
from monitor.errors import FleetmonError
from monitor.model import Text
from monitor.policy.schedules import Schedule
from monitor.service.conductor import perform
from monitor.service.health import JobState, ServiceState
from monitor.service.jobs import JOBS
from monitor.service.plan import Due
from monitor.service.reporting import report_inbox, report_run, report_waiting
from monitor.service.timetable import Timetable, read_timetable
from monitor.service.workplace import Workplace
from monitor.store.deliveries import counts
from monitor.store.mail_hold import mail_hold
from monitor.store.schema import SCHEMA_VERSION


@dataclass
class Ticker:
    """Looks at the timetable when it is woken, and keeps the state that health and metrics show."""

    place: Workplace
    state: ServiceState
    _wrong: str | None = None
    _told: set[Text] = field(default_factory=set)

    def tick(self) -> None:
        """Do what is due; never raises, so that the next tick comes whatever happens."""
        place = self.place
        try:
            table = read_timetable(place, is_clock=True)
            for due in table.due():
                if place.stop.is_set():
                    return
                self._run(table.schedules[due.key.job], due)
            self._look(read_timetable(place))
            self._wrong = None
        except FleetmonError as error:
            # The same fault is told once, not at every tick.
            if self._wrong != error.text.en:
                place.tell("tick_failed", reason=error.text.en)
            self._wrong = error.text.en
        except Exception as error:  # noqa: BLE001  # the clock must not stop
            place.tell("tick_failed", error=error)
        self.state.fault = self._wrong
        self.state.last_tick_at = place.now()

    def _run(self, schedule: Schedule, due: Due) -> None:
        place, job = self.place, JOBS[due.key.job]
        if not job.has_work(place):
            return
        shown = self.state.jobs.setdefault(due.key.job, JobState())
        shown.begin(place.now())
        outcome = "broken"
        try:
            done = perform(place, schedule, job.do, due.key, due_at=due.due_at, is_late=due.is_late)
            outcome = done.state
        finally:
            shown.end(outcome, place.now())
        report_run(place, schedule, done)

    def _look(self, table: Timetable) -> None:
        """Note what health and metrics show, as readers see the store."""
        place, state = self.place, self.state
        for job in table.schedules:
            shown = state.jobs.setdefault(job, JobState())
            shown.next_at = table.next_at(job)
            last = table.last(job)
            if last is not None:
                shown.last_outcome = last.outcome
                shown.last_started_at, shown.last_ended_at = last.started_at, last.ended_at
        dropped = waiting_files(place.home, place.now(), place.settings.service.quiet_seconds)
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
            is_told = not operators_wait(store, place.now())
        state.schema_version = SCHEMA_VERSION
        new = [fault for fault in dropped.faults if fault not in self._told]
        if new:
            report_inbox(place, new)
            self._told.update(new)
        if not is_told:
            report_waiting(place)
