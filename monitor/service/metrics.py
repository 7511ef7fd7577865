"""The service's figures for Prometheus, read from its state at the moment that they are asked for.

No label holds anything that a sender wrote: jobs, states and outcomes are a few known words.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from monitor import __version__
from monitor.service.health import JobState, ServiceState, free_bytes, reasons_of
from monitor.settings import Settings

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST


def _seconds(moment: datetime | None) -> float | None:
    return moment.timestamp() if moment is not None else None


def _duration(job: JobState) -> float | None:
    if job.running or job.last_started_at is None or job.last_ended_at is None:
        return None
    return (job.last_ended_at - job.last_started_at).total_seconds()


_JobFigure = Callable[[JobState], float | None]
_JOB_FIGURES: Final[Mapping[str, tuple[str, _JobFigure]]] = {
    "last_success_timestamp_seconds": (
        "When the job last came through.",
        lambda job: _seconds(job.last_success_at),
    ),
    "last_duration_seconds": ("How long its last run took.", _duration),
    "next_timestamp_seconds": ("When it runs next.", lambda job: _seconds(job.next_at)),
    "running": ("Whether it is at work.", lambda job: float(job.running)),
    "consecutive_failures": (
        "How often in a row it failed.",
        lambda job: float(job.consecutive_failures),
    ),
    "given_up": (
        "1 from a run that was given up until one comes through.",
        lambda job: float(job.gave_up),
    ),
}


class StateCollector(Collector):
    """Gives the figures of one service; reads no database."""

    def __init__(
        self, state: ServiceState, settings: Settings, now: Callable[[], datetime]
    ) -> None:
        """`now` is asked once a scrape."""
        self.state, self.settings, self.now = state, settings, now

    def collect(self) -> Iterator[Metric]:
        """All figures at this moment."""
        now = self.now()
        yield from self._service(now)
        yield from self._jobs()
        counted = {
            "deliveries": ("Deliveries by state.", "state", self.state.deliveries),
            "submissions": ("Submissions by status.", "status", self.state.submissions),
            "inbox_files": ("Files in the drop folder by state.", "state", self.state.inbox),
        }
        for name, (about, label, counts) in counted.items():
            family = GaugeMetricFamily(f"fleetmon_{name}", about, labels=[label])
            for word, count in sorted(counts.items()):
                family.add_metric([word], count)
            yield family

    def _service(self, now: datetime) -> Iterator[Metric]:
        state = self.state
        build = GaugeMetricFamily(
            "fleetmon_build_info", "What is running.", labels=["version", "python"]
        )
        build.add_metric([__version__, platform.python_version()], 1)
        yield build
        reasons = reasons_of(state, self.settings, now)
        yield _gauge("healthy", "1 where /healthz says ok.", float(not reasons))
        yield _gauge("start_timestamp_seconds", "When it started.", _seconds(state.started_at))
        seen = state.last_tick_at or state.started_at
        yield _gauge(
            "tick_age_seconds", "Since the clock's last tick.", (now - seen).total_seconds()
        )
        yield _gauge("mail_held", "1 while all mail is held.", float(state.mail_is_held))
        yield _gauge("schema_version", "Of the database.", state.schema_version)
        if state.home is not None:
            yield _gauge("disk_free_bytes", "On the home's disk.", _free(state))
        yield _gauge("snapshot_age_seconds", "Of what readers see.", _snapshot_age(state, now))

    def _jobs(self) -> Iterator[Metric]:
        jobs = sorted(self.state.jobs.items())
        runs = CounterMetricFamily(
            "fleetmon_job_runs", "Runs since the start.", labels=["job", "outcome"]
        )
        for name, job in jobs:
            for outcome, count in sorted(job.runs.items()):
                runs.add_metric([name, outcome], count)
        yield runs
        for figure, (about, read) in _JOB_FIGURES.items():
            family = GaugeMetricFamily(f"fleetmon_job_{figure}", about, labels=["job"])
            for name, job in jobs:
                value = read(job)
                if value is not None:
                    family.add_metric([name], value)
            yield family


def make_registry(
    state: ServiceState, settings: Settings, now: Callable[[], datetime]
) -> CollectorRegistry:
    """A registry of this service alone: the library's own is shared by the whole process."""
    registry = CollectorRegistry()
    registry.register(StateCollector(state, settings, now))
    return registry


def metrics_text(registry: CollectorRegistry) -> bytes:
    """All figures in the text form of Prometheus."""
    return generate_latest(registry)


def _gauge(name: str, about: str, value: float | None) -> Metric:
    family = GaugeMetricFamily(f"fleetmon_{name}", about)
    if value is not None:
        family.add_metric([], value)
    return family


def _free(state: ServiceState) -> float | None:
    try:
        return float(free_bytes(state.home)) if state.home is not None else None
    except OSError:
        return None


def _snapshot_age(state: ServiceState, now: datetime) -> float | None:
    try:
        return now.timestamp() - state.snapshot.stat().st_mtime if state.snapshot else None
    except OSError:
        return None
