"""The yardstick: one bare DuckDB load of the file, typed, without a single rule."""

from __future__ import annotations

import argparse
from pathlib import Path

import duckdb

from benchmarks.registrations import HEADER

_DATES = frozenset({"初次登记日期", "注销日期"})


def load(path: Path, database: Path) -> int:
    """Load every column of the file into a table on disk; gives the rows.

    Lines with a day that no calendar has are left out: DuckDB stops at them, even where TRY_CAST
    asks it not to.
    """
    columns = ", ".join(f"'{name}': '{'DATE' if name in _DATES else 'VARCHAR'}'" for name in HEADER)
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "CREATE TABLE registration AS FROM read_csv(?, header = true, auto_detect = false, "
            f"delim = ',', quote = '\"', ignore_errors = true, columns = {{{columns}}})",
            [str(path)],
        )
        (rows,) = connection.execute("SELECT count(*) FROM registration").fetchall()[0]
    return int(rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("database", type=Path)
    given = parser.parse_args()
    print(load(given.path, given.database))
