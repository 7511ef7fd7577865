"""The home folder: one place for everything read and written at run time."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from monitor.errors import StoreError, WrongUse
from monitor.model import Text
from monitor.store.breakdowns import cause_of

_MODE: Final = 0o750
_MEANT_OTHERWISE: Final = frozenset("\\?*[]")  # settings, patterns, another separator


@dataclass(frozen=True, slots=True)
class Home:
    """The folders of one installation's data."""

    root: Path

    def __post_init__(self) -> None:
        """Raise `WrongUse` for a name that DuckDB would take for another path or for several."""
        spoiled = sorted({sign for sign in str(self.root) if sign in _MEANT_OTHERWISE})
        if spoiled or not str(self.root).isprintable():
            shown = " ".join(spoiled)
            raise WrongUse(
                Text(
                    f"数据文件夹的路径 {str(self.root)!a} 含有数据库另作他解的字符 {shown}，"
                    "会读写到别的文件夹。请换一个不含这些字符的路径（--home）。",
                    f"The path of the home, {str(self.root)!a}, has signs that the database reads "
                    f"otherwise ({shown}): another folder would be meant. Choose a path without "
                    "them (--home).",
                )
            )

    @property
    def database(self) -> Path:
        """The DuckDB file."""
        return self.root / "fleetmon.duckdb"

    @property
    def door(self) -> Path:
        """The SQLite file of accounts, sessions, tokens and drafts."""
        return self.root / "door.sqlite"

    @property
    def drafts(self) -> Path:
        """What a check said of each upload that waits to be confirmed, in a folder of its own."""
        return self.root / "drafts"

    @property
    def archive(self) -> Path:
        """Received bytes under their SHA-256."""
        return self.root / "archive"

    @property
    def facts(self) -> Path:
        """Accepted rows: one immutable Parquet part a submission."""
        return self.root / "facts"

    @property
    def rejected(self) -> Path:
        """Rows set aside, as the sender wrote them, with the reasons."""
        return self.root / "rejected"

    @property
    def outbox(self) -> Path:
        """Bulletins ready to be delivered."""
        return self.root / "outbox"

    @property
    def sent(self) -> Path:
        """Letters that were delivered."""
        return self.root / "sent"

    @property
    def inbox(self) -> Path:
        """Where files may be dropped: a folder for each division."""
        return self.root / "inbox"

    @property
    def runs(self) -> Path:
        """Locks and journals of jobs at work."""
        return self.root / "runs"

    @property
    def snapshot(self) -> Path:
        """The database as the last writer left it, for readers beside a writer."""
        return self.root / "snapshot" / "fleetmon.duckdb"

    @property
    def backups(self) -> Path:
        """Backups, where no other folder is set; copies made before a migration."""
        return self.root / "backups"

    @property
    def audit(self) -> Path:
        """The lines of the audit log as files, beside the table."""
        return self.root / "audit"

    @property
    def bulletins(self) -> Path:
        """Every form of each bulletin, in a folder of its own."""
        return self.root / "bulletins"

    @property
    def held(self) -> Path:
        """Bulletins that were made and not sent, each for a reason that table `hold` names."""
        return self.root / "held"

    @property
    def rulesets(self) -> Path:
        """The files of every ruleset that a bulletin was made by, each under its hash."""
        return self.root / "rulesets"

    @property
    def work(self) -> Path:
        """Scratch space of running commands; nothing in it outlives them."""
        return self.root / "work"

    def create(self) -> None:
        """Make the folders; raises `StoreError` where that is not allowed."""
        try:
            make_root(self.root)
            for folder in (
                *(self.archive, self.facts, self.rejected, self.outbox, self.held),
                *(self.bulletins, self.rulesets, self.work, self.sent, self.inbox, self.runs),
                *(self.snapshot.parent, self.backups, self.audit, self.drafts),
            ):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                Text(
                    f"无法写入数据文件夹 {self.root}：{error.strerror}。请检查 --home 与权限。",
                    f"Cannot write to {self.root}: {error.strerror}. Check --home and its rights.",
                ),
                cause_of(error),
            ) from error


def make_root(root: Path) -> None:
    """Make a home folder that others of this machine cannot look into; one that is there stays.

    What is in it names vehicles and their owners, whatever the mask of who starts the program.
    """
    if not root.is_dir():
        root.parent.mkdir(parents=True, exist_ok=True)
        root.mkdir(mode=_MODE, exist_ok=True)


def fsync_folder(folder: Path) -> None:
    """Make a rename in `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def keep_file(temporary: Path, final: Path) -> None:
    """Move a finished file to its place, durably."""
    with temporary.open("rb+") as handle:
        os.fsync(handle.fileno())
    temporary.replace(final)
    fsync_folder(final.parent)
