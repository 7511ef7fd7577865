"""What every way out has in common: a letter in, an outcome out."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from monitor.errors import FleetmonError
from monitor.store.deliveries import Delivery
from monitor.store.delivery_events import StepName


class Outcome(NamedTuple):
    """How an attempt ended; `code` is the server's, `detail` its words without any address.

    `is_lost` where the connection went with it.
    """

    event: StepName
    code: int | None = None
    detail: str | None = None
    is_lost: bool = False


class WayBlocked(FleetmonError):
    """Nothing can go out at present, whatever the letter; its words say why and how to mend it."""


class Transport(Protocol):
    """One way out."""

    def deliver(self, one: Delivery, letter: bytes, handing: Callable[[], None]) -> Outcome:
        """Hand one letter over; `handing` is called once, before the moment from which it may
        have been delivered. Raises `WayBlocked` where no letter could go out.
        """
        ...

    def is_there(self, one: Delivery, letter: bytes) -> bool:
        """Whether the letter surely was handed over already."""
        ...

    def close(self) -> None:
        """Let go of what is open."""
        ...
