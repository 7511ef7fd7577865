"""Why a job runs when it does, in words: its timing, what moves it, what the ledger says."""

from __future__ import annotations

from datetime import datetime

from monitor.model import SHANGHAI, Text
from monitor.policy.schedules import Schedule, timing_words
from monitor.service.plan import next_occurrence
from monitor.service.timetable import Timetable
from monitor.store.ledger import Attempt

OUTCOMES = {
    "running": Text("正在运行", "running"),
    "done": Text("完成", "done"),
    "failed": Text("失败，将重试", "failed, to be tried again"),
    "given_up": Text("失败，已不再重试", "failed, given up"),
    "interrupted": Text("按要求停止，将重做", "stopped as asked, to be done again"),
    "killed": Text("被切断，将重做", "cut off, to be done again"),
}


def explain(table: Timetable, job: str) -> list[Text]:
    """One sentence each: what the job does, when it is planned, why then, what came before."""
    schedule = table.schedules[job]
    told = [schedule.about, timing_words(schedule)]
    if not schedule.enabled:
        return [
            *told,
            Text("该任务已停用（enabled: false）。", "It is switched off (enabled: false)."),
        ]
    told += _planned(table, schedule)
    told += _missed(table, schedule)
    if schedule.every is not None:
        told.append(
            Text(
                "没有要做的事时不留记录：下面是最近一次有事可做的运行。服务是否在看，见 /healthz。",
                "A look that finds nothing to do is not recorded: the last that is told is of a "
                "run that had work. Whether the service looks is told by /healthz.",
            )
        )
    last = table.last(job)
    if last is None:
        since = table.since[job]
        told.append(
            Text(
                f"还没有运行过；{shown(since)} 以前的不补。",
                f"It has not run yet; nothing before {shown(since)} is made up for.",
            )
        )
    else:
        told += attempt_words(last)
    return told


def _planned(table: Timetable, schedule: Schedule) -> list[Text]:
    coming = next_occurrence(schedule, table.calendar, table.now)
    if coming is None:
        return []
    told = [
        Text(
            f"下一次：{shown(coming.due_at)}，判定日 {coming.as_of}，期间 {coming.period}。",
            f"Next: {shown(coming.due_at)}, as of {coming.as_of}, for {coming.period}.",
        )
    ]
    if coming.is_moved:
        festival = table.calendar.festival(coming.nominal_at.date()) or Text("休息日", "a day off")
        told.append(
            Text(
                f"原定 {coming.nominal_at:%Y-%m-%d} 是{festival.zh}，顺延到其后第一个工作日。",
                f"Planned for {coming.nominal_at:%Y-%m-%d}, {festival.en}; moved to the first "
                "working day after it.",
            )
        )
    by_working_days = schedule.move_to_working_day or schedule.on == "working_days"
    if by_working_days and not table.calendar.knows(coming.due_at.year):
        year = coming.due_at.year
        told.append(
            Text(
                f"日历中还没有 {year} 年的放假安排，只按周末推算；安排公布后请补入 "
                "data/calendars/china.yml。",
                f"The calendar does not hold the holidays of {year} yet, only weekends count; add "
                "them to data/calendars/china.yml when they are published.",
            )
        )
    return told


def _missed(table: Timetable, schedule: Schedule) -> list[Text]:
    due = [run for run in table.due() if run.key.job == schedule.job]
    late = [run for run in due if run.is_late]
    if late:
        periods = [run.key.period for run in late]
        listed = Text("、".join(periods), ", ".join(periods))
        return [
            Text(
                f"有 {len(late)} 次错过未补：{listed.zh}。服务运行后即补做一次，并注明补发。",
                f"{len(late)} missed and not made up for: {listed.en}. The service does each once "
                "when it runs, and marks it late.",
            )
        ]
    if due and schedule.every is None:
        return [Text("现在应当运行。", "It is due now.")]
    return []


def attempt_words(last: Attempt) -> list[Text]:
    """What became of an attempt."""
    outcome = OUTCOMES[last.outcome]
    late_zh, late_en = ("（补做）", " (late)") if last.is_late else ("", "")
    told = [
        Text(
            f"上一次：{shown(last.started_at)} 开始，期间 {last.key.period}，"
            f"第 {last.number} 次尝试，{outcome.zh}{late_zh}。",
            f"Last: started {shown(last.started_at)}, for {last.key.period}, attempt "
            f"{last.number}, {outcome.en}{late_en}.",
        )
    ]
    if last.words is not None:
        told.append(last.words)
    if last.next_try_at is not None and not last.is_settled:
        told.append(
            Text(f"再试：{shown(last.next_try_at)}。", f"Next try: {shown(last.next_try_at)}.")
        )
    return told


def shown(moment: datetime) -> str:
    """A moment as people read it, in Shanghai."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
