"""Exact arithmetic of verdicts: whole numbers and fractions, never a float."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from monitor.model import Excluded

_PLACES = 10_000


@dataclass(frozen=True, slots=True)
class Sides:
    """Both sides of a share and what is left out of them, in vehicles.

    `numerator` are surely new-energy, `undetermined` may be. The unknown-scope vehicles stand in
    no side; they are split by energy, since either choice of their scope may move the verdict.
    """

    denominator: int = 0
    numerator: int = 0
    undetermined: int = 0
    exempt: int = 0
    out_of_scope: int = 0
    unknown_new: int = 0
    unknown_open: int = 0
    unknown_not: int = 0

    @property
    def excluded(self) -> Excluded:
        """The vehicles left out, by reason."""
        unknown = self.unknown_new + self.unknown_open + self.unknown_not
        return Excluded(self.exempt, self.out_of_scope, unknown)

    @property
    def lowest(self) -> Fraction:
        """The share if everything that is open turns out against it."""
        return _share(self.numerator, self.denominator + self.unknown_not + self.unknown_open)

    @property
    def highest(self) -> Fraction:
        """The share if everything that is open turns out in its favour."""
        for_it = self.undetermined + self.unknown_new + self.unknown_open
        more = self.unknown_new + self.unknown_open
        return _share(self.numerator + for_it, self.denominator + more)


def _share(part: int, whole: int) -> Fraction:
    return Fraction(part, whole) if whole else Fraction(0)


def cut_share(numerator: int, denominator: int) -> str | None:
    """The quotient cut, not rounded, to four places, so that it never reaches a floor it missed."""
    if not denominator:
        return None
    tens = numerator * _PLACES // denominator
    return f"{tens // _PLACES}.{tens % _PLACES:04d}"


def reaches(share: Fraction, target: Fraction, op: str) -> bool:
    """Whether a share meets a target; two shares of 1 meet a rise, since no more is possible."""
    return share >= target if op == ">=" else share > target or share == target == 1


_UNITS = {"percent": Fraction(1, 100), "tenth": Fraction(1, 1000)}


def as_rounded(target: Fraction, op: str, rounding: str) -> tuple[Fraction, str]:
    """What an exact share must reach so that, rounded half up, it meets a target as rounded.

    The target itself where nothing is rounded. Above 1 there is nothing: a rise from 1 is 1 again.
    """
    if rounding == "none":
        return target, op
    unit = _UNITS[rounding]
    if op == ">=":
        return ceil(target / unit) * unit - unit / 2, ">="
    nearest = floor(target / unit + Fraction(1, 2)) * unit
    return min(nearest + unit, Fraction(1)) - unit / 2, ">="


def short_by(sides: Sides, target: Fraction, op: str) -> int:
    """New-energy vehicles lacking in what is already counted."""
    wanted = target * sides.denominator
    if not sides.denominator or reaches(Fraction(sides.numerator, sides.denominator), target, op):
        return 0
    least = ceil(wanted) if op == ">=" else min(floor(wanted) + 1, sides.denominator)
    return max(0, least - sides.numerator)


def needed_next(sides: Sides, target: Fraction, op: str) -> int | None:
    """The least number of further new-energy additions in a row that reaches the target.

    None where no number suffices: a target of 1 and one vehicle counted that is not surely
    new-energy.
    """
    if not sides.denominator or reaches(Fraction(sides.numerator, sides.denominator), target, op):
        return 0
    if target >= 1:
        return None
    exact = (target * sides.denominator - sides.numerator) / (1 - target)
    return ceil(exact) if op == ">=" else floor(exact) + 1


def share_status(sides: Sides, target: Fraction, op: str, *, complete: bool) -> str:
    """The verdict on a share with additions and a number to meet."""
    if reaches(sides.lowest, target, op):
        return "met" if complete else "on_track"
    if reaches(sides.highest, target, op):
        return "undetermined"
    if complete:
        return "not_met"
    missed = sides.denominator - sides.numerator - sides.undetermined
    return "out_of_reach" if op == ">=" and target == 1 and missed > 0 else "behind"


_FAILED = frozenset({"not_met", "out_of_reach"})
_BY_STRENGTH = {
    "mandatory": "violation",
    "in_principle": "explain",
    "floor_encouraged": "advise",
    "declared": "advise",
    "aim": "advise",
    "promote": "report",
}
_REPORTED = frozenset({"undetermined", "no_data", "trend", "not_computable"})


def consequence(status: str, strength: str, *, binding: bool, incomplete: bool) -> str:
    """What follows from a verdict; a fault of the data is never a breach of the policy.

    With data missing, a mandatory clause that seems to fail calls for an explanation at most.
    """
    if status in _REPORTED:
        return "report"
    if status not in _FAILED and status != "behind":
        return "none"
    if strength == "promote":
        return "report"
    follows = _BY_STRENGTH[strength] if status in _FAILED else "advise"
    if not binding:
        return "advise"
    return "explain" if follows == "violation" and incomplete else follows
