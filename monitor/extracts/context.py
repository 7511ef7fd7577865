"""What is known of a submission before its rows are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from monitor.model import Period
from monitor.policy.policy import Policy


@dataclass(frozen=True, slots=True)
class ExtractContext:
    """The sender, the day of receipt and the declared period, with the policy to read by.

    `headers` gives the sender's own header of each mapped column, for messages;
    `identity` is `row` where the layout has no vehicle identifier.
    """

    policy: Policy
    kind: str
    sender: str | None
    received_on: date
    period: Period | None
    headers: Mapping[str, str]
    identity: str
    constants: Mapping[str, str]
    epoch_1904: bool = False

    @property
    def senders(self) -> frozenset[str] | None:
        """The reporting divisions whose rows the sender may report; None where anyone's."""
        if self.sender is None:
            return None
        return frozenset({self.sender, *self.policy.divisions.members(self.sender)})

    @property
    def own_division(self) -> str | None:
        """The division of rows that name none: a sender that is a reporting division."""
        return self.sender if self.sender in self.policy.divisions.divisions else None
