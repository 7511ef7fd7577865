"""`backup` and `restore`: everything that is held, put away and put back."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from monitor.cli.session import Session
from monitor.errors import WrongUse
from monitor.model import Text, plural

_FOLDER = click.Path(path_type=Path, file_okay=False)
_MEBIBYTE = 1 << 20


@click.command()
@click.option("--to", "target", type=_FOLDER, help="备份到此文件夹 / folder to put it in")
@click.option("--verify", "folder", type=_FOLDER, help="只核对这份备份 / check this backup only")
@click.pass_obj
def backup(session: Session, /, target: Path | None, folder: Path | None) -> None:
    """备份全部数据并核对可以恢复；写入进行中也可 / back everything up and prove it restores."""
    if folder is not None:
        _verify(session, folder)
        return
    from monitor.door.copying import BESIDE  # noqa: PLC0415  # imports duckdb
    from monitor.store.backup import make_backup, thin_out  # noqa: PLC0415  # imports duckdb

    place = target or session.settings.backup.folder or session.home.backups
    made = make_backup(
        session.home,
        place.absolute(),
        beside=BESIDE,
        at=session.now(),
        actor=session.actor,
        progress=session.bar("备份", "backing up"),
        waiting=session.waiting,
    )
    kept = session.settings.retention.backups_kept
    gone = thin_out(place, kept) if kept and target is None else 0
    size = f"{made.size / _MEBIBYTE:.1f}"
    told = session.say(
        f"已备份并核对：{made.folder}（{made.files} 个文件，{size} MiB，"
        f"其中 {made.linked} 个与上次共用；{made.history} 批报送）",
        f"Backed up and checked: {made.folder} ({plural(made.files, 'file')}, {size} MiB, "
        f"{made.linked} shared with the last; {plural(made.history, 'submission')})",
    )
    session.out.print(told)
    if gone:
        session.out.print(
            session.say(
                f"按设置只留最近 {kept} 份，移去 {gone} 份。",
                f"As set, only the last {kept} stay; {gone} removed.",
            )
        )


def _verify(session: Session, folder: Path) -> None:
    from monitor.store.backup_check import verify_backup  # noqa: PLC0415  # imports duckdb

    faults = verify_backup(folder, session.bar("核对", "checking"))
    for fault in faults:
        session.out.print(fault.to(session.language))
    told = (
        session.say(
            f"{folder}：{len(faults)} 处不符，不能用来恢复。请改用另一份备份。",
            f"{folder}: {plural(len(faults), 'fault')}; it cannot be restored from. "
            "Use another backup.",
        )
        if faults
        else session.say(f"{folder}：完好，可以恢复。", f"{folder}: whole; it can be restored.")
    )
    session.out.print(told)
    if faults:
        sys.exit(1)


@click.command()
@click.argument("folder", type=_FOLDER)
@click.pass_obj
def restore(session: Session, /, folder: Path) -> None:
    """把备份恢复到空的数据文件夹（--home） / put a backup into an empty home (--home)."""
    from monitor.store.restoring import restore as put_back  # noqa: PLC0415  # imports duckdb

    if not session.home_is_given:
        raise WrongUse(
            Text(
                "请用 --home 指明恢复到哪个空文件夹。",
                "Say by --home into which empty folder it is to be restored.",
            )
        )
    done = put_back(
        folder,
        session.home,
        at=session.now(),
        actor=session.actor,
        progress=session.bar("恢复", "restoring"),
        waiting=session.waiting,
    )
    session.out.print(
        session.say(
            f"已恢复到 {session.home.root}：{done.files} 个文件，{done.history} 批报送，"
            f"为 {done.made_at} 的状态。",
            f"Restored into {session.home.root}: {plural(done.files, 'file')}, "
            f"{plural(done.history, 'submission')}, as of {done.made_at}.",
        )
    )
    if done.is_mail_held:
        session.out.print(
            session.say(
                "备份时有尚未寄出的信件，其后可能已寄出：全部寄送已暂停，请核对后"
                "放行（fleetmon hold --release --by 姓名）。",
                "Letters were waiting when the backup was made and may have gone out since: all "
                "mail is held until you have looked and released it "
                "(fleetmon hold --release --by NAME).",
            )
        )
