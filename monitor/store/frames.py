"""What a query found, as a frame; the short way, for few rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

if TYPE_CHECKING:
    import duckdb

_DTYPES: Final[dict[str, type[pl.DataType]]] = {
    "BIGINT": pl.Int64,
    "INTEGER": pl.Int32,
    "VARCHAR": pl.String,
    "BOOLEAN": pl.Boolean,
    "DATE": pl.Date,
}


def few_rows(connection: duckdb.DuckDBPyConnection, query: str) -> pl.DataFrame:
    """The rows of a query of whole numbers, words, yes and no, and days; up to some ten thousand.

    The same frame as of a relation's `pl()`, without pyarrow and numpy: to import the two takes
    ten times as long as a few thousand rows take here. Raises `KeyError` on a column of another
    type.
    """
    asked = connection.execute(query)
    told: list[tuple[Any, ...]] = asked.description or []
    names = [(str(name), _DTYPES[str(dtype)]) for name, dtype, *_ in told]
    columns = list(zip(*asked.fetchall(), strict=True)) or [() for _ in names]
    return pl.DataFrame(
        [
            pl.Series(name, cells, dtype=dtype)
            for (name, dtype), cells in zip(names, columns, strict=True)
        ]
    )
