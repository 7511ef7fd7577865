"""A few rows of a query as a frame: the same as DuckDB's own way through Arrow."""

from __future__ import annotations

import duckdb
import pytest

from monitor.store.frames import few_rows

_QUERY = """
    SELECT * FROM (VALUES
        ('360100', 2018::BIGINT, NULL::BIGINT, true, DATE '2018-03-05', 7::INTEGER),
        (NULL, 2019, 2020, NULL, NULL, NULL),
        ('赣江新区', -1, 9007199254740993, false, DATE '1999-12-31', -7)
    ) AS rows(division, registered, retired, counts_added, day, line)
"""


@pytest.mark.parametrize("query", [_QUERY, f"{_QUERY} LIMIT 0"], ids=["rows", "none"])
def test_the_frame_is_that_of_arrow(query: str) -> None:
    with duckdb.connect() as connection:
        expected = connection.sql(query).pl()
        found = few_rows(connection, query)
    assert found.equals(expected)
    assert found.schema == expected.schema


def test_a_type_that_it_does_not_know_is_refused() -> None:
    with duckdb.connect() as connection, pytest.raises(KeyError, match="DOUBLE"):
        few_rows(connection, "SELECT 0.5::DOUBLE AS share")
