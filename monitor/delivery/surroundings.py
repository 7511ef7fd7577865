"""What a sender is given to work with."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from monitor.policy.recipients import RecipientBook
from monitor.store.store import Store

# Reading the book may cost a look at many files, so it is asked for only where it is needed.
ReadBook = Callable[[], RecipientBook]


class OpenStore(Protocol):
    """Opens the home's store for a short session."""

    def __call__(self, *, write: bool) -> AbstractContextManager[Store]:
        """The store; for writing alone, or as readers see it."""
        ...


class Tell(Protocol):
    """Writes one line of the log."""

    def __call__(self, event: str, /, **fields: str | int | None) -> None:
        """Never holds an address."""
        ...


def silent(event: str, /, **fields: str | int | None) -> None:
    """Tell nobody."""
    del event, fields


def never() -> bool:
    """Nobody asks the sender to stop."""
    return False
