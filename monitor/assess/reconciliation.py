"""Procurement against registration against retirement: what does not fit together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Mismatch(StrEnum):
    """What does not fit; the order is that of lists."""

    BOUGHT_NOT_REGISTERED = "bought_not_registered"
    REGISTERED_NOT_BOUGHT = "registered_not_bought"
    REPLACEMENT_WITHOUT_RETIREMENT = "replacement_without_retirement"
    CLAIMED_TWICE = "claimed_twice"
    FUEL_DIFFERS = "fuel_differs"


@dataclass(frozen=True, slots=True)
class Unmatched:
    """One contract line or vehicle that does not fit, with where it stands in its file.

    `vehicles` is how many; `since` the day that the waiting is counted from (planned delivery,
    else signing; registration for a vehicle) and `days` how long until the day judged. `other` is
    what it is set against: the other division, or the other energy.
    """

    mismatch: Mismatch
    division: str
    category: str
    energy: str
    vehicles: int
    since: date | None
    days: int | None
    contract_no: str | None = None
    organisation: str | None = None
    model: str | None = None
    vin: str | None = None
    other: str | None = None
    submission: str | None = None
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class OpenLine:
    """Vehicles of one contract line that are not registered yet, with what decides their scope.

    `due_on` is when they are expected to be registered.
    """

    division: str
    category: str
    energy: str
    owner_kind: str | None
    area: str | None
    exemption: str | None
    due_on: date
    vehicles: int


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """All that does not fit by the day judged, and the contracts still to be delivered.

    `compared` are the divisions for which any contract is held: elsewhere nothing can be said of
    vehicles without one. `usual_delay_days` is the median of planned delivery to registration.
    """

    as_of: date
    unmatched: tuple[Unmatched, ...] = ()
    open_lines: tuple[OpenLine, ...] = ()
    matched: int = 0
    compared: tuple[str, ...] = ()
    usual_delay_days: int = 0
