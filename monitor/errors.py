"""Our own failures and a user's wrong use; what a sender did wrong is a finding instead."""

from __future__ import annotations

from monitor.model import Text


class FleetmonError(Exception):
    """Base of all that stops the corridor; carries its words in both languages."""

    exit_code = 3

    def __init__(self, text: Text) -> None:
        """Keep the words; `str()` shows both languages."""
        self.text = text
        super().__init__(f"{text.zh}\n{text.en}")


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
