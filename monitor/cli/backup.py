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
@click.argument("folder", type=_FOLDER, required=False)
@click.option(
    "--in-place",
    is_flag=True,
    help="数据库损坏时，就地换上最近的完好状态 / replace a damaged database where it lies",
)
@click.pass_obj
def restore(session: Session, /, folder: Path | None, *, in_place: bool) -> None:
    """把备份恢复到空的数据文件夹（--home） / put a backup into an empty home (--home)."""
    if (folder is None) != in_place:
        raise WrongUse(
            Text(
                "请给出备份文件夹，或用 --in-place 就地修复损坏的数据库，二者取一。",
                "Name a backup's folder, or mend a damaged database by --in-place; one of the two.",
            )
        )
    if folder is None:
        _recover(session)
        return
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
        _say_held(session)


def _recover(session: Session) -> None:
    from monitor.store.recovering import recover  # noqa: PLC0415  # imports duckdb

    done = recover(session.home, at=session.now(), actor=session.actor, waiting=session.waiting)
    what = {
        "file": Text(
            "未受损的数据库文件（去掉损坏的日志）", "the database without its damaged log"
        ),
        "snapshot": Text("最近一次写入后的快照", "the snapshot of the last finished write"),
        "rows": Text("数据库的全部各行，写成新文件", "every row of the database, written anew"),
    }[done.source]
    last = f"{done.last_at:%Y-%m-%d %H:%M:%S}" if done.last_at else "—"
    session.out.print(
        session.say(
            f"已换上{what.zh}：{done.history} 批报送，最后一批记录于 {last}。其后收到的文件请重新"
            f"报送（投递文件夹的 taken/ 中有），不会重复计算。损坏的文件留在 {done.kept}。",
            f"Put in place: {what.en}, with {plural(done.history, 'submission')}, the last of "
            f"them recorded at {last}. Hand in again what came later (it lies in taken/ of the "
            f"drop folder): nothing is counted twice. The damaged files are kept in {done.kept}.",
        ),
        soft_wrap=True,
    )
    if done.is_mail_held:
        _say_held(session)


def _say_held(session: Session) -> None:
    session.out.print(
        session.say(
            "其中有尚未寄出的信件，其后可能已寄出：全部寄送已暂停，请核对后"
            "放行（fleetmon hold --release --by 姓名）。",
            "Letters were waiting in it and may have gone out since: all mail is held until you "
            "have looked and released it (fleetmon hold --release --by NAME).",
        )
    )
