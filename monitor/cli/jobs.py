"""`jobs` and `run`: what the schedules do and did, and one of them by hand."""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.options import DayType
from monitor.cli.session import Session, print_json
from monitor.errors import WrongUse
from monitor.model import Text

if TYPE_CHECKING:
    from monitor.service.conductor import Performed
    from monitor.service.timetable import Timetable
    from monitor.store.ledger import Attempt

_WORDS = {
    "done": Text("完成", "done"),
    "done_before": Text("此前已完成，未重复执行", "was done before; not done again"),
    "busy": Text("正由另一进程运行", "another process is running it"),
    "failed": Text("失败", "failed"),
    "given_up": Text("失败", "failed"),
    "interrupted": Text("按要求停止", "stopped as asked"),
}


@click.command()
@click.argument("job", required=False)
@click.option("--explain", is_flag=True, help="说明何时运行、为什么 / when it will run, and why")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def jobs(session: Session, /, job: str | None, *, explain: bool, as_json: bool) -> None:
    """定时任务：上次结果、用时、下次时间 / schedules, their last outcome and next time."""
    from monitor.service.timetable import read_timetable  # noqa: PLC0415  # heavy

    table = read_timetable(session.workplace)
    chosen = _chosen(table, job)
    if as_json:
        print_json(
            {"now": table.now.isoformat(), "jobs": [_document(table, one) for one in chosen]}
        )
    elif explain or job is not None:
        _explain(session, table, chosen)
    else:
        _print(session, table, chosen)


def _chosen(table: Timetable, job: str | None) -> list[str]:
    if job is None:
        return list(table.schedules)
    if job not in table.schedules:
        raise _no_such(job, list(table.schedules))
    return [job]


def _no_such(job: str, known: list[str]) -> WrongUse:
    return WrongUse(
        Text(
            f"没有这个任务：{job}。可用的有 {'、'.join(known)}。",
            f"No such job: {job}. There are {', '.join(known)}.",
        )
    )


def _document(table: Timetable, job: str) -> dict[str, Any]:
    from monitor.policy.schedules import timing_words  # noqa: PLC0415  # heavy
    from monitor.service.telling import explain as told  # noqa: PLC0415  # heavy

    schedule, last, next_at = table.schedules[job], table.last(job), table.next_at(job)
    timing = timing_words(schedule)
    return {
        "job": job,
        "title": {"zh": schedule.title.zh, "en": schedule.title.en},
        "enabled": schedule.enabled,
        "schedule": {"zh": timing.zh, "en": timing.en},
        "last": _attempt(last) if last else None,
        "next_at": next_at.isoformat() if next_at else None,
        "explain": [{"zh": words.zh, "en": words.en} for words in told(table, job)],
    }


def _attempt(made: Attempt) -> dict[str, Any]:
    return {
        "period": made.key.period,
        "as_of": made.key.as_of.isoformat(),
        "attempt": made.number,
        "outcome": made.outcome,
        "late": made.is_late,
        "asked_by": made.asked_by,
        "due_at": made.due_at.isoformat() if made.due_at else None,
        "started_at": made.started_at.isoformat(),
        "ended_at": made.ended_at.isoformat() if made.ended_at else None,
        "duration_seconds": _seconds(made),
        "next_try_at": made.next_try_at.isoformat() if made.next_try_at else None,
        "counts": dict(made.counts),
        "message": {"zh": made.words.zh, "en": made.words.en} if made.words else None,
        "ruleset": made.ruleset,
        "version": made.version,
    }


def _seconds(made: Attempt) -> float | None:
    if made.ended_at is None:
        return None
    return round((made.ended_at - made.started_at).total_seconds(), 3)


def _explain(session: Session, table: Timetable, chosen: list[str]) -> None:
    from monitor.service.telling import explain as told  # noqa: PLC0415  # heavy

    for job in chosen:
        title = table.schedules[job].title.to(session.language)
        session.out.print(f"{title}  {job}", style="bold")
        for words in told(table, job):
            session.out.print(f"  {words.to(session.language)}", soft_wrap=True)


def _print(session: Session, table: Timetable, chosen: list[str]) -> None:
    from rich.table import Table  # noqa: PLC0415  # --json needs none of it

    from monitor.policy.schedules import timing_words  # noqa: PLC0415  # heavy
    from monitor.service.telling import OUTCOMES, shown  # noqa: PLC0415  # heavy

    say = session.say
    grid = Table(box=None, pad_edge=False)
    for zh, en in (("任务", "Job"), ("", ""), ("时间安排", "Planned"), ("上次", "Last")):
        grid.add_column(say(zh, en))
    grid.add_column(say("结果", "Outcome"))
    grid.add_column(say("用时（秒）", "Seconds"), justify="right")
    grid.add_column(say("下次", "Next"))
    for job in chosen:
        schedule, last, next_at = table.schedules[job], table.last(job), table.next_at(job)
        seconds = _seconds(last) if last else None
        grid.add_row(
            schedule.title.to(session.language),
            job,
            timing_words(schedule).to(session.language),
            shown(last.started_at) if last else "—",
            _outcome(session, last, OUTCOMES) if last else say("未运行", "not yet"),
            f"{seconds:.1f}" if seconds is not None else "",
            shown(next_at) if next_at else say("已停用", "off"),
        )
    session.out.print(grid)


def _outcome(session: Session, last: Attempt, words: dict[str, Text]) -> str:
    late = session.say("（补做）", " (late)") if last.is_late else ""
    return words[last.outcome].to(session.language) + late


@click.command()
@click.argument("job")
@click.option("--as-of", type=DayType(), help="判定日（默认按计划）/ the day judged")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def run(session: Session, /, job: str, *, as_of: date | None, as_json: bool) -> None:
    """手工运行一个任务；同一期间和判定日只做一次 / one job now; the same key is done once."""
    from monitor.service.by_hand import run_by_hand  # noqa: PLC0415  # heavy

    done = run_by_hand(session.workplace, job, as_of)
    if as_json:
        print_json(
            {
                "job": job,
                "state": done.state,
                "run": _attempt(done.attempt) if done.attempt else None,
                "counts": dict(done.counts),
                "message": {"zh": done.words.zh, "en": done.words.en} if done.words else None,
            }
        )
    else:
        _tell(session, job, done)
    if done.state in {"failed", "given_up", "interrupted"}:
        sys.exit(3)
    if done.faults:
        sys.exit(1)


def _tell(session: Session, job: str, done: Performed) -> None:
    from monitor.service.words import counted  # noqa: PLC0415  # heavy

    key = done.attempt.key if done.attempt else None
    of = f" {key.period} {key.as_of}" if key else ""
    counts = counted(done.counts, session.language)
    state = _WORDS[done.state].to(session.language)
    session.out.print(f"{job}{of}  {state}  {counts}".rstrip(), soft_wrap=True)
    for words in dict.fromkeys([*([done.words] if done.words else []), *done.faults]):
        session.out.print(f"  {words.to(session.language)}", soft_wrap=True)
