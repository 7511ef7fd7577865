"""The processes that check and confirm drafts: a file that kills its reader kills nobody else.

One queue, in order, confirmations first; as many at a time as there are workers. What is queued is
in the door's file as a state, so nothing is lost with this process: `resume` finds it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal

from pebble import ProcessPool

from monitor.corridor.draft_work import fail, give_up_confirming
from monitor.door.database import open_door
from monitor.door.draft_states import DraftState
from monitor.door.drafts import held_draft, move, unfinished
from monitor.errors import StoreBusy
from monitor.settings import Settings
from monitor.site import worker
from monitor.site.worker_deaths import death_words
from monitor.store.home import Home

_TASKS_A_WORKER: Final = 200  # then a fresh process takes its place, whatever a library leaked
_MOST_DEATHS: Final = 3  # of a confirmation: it is known each time whether it was done
_UNCHECKED: Final = (DraftState.RECEIVED, DraftState.CHECKING)

Kind = Literal["check", "confirm"]
Tell = Callable[..., None]


def _silent(event: str, **fields: Any) -> None:
    """Nobody listens."""


@dataclass
class _Job:
    """One draft to be checked or confirmed; `deaths` counts the workers that died at it.

    `has_waited`: for the store, which another process was writing to.
    """

    kind: Kind
    draft: str
    future: Future[DraftState] = field(default_factory=Future)
    deaths: int = 0
    has_waited: bool = False


class Workers:
    """The pool and its queue; made by one process that serves, used from any of its threads."""

    def __init__(
        self,
        home: Home,
        config: Path | None,
        settings: Settings,
        *,
        now: Callable[[], datetime],
        tell: Tell = _silent,
    ) -> None:
        """`tell` gets events with fields, for the log; no process is started yet."""
        self._home = home
        self._setup = worker.setup_of(home, config, settings)
        self._most = settings.site.workers
        self._seconds = settings.site.check_seconds
        self._now = now
        self._tell = tell
        self._lock = threading.RLock()
        self._waiting: list[_Job] = []
        self._running: dict[str, _Job] = {}
        self._pool: ProcessPool | None = None
        self._is_stopping = False
        # What follows a job may wait for the store: not in the thread that watches the workers.
        self._after = ThreadPoolExecutor(1, "drafts")

    def check(self, draft: str) -> Future[DraftState]:
        """Queue a received draft for its check; queued twice it is checked once.

        The future holds the state that the draft then has; it is cancelled by `stop`.
        """
        return self._queue("check", draft)

    def confirm(self, draft: str) -> Future[DraftState]:
        """Queue a draft in `confirming`; a check of the same draft ends first."""
        return self._queue("confirm", draft)

    def ahead_of(self, draft: str) -> int | None:
        """How many drafts are before this one, those at work too; 0 where it is at work itself.

        None where it is not queued here.
        """
        with self._lock:
            if draft in self._running:
                return 0
            places = [job.draft for job in self._waiting]
            return len(self._running) + places.index(draft) if draft in places else None

    def under_way(self, draft: str) -> Future[DraftState] | None:
        """What ends with the draft's next job here; None where it has none."""
        with self._lock:
            return next((job.future for job in self._jobs_of(draft)), None)

    def depth(self) -> tuple[int, int]:
        """How many drafts wait, and how many are at work."""
        with self._lock:
            return len(self._waiting), len(self._running)

    def resume(self) -> int:
        """Queue what an earlier process left unfinished; gives how many. Once, at the start."""
        worker.sweep_workers(self._home)
        with open_door(self._home) as door:
            found = unfinished(door)
            for one in found:
                if one.state is DraftState.CHECKING:
                    since = (DraftState.CHECKING,)
                    move(door, one.id, since, DraftState.RECEIVED, at=self._now())
        for one in found:
            self._queue("confirm" if one.state is DraftState.CONFIRMING else "check", one.id)
        return len(found)

    def warm(self) -> None:
        """Start the processes before the first draft comes."""
        with self._lock:
            self._started().active  # noqa: B018  # asking starts it

    def stop(self, patience_seconds: float) -> None:
        """Let what is at work end within the patience, and give the rest back for the next start.

        A draft given back is `received` or `confirming`, and nothing of it is half done.
        """
        with self._lock:
            self._is_stopping = True
            for job in self._waiting:
                job.future.cancel()
            self._waiting.clear()
            pool = self._pool
        if pool is not None:
            pool.close()  # type: ignore[no-untyped-call]  # pebble leaves it out
            try:
                pool.join(patience_seconds)
            except (Late, TimeoutError):
                pool.stop()  # type: ignore[no-untyped-call]  # as above
                pool.join()
        self._after.shutdown(wait=True)
        for job in self._running.values():  # whose end came when nobody was left to hear of it
            self._given_back(job)
            job.future.cancel()
        self._running.clear()
        worker.sweep_workers(self._home)

    # --- the queue ------------------------------------------------------------------------------

    def _queue(self, kind: Kind, draft: str) -> Future[DraftState]:
        with self._lock:
            if self._is_stopping:
                job = _Job(kind, draft)
                job.future.cancel()  # its state says what is to be done: the next start does it
                return job.future
            for job in self._jobs_of(draft):
                if job.kind == kind:
                    return job.future
            job = _Job(kind, draft)
            self._put(job)
            self._feed()
            return job.future

    def _jobs_of(self, draft: str) -> list[_Job]:
        """What is at work or waits for a draft, in the order in which it is done."""
        return [job for job in (*self._running.values(), *self._waiting) if job.draft == draft]

    def _put(self, job: _Job) -> None:
        """Confirmations before checks: somebody waits for the receipt."""
        place = len(self._waiting)
        if job.kind == "confirm" and not job.has_waited:
            place = sum(other.kind == "confirm" for other in self._waiting)
        self._waiting.insert(place, job)

    def _feed(self) -> None:
        """Hand over as many drafts as there are free workers; the caller holds the lock."""
        while not self._is_stopping and len(self._running) < self._most:
            job = self._next()
            if job is None:
                return
            self._waiting.remove(job)
            self._running[job.draft] = job
            work = worker.check if job.kind == "check" else worker.confirm
            ended = self._started().schedule(work, [job.draft, self._now()], timeout=self._seconds)
            ended.add_done_callback(partial(self._ended, job))

    def _next(self) -> _Job | None:
        """The first that may be handed over; confirmations leave a worker to checks that wait."""
        free = [one for one in self._waiting if one.draft not in self._running]
        confirming = sum(one.kind == "confirm" for one in self._running.values())
        is_full = confirming >= max(1, self._most - 1)
        checks = [one for one in free if one.kind == "check"]
        return next(iter(checks if checks and is_full else free), None)

    def _started(self) -> ProcessPool:
        if self._pool is None or not self._pool.active:
            self._pool = ProcessPool(
                max_workers=self._most,
                max_tasks=_TASKS_A_WORKER,
                initializer=worker.begin,
                initargs=[self._setup, self._now()],
                context=worker.context(),
            )
        return self._pool

    # --- what follows ---------------------------------------------------------------------------

    def _ended(self, job: _Job, ended: Future[Any]) -> None:
        with suppress(RuntimeError):  # stopped meanwhile: the next start finds it
            self._after.submit(self._settle, job, ended)

    def _settle(self, job: _Job, ended: Future[Any]) -> None:
        """Bring one draft's job to its end, whatever became of its worker."""
        state: DraftState | None = None
        job.has_waited = False
        try:
            state = self._outcome(job, ended)
            job.has_waited = state is DraftState.CONFIRMING
        except StoreBusy:
            job.has_waited = True
        except Exception as error:  # noqa: BLE001  # the others go on; the draft is found at a start
            self._tell("draft_unsettled", draft=job.draft, error=type(error).__name__)
        with self._lock:
            self._running.pop(job.draft, None)
            is_to_come = job.has_waited or (state is None and job.deaths > 0)
            if is_to_come and not self._is_stopping:
                self._put(job)
            elif state is None or job.has_waited:
                job.future.cancel()
            elif job.future.set_running_or_notify_cancel():
                job.future.set_result(state)
            if state is DraftState.RECEIVED:
                self._queue("check", job.draft)  # its result was gone
            self._feed()

    def _outcome(self, job: _Job, ended: Future[Any]) -> DraftState | None:
        """The state that the draft has now; None where the job is to be done again."""
        try:
            said = ended.result()
        except CancelledError:
            return self._given_back(job)
        except Exception as error:  # noqa: BLE001  # a worker may die of anything
            return self._died(job, error)
        if job.kind == "check":
            self._tell("draft_checked", draft=job.draft, state=str(said))
            return DraftState(said)
        state, fault = said
        if state is DraftState.CONFIRMING:
            return state
        if fault is not None:
            self._tell("receipt_not_made", draft=job.draft, error=fault)
        self._tell("draft_confirmed", draft=job.draft, state=str(state))
        return DraftState(state)

    def _died(self, job: _Job, error: Exception) -> DraftState | None:
        """A worker that was killed, that aborted or took too long, with its draft in hand."""
        worker.sweep_workers(self._home)
        if self._is_stopping:
            return self._given_back(job)
        self._tell("worker_died", draft=job.draft, work=job.kind, error=type(error).__name__)
        job.deaths += 1
        is_ours = isinstance(error, BrokenProcessPool)  # the pool's fault, not the draft's
        with open_door(self._home) as door:
            if (job.kind == "confirm" or is_ours) and job.deaths < _MOST_DEATHS:
                since = (DraftState.CHECKING,)
                move(door, job.draft, since, DraftState.RECEIVED, at=self._now())
                return None
            words = death_words(error, job.kind, self._seconds)
            if job.kind == "confirm":
                return give_up_confirming(self._home, door, job.draft, words, at=self._now())
            return fail(door, job.draft, _UNCHECKED, words, at=self._now())

    def _given_back(self, job: _Job) -> DraftState | None:
        with open_door(self._home) as door:
            since = (DraftState.CHECKING,)
            move(door, job.draft, since, DraftState.RECEIVED, at=self._now())
            held_draft(door, job.draft)
        job.deaths = 0
        return None
