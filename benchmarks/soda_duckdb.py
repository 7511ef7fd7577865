"""The same checks said to Soda, on DuckDB; run by the interpreter of an environment of its own.

Soda's DuckDB is an older one than ours, so nothing of this project is imported here. It loads the
file into a table of text, as Soda has no way to read one, and scans it. What SodaCL cannot say in
one metric is SQL of its own: check digits are the arithmetic of GB 16735 and GB 32100.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

# SodaCL knows names of ASCII letters only: the columns of the file in its order.
_COLUMNS = (
    "plate", "plate_kind", "vin", "vehicle_type", "vehicle_use", "fuel", "owner", "credit_code",
    "division", "registered_on", "reason", "retired_on",
)  # fmt: skip
PLATE, PLATE_KIND, VIN, _, USE, FUEL, _, CREDIT, DIVISION, DAY, _, _ = _COLUMNS
_FILLED = (VIN, FUEL, DAY, DIVISION, USE)
_FUELS = ("纯电动", "插电式混合动力", "汽油", "柴油", "天然气")
_USES = ("公交车", "公务用车", "环卫车", "物流车", "巡游出租车", "私人乘用车")
_PLACES = (
    "360100", "360200", "360300", "360400", "360500", "360600", "360700", "360800", "360900",
    "361000", "361100", "36GJXQ",
)  # fmt: skip
_RECEIVED_ON = "2021-01-05"
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_FROM, _VIN_TO = "ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789"
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def _vin_holds() -> str:
    digits = f"translate({VIN}, '{_VIN_FROM}', '{_VIN_TO}')"
    total = " + ".join(
        f"{weight} * CAST(substr({digits}, {place}, 1) AS INTEGER)"
        for place, weight in enumerate(_VIN_WEIGHTS, start=1)
        if weight
    )
    return f"substr('0123456789X', ({total}) % 11 + 1, 1) = substr({VIN}, 9, 1)"


def _credit_holds() -> str:
    total = " + ".join(
        f"{pow(3, place, 31)} * (instr('{_CREDIT_ALPHABET}', substr({CREDIT}, {place + 1}, 1)) - 1)"
        for place in range(17)
    )
    check = f"substr('{_CREDIT_ALPHABET}', (31 - ({total}) % 31) % 31 + 1, 1)"
    return f"{check} = substr({CREDIT}, 18, 1)"


def _failed_rows(name: str, condition: str) -> str:
    return (
        f"  - failed rows:\n      name: {name}\n      samples limit: 0\n"
        f"      fail condition: {condition}\n"
    )


def checks() -> str:
    """The checks in SodaCL, one a rule."""
    vin_form, credit_form = "^[A-HJ-NPR-Z0-9]{17}$", "^[0-9A-HJ-NPQRTUWXY]{18}$"
    plate_form = "^[\u4e00-\u9fa5][A-Z][A-HJ-NP-Z0-9]{5,6}$"
    well_formed = f"regexp_matches({VIN}, '{vin_form}')"
    credit_formed = f"regexp_matches({CREDIT}, '{credit_form}')"
    filled = "".join(f"  - missing_count({name}) = 0\n" for name in _FILLED)
    rules = {
        "vin malformed": f"NOT {well_formed}",
        "vin check digit": f"CASE WHEN {well_formed} THEN NOT ({_vin_holds()}) END",
        "energy unknown": f"{FUEL} NOT IN ({_listed((*_FUELS, '混合动力'))})",
        "energy undetermined": f"{FUEL} = '混合动力'",
        "category unknown": f"{USE} NOT IN ({_listed(_USES)})",
        "division unknown": f"{DIVISION} NOT IN ({_listed(_PLACES)})",
        "date invalid": f"TRY_CAST({DAY} AS DATE) IS NULL",
        "date in future": f"TRY_CAST({DAY} AS DATE) > DATE '{_RECEIVED_ON}'",
        "plate malformed": f"NOT regexp_matches({PLATE}, '{plate_form}')",
        "energy contradicts plate": f"{PLATE_KIND} IN ('51', '52') AND {FUEL} IN "
        f"({_listed(_FUELS[2:])})",
        "credit code malformed": f"NOT {credit_formed}",
        "credit code check digit": f"CASE WHEN {credit_formed} THEN NOT ({_credit_holds()}) END",
    }
    told = "".join(_failed_rows(name, condition) for name, condition in rules.items())
    repeated = f"  - duplicate_count({VIN}) = 0\n"
    share = (
        "  - failed rows:\n      name: buses, share of new energy\n      samples limit: 0\n"  # noqa: S608  # our own names
        f"      fail query: |\n        SELECT {DIVISION}, substr({DAY}, 1, 4) AS year\n"
        f"        FROM registration WHERE {USE} = '公交车' GROUP BY ALL\n"
        f"        HAVING avg(({FUEL} IN ({_listed(_FUELS[:2])}))::INTEGER) < 0.55\n"
    )
    return f"checks for registration:\n{filled}{told}{repeated}{share}"


def scan(path: Path, folder: Path) -> dict[str, str]:
    """Load the file, scan the table; gives each check's outcome."""
    import duckdb  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415  # Soda's own
    from soda.scan import Scan  # type: ignore[import-not-found]  # noqa: PLC0415  # not ours

    connection: Any = duckdb.connect(str(folder / "soda.duckdb"))
    connection.execute(
        "CREATE TABLE registration AS FROM read_csv(?, header = true, all_varchar = true, "
        f"names = {list(_COLUMNS)}, delim = ',', quote = '\"')",
        [str(path)],
    )
    run = Scan()
    run.set_data_source_name("fleet")
    run.add_duckdb_connection(connection, data_source_name="fleet")
    run.add_sodacl_yaml_str(checks())
    run.execute()
    if run.has_error_logs():
        raise RuntimeError(run.get_error_logs_text())
    return {check["name"]: check["outcome"] for check in run.get_scan_results()["checks"]}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    with tempfile.TemporaryDirectory(prefix="fleetmon-soda-") as made:
        for name, outcome in scan(parser.parse_args().path, Path(made)).items():
            print(f"{outcome}: {name}")
