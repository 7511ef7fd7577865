"""Repeatable draws: the same label gives the same numbers on every machine and Python."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

SEED = "fleetmon samples 1"

T = TypeVar("T")


class Draw:
    """A stream of numbers that depends on the seed and its label only."""

    def __init__(self, *label: object) -> None:
        """`label` names the stream; two streams with different labels are independent."""
        self._label = "|".join((SEED, *map(str, label)))
        self._count = 0

    def below(self, limit: int) -> int:
        """A number from 0 to `limit` - 1."""
        self._count += 1
        digest = hashlib.sha256(f"{self._label}|{self._count}".encode()).digest()
        return int.from_bytes(digest[:8], "big") % limit

    def between(self, low: int, high: int) -> int:
        """A number from `low` to `high`, both inclusive."""
        return low + self.below(high - low + 1)

    def pick(self, items: Sequence[T]) -> T:
        """One of `items`."""
        return items[self.below(len(items))]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """`items` in another order."""
        rest = list(items)
        return [rest.pop(self.below(len(rest))) for _ in range(len(rest))]
