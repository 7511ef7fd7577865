"""How the service is: what the clock's hand notes, and what of it is wrong.

The state is plain values kept in memory, so asking for health or metrics opens no database. What
of it must outlive the process, or is done by another, comes from the run ledger at each tick.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from monitor.errors import Cause, with_steps
from monitor.model import Text
from monitor.settings import Settings
from monitor.store.knowledge import read_moment, stored_moment
from monitor.store.ledger import RunKey
from monitor.store.store import Store

# A tick may wait for a writer at work; a clock that stopped is silent for longer than that.
_LATE_TICKS = 5
_LEAST_PATIENCE = timedelta(minutes=2)
_LONGEST_RUN = timedelta(hours=6)
# A server that puts letters off for a while to see whether they come again is through by then.
_LONGEST_WITHOUT_MAIL = timedelta(hours=4)
# Once or twice is a busy server or a locked file, and the next try mends it.
FAILING_AFTER = 3
# Room for a submission of the largest size with its copy, its part and a snapshot.
LEAST_FREE_BYTES = 1 << 30


class Standing(NamedTuple):
    """A job by the ledger: what failed since a run of it last came through.

    `given_up` is the last run that was given up since then, `reason` the words of the last failure.
    """

    job: str
    failures: int
    last_success_at: datetime | None
    given_up: RunKey | None
    reason: Text | None


@dataclass
class JobState:
    """One job as it stands; `runs` counts outcomes since the process started.

    `gave_up` lasts from a run given up until one is done, whatever is tried in between, and
    `given_up` names that run where the ledger does.
    """

    last_outcome: str | None = None
    last_started_at: datetime | None = None
    last_ended_at: datetime | None = None
    last_success_at: datetime | None = None
    next_at: datetime | None = None
    consecutive_failures: int = 0
    gave_up: bool = False
    given_up: RunKey | None = None
    running: bool = False
    runs: Counter[str] = field(default_factory=Counter)

    def begin(self, at: datetime) -> None:
        """Note that a run starts."""
        self.running, self.last_started_at = True, at

    def end(self, outcome: str, at: datetime) -> None:
        """Note how a run ended."""
        self.running, self.last_ended_at, self.last_outcome = False, at, outcome
        self.runs[outcome] += 1
        if outcome == "done":
            self.last_success_at, self.consecutive_failures = at, 0
            self.gave_up, self.given_up = False, None
        elif outcome in {"failed", "given_up"}:
            self.consecutive_failures += 1
            self.gave_up |= outcome == "given_up"

    def follow(self, standing: Standing) -> None:
        """Take over what the ledger knows: of processes before this one, and of runs by hand."""
        self.consecutive_failures = standing.failures
        self.gave_up, self.given_up = standing.given_up is not None, standing.given_up
        self.last_success_at = standing.last_success_at


@dataclass
class ServiceState:
    """The service as its clock last saw it; counts are by name of state or status."""

    started_at: datetime
    home: Path | None = None
    snapshot: Path | None = None
    last_tick_at: datetime | None = None
    fault: str | None = None
    jobs: dict[str, JobState] = field(default_factory=dict)
    deliveries: dict[str, int] = field(default_factory=dict)
    submissions: dict[str, int] = field(default_factory=dict)
    inbox: dict[str, int] = field(default_factory=dict)
    schema_version: int | None = None
    mail_is_held: bool = False
    no_letter_taken_since: datetime | None = None


class Reason(NamedTuple):
    """Something that is wrong: a code for programs, words for people."""

    code: str
    words: Text


def reasons_of(state: ServiceState, settings: Settings, now: datetime) -> list[Reason]:
    """All that is wrong at `now`; none where the service is well."""
    return [
        *_clock_reasons(state, settings, now),
        *(reason for name, job in sorted(state.jobs.items()) for reason in _job(name, job, now)),
        *_mail_reasons(state, now),
        *_disk_reasons(state),
    ]


def free_bytes(folder: Path) -> int:
    """What may still be written to the disk of a folder, without root's reserve."""
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize


