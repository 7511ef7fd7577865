"""How the service is: what the clock's hand notes, and what of it is wrong.

The state is plain values kept in memory, so asking for health or metrics opens no database.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from monitor.model import Text
from monitor.settings import Settings

# A tick may wait for a writer at work; a clock that stopped is silent for longer than that.
_LATE_TICKS = 5
_LEAST_PATIENCE = timedelta(minutes=2)
_LONGEST_RUN = timedelta(hours=6)
# Room for a submission of the largest size with its copy, its part and a snapshot.
LEAST_FREE_BYTES = 1 << 30


@dataclass
class JobState:
    """One job as it stands; `runs` counts outcomes since the process started."""

    last_outcome: str | None = None
    last_started_at: datetime | None = None
    last_ended_at: datetime | None = None
    last_success_at: datetime | None = None
    next_at: datetime | None = None
    consecutive_failures: int = 0
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
        elif outcome in {"failed", "given_up"}:
            self.consecutive_failures += 1


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


class Reason(NamedTuple):
    """Something that is wrong: a code for programs, words for people."""

    code: str
    words: Text


def reasons_of(state: ServiceState, settings: Settings, now: datetime) -> list[Reason]:
    """All that is wrong at `now`; none where the service is well."""
    return [
        *_clock_reasons(state, settings, now),
        *(reason for name, job in sorted(state.jobs.items()) for reason in _job(name, job, now)),
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
    if job.running:
        since = job.last_started_at
        if since is None or now - since <= _LONGEST_RUN:
            return []
        words = Text(
            f"任务 {name} 自 {since:%Y-%m-%d %H:%M} 起仍未结束。请查看日志，必要时重启服务。",
            f"The job {name} has not ended since {since:%Y-%m-%d %H:%M}. Look at the log; restart "
            "the service if need be.",
        )
        return [Reason("job_stuck", words)]
    if job.last_outcome != "given_up":
        return []
    words = Text(
        f"任务 {name} 失败，已不再重试。原因见 fleetmon jobs {name} --explain，"
        f"处理后用 fleetmon run {name} 重做。",
        f"The job {name} failed and is not tried again. See fleetmon jobs {name} --explain; "
        f"mend the cause, then fleetmon run {name}.",
    )
    return [Reason("job_given_up", words)]


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
        return [Reason("home_unreachable", words)]
    if free >= LEAST_FREE_BYTES:
        return []
    words = Text(
        f"数据磁盘只剩 {free >> 20} MB。请腾出空间，否则报表将无法保存。",
        f"The home's disk has {free >> 20} MB left. Make room, or extracts cannot be stored.",
    )
    return [Reason("disk_low", words)]
