"""A long history out of a shorter one: its part written again and again, as further submissions.

`python -m benchmarks.repeated HOME TARGET --times 10` gives ten times the rows with the same sorts
of vehicles, so that what the one question costs over both can be compared. Only what it reads is
written: place, facet and days; identifiers and descriptions are left out, about four bytes a row.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import polars as pl

from monitor.store.home import Home
from monitor.store.opening import open_store
from monitor.store.parts import PartWriter, part_name, read_part
from monitor.store.schema import fact_columns
from monitor.store.store import Store

_READ = ("submission", "line", "facet", "registered_on", "retired_on")
_DTYPES = {
    "INTEGER": pl.Int32,
    "UINTEGER": pl.UInt32,
    "UBIGINT": pl.UInt64,
    "VARCHAR": pl.String,
    "DATE": pl.Date,
    "BOOLEAN": pl.Boolean,
}


def repeat(store: Store, times: int) -> int:
    """Write the first submission's part so often in all; gives the rows held then."""
    (source, sha256, rows) = store.rows(
        "SELECT part.file_name, sha256, rows FROM part JOIN submission ON seq = part.submission "
        "WHERE seq = 1"
    )[0]
    for seq in range(2, times + 1):
        name = part_name(seq, sha256)
        with PartWriter(store.facts / name) as writer:
            for piece in read_part(store.facts / source, _READ):
                writer.write(_thinned(piece, seq))
        with store.transaction():
            store.connection.execute(
                "INSERT INTO submission SELECT * REPLACE (? AS seq, ? AS id) "
                "FROM submission WHERE seq = 1",
                [seq, f"S{seq:06d}"],
            )
            store.connection.execute(
                "INSERT INTO part VALUES (?, 'registration', ?, ?)", [seq, name, rows]
            )
            store.connection.execute(
                "INSERT INTO ending SELECT * REPLACE (? AS submission, ? AS by_submission) "
                "FROM ending WHERE submission = 1",
                [seq, seq],
            )
    return int(rows) * times


def _thinned(piece: pl.DataFrame, seq: int) -> pl.DataFrame:
    columns = fact_columns("registration")
    absent = [
        pl.lit(None, dtype=_DTYPES[dtype]).alias(name)
        for name, dtype in columns.items()
        if name not in _READ
    ]
    return piece.with_columns(pl.lit(seq, dtype=pl.Int32).alias("submission"), *absent).select(
        list(columns)
    )


def main() -> None:
    """Copy a home and lengthen the copy."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.repeated", description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--times", type=int, default=10)
    given = parser.parse_args()
    shutil.copytree(given.home, given.target, ignore=shutil.ignore_patterns("archive"))
    home = Home(given.target)
    with open_store(home, write=True, waiting=lambda _words: None, actor="benchmark") as store:
        print(f"{repeat(store, given.times):,} rows")


if __name__ == "__main__":
    main()
