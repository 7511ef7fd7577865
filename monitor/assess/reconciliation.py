"""Procurement against registration against retirement: what does not fit together."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple


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
    else signing; registration for a vehicle) and `days` how long until the day judged, None where
    there is still time: the delivery is to come, or the old vehicle may still be retired. `other`
    is what it is set against: the other division, or the energy of the contract.
    `is_data_gap` says that the data which would tell is not held: registrations since the delivery,
    contracts of the months before the registration, or any retirement at all of the division. It
    is then a question to the sender and no fault of the buyer.
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
    is_data_gap: bool = False


@dataclass(frozen=True, slots=True)
class OpenLine:
    """Vehicles of one contract line that are not registered yet, with what decides their scope.

    `due_on` is when they are expected to be registered; it may have gone by. `is_data_gap` says
    that registrations since the delivery are not held, so that they may be registered already.
    """

    division: str
    category: str
    energy: str
    owner_kind: str | None
    area: str | None
    exemption: str | None
    due_on: date
    vehicles: int
    is_data_gap: bool = False


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """All that does not fit by the day judged, and the contracts still to be delivered.

    `compared` are the divisions for which any contract is held: elsewhere nothing can be said of
    vehicles without one. `usual_delay_days` is the median of planned delivery to registration, of
    all divisions. `matched` vehicles belong to contracts, `matched_by` division.
    """

    as_of: date
    unmatched: tuple[Unmatched, ...] = ()
    open_lines: tuple[OpenLine, ...] = ()
    matched: int = 0
    compared: tuple[str, ...] = ()
    usual_delay_days: int = 0
    matched_by: tuple[tuple[str, int], ...] = ()
    _by_place: dict[str, _Part] = field(
        default_factory=dict, init=False, repr=False, compare=False, hash=False
    )

    @property
    def overdue(self) -> tuple[Unmatched, ...]:
        """Contract lines whose planned delivery has gone by without all vehicles registered."""
        return tuple(
            one
            for one in self.unmatched
            if one.mismatch is Mismatch.BOUGHT_NOT_REGISTERED and one.days and not one.is_data_gap
        )

    def of(self, divisions: Collection[str]) -> Reconciliation:
        """The part of these divisions; their items by mismatch, within it by division."""
        if not self._by_place:
            for one in self.unmatched:
                self._by_place.setdefault(one.division, _Part([], [])).unmatched.append(one)
            for line in self.open_lines:
                self._by_place.setdefault(line.division, _Part([], [])).open_lines.append(line)
        parts = [self._by_place[code] for code in sorted(divisions) if code in self._by_place]
        items = [one for part in parts for one in part.unmatched]
        matched = tuple(pair for pair in self.matched_by if pair[0] in divisions)
        return Reconciliation(
            as_of=self.as_of,
            unmatched=tuple(sorted(items, key=lambda one: _ORDER[one.mismatch])),
            open_lines=tuple(line for part in parts for line in part.open_lines),
            matched=sum(vehicles for _, vehicles in matched),
            compared=tuple(code for code in self.compared if code in divisions),
            usual_delay_days=self.usual_delay_days,
            matched_by=matched,
        )


class _Part(NamedTuple):
    """What concerns one division."""

    unmatched: list[Unmatched]
    open_lines: list[OpenLine]


_ORDER = {mismatch: place for place, mismatch in enumerate(Mismatch)}
