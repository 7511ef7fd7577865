"""All that a notice says, before it is put into words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from monitor.bulletins.reporting_facts import Standing
from monitor.model import Text

Kind = Literal["reminder", "past_due", "escalation"]
# The gravest first: a letter is called after the gravest that it tells.
KINDS: Final[tuple[Kind, ...]] = ("escalation", "past_due", "reminder")


@dataclass(frozen=True, slots=True)
class Told:
    """One due item as a letter tells it, and what follows if nothing comes in.

    `next_on` is when the same recipient is written to about it again, `escalates_on` when those
    above are; None where that is not foreseen.
    """

    kind: Kind
    standing: Standing
    next_on: date | None = None
    escalates_on: date | None = None


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """One letter to one recipient of `division`: everything that is new to tell on `today`."""

    division: str
    today: date
    told: tuple[Told, ...]

    @property
    def kind(self) -> Kind:
        """The gravest kind in it."""
        held = {one.kind for one in self.told}
        return next(kind for kind in KINDS if kind in held)


@dataclass(frozen=True, slots=True)
class Report:
    """Something of ours that failed, for the operators.

    `key` makes it the same one: job, period and day judged, or a delivery's id. `what` failed, for
    the reason `why`, since `since`, tried `tries` times (None where that has no meaning); `remedy`
    is what to do, `command` what to type for it.
    """

    key: str
    what: Text
    why: Text
    since: datetime
    remedy: Text
    command: str
    tries: int | None = None


@dataclass(frozen=True, slots=True)
class OperatorsFacts:
    """One letter to the operators: the paragraphs of each report, as they were kept."""

    at: datetime
    reports: tuple[Text, ...]
