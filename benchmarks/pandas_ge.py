"""What a user would write with pandas and Great Expectations alone, for the same file.

The same rules over the rows as ours, as far as one table can tell them: filled cells, known codes,
forms, check digits of vehicles and of credit codes (vectorised, as one who knows NumPy would), days
that are days and not to come, plate against fuel, vehicles named twice alike and unlike, rows set
aside with their line numbers, and one mandated share a division and year. No other encodings or
dresses of a file, no cells told back with how to mend them, no receipts, no history.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.registrations import FUELS, NEW_ENERGY_FUELS, PLACES, USES

# Read when it is imported; without it, it would report on its use.
os.environ["GX_ANALYTICS_ENABLED"] = "false"
gx: Any = import_module("great_expectations")
gxe = gx.expectations

_FLOOR = 0.55
_VIN, _FUEL, _DAY, _DIVISION = "车辆识别代号", "燃料种类", "初次登记日期", "行政区划代码"
_USE, _PLATE, _PLATE_KIND, _CREDIT = "车辆用途", "号牌号码", "号牌种类", "统一社会信用代码"
_FILLED = (_VIN, _FUEL, _DAY, _DIVISION, _USE)
_OPEN_FUEL = "混合动力"
_FORMS = {
    _VIN: "^[A-HJ-NPR-Z0-9]{17}$",
    _PLATE: "^[\u4e00-\u9fa5][A-Z][A-HJ-NP-Z0-9]{5,6}$",
    _CREDIT: "^[0-9A-HJ-NPQRTUWXY]{18}$",
}
_FACTS = ("vin_holds", "credit_holds", "plate_agrees", "is_first", "is_unlike")
_VIN_ALPHABET = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"
_VIN_VALUES = (*range(10), *range(1, 9), *range(1, 6), 7, 9, *range(2, 10))
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def check(path: Path, set_aside: Path) -> tuple[int, int]:
    """Read, check, set aside and judge; gives how many expectations held, and of how many."""
    rows = pd.read_csv(path, dtype=str)
    rows["日"] = pd.to_datetime(rows[_DAY], errors="coerce")
    rows["年"] = rows["日"].dt.year
    _add_facts(rows)
    row_results = _validate(rows, "rows", _row_rules())
    kept = _set_aside(rows, set_aside)
    shares = _shares(kept)
    share_results = _validate(
        shares,
        "shares",
        [gxe.ExpectColumnValuesToBeBetween(column="share", min_value=_FLOOR)],
    )
    return sum(row_results + share_results), len(row_results + share_results)


def _add_facts(rows: pd.DataFrame) -> None:
    """What no expectation of the library tells by itself, as columns of yes and no."""
    rows["vin_holds"] = _vin_holds(rows[_VIN])
    rows["credit_holds"] = _credit_holds(rows[_CREDIT])
    is_green = rows[_PLATE_KIND].isin(["51", "52"])
    rows["plate_agrees"] = ~(is_green & rows[_FUEL].isin(FUELS[NEW_ENERGY_FUELS:]))
    told = [column for column in rows.columns if column not in _FACTS]
    named = rows[_VIN].notna()
    is_repeated = rows.duplicated(_VIN, keep=False) & named
    is_alike = rows.duplicated(told, keep=False)
    rows["is_first"] = ~(rows.duplicated(told) & named)
    rows["is_unlike"] = is_repeated & ~is_alike


def _cells(column: pd.Series[str], form: str, length: int) -> tuple[Any, NDArray[np.uint8]]:
    """Which cells have the form, and their letters, a row each."""
    formed = column.str.fullmatch(form.strip("^$")).fillna(value=False).to_numpy(dtype=bool)
    letters = column[formed].to_numpy().astype(f"S{length}")
    return formed, letters.view(np.uint8).reshape(-1, length)


def _table(alphabet: str, values: tuple[int, ...]) -> NDArray[np.int64]:
    table = np.zeros(256, dtype=np.int64)
    table[np.frombuffer(alphabet.encode(), dtype=np.uint8)] = values
    return table


def _vin_holds(column: pd.Series[str]) -> NDArray[np.bool_]:
    formed, letters = _cells(column, _FORMS[_VIN], 17)
    total = _table(_VIN_ALPHABET, _VIN_VALUES)[letters] @ np.array(_VIN_WEIGHTS)
    check_letters = np.frombuffer(b"0123456789X", dtype=np.uint8)[total % 11]
    holds = np.ones(len(column), dtype=bool)
    holds[formed] = check_letters == letters[:, 8]
    return holds


def _credit_holds(column: pd.Series[str]) -> NDArray[np.bool_]:
    formed, letters = _cells(column, _FORMS[_CREDIT], 18)
    values = _table(_CREDIT_ALPHABET, tuple(range(len(_CREDIT_ALPHABET))))[letters]
    weights = np.array([pow(3, place, 31) for place in range(17)])
    holds = np.ones(len(column), dtype=bool)
    holds[formed] = -(values[:, :17] @ weights) % 31 == values[:, 17]
    return holds


def _row_rules() -> list[Any]:
    def known(column: str, values: list[Any]) -> Any:
        return gxe.ExpectColumnValuesToBeInSet(column=column, value_set=values)

    return [
        *(gxe.ExpectColumnValuesToNotBeNull(column=column) for column in _FILLED),
        *(
            gxe.ExpectColumnValuesToMatchRegex(column=column, regex=form)
            for column, form in _FORMS.items()
        ),
        known(_FUEL, [*FUELS, _OPEN_FUEL]),
        gxe.ExpectColumnValuesToNotBeInSet(column=_FUEL, value_set=[_OPEN_FUEL]),
        known(_USE, [use[0] for use in USES]),
        known(_DIVISION, [place[0] for place in PLACES]),
        gxe.ExpectColumnValuesToNotBeNull(column="日"),
        gxe.ExpectColumnValuesToBeBetween(
            column="日", min_value=pd.Timestamp("2000-01-01"), max_value=pd.Timestamp("2021-01-05")
        ),
        *(known(column, [True]) for column in _FACTS[:-1]),
        known(_FACTS[-1], [False]),
    ]


def _set_aside(rows: pd.DataFrame, path: Path) -> pd.DataFrame:
    """The rows that count; the others go to a file, with the line that each stood on."""
    is_wrong = (
        rows[list(_FILLED)].isna().any(axis=1)
        | ~rows[_VIN].str.fullmatch(_FORMS[_VIN].strip("^$")).fillna(value=False).astype(bool)
        | ~rows[_FUEL].isin([*FUELS, _OPEN_FUEL])
        | ~rows[_USE].isin([use[0] for use in USES])
        | ~rows[_DIVISION].isin([place[0] for place in PLACES])
        | rows["日"].isna()
        | (rows["日"] > pd.Timestamp("2021-01-05"))
        | rows["is_unlike"]
    )
    wrong = rows[is_wrong]
    wrong.assign(line=wrong.index + 2).to_csv(path, index=False)
    return rows[~is_wrong & rows["is_first"]]


def _shares(rows: pd.DataFrame) -> pd.DataFrame:
    buses = rows[rows[_USE] == "公交车"]
    is_new = buses[_FUEL].isin(FUELS[:NEW_ENERGY_FUELS])
    return is_new.groupby([buses[_DIVISION], buses["年"]]).mean().rename("share").reset_index()


def _validate(frame: pd.DataFrame, name: str, rules: list[Any]) -> list[bool]:
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_pandas(name)
    whole = source.add_dataframe_asset(name).add_batch_definition_whole_dataframe("whole")
    batch = whole.get_batch({"dataframe": frame})
    suite = gx.ExpectationSuite(name=name, expectations=rules)
    return [bool(result.success) for result in batch.validate(suite).results]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    with tempfile.TemporaryDirectory(prefix="fleetmon-pandas-") as folder:
        print(check(parser.parse_args().path, Path(folder) / "set_aside.csv"))
