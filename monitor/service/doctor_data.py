"""Checks of what is held: database, snapshot, files, the audit log, backups."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from monitor.errors import Cause, with_steps
from monitor.model import SHANGHAI, Text
from monitor.service.diagnosis import NO_DATA, Look, Result, doubtful, failed, listed, well
from monitor.store.archive import hash_of
from monitor.store.audit_check import read_files, verify
from monitor.store.backup_check import miscounted_parts
from monitor.store.backup_making import backups
from monitor.store.connection import held_version
from monitor.store.knowledge import read_moment
from monitor.store.locking import holder_words, reading
from monitor.store.manifest import named_files, read_manifest, table_counts
from monitor.store.schema import SCHEMA_VERSION
from monitor.store.snapshot import is_fresh
from monitor.store.soundness import ensure_whole
from monitor.store.store import Store

_SAMPLE: Final = 40  # received files hashed where not all are asked for
_DRIFT: Final = timedelta(minutes=5)  # between clocks that are both right
_BACKUP_DAYS: Final = 3
_FROM_BACKUP: Final = with_steps(
    Text(
        "请从备份取回这些文件（fleetmon backup 的文件夹与数据文件夹同构），放回原处",
        "Take these files from a backup (its folder is laid out like the home) and put them back",
    ),
    Cause.ARCHIVE_DAMAGED,
)


def clock(look: Look) -> Result:
    """The clock is not behind what the store has recorded already."""
    if not look.has_data:
        return NO_DATA
    with look.place.store(write=False) as store:
        last = _last_recorded(store)
    now = look.place.now()
    if last is not None and now < last - _DRIFT:
        return failed(
            Text(
                f"系统时间 {now:%Y-%m-%d %H:%M} 早于已记录的最近时间 {last:%Y-%m-%d %H:%M}",
                f"the clock says {now:%Y-%m-%d %H:%M}, before the last recorded moment "
                f"{last:%Y-%m-%d %H:%M}",
            ),
            with_steps(
                Text(
                    "请校准系统时间（如启用 NTP）；到期任务与接收时间都依赖它",
                    "Set the clock (NTP); what is due and when files came depend on it",
                ),
                Cause.CLOCK,
            ),
        )
    return well(Text("系统时间不早于已有记录", "the clock is not behind what was recorded"))


def _last_recorded(store: Store) -> datetime | None:
    moment = store.one(
        "SELECT max(m) FROM (SELECT max(recorded_at) AS m FROM reception "
        'UNION ALL SELECT max(started_at) FROM run UNION ALL SELECT max("at") FROM audit '
        "UNION ALL SELECT max(started_at) FROM job_attempt)"
    )
    return read_moment(moment) if moment is not None else None


def database(look: Look) -> Result:
    """The database opens, every table can be counted, and its version is this program's."""
    home = look.place.home
    if not look.has_data:
        return NO_DATA
    with look.place.store(write=False) as store:
        ensure_whole(store.connection)
        rows = sum(table_counts(store).values())
        history = store.history()
    with reading(home, waiting=None) as is_quiet:
        version = held_version(home) if is_quiet else SCHEMA_VERSION
    what = Text(
        f"可以打开：{history} 批报送，{rows} 行，结构版本 {version}",
        f"opens: {history} submissions, {rows} rows, schema version {version}",
    )
    if version < SCHEMA_VERSION:
        return doubtful(
            what,
            Text(
                f"下一次写入时先备份到 {home.backups}，再升级到版本 {SCHEMA_VERSION}",
                f"The next writing command copies it to {home.backups} and brings it to version "
                f"{SCHEMA_VERSION}",
            ),
        )
    return well(what)


def snapshot(look: Look) -> Result:
    """Readers beside a writer have the latest state to read."""
    home = look.place.home
    if not look.has_data:
        return NO_DATA
    with reading(home, waiting=None) as is_quiet:
        if is_quiet and is_fresh(home):
            return well(Text("只读快照是最新的", "the snapshot for readers is the latest state"))
    if not is_quiet:
        who = holder_words(home)
        return well(Text(f"{who.zh}正在写入", f"{who.en} is writing"))
    return doubtful(
        Text(
            "只读快照不是最新的：上一次写入被中断，或由较早的程序写入",
            "the snapshot for readers is behind: a writer was killed, or an older program wrote",
        ),
        Text(
            "无需处理：读取时自动改用数据库本身，下一次写入时补上",
            "Nothing to do: readers use the database itself, the next writer publishes it anew",
        ),
    )


