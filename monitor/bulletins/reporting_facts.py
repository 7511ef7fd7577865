"""How a division stands with what it has to report, before it is put into words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from monitor.model import SHANGHAI, Period
from monitor.policy.due_dates import DueItem

State = Literal["on_time", "late", "partial", "missing", "waiting"]
# What a letter or a list of lateness is about: it was due and is not whole.
OVERDUE: frozenset[State] = frozenset({"partial", "missing"})


@dataclass(frozen=True, slots=True)
class Standing:
    """What came in of one due item, as of a day.

    `on_time` and `late` are whole: submissions, nil returns too, cover every day of the period,
    since `received_at`. `waiting` is not whole and not past due, `partial` and `missing` are past
    due with some of the period covered or none of it. `covers` are the days that came in, merged;
    `last_at` is when the sender last sent anything of the kind, None for never.
    """

    item: DueItem
    state: State
    received_at: datetime | None = None
    covers: tuple[Period, ...] = ()
    last_at: datetime | None = None

    @property
    def is_whole(self) -> bool:
        """Whether nothing more is to be sent for it."""
        return self.state in {"on_time", "late"}

    @property
    def is_overdue(self) -> bool:
        """Whether it was due and is not whole."""
        return self.state in OVERDUE

    def days_late(self, as_of: date) -> int:
        """Days past the due date: until it came in whole, else until `as_of`; 0 within time."""
        until = self.received_at.astimezone(SHANGHAI).date() if self.received_at else as_of
        return max(0, (until - self.item.due_on).days)
