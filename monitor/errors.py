"""Our own failures and a user's wrong use; what a sender did wrong is a finding instead."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from monitor.model import Text

RUNBOOK: Final = "docs/runbook.md"


class Cause(StrEnum):
    """What ails a machine or a file: each is the anchor of its section in the runbook."""

    DISK_FULL = "disk-full"
    READ_ONLY = "read-only-disk"
    DISK_ERROR = "disk-error"
    OPEN_FILES = "open-files"
    MEMORY = "memory"
    CLOCK = "clock-set-back"
    MAIL_DOWN = "mail-server-down"
    DATABASE_DAMAGED = "database-damaged"
    DATABASE_MISSING = "database-missing"
    DATABASE_NEWER = "database-newer"
    DATABASE_STALE = "database-stale"
    LOG_DAMAGED = "log-damaged"
    ARCHIVE_DAMAGED = "archive-damaged"
    ACCOUNTS_DAMAGED = "accounts-damaged"
    AUDIT_CHANGED = "audit-changed"
    BACKUP_DOUBTFUL = "backup-doubtful"
    CUT_OFF = "cut-off"

    @property
    def section(self) -> str:
        """Where the runbook says what to do."""
        return f"{RUNBOOK}#{self.value}"


def with_steps(text: Text, cause: Cause) -> Text:
    """Words that end with where the steps stand."""
    return Text(
        f"{text.zh.rstrip('。')}。步骤见 {cause.section}。",
        f"{text.en.rstrip('.')}. Steps: {cause.section}.",
    )


class FleetmonError(Exception):
    """Base of all that stops the corridor; carries its words in both languages."""

    exit_code = 3

    def __init__(self, text: Text, cause: Cause | None = None) -> None:
        """Keep the words, which end with the runbook's section where there is a `cause`."""
        self.text = text if cause is None else with_steps(text, cause)
        self.cause = cause
        super().__init__(f"{self.text.zh}\n{self.text.en}")


class WrongUse(FleetmonError):
    """The command cannot be carried out as it was given; the user can mend it."""

    exit_code = 2


class PolicyError(FleetmonError):
    """A file of checks/ or data/ is wrong; the words name file, line and reason."""

    exit_code = 2


class CheckDidNotRun(FleetmonError):
    """A declared check has no result, so nothing that rests on it may be published."""


class StoreError(FleetmonError):
    """The store cannot be opened or is not as this version left it."""


class StoreBusy(StoreError):
    """Others write for longer than somebody could wait; nothing was done, and it may be later."""


class RowsUnaccounted(FleetmonError):
    """A step lost or doubled rows; nothing of it is kept."""


class Breakdown(StoreError):
    """The machine failed us: no room, no right, no memory, a damaged disk or file."""
