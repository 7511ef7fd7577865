"""A store of the first version: read as it is, brought up to date by the first writing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import polars as pl
import pytest

from monitor.assess.reconciliation import Mismatch
from monitor.errors import StoreError
from monitor.store.home import Home
from monitor.store.opening import open_store
from monitor.store.schema import MIGRATIONS, SCHEMA_VERSION
from monitor.store.store import Store

from .histories import History, bus, contract, of_kind, vin

NEW_TABLES = tuple(re.findall(r"CREATE TABLE (\w+)", "".join(MIGRATIONS.values())))
NEW_COLUMNS = ("owner", "buyer", "vehicle_vin")


@pytest.fixture
def older(history: History) -> History:
    """A home as the first version left it: without the newer tables and columns."""
    history.contracts(contract(数量="3"))
    history.registrations(bus(1), bus(2, 统一社会信用代码=""))
    for part in (history.home / "facts").iterdir():
        frame = pl.read_parquet(part)
        part.chmod(0o644)
        frame.drop(*(name for name in NEW_COLUMNS if name in frame.columns)).write_parquet(part)
    with database(history) as connection:
        for table in NEW_TABLES:
            connection.execute(f"DROP TABLE {table}")
        connection.execute("UPDATE meta SET schema_version = 1")
    Home(history.home).snapshot.unlink()  # this program's: it would be ahead of the older file
    return history


@contextmanager
def database(history: History) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect(history.home / "fleetmon.duckdb")
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def opened(history: History, *, write: bool) -> Iterator[Store]:
    with open_store(Home(history.home), write=write, waiting=lambda _words: None) as store:
        yield store


def held_version(history: History) -> int:
    with opened(history, write=False) as store:
        return int(store.one("SELECT schema_version FROM meta"))


def test_there_are_newer_tables_to_lack() -> None:
    assert {"correction", "ruleset", "hold", "delivery", "audit"} <= set(NEW_TABLES)


def test_it_can_be_read_before_anything_is_written(older: History) -> None:
    with opened(older, write=False) as store:
        for table in NEW_TABLES:
            assert store.connection.table(table).fetchall() == []
    assert held_version(older) == 1
    (one,) = of_kind(older.reconciled(), Mismatch.BOUGHT_NOT_REGISTERED)
    assert one.vehicles == 1
    assert one.organisation is None


def test_writing_brings_it_up_to_date(older: History) -> None:
    before = older.reconciled()
    with opened(older, write=True) as store:
        assert store.one("SELECT count(*) FROM submission") == 2
    assert held_version(older) == SCHEMA_VERSION
    with opened(older, write=False) as store:
        tables = {name for (name,) in store.rows("SELECT table_name FROM duckdb_tables()")}
        assert set(NEW_TABLES) <= tables
    assert older.reconciled() == before


def test_older_and_newer_parts_lie_side_by_side(older: History) -> None:
    older.contracts(contract("NCZC-2020-0002", 数量="1"))
    older.registrations(bus(3), bus(4))
    found = older.reconciled()
    assert found.unmatched == ()
    assert found.matched == 4
    older.registrations(bus(2, "2020-05-25"))
    assert older.reconciled().matched == 4
    older.registrations(bus(5, "2020-06-01"))
    (one,) = older.reconciled().unmatched
    assert one.vin == vin(5)
    assert one.organisation == bus(5)["所有人"]


@pytest.mark.parametrize("write", [True, False])
def test_a_newer_store_is_refused(older: History, *, write: bool) -> None:
    with database(older) as connection:
        connection.execute("UPDATE meta SET schema_version = ?", [SCHEMA_VERSION + 1])
    with pytest.raises(StoreError, match=str(SCHEMA_VERSION + 1)), opened(older, write=write):
        pass


def test_a_migration_that_fails_leaves_it_as_it_was(older: History) -> None:
    with database(older) as connection:
        connection.execute("CREATE TABLE hold (run INTEGER)")
    with pytest.raises(duckdb.Error), opened(older, write=True):
        pass
    with database(older) as connection:
        assert connection.execute("SELECT schema_version FROM meta").fetchall() == [(1,)]
        names = connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    assert ("correction",) not in names
