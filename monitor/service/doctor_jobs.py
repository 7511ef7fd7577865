"""Checks of what the service does: jobs that fail, and what lies in the drop folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from monitor.corridor.inbox_look import COMPANION, REFUSED, UNKNOWN_FOLDER, fault_of, waiting_files
from monitor.model import SHANGHAI, Text, plural
from monitor.policy.divisions import DivisionTable
from monitor.service.diagnosis import NO_DATA, Look, Result, State, named, well
from monitor.service.health import FAILING_AFTER, Standing, by_hand, standings
from monitor.service.jobs import JOBS

_LATELY_DAYS: Final = 7  # what was refused before was its sender's to mend long ago
_RECEIPT: Final = ".receipt.txt"


def jobs(look: Look) -> Result:
    """No job was given up since it last came through, and none fails over and over."""
    if not look.has_data:
        return NO_DATA
    with look.place.store(write=False) as store:
        # One that this program does not have could not be run by hand either.
        known = [one for one in standings(store, look.place.now()).values() if one.job in JOBS]
    given_up = [one for one in known if one.given_up is not None]
    failing = [one for one in known if not one.given_up and one.failures >= FAILING_AFTER]
    if not given_up and not failing:
        return well(Text("没有任务失败未了结", "no job has failed and not come through since"))
    names = ", ".join(one.job for one in (*given_up, *failing))
    return Result(
        State.FAIL if given_up else State.WARN,
        Text(
            f"{len(given_up)} 个任务失败后不再重试，{len(failing)} 个连续失败："
            f"{names.replace(', ', '、')}",
            f"{plural(len(given_up), 'job')} given up, {len(failing)} failing over and over: "
            f"{names}",
        ),
        Text(
            "按原因处理后，用所列命令手工运行（做过的不会重复）；详情见 fleetmon jobs 任务 "
            "--explain 与服务日志（journalctl -u fleetmon，按任务名查找）",
            "Mend the cause, then run the command given (nothing is done twice); see fleetmon "
            "jobs JOB --explain and the service's log (journalctl -u fleetmon, look for the job's "
            "name)",
        ),
        tuple(_job_words(one) for one in (*given_up, *failing)),
    )


def _job_words(one: Standing) -> Text:
    reason = one.reason or Text("见日志", "see the log")
    why = Text(_on_one_line(reason.zh), _on_one_line(reason.en))
    command = by_hand(one.job, one.given_up)
    if one.given_up is not None:
        period = f"{one.given_up.period}"
        return Text(
            f"{one.job}（期间 {period}）失败，已不再重试 → {command}。原因：{why.zh}",
            f"{one.job} ({period}) failed and is not tried again → {command}. Reason: {why.en}",
        )
    return Text(
        f"{one.job} 已连续失败 {one.failures} 次，仍会自动再试 → {command}。原因：{why.zh}",
        f"{one.job} failed {one.failures} times in a row and is tried again by itself → "
        f"{command}. Reason: {why.en}",
    )


def _on_one_line(words: str) -> str:
    return " ".join(words.split())


def inbox(look: Look) -> Result:
    """The drop folder holds nothing that nobody will ever read, and nothing refused of late."""
    place = look.place
    folder = place.home.inbox
    divisions = place.divisions()
    found = waiting_files(
        place.home,
        place.now(),
        place.settings.service.quiet_seconds,
        is_known=divisions.known,
        is_noted=False,
    )
    left = [one for one in (*found.refused, *found.waiting) if one.is_told]
    strangers = [one.name for one in left if one.reason == UNKNOWN_FOLDER]
    others = [one for one in left if one.reason != UNKNOWN_FOLDER]
    day = place.now().astimezone(SHANGHAI).date() - timedelta(days=_LATELY_DAYS)
    shelves = list(_shelves(folder, divisions, day))
    told = Text(
        f"投递文件夹中待读 {len(found.ready)} 份，仍在写入 {len(found.waiting)} 份",
        f"the drop folder has {plural(len(found.ready), 'file')} to be read, "
        f"{len(found.waiting)} still being written",
    )
    if not (left or shelves):
        return well(told)
    refused = sum(count for _, _, count in shelves)
    return named(
        Text(
            f"{told.zh}；不属于任何单位的文件夹 {len(strangers)} 个，无法读取 {len(others)} 份，"
            f"近 {_LATELY_DAYS} 天拒收 {refused} 份",
            f"{told.en}; {plural(len(strangers), 'folder')} of no division, "
            f"{plural(len(others), 'file')} that cannot be read, {refused} refused in "
            f"{_LATELY_DAYS} days",
        ),
        Text(
            "文件夹请改为单位代码（见 fleetmon divisions），或把文件移入该单位的文件夹；"
            "拒收的旁边有 .receipt.txt 说明怎样改，请报送单位改正后重新放入，处理完即可移走",
            "Give the folder a division's code (see fleetmon divisions) or move its files to that "
            "division's; beside what was refused a .receipt.txt says how to mend it: ask its "
            "sender for it anew, and take it away once that is done",
        ),
        [
            *(_stranger(folder, name) for name in strangers),
            *(fault_of(one.division, one.name, one.reason) for one in others),
            *(_shelf_words(code, name, count) for code, name, count in shelves),
        ],
    )


def _stranger(folder: Path, name: str) -> Text:
    """A folder of no division, and how many files nobody reads in it."""
    count = 0
    with suppress(OSError):
        count = sum(1 for _ in (folder / name).iterdir())
    words = fault_of(None, name, UNKNOWN_FOLDER)
    return Text(f"{words.zh}（{count} 份）", f"{words.en} ({count} in it)") if count else words


def _shelf_words(code: str, name: Text, count: int) -> Text:
    place = "/".join(filter(None, ("inbox", code, REFUSED)))
    whose = Text(f"（{name.zh}）", f" ({name.en})") if code else Text("", "")
    return Text(
        f"{place}{whose.zh}：近 {_LATELY_DAYS} 天拒收 {count} 份",
        f"{place}{whose.en}: {count} refused in {_LATELY_DAYS} days",
    )


def _shelves(
    folder: Path, divisions: DivisionTable, since: date
) -> Iterator[tuple[str, Text, int]]:
    """Where files lie that were refused since a day: the division's code and name, how many."""
    for code in dict.fromkeys(("", *divisions.provinces, *divisions.divisions)):
        with suppress(OSError):  # what this user may not see is told where it is looked at
            count = sum(
                _is_file(one.name)
                for shelf in _folders(folder / code / REFUSED)
                if _is_since(shelf.name, since)
                for one in shelf.iterdir()
            )
            if count:
                yield code, divisions.name(code), count


def _folders(folder: Path) -> list[Path]:
    return [one for one in sorted(folder.iterdir()) if one.is_dir()] if folder.is_dir() else []


def _is_file(name: str) -> bool:
    """Whether a sender sent it: not the receipt, not a companion, not one half written."""
    return not (name.startswith(".") or name.endswith((_RECEIPT, COMPANION)))


def _is_since(name: str, since: date) -> bool:
    try:
        return date.fromisoformat(name) >= since
    except ValueError:
        return False
