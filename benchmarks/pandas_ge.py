"""What a user would write with pandas and Great Expectations alone, for the same file.

The rules are the ones that such a script bothers with: filled cells, known codes, forms of
numbers, days that are days, vehicles named once, and one mandated share a division and year. No
check digits, no plate against fuel, no receipts, no history, no rows set aside with a reason.
"""

from __future__ import annotations

import argparse
import os
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.registrations import FUELS, NEW_ENERGY_FUELS, PLACES, USES

# Read when it is imported; without it, it would report on its use.
os.environ["GX_ANALYTICS_ENABLED"] = "false"
gx: Any = import_module("great_expectations")
gxe = gx.expectations

_FLOOR = 0.55


def check(path: Path) -> tuple[int, int]:
    """Read, check and judge; gives how many expectations held, and of how many."""
    rows = pd.read_csv(path, dtype=str)
    rows["日"] = pd.to_datetime(rows["初次登记日期"], errors="coerce")
    rows["年"] = rows["日"].dt.year
    row_results = _validate(rows, "rows", _row_rules())
    shares = _shares(rows)
    share_results = _validate(
        shares,
        "shares",
        [gxe.ExpectColumnValuesToBeBetween(column="share", min_value=_FLOOR)],
    )
    return sum(row_results + share_results), len(row_results + share_results)


def _row_rules() -> list[Any]:
    filled = ("车辆识别代号", "燃料种类", "初次登记日期", "行政区划代码", "车辆用途")
    return [
        *(gxe.ExpectColumnValuesToNotBeNull(column=column) for column in filled),
        gxe.ExpectColumnValuesToMatchRegex(column="车辆识别代号", regex="^[A-HJ-NPR-Z0-9]{17}$"),
        gxe.ExpectColumnValuesToBeUnique(column="车辆识别代号"),
        gxe.ExpectColumnValuesToMatchRegex(
            column="号牌号码", regex="^[\u4e00-\u9fa5][A-Z][A-HJ-NP-Z0-9]{5,6}$"
        ),
        gxe.ExpectColumnValuesToMatchRegex(
            column="统一社会信用代码", regex="^[0-9A-HJ-NPQRTUWXY]{18}$"
        ),
        gxe.ExpectColumnValuesToBeInSet(column="燃料种类", value_set=list(FUELS)),
        gxe.ExpectColumnValuesToBeInSet(column="车辆用途", value_set=[use[0] for use in USES]),
        gxe.ExpectColumnValuesToBeInSet(
            column="行政区划代码", value_set=[place[0] for place in PLACES]
        ),
        gxe.ExpectColumnValuesToBeBetween(
            column="日", min_value=pd.Timestamp("2000-01-01"), max_value=pd.Timestamp("2021-01-05")
        ),
    ]


def _shares(rows: pd.DataFrame) -> pd.DataFrame:
    buses = rows[rows["车辆用途"] == "公交车"]
    is_new = buses["燃料种类"].isin(FUELS[:NEW_ENERGY_FUELS])
    return is_new.groupby([buses["行政区划代码"], buses["年"]]).mean().rename("share").reset_index()


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
    print(check(parser.parse_args().path))
