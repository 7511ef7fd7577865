"""What the bureau's own sign-in said of itself, remembered for some minutes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

_LIFE: Final = timedelta(minutes=5)


class ProviderWords:
    """Its addresses and keys by where they were read, so that not every sign-in asks anew."""

    def __init__(self) -> None:
        """Nothing was said yet."""
        self._held: dict[str, tuple[datetime, Mapping[str, Any]]] = {}

    def of(self, address: str, now: datetime) -> Mapping[str, Any] | None:
        """What was read there within some minutes; None for anything else."""
        read_at, told = self._held.get(address, (None, {}))
        is_fresh = read_at is not None and timedelta() <= now - read_at < _LIFE
        return told if is_fresh else None

    def keep(self, address: str, told: Mapping[str, Any], now: datetime) -> None:
        """Remember what was read, in the place of all that is too old."""
        held = {place: one for place, one in self._held.items() if self.of(place, now) is not None}
        self._held = held | {address: (now, told)}
