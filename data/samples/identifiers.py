"""Numbers of vehicles and organisations that are made up and yet hold: VIN, plate, credit code."""

from __future__ import annotations

from draw import Draw

_VIN_LETTERS = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", [*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)], strict=True)
)
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_YEARS = {2010 + place: letter for place, letter in enumerate("ABCDEFGHJKLMNPRSTVWXY")}
_VDS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"

_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORGANISATION = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

_SERIAL = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def vin_check_character(vin: str) -> str:
    """The ninth character that a VIN must have (GB 16735)."""
    values = (int(c) if c.isdigit() else _VIN_LETTERS[c] for c in vin)
    rest = sum(v * w for v, w in zip(values, _VIN_WEIGHTS, strict=True)) % 11
    return "X" if rest == 10 else str(rest)


class Vins:
    """Hands out VINs, each once: maker, a plausible middle, model year, plant, serial number."""

    def __init__(self) -> None:
        """Serial numbers start anew for each maker and year."""
        self._serials: dict[tuple[str, int], int] = {}

    def take(self, wmi: str, year: int, label: str) -> str:
        """A new VIN of the maker's; `label` (a model) fixes its descriptive part."""
        look = Draw("vds", wmi, label)
        serial = self._serials.get((wmi, year), Draw("serial", wmi, year).between(2000, 60000))
        self._serials[wmi, year] = serial + Draw("step", wmi, year, serial).between(1, 37)
        middle = "".join(look.pick(_VDS) for _ in range(5))
        vin = f"{wmi}{middle}0{_VIN_YEARS[year]}{look.pick('ABCHKNS12')}{serial:06d}"
        return f"{vin[:8]}{vin_check_character(vin)}{vin[9:]}"


class Plates:
    """Hands out plate numbers of a city, each once."""

    def __init__(self) -> None:
        """Nothing is taken yet."""
        self._taken: set[str] = set()

    def take(self, office: str, form: str, letter: str, label: str) -> str:
        """A new number: `form` is ordinary, small, large or police; `letter` tells the energy."""
        draw = Draw("plate", office, form, label)
        while True:
            plate = office + _serial(draw, form, letter)
            if plate not in self._taken:
                self._taken.add(plate)
                return plate


def _serial(draw: Draw, form: str, letter: str) -> str:
    if form == "large":
        return f"{draw.between(100, 29999):05d}{letter}"
    if form == "small":
        second = draw.pick("0123456789" + _SERIAL)
        return f"{letter}{second}{draw.below(10000):04d}"
    if form == "police":
        return f"{draw.between(100, 9899):04d}警"
    digits = f"{draw.below(100000):05d}"
    shape = draw.below(4)
    head = draw.pick(_SERIAL)
    if shape == 0:
        return digits
    return head + digits[1:] if shape < 3 else f"{digits[0]}{head}{digits[2:]}"


def credit_code(prefix: str, region: str, label: str) -> str:
    """An 18-character unified social credit code that holds (GB 32100, inner GB 11714)."""
    draw = Draw("credit", prefix, region, label)
    if prefix == "91":
        body = (
            "MA"
            + draw.pick("356")
            + "".join(draw.pick("0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(5))
        )
    else:
        body = f"{draw.between(1400000, 79999999):08d}"
    rest = sum(_ORGANISATION.index(c) * w for c, w in zip(body, _ORGANISATION_WEIGHTS, strict=True))
    inner = {10: "X", 11: "0"}.get(11 - rest % 11, str(11 - rest % 11))
    bare = f"{prefix}{region}{body}{inner}"
    total = sum(_CREDIT.index(c) * pow(3, place, 31) for place, c in enumerate(bare))
    return bare + _CREDIT[(31 - total % 31) % 31]
