"""Checks of what the service runs by: rules, templates, faces, disk, calendar, schedules."""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from monitor.bulletins.typst_paper import press, printable
from monitor.bulletins.words import load_words
from monitor.errors import Cause, FleetmonError, with_steps
from monitor.model import SHANGHAI, Language, Text, plural
from monitor.policy.calendars import WorkCalendar
from monitor.policy.divisions import DivisionTable
from monitor.policy.due_dates import ReportingRules, load_reporting
from monitor.service.diagnosis import (
    Look,
    Result,
    State,
    doubtful,
    failed,
    fault_words,
    listed,
    well,
)
from monitor.service.health import free_bytes
from monitor.service.jobs import REPORTING
from monitor.service.timetable import read_timetable

_CHINA: Final = timedelta(hours=8)
_NOTICE_MONTH: Final = 11  # next year's public holidays are announced about then
_LITTLE: Final = 1 << 30  # bytes: room for a week of a province and its snapshot
_LEAST: Final = 100 << 20
_SPECIMEN: Final = "新能源汽车推广应用监测通报，第 12 期：不低于 55%（ABCxyz）"
_LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")


def settings(look: Look) -> Result:
    """The settings were read when the command began, or it would not have; what they are."""
    place = look.place
    config = place.config or "—"
    return well(
        Text(
            f"数据文件夹 {place.home.root}，配置文件夹 {config}，寄送方式 "
            f"{place.settings.mail.transport}",
            f"home {place.home.root}, config {config}, mail by {place.settings.mail.transport}",
        )
    )


def rules(look: Look) -> Result:
    """Mandates, suites, codes and divisions load."""
    policy = look.place.policy()
    suites, mandates = len(policy.rules), len(policy.mandates)
    return well(
        Text(
            f"要求 {mandates} 条、校验规则 {suites} 套、单位 {len(policy.divisions.divisions)} 个，"
            f"规则集 {policy.ruleset}",
            f"{mandates} mandates, {suites} row suites, {len(policy.divisions.divisions)} "
            f"divisions, ruleset {policy.ruleset}",
        )
    )


def templates(look: Look) -> Result:
    """The templates and the words of both languages are there and load."""
    for language in _LANGUAGES:
        load_words(look.place.project, language)
    press(look.place.project)
    return well(Text("模板与词表可用", "templates and words load"))


def fonts(look: Look) -> Result:
    """The faces that bulletins are printed in are there and have what is printed."""
    del look
    if printable(_SPECIMEN) != _SPECIMEN:
        return failed(
            Text("随程序安装的字体缺字或损坏", "the faces installed with the program lack letters"),
            Text(
                "请重新安装（python3 bootstrap.py），通报 PDF 与图表依赖这些字体",
                "Install again (python3 bootstrap.py); papers and charts need them",
            ),
        )
    return well(Text("通报字体齐全", "the faces of bulletins are there"))


def disk(look: Look) -> Result:
    """There is room to write, and the right to."""
    root = look.place.home.root
    if root.exists() and not root.is_dir():
        return failed(
            Text(f"数据文件夹 {root} 不是文件夹", f"the home {root} is no folder"),
            Text("请检查 --home 或 FLEETMON_HOME", "Check --home or FLEETMON_HOME"),
        )
    there = next(folder for folder in (root, *root.parents) if folder.is_dir())
    if not os.access(there, os.W_OK | os.X_OK):
        return failed(
            Text(f"无权写入 {there}", f"{there} may not be written to"),
            with_steps(
                Text(
                    "请以服务的用户运行，或更正文件夹权限",
                    "Run as the service's user or mend its rights",
                ),
                Cause.READ_ONLY,
            ),
        )
    free = free_bytes(there)
    what = Text(f"可用空间 {free >> 20} MiB", f"{free >> 20} MiB are free")
    mend = with_steps(
        Text(
            "请腾出空间；较早的备份可移到别处（retention.backups_kept）",
            "Make room; earlier backups may go elsewhere (retention.backups_kept)",
        ),
        Cause.DISK_FULL,
    )
    if free < _LEAST:
        return failed(what, mend)
    return doubtful(what, mend) if free < max(_LITTLE, _needed(look)) else well(what)


def _needed(look: Look) -> int:
    """Room for the database's log, its snapshot and a backup of it."""
    database = look.place.home.database
    return 4 * database.stat().st_size if database.exists() else 0


def zone(look: Look) -> Result:
    """The zone's tables are installed: days begin when they do in China."""
    now = look.place.now().astimezone(SHANGHAI)
    if now.utcoffset() != _CHINA:
        return failed(
            Text("Asia/Shanghai 时区数据不对", "the tables of zone Asia/Shanghai are wrong"),
            Text("请安装或更新系统的 tzdata", "Install or renew the system's tzdata"),
        )
    return well(
        Text(f"现在是 {now:%Y-%m-%d %H:%M:%S}（+08:00）", f"it is {now:%Y-%m-%d %H:%M:%S} +08:00")
    )


