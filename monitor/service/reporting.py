"""What operators are told: a job that was given up, a delivery that failed, a file we failed on."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.bulletins.notice_facts import Report
from monitor.corridor.noticing import tell_operators
from monitor.errors import FleetmonError
from monitor.model import Text
from monitor.policy.schedules import Schedule
from monitor.service.conductor import Performed
from monitor.service.workplace import Workplace

_UNKNOWN = Text("原因不明。", "The reason is not known.")


def report_run(place: Workplace, schedule: Schedule, done: Performed) -> None:
    """Write to the operators of what went wrong for good; what will be tried again is not told."""
    reports = [*_given_up(schedule, done), *_faults(schedule, done)]
    if reports:
        _tell(place, reports)


def report_waiting(place: Workplace) -> None:
    """Write of what came within the pause between two letters."""
    _tell(place, [])


def report_inbox(place: Workplace, faults: Sequence[Text]) -> None:
    """Write of files in the drop folder that cannot be taken in as they lie there."""
    now = place.now()
    _tell(
        place,
        [
            Report(
                key=f"inbox {now:%Y-%m-%d} {fault.en}",
                what=Text("投递文件夹中有文件无法接收", "A file in the drop folder is left there"),
                why=fault,
                since=now,
                remedy=Text(
                    "请处理该文件；其余文件照常接收。", "See to it; the others are taken in."
                ),
                command="fleetmon jobs ingest_inbox --explain",
            )
            for fault in faults
        ],
    )


def _tell(place: Workplace, reports: Sequence[Report]) -> None:
    try:
        policy = place.policy()
        with place.store(write=True) as store:
            tell_operators(store, policy, place.book(policy), reports, at=place.now())
    except FleetmonError as error:
        # Where not even the recipients can be read, the log and /healthz are what is left.
        place.tell("operators_not_told", reports=len(reports), reason=error.text.en)


def _given_up(schedule: Schedule, done: Performed) -> list[Report]:
    if done.state != "given_up" or done.attempt is None:
        return []
    key = done.attempt.key
    return [
        Report(
            key=f"run {key.job} {key.period} {key.as_of}",
            what=Text(
                f"任务“{schedule.title.zh}”（{key.period}）失败，不再重试",
                f"The job {schedule.title.en} ({key.period}) failed and is not tried again",
            ),
            why=done.words or _UNKNOWN,
            since=done.attempt.due_at or done.attempt.started_at,
            tries=done.attempt.number,
            remedy=Text(
                "按上述原因处理后，用下面的命令重做；已完成的部分不会重复。",
                "Mend the cause, then do it again as below; what was done is not doubled.",
            ),
            command=f"fleetmon run {key.job} --as-of {key.as_of}",
        )
    ]


def _faults(schedule: Schedule, done: Performed) -> list[Report]:
    if done.attempt is None:
        return []
    key = done.attempt.key
    return [
        Report(
            key=f"fault {key.job} {key.as_of} {fault.en}",
            what=Text(f"任务“{schedule.title.zh}”有一项未能完成", f"Part of {schedule.title.en}"),
            why=fault,
            since=done.attempt.started_at,
            remedy=Text("处理后会自动再试，或手工重做。", "Mend it; it is tried again, or do it."),
            command=f"fleetmon jobs {key.job} --explain",
        )
        for fault in done.faults
    ]
