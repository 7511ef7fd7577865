"""How vehicles are counted where a clause does not say: what we take, and what else there is."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import ValidationInfo, field_validator

from monitor.policy.codes import BilingualText, Strict, known_codes


class Counting(Strict):
    """The arithmetic of one mandate; its defaults are what every figure of ours rests on.

    Anything else is said by an option of `data/readings/` and never by a mandate's own file: weeks,
    forecasts and explanations know the defaults only.

    `rounding` to a whole percent, or a tenth of one, happens before a share is compared.
    `over` the life adds up all years from the first. `rise_of` the vehicles added, not of those
    held. `open_energy` counts vehicles of undetermined energy as new-energy, or as not. `reasons`
    and `districts` (counties) narrow as owners and areas do: a vehicle that does not say is of
    unknown scope. Those marked as of `areas_out` are left out. What was registered before
    `first_day` is not counted. Where no `opening` is needed, nothing that was before counts.
    `lacking` says why nothing can be worked out.
    """

    rounding: Literal["none", "percent", "tenth"] = "none"
    over: Literal["year", "life"] = "year"
    rise_of: Literal["held", "added"] = "held"
    open_energy: Literal["open", "new", "not"] = "open"
    reasons: tuple[str, ...] | None = None
    districts: tuple[str, ...] | None = None
    areas_out: tuple[str, ...] = ()
    first_day: date | None = None
    opening: Literal["needed", "none"] = "needed"
    lacking: tuple[BilingualText, ...] = ()

    @field_validator("reasons", "areas_out")
    @classmethod
    def _known_codes(
        cls, codes: tuple[str, ...] | None, info: ValidationInfo
    ) -> tuple[str, ...] | None:
        name = "reason" if info.field_name == "reasons" else "area"
        return codes and known_codes(codes, name, info)


# What every mandate of a file is counted by.
AS_TAKEN = Counting()
