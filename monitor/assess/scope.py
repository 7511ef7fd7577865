"""Which vehicles are looked at: what a mandate says of it, and a part of a scorecard too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Scope(Protocol):
    """Which vehicles are looked at, and which of them leave both sides: a mandate says so, and so
    does a part of a scorecard.
    """

    @property
    def energies(self) -> tuple[str, ...] | None:
        """The energy classes that count, None for every new energy."""
        ...

    @property
    def counties(self) -> tuple[str, ...] | None:
        """Where they are, None for everywhere."""
        ...

    @property
    def uses(self) -> tuple[str, ...] | None:
        """What is written of their use, None for whatever it is."""
        ...

    @property
    def owners(self) -> tuple[str, ...] | None:
        """Whose they are, None for anybody's."""
        ...

    @property
    def areas(self) -> tuple[str, ...] | None:
        """Where they run, None for everywhere."""
        ...

    @property
    def exemptions(self) -> tuple[str, ...]:
        """The claims that take a vehicle out of both sides."""
        ...

    @property
    def exempt_categories(self) -> tuple[str, ...]:
        """The categories that leave both sides."""
        ...


@dataclass(frozen=True, slots=True)
class VehicleScope:
    """Which vehicles a part of a scorecard looks at."""

    owners: tuple[str, ...] | None
    exemptions: tuple[str, ...]
    exempt_categories: tuple[str, ...]
    energies: tuple[str, ...] | None = None
    counties: tuple[str, ...] | None = None
    uses: tuple[str, ...] | None = None
    areas: tuple[str, ...] | None = None
