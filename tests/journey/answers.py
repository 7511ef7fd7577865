"""What a command gave back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What a command gave: its exit code, standard output and standard error."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)

    @property
    def receipt(self) -> Any:
        """The only receipt."""
        (receipt,) = self.document["receipts"]
        return receipt


Fleetmon = Callable[..., Answer]
