"""VIN, credit code and plate against the worked examples of the standards."""

import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.extracts.credit_code import credit_code_facts
from monitor.extracts.plate import COMMON, FORMS, plate_forms
from monitor.extracts.vin import WELL_FORMED, model_years, vin_facts

VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9,
                                            2, 3, 4, 5, 6, 7, 8, 9], strict=True))  # fmt: skip
VALUES |= {str(digit): digit for digit in range(10)}
WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]
VINS = st.text("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", min_size=17, max_size=17)


def slow_check(vin: str) -> bool:
    total = sum(VALUES[c] * w for c, w in zip(vin, WEIGHTS, strict=True))
    return "0123456789X"[total % 11] == vin[8]


@given(st.lists(VINS, min_size=1, max_size=20))
def test_check_digit_agrees_with_the_sum_by_hand(vins: list[str]) -> None:
    series = pl.Series(vins)
    facts = vin_facts(series, series.str.contains(WELL_FORMED))
    assert facts.check_holds.to_list() == [slow_check(vin) for vin in vins]
    assert facts.key_hash.n_unique() == len(set(vins))


@pytest.mark.parametrize(
    "vin", ["1M8GDM9AXKP042788", "11111111111111111", "LZYTEST03J1000001", "LZZSYNT1XJ1000005"]
)
def test_worked_vins_pass(vin: str) -> None:
    series = pl.Series([vin])
    assert vin_facts(series, pl.Series([True])).check_holds.to_list() == [True]


def test_the_key_of_a_vin_never_changes() -> None:
    series = pl.Series(["LZYTEST03J1000001"])
    assert vin_facts(series, pl.Series([True])).key_hash.to_list() == [6492341946858164510]


def test_a_malformed_vin_tells_nothing() -> None:
    series = pl.Series(["LZYTEST03J100000I", None, "LZYTEST03J1000001"])
    facts = vin_facts(series, series.str.contains(WELL_FORMED).fill_null(value=False))
    assert facts.check_holds.to_list() == [None, None, True]


def test_the_year_letter_recurs() -> None:
    assert model_years(ord("J"), 2026) == (1988, 2018)
    assert model_years(ord("Z"), 2026) == ()
    assert model_years(None, 2026) == ()


@pytest.mark.parametrize(
    ("code", "holds"),
    [
        ("91350100M000100Y43", True),
        ("11360000000000019M", True),
        ("123500000000000279", True),
        ("91320100MA0000031E", True),
        ("91350100M000100Y44", False),
        ("9.1E+17", False),
        (None, None),
    ],
)
def test_credit_codes(code: str | None, holds: bool | None) -> None:  # noqa: FBT001  # a case
    facts = credit_code_facts(pl.Series([code], dtype=pl.String))
    assert facts["credit_code_holds"].to_list() == [holds]


def read_plates(plates: list[str], offices: list[str] | None = None) -> pl.DataFrame:
    series = pl.Series(plates)
    known = pl.Series(offices or [None] * len(plates), dtype=pl.String)
    return plate_forms(series, series.str.contains(COMMON), known)


# Of every form, and with one character more, less or other than it has.
_NEARLY = st.sampled_from([pattern.strip("^$") for pattern in FORMS.values()]).flatmap(
    lambda pattern: st.from_regex(pattern, alphabet="赣闽A1D0F挂应急使", fullmatch=True)
)
PLATES = st.one_of(
    _NEARLY,
    st.builds(lambda plate, more: plate + more, _NEARLY, st.sampled_from("1DO挂")),
    st.builds(lambda plate: plate[:-1], _NEARLY),
    st.text("赣闽AD0123F挂", max_size=9),
)


@given(st.lists(PLATES, min_size=1, max_size=20))
def test_a_plate_is_of_the_first_form_that_fits(plates: list[str]) -> None:
    told = read_plates(plates)["plate_form"].to_list()
    fits = [[name for name, form in FORMS.items() if re.search(form, p)] for p in plates]
    assert told == [names[0] if names else None for names in fits]


@pytest.mark.parametrize(
    ("plate", "form", "battery"),
    [
        ("闽AD12345", "small_new_energy", True),
        ("赣MDA1234", "small_new_energy", True),
        ("苏AF01234", "small_new_energy", False),
        ("赣C00123D", "large_new_energy", True),
        ("闽D04567F", "large_new_energy", False),
        ("赣C·02101D", "large_new_energy", True),
        ("C02101D", "large_new_energy", True),
        ("赣A12345", "ordinary", None),
        ("闽A0123D", "ordinary", None),
        ("赣C1234挂", "marked", None),
        ("赣CD0O123", None, None),
        ("苏AG1B234", None, None),
    ],
)
def test_plates(plate: str, form: str | None, battery: bool | None) -> None:  # noqa: FBT001
    told = read_plates([plate])
    assert told["plate_form"].to_list() == [form]
    assert told["plate_is_battery"].to_list() == [battery]


def test_the_issuing_office_gives_the_province_back() -> None:
    told = read_plates(["C02101D"], ["赣C"])
    assert told["plate_office"].to_list() == ["赣C"]
