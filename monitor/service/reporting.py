"""What operators are told: runs given up or with a fault, letters that failed, files left there.

What is to be told is worked out from what is recorded, not handed on in memory: a process that is
cut off before it has told them is followed by one that does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from monitor.bulletins.notice_facts import Report
from monitor.corridor.inbox_look import UNKNOWN_FOLDER
from monitor.corridor.noticing import tell_operators
from monitor.errors import FleetmonError
from monitor.model import SHANGHAI, Text
from monitor.policy.schedules import Schedule
from monitor.service.timetable import Timetable
from monitor.service.workplace import Workplace
from monitor.store.deliveries import Delivery, State, deliveries
from monitor.store.ledger import Attempt
from monitor.store.notices import notices
from monitor.store.store import Store

# What is older was somebody's to see in `fleetmon jobs`; a new operator is not sent a history.
_REACH = timedelta(days=14)
_FAILED = (State.REFUSED, State.GIVEN_UP, State.BOUNCED, State.IN_DOUBT)


def outstanding(store: Store, table: Timetable) -> list[Report]:
    """What is recorded and no operator has a notice of."""
    told = {one.about for one in notices(store) if one.kind == "operators"}
    start = table.now - _REACH
    found = [
        *(
            report
            for made in table.attempts.values()
            if made.key.job in table.schedules and made.started_at >= start
            for report in _of_run(table.schedules[made.key.job], made)
        ),
        *(
            _of_letter(one)
            for one in deliveries(store, states=_FAILED)
            if one.made_at >= start and one.next_try_at is None
        ),
    ]
    return [report for report in found if report.key not in told]


def of_inbox(table: Timetable, faults: Iterable[Text]) -> list[Report]:
    """Files in the drop folder that cannot be taken in as they lie there; once a day each."""
    day = table.now.astimezone(SHANGHAI).date()
    return [_of_dropped(f"inbox {day} {_short(fault)}", fault, table.now) for fault in faults]


def _of_dropped(key: str, fault: Text, now: datetime) -> Report:
    folder = fault.en.removesuffix(f": {UNKNOWN_FOLDER.en}")
    if folder == fault.en:
        return Report(
            key=key,
            what=Text("投递文件夹中有文件无法接收", "A file in the drop folder is left there"),
            why=fault,
            since=now,
            remedy=Text("请处理该文件；其余文件照常接收。", "See to it; the others are taken in."),
            command="fleetmon jobs ingest_inbox --explain",
        )
    return Report(
        key=key,
        what=Text(
            f"文件夹 {folder} 不属于任何报送单位，里面的文件没有读取",
            f"The folder {folder} is no division's; the files in it are not read",
        ),
        why=Text(
            "投递文件夹中的子文件夹须以报送单位代码命名，如 inbox/360100。",
            "A folder in the drop folder must be named by a division's code, such as inbox/360100.",
        ),
        since=now,
        remedy=Text(
            "请把其中的文件移到报送单位的文件夹，再删去该文件夹；代码用下面的命令查看。",
            "Move its files into the folder of the division that sent them and remove it; the "
            "command shows the codes.",
        ),
        command="fleetmon divisions",
    )


def tell(place: Workplace, reports: Sequence[Report]) -> bool:
    """Write to the operators, also of what waited for its letter; False where that failed."""
    try:
        policy = place.policy()
        with place.store(write=True) as store:
            tell_operators(store, policy, place.book(), reports, at=place.now())
    except FleetmonError as error:
        # Where not even the recipients can be read, the log and /healthz are what is left.
        place.tell("operators_not_told", reports=len(reports), reason=error.text.en)
        return False
    return True


def _of_run(schedule: Schedule, made: Attempt) -> Iterator[Report]:
    if made.words is None or made.outcome not in {"done", "given_up"}:
        return
    key = made.key
    # A queue that fails all day is one piece of news, not one for every minute.
    when = str(key.as_of) if schedule.every is not None else f"{key.period} {key.as_of}"
    has_failed = made.outcome == "given_up"
    yield Report(
        key=f"run {key.job} {when} {made.outcome} {_short(made.words)}",
        what=Text(
            f"任务“{schedule.title.zh}”（{key.period}）失败，不再重试",
            f"The job {schedule.title.en} ({key.period}) failed and is not tried again",
        )
        if has_failed
        else Text(
            f"任务“{schedule.title.zh}”（{key.period}）有一部分未能完成",
            f"Part of the job {schedule.title.en} ({key.period}) could not be done",
        ),
        why=made.words,
        since=made.due_at or made.started_at,
        tries=made.number if has_failed else None,
        remedy=Text(
            "按上述原因处理后，用下面的命令重做；已完成的部分不会重复。",
            "Mend the cause, then do it again as below; what was done is not doubled.",
        )
        if has_failed
        else Text(
            "请按上述原因处理；其余部分已经完成。",
            "See to the cause above; the rest has been done.",
        ),
        command=f"fleetmon run {key.job} --as-of {key.as_of}"
        if has_failed
        else f"fleetmon jobs {key.job} --explain",
    )


def _of_letter(one: Delivery) -> Report:
    state = _STATES[one.state]
    whom = one.division or one.role
    return Report(
        key=f"delivery {one.id} {one.state}",
        what=Text(
            f"发往 {whom} 的信件 {one.id} {state.zh}", f"Letter {one.id} to {whom} {state.en}"
        ),
        why=Text(
            "邮件服务器的答复见下面的命令。", "What the mail server answered: see the command."
        ),
        since=one.settled_at or one.made_at,
        tries=one.attempts,
        remedy=Text(
            "请核对地址；更正后可再寄（--again）。", "Check the address; then send again (--again)."
        ),
        command=f"fleetmon deliveries {one.id}",
    )


_STATES: Mapping[State, Text] = {
    State.REFUSED: Text("被拒收", "was refused"),
    State.GIVEN_UP: Text("多次未寄出，已放弃", "could not be sent and was given up"),
    State.BOUNCED: Text("被退回", "came back"),
    State.IN_DOUBT: Text("是否寄达存疑，待人确认", "may have arrived or not; somebody must say"),
}


def _short(words: Text) -> str:
    return hashlib.sha256(words.en.encode()).hexdigest()[:12]
