"""One run of one job: claimed in the ledger, done, and recorded, whoever asks for it.

The job's own lock says that it is being run; the ledger says what was done. A process that is
killed loses the lock with its life, so the next one finds a run that says `running` and is not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from monitor import __version__
from monitor.errors import FleetmonError
from monitor.model import Text
from monitor.policy.policy import Policy
from monitor.policy.schedules import Schedule
from monitor.service.plan import SCHEDULE
from monitor.service.workplace import StopAsked, Workplace, process_name
from monitor.store import audit
from monitor.store.breakdowns import breakdown
from monitor.store.ledger import (
    LONGEST_PAUSE,
    Attempt,
    NewAttempt,
    Outcome,
    RunKey,
    claim,
    finish,
    is_running,
)
from monitor.store.locking import alone
from monitor.store.store import Store

_MOST_FAULTS = 20  # of one run, in words


class _CutOffTooOften(FleetmonError):
    """A run that ends its process each time is not tried for ever."""

    def __init__(self) -> None:
        super().__init__(
            Text(
                "多次运行都失败或在中途被切断，不再重试。"
                "请查看日志、内存与磁盘，排除原因后用 fleetmon run 重做。",
                "It failed or was cut off each time and is not tried again. See the log, the "
                "memory and the disk; when the cause is gone, do it with fleetmon run.",
            )
        )


@dataclass
class Run:
    """A claimed run, as its job sees it; `settle` ends it in the transaction of its work."""

    place: Workplace
    rules: Policy | None
    schedule: Schedule
    attempt: Attempt
    faults: list[Text] = field(default_factory=list)
    settled: dict[str, int] = field(default_factory=dict)

    @property
    def key(self) -> RunKey:
        """What the run is of."""
        return self.attempt.key

    @property
    def policy(self) -> Policy:
        """The rules as they were when the run was claimed."""
        if self.rules is None:
            raise AssertionError
        return self.rules

    def settle(self, store: Store, counts: Mapping[str, int]) -> None:
        """Record that all is done, together with it: call it last within the transaction."""
        end(self, store, "done", counts)
        self.settled = dict(counts)


Do = Callable[[Run], Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Performed:
    """What became of a request to run: done now, done before, at work elsewhere, or failed.

    `waiting`: it failed before, and the pause is not over.
    """

    state: Literal["done", "done_before", "busy", "waiting", "failed", "given_up", "interrupted"]
    attempt: Attempt | None
    counts: Mapping[str, int] = field(default_factory=dict)
    words: Text | None = None
    faults: tuple[Text, ...] = ()


def perform(
    place: Workplace,
    schedule: Schedule,
    do: Do,
    key: RunKey,
    *,
    asked_by: str = SCHEDULE,
    due_at: datetime | None = None,
    is_late: bool = False,
) -> Performed:
    """Do the work of a key unless it was done; never raises for what goes wrong in the job.

    A job that fails is tried again after growing pauses as its schedule says; after the last of
    them it is given up, which is what operators are told of.
    """
    place.home.create()
    with alone(place.home.runs / f"{key.job}.lock") as is_mine:
        if not is_mine:
            return Performed("busy", None)
        policy, broken = _policy(place)
        with place.store(write=True) as store:
            attempt = claim(
                store,
                NewAttempt(
                    key=key,
                    asked_by=asked_by,
                    owner=process_name(),
                    due_at=due_at,
                    is_late=is_late,
                    started_at=place.now(),
                    ruleset=policy.ruleset if policy else "",
                    version=__version__,
                ),
                by_hand=asked_by != SCHEDULE,
            )
        if attempt.outcome not in {"running", "done", "given_up"}:
            return Performed("waiting", attempt, attempt.counts, attempt.words)
        if attempt.outcome != "running":
            place.tell("run_done_before", job=key.job, period=key.period, as_of=str(key.as_of))
            return Performed("done_before", attempt, attempt.counts, attempt.words)
        place.tell(
            "run_started",
            job=key.job,
            period=key.period,
            as_of=str(key.as_of),
            attempt=attempt.number,
            late=is_late,
            asked_by=asked_by,
        )
        return _tried(Run(place, policy, schedule, attempt), do, broken)


def _policy(place: Workplace) -> tuple[Policy | None, FleetmonError | None]:
    """The rules, or why they cannot be read: that too is an attempt that failed."""
    try:
        return place.policy(), None
    except FleetmonError as error:
        return None, error


def _tried(run: Run, do: Do, broken: FleetmonError | None) -> Performed:
    place, schedule, attempt = run.place, run.schedule, run.attempt
    counts: Mapping[str, int] = {}
    outcome: Outcome = "done"
    words: Text | None = None
    next_try_at: datetime | None = None
    try:
        _ensure_sound(run, broken)
        counts = do(run)
    except StopAsked as stopped:
        outcome, words, next_try_at = "interrupted", stopped.text, place.now()
    except FleetmonError as error:
        outcome, words = "failed", error.text
    except Exception as error:  # noqa: BLE001  # whatever it is, it is recorded and told
        outcome = "failed"
        told = breakdown(error)
        # The message of a foreign error may carry a row's values; its type does not.
        words = (
            told.text
            if told
            else Text(
                f"程序内部错误（{type(error).__name__}），本次未提交的内容均未保存。"
                f"请运行 fleetmon --debug run {attempt.key.job} 查看细节，并交维护人员。",
                f"An error of ours ({type(error).__name__}); nothing uncommitted was kept. Run "
                f"fleetmon --debug run {attempt.key.job} for details and tell the maintainers.",
            )
        )
        place.tell("run_error", job=attempt.key.job, error=error)
    if outcome == "failed":
        if attempt.failures >= schedule.retry.times:
            outcome = "given_up"
        else:
            next_try_at = place.now() + pause_after(schedule, attempt.failures + 1)
    with place.store(write=True) as store:
        if is_running(store, attempt):
            with store.transaction():
                end(run, store, outcome, counts, words, next_try_at)
        else:
            # It ended in the transaction of its work: what came after that undoes nothing.
            outcome, counts, next_try_at = "done", run.settled, None
    place.tell(
        "run_ended",
        job=attempt.key.job,
        period=attempt.key.period,
        outcome=outcome,
        reason=words.en if words else None,
        faults=len(run.faults),
        next_try_at=next_try_at.isoformat() if next_try_at else None,
        **counts,
    )
    state: Literal["done", "failed", "given_up", "interrupted"] = (
        outcome if outcome in {"failed", "given_up", "interrupted"} else "done"
    )
    return Performed(state, attempt, counts, words, tuple(run.faults))


def _ensure_sound(run: Run, broken: FleetmonError | None) -> None:
    """Refuse to start where the rules cannot be read, or where each attempt ended its process."""
    if broken is not None:
        raise broken
    if run.attempt.failures > run.schedule.retry.times and run.attempt.asked_by == SCHEDULE:
        raise _CutOffTooOften


def end(
    run: Run,
    store: Store,
    outcome: Outcome,
    counts: Mapping[str, int],
    words: Text | None = None,
    next_try_at: datetime | None = None,
) -> None:
    """Write the end of a run and its line in the audit log, within the caller's transaction."""
    at = run.place.now()
    words = words or _together(run.faults)
    finish(
        store,
        run.attempt,
        outcome=outcome,
        at=at,
        counts=counts,
        words=words,
        next_try_at=next_try_at,
    )
    key = run.key
    audit.record(
        store,
        "run",
        f"{key.job} {key.period} {key.as_of}",
        outcome=outcome,
        detail={"attempt": run.attempt.number, **counts},
        at=at,
    )


def _together(faults: Sequence[Text]) -> Text | None:
    """The faults of a run that came through, as its record has them."""
    told = list(dict.fromkeys(faults))[:_MOST_FAULTS]
    return (
        Text("\n".join(one.zh for one in told), "\n".join(one.en for one in told)) if told else None
    )


def pause_after(schedule: Schedule, attempt: int) -> timedelta:
    """How long to wait after an attempt that failed; each pause is longer than the one before."""
    minutes = schedule.retry.first_pause_minutes * schedule.retry.factor ** (attempt - 1)
    return min(timedelta(minutes=minutes), LONGEST_PAUSE)