def _clock_reasons(state: ServiceState, settings: Settings, now: datetime) -> list[Reason]:
    found = []
    patience = timedelta(seconds=settings.service.tick_seconds * _LATE_TICKS)
    seen = state.last_tick_at or state.started_at
    is_busy = any(job.running for job in state.jobs.values())
    if now - seen > max(patience, _LEAST_PATIENCE) and not is_busy:
        minutes = int((now - seen).total_seconds() // 60)
        words = Text(
            f"定时器已 {minutes} 分钟没有动静，到期任务不会运行。请重启服务并查看日志。",
            f"The clock has been still for {minutes} minutes; nothing due is run. Restart the "
            "service and look at its log.",
        )
        found.append(Reason("tick_late", words))
    if state.fault is not None:
        words = Text(
            "定时器出错，到期任务不会运行。请运行 fleetmon doctor 并查看日志。",
            "The clock fails; nothing due is run. See fleetmon doctor and the log.",
        )
        found.append(Reason("tick_failed", words))
    return found


def _job(name: str, job: JobState, now: datetime) -> list[Reason]:
    found = []
    since = job.last_started_at
    if job.running and since is not None and now - since > _LONGEST_RUN:
        words = Text(
            f"任务 {name} 自 {since:%Y-%m-%d %H:%M} 起仍未结束。请查看日志，必要时重启服务。",
            f"The job {name} has not ended since {since:%Y-%m-%d %H:%M}. Look at the log; restart "
            "the service if need be.",
        )
        found.append(Reason("job_stuck", words))
    if job.gave_up:
        words = Text(
            f"任务 {name} 失败，已不再重试。原因见 fleetmon jobs {name} --explain，"
            f"处理后用 {by_hand(name, job.given_up)} 重做。",
            f"The job {name} failed and is not tried again. See fleetmon jobs {name} --explain; "
            f"mend the cause, then {by_hand(name, job.given_up)}.",
        )
        found.append(Reason("job_given_up", words))
    elif job.consecutive_failures >= FAILING_AFTER:
        words = Text(
            f"任务 {name} 已连续失败 {job.consecutive_failures} 次。原因见 "
            f"fleetmon jobs {name} --explain 与日志，处理后会自动再试。",
            f"The job {name} has failed {job.consecutive_failures} times in a row. See fleetmon "
            f"jobs {name} --explain and the log; it is tried again by itself.",
        )
        found.append(Reason("job_failing", words))
    return found


def by_hand(job: str, run: RunKey | None) -> str:
    """The command that does a run by hand."""
    return f"fleetmon run {job}" + (f" --as-of {run.as_of}" if run is not None else "")


def standings(store: Store, now: datetime) -> dict[str, Standing]:
    """Every job that the ledger knows, by name.

    A run that was cut off failed too; what a clock that ran ahead wrote is not yet so.
    """
    found = store.rows(
        "WITH past AS (FROM job_attempt WHERE started_at <= ?), "
        "done AS (SELECT job, max(started_at) AS last, max(ended_at) AS ended_at FROM past "
        "         WHERE outcome = 'done' GROUP BY job), "
        "vain AS (SELECT past.* FROM past LEFT JOIN done USING (job) "
        "         WHERE outcome IN ('failed', 'given_up', 'killed') "
        "         AND (last IS NULL OR started_at > last)) "
        "SELECT job, (SELECT count(*) FROM vain WHERE vain.job = one.job), "
        "       (SELECT ended_at FROM done WHERE done.job = one.job), "
        "       (SELECT arg_max(struct_pack(period, as_of), started_at) FROM vain "
        "        WHERE vain.job = one.job AND outcome = 'given_up'), "
        "       (SELECT arg_max(struct_pack(zh, en), started_at) FROM vain "
        "        WHERE vain.job = one.job) "
        "FROM (SELECT DISTINCT job FROM past) AS one ORDER BY job",
        [stored_moment(now)],
    )
    return {
        job: Standing(
            job,
            int(failures),
            read_moment(done_at) if done_at is not None else None,
            RunKey(job, given_up["period"], given_up["as_of"]) if given_up else None,
            Text(words["zh"], words["en"]) if words and words["zh"] else None,
        )
        for job, failures, done_at, given_up, words in found
    }


def _mail_reasons(state: ServiceState, now: datetime) -> list[Reason]:
    since = state.no_letter_taken_since
    if since is None or now - since <= _LONGEST_WITHOUT_MAIL:
        return []
    words = Text(
        f"自 {since:%Y-%m-%d %H:%M} 起邮件服务器没有收下任何信；信都留着，恢复后自动寄出。"
        "原因见 fleetmon doctor。",
        f"The mail server has taken no letter since {since:%Y-%m-%d %H:%M}; all are kept and go "
        "out by themselves once it does. See fleetmon doctor for why.",
    )
    return [Reason("mail_waits", with_steps(words, Cause.MAIL_DOWN))]


def _disk_reasons(state: ServiceState) -> list[Reason]:
    if state.home is None:
        return []
    try:
        free = free_bytes(state.home)
    except OSError:
        words = Text(
            "数据文件夹无法访问。请检查磁盘与权限。",
            "The home folder cannot be reached. Check the disk and its rights.",
        )
        return [Reason("home_unreachable", with_steps(words, Cause.READ_ONLY))]
    if free >= LEAST_FREE_BYTES:
        return []
    words = Text(
        f"数据磁盘只剩 {free >> 20} MB。请腾出空间，否则报表将无法保存。",
        f"The home's disk has {free >> 20} MB left. Make room, or extracts cannot be stored.",
    )
    return [Reason("disk_low", with_steps(words, Cause.DISK_FULL))]