def calendar(look: Look) -> Result:
    """Due dates load, working days of this year are known, from November on the next year's too."""
    held, duties, faults = _calendars(look)
    if held is None or duties is None:
        return Result(
            State.FAIL,
            Text(
                f"data/calendars/ 中有 {len(faults)} 个文件有误，到期日与工作日无法推算",
                f"{plural(len(faults), 'file')} of data/calendars/ cannot be used: no "
                "due date is known",
            ),
            Text(
                "请按所列的文件、行号和原因更正（配置文件夹中的优先），再运行 fleetmon doctor",
                "Mend them as told by file, line and reason (one of the config folder comes "
                "first), then run fleetmon doctor again",
            ),
            tuple(faults),
        )
    today = look.place.now().astimezone(SHANGHAI).date()
    wanted = [today.year, *([today.year + 1] if today.month >= _NOTICE_MONTH else [])]
    missing = [str(year) for year in wanted if not held.knows(year)]
    years = f"{held.years[0]}–{held.years[-1]}" if held.years else "—"
    if missing:
        names = listed(missing)
        return doubtful(
            Text(
                f"没有 {names.zh} 年的放假安排，该年只按周末休息推算（已有 {years}）",
                f"no public holidays of {names.en}: only weekends count as off ({years} are held)",
            ),
            Text(
                "请按国务院办公厅通知在 data/calendars/china.yml 中补上该年",
                "Add the year to data/calendars/china.yml from the State Council's notice",
            ),
        )
    lasting = sum(rule.valid_from <= today <= rule.valid_to for rule in duties.rules)
    return well(
        Text(
            f"工作日历有 {years} 年，报送要求 {len(duties.rules)} 条（现行 {lasting} 条）",
            f"working days of {years} are held, and {plural(len(duties.rules), 'rule')} of who "
            f"reports when ({lasting} of today)",
        )
    )


def _calendars(look: Look) -> tuple[WorkCalendar | None, ReportingRules | None, list[Text]]:
    """Both files as far as they load, and why one does not."""
    place, faults = look.place, []
    held: WorkCalendar | None = None
    duties: ReportingRules | None = None
    try:
        held = place.calendar()
    except (FleetmonError, OSError) as error:
        faults.append(fault_words(error))
    divisions: DivisionTable | None = None
    kinds: frozenset[str] | None = None
    with suppress(FleetmonError, OSError):  # their own fault is told among the rules
        divisions = place.divisions()
        kinds = frozenset(place.policy().rules)
    try:
        duties = load_reporting(place.project.file(REPORTING), divisions, kinds)
    except (FleetmonError, OSError) as error:
        faults.append(fault_words(error))
    return held, duties, faults


def schedules(look: Look) -> Result:
    """The schedules load; when each runs next."""
    table = read_timetable(look.place)
    if not table.schedules:
        return failed(
            Text("没有任何定时任务", "there is no schedule"),
            Text(
                "schedules/ 中应有任务文件；请重新安装",
                "schedules/ should hold them; install again",
            ),
        )
    zh, en, off = [], [], []
    for job in table.schedules:
        at = table.next_at(job)
        if at is None:
            off.append(job)
        else:
            zh.append(f"{job} {at:%m-%d %H:%M}")
            en.append(f"{job} {at:%d %b %H:%M}")
    what = Text("下次：" + "、".join(zh), "next: " + ", ".join(en))
    if off:
        names = listed(off)
        return doubtful(
            Text(f"{what.zh}；停用：{names.zh}", f"{what.en}; switched off: {names.en}"),
            Text(
                "若并非有意停用，请在 schedules/ 的任务文件中设 enabled: true",
                "If that is not meant, set enabled: true in their files in schedules/",
            ),
        )
    return well(what)


def service(look: Look) -> Result:
    """Whether the service runs on this home."""
    path = look.place.home.runs / "service.json"
    told = _told(path)
    if not told or not (_lives(int(told["pid"])) and _is_locked(path)):
        stopped = (
            Text("服务没有运行", "the service does not run")
            if told is None
            else Text("服务已中途终止", "the service was cut off")
        )
        start = Text(
            "定时任务不会自行运行。请启动：fleetmon serve（或 systemctl start fleetmon）",
            "No job runs by itself. Start it: fleetmon serve (or systemctl start fleetmon)",
        )
        return doubtful(stopped, start if told is None else with_steps(start, Cause.CUT_OFF))
    since = datetime.fromisoformat(told["started_at"]).astimezone(SHANGHAI)
    return well(
        Text(
            f"服务运行中（进程号 {told['pid']}，自 {since:%Y-%m-%d %H:%M}）",
            f"the service runs (process {told['pid']}, since {since:%Y-%m-%d %H:%M})",
        )
    )


def _told(path: Path) -> dict[str, str] | None:
    """What a running service left; one that ended well leaves nothing, one cut off perhaps half."""
    content = path.read_bytes() if path.exists() else b""
    if not content:
        return None
    try:
        found = json.loads(content)
        return {"pid": str(int(found["pid"])), "started_at": str(found["started_at"])}
    except (ValueError, LookupError, TypeError):
        return {}


def _is_locked(path: Path) -> bool:
    """Whether somebody holds it; asked last, so that nobody who starts now finds it taken."""
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's, and alive
        return True
    return True