def files(look: Look) -> Result:
    """Every file that the database names is there; `whole` counts the rows of every part."""
    if not look.has_data:
        return NO_DATA
    home = look.place.home
    with look.place.store(write=False) as store:
        named = named_files(store)
        missing = [path for path in named if not (home.root / path).is_file()]
        parts = miscounted_parts(store) if look.whole else ()
        spoiled = [f"facts/{name}" for name, _, _ in parts]
    if missing or spoiled:
        names = listed([*missing, *spoiled])
        return failed(
            Text(f"缺失或损坏：{names.zh}", f"missing or damaged: {names.en}"), _FROM_BACKUP
        )
    return well(
        Text(
            f"数据库所记的 {len(named)} 个文件齐全",
            f"all {len(named)} files that it names are there",
        )
    )


def archive(look: Look) -> Result:
    """Received files are what their hash says: some of them, other ones each day, or all."""
    if not look.has_data:
        return NO_DATA
    home = look.place.home
    with look.place.store(write=False) as store:
        named = {p: digest for p, digest in named_files(store).items() if digest is not None}
    held = [path for path in named if (home.root / path).is_file()]
    today = f"{look.place.now():%Y-%m-%d}"
    drawn = sorted(held, key=lambda p: hashlib.sha256(f"{today}{p}".encode()).digest())
    chosen = drawn if look.whole else drawn[:_SAMPLE]
    changed = [path for path in chosen if hash_of(home.root / path) != named[path]]
    if changed:
        names = listed(changed)
        return failed(Text(f"内容已变：{names.zh}", f"changed: {names.en}"), _FROM_BACKUP)
    return well(
        Text(
            f"核对了 {len(chosen)}/{len(held)} 份原始文件，均未改动",
            f"{len(chosen)} of {len(held)} received files were hashed; none has changed",
        )
    )


def audit(look: Look) -> Result:
    """The audit log is whole and unchanged."""
    if not look.has_data:
        return NO_DATA
    filed = read_files(look.place.home)
    with look.place.store(write=False) as store:
        report = verify(store, filed)
    if report.faults:
        first = report.faults[0].text
        return failed(
            Text(
                f"{len(report.faults)} 处不符：{first.zh}",
                f"{len(report.faults)} faults: {first.en}",
            ),
            with_steps(
                Text("详见 fleetmon audit verify", "See fleetmon audit verify"),
                Cause.AUDIT_CHANGED,
            ),
        )
    return well(Text(f"{report.lines} 条记录，衔接完好", f"{report.lines} lines, unbroken"))


def backup(look: Look) -> Result:
    """There is a backup that can be relied on, and it is not old."""
    if not look.has_data:
        return NO_DATA
    target = look.place.settings.backup.folder or look.place.home.backups
    mend = Text(
        "请运行 fleetmon backup（可用 --to 备份到另一块磁盘）；服务运行时每日自动备份",
        "Run fleetmon backup (--to another disk); the service does it daily",
    )
    found = backups(target)
    if not found:
        return doubtful(Text(f"{target} 中没有可用的备份", f"no good backup in {target}"), mend)
    made_at = datetime.fromisoformat(read_manifest(found[-1]).made_at).astimezone(SHANGHAI)
    days = (look.place.now() - made_at).days
    what = Text(
        f"最近的备份：{made_at:%Y-%m-%d %H:%M}（共 {len(found)} 份）",
        f"last backup: {made_at:%Y-%m-%d %H:%M} ({len(found)} in all)",
    )
    if days >= _BACKUP_DAYS:
        return doubtful(Text(f"{what.zh}，已过 {days} 天", f"{what.en}, {days} days ago"), mend)
    if _on_one_disk(look.place.home.root, target):
        return well(Text(f"{what.zh}，与数据在同一磁盘", f"{what.en}, on the disk of the data"))
    return well(what)


def _on_one_disk(one: Path, other: Path) -> bool:
    return one.stat().st_dev == other.stat().st_dev
