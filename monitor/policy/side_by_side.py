"""Mandates on the same vehicles stand side by side, the strictest first; none is merged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations

from monitor.policy.mandates import Document, Mandate
from monitor.policy.policy import Policy


def is_national(mandate: Mandate) -> bool:
    """Whether it stands in a national paper, not in one of the four documents."""
    return isinstance(mandate.document, Document) and mandate.document.is_national


def strictest_first(policy: Policy, ids: Iterable[str], year: int) -> list[str]:
    """These mandates in their order, but those on the same vehicles side by side.

    Of such, the one that asks for more comes first; of equals the order stays, national ones last.
    `year` is the year judged: two are compared by the last year up to it for which both name a
    ratio, and where there is none they are left where they stand.
    """
    listed = sorted(dict.fromkeys(ids), key=lambda one: is_national(policy.mandates[one]))
    order = _Order({one: set() for one in listed}, {one: [] for one in listed})
    for one, other in combinations([policy.mandates[name] for name in listed], 2):
        asked = _both_ask(one, other, year)
        if asked is None or not _same_vehicles(policy, one, other):
            continue
        order.beside[one.id].append(other.id)
        order.beside[other.id].append(one.id)
        if asked[0] > asked[1]:
            order.stricter[other.id].add(one.id)
        elif asked[0] < asked[1]:
            order.stricter[one.id].add(other.id)
    for each in listed:
        order.place(each)
    return list(order.placed)


@dataclass(slots=True)
class _Order:
    """Who has to stand before whom (`stricter`), who next to whom, and who stands already."""

    stricter: dict[str, set[str]]
    beside: dict[str, list[str]]
    placed: dict[str, None] = field(default_factory=dict)
    _begun: set[str] = field(default_factory=set)

    def place(self, one: str) -> None:
        """Set it after all that are stricter, and after it those that wait for nothing more."""
        if one in self._begun:
            return
        self._begun.add(one)
        for other in self.beside[one]:
            if other in self.stricter[one]:
                self.place(other)
        self.placed[one] = None
        for other in self.beside[one]:
            if self.stricter[other] <= self.placed.keys():
                self.place(other)


def _both_ask(one: Mandate, other: Mandate, year: int) -> tuple[Fraction, Fraction] | None:
    """The ratios that two mandates ask for in the last year for which both name one."""
    if not one.measure == other.measure == "share_new_replaced":
        return None
    mine, theirs = _ratios(one), _ratios(other)
    common = [each for each in mine.keys() & theirs.keys() if each <= year]
    return (mine[max(common)], theirs[max(common)]) if common else None


def _ratios(mandate: Mandate) -> dict[int, Fraction]:
    return {one.period: one.fraction for one in mandate.targets if one.fraction is not None}


def _same_vehicles(policy: Policy, one: Mandate, other: Mandate) -> bool:
    """Whether some vehicle can count for both: its place, kind, owner, area, use and energy."""
    table = policy.divisions
    places = [set(table.members(each.jurisdiction)) for each in (one, other)]
    if places[0].isdisjoint(places[1]):
        return False
    if policy.categories_of(one).isdisjoint(policy.categories_of(other)):
        return False
    narrowed = zip(_narrowed(one), _narrowed(other), strict=True)
    return not any(mine and theirs and set(mine).isdisjoint(theirs) for mine, theirs in narrowed)


def _narrowed(mandate: Mandate) -> tuple[tuple[str, ...] | None, ...]:
    return mandate.owners, mandate.areas, mandate.uses, mandate.counties, mandate.energies
