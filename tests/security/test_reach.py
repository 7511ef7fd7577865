"""What a word that slipped into a query could reach: nothing but the parts of the facts.

The matrix is asked of every connection that the product opens, while it is open. A new place that
opens one fails the last test until it stands in the list.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest

import monitor.store
from monitor.store import connection as connecting
from monitor.store.backup_check import opened_copy
from monitor.store.connection import held_version
from monitor.store.facts_export import _store as store_to_export
from monitor.store.home import Home
from monitor.store.opening import open_store, scratch_store
from monitor.store.snapshot import publish

from .listening import Listener

Opened = Callable[[Home], Iterator[duckdb.DuckDBPyConnection]]
# What is another's and must not be read, in the home and beside it.
SECRETS = ("audit/key", "door.sqlite", "archive/ab/secret.csv", "../other/secret.csv")


def unheard(_words: object) -> None:
    """Nobody reads the console of a test."""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    with open_store(made, write=True, waiting=unheard):
        pass
    publish(made)
    for name in SECRETS:
        path = made.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("vin\nLZYTGGCX8J1000001\n")
    return made


@contextmanager
def _writer(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_store(home, write=True, waiting=unheard) as store:
        yield store.connection


@contextmanager
def _reader(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_store(home, write=False, waiting=unheard) as store:
        yield store.connection


@contextmanager
def _scratch(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with scratch_store(home, waiting=unheard) as store:
        yield store.connection


@contextmanager
def _backup(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with opened_copy(home.root) as store:
        yield store.connection


@contextmanager
def _export(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    target = home.root / "work" / "new"
    target.mkdir()
    with store_to_export(home, target, unheard) as store:
        yield store.connection


@contextmanager
def _version(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """The connection by which the version is asked, as it stood when it asked."""
    made: list[duckdb.DuckDBPyConnection] = []
    opened = connecting._open

    class Kept:
        """It stays open when it is let go of."""

        def __init__(self, *given: Any, **named: Any) -> None:
            made.append(opened(*given, **named))

        def execute(self, query: str) -> duckdb.DuckDBPyConnection:
            return made[0].execute(query)

        def close(self) -> None:
            """Afterwards."""

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connecting, "_open", Kept)
        held_version(home)
    yield made[0]
    made[0].close()


OPENED = {
    "writer": _writer,
    "reader": _reader,
    "scratch": _scratch,
    "backup": _backup,
    "export": _export,
    "version": _version,
}


def of(function: str, path: str) -> str:
    return f"SELECT * FROM {function}('{path}')" if function else f"SELECT * FROM '{path}'"  # noqa: S608  # what is to be refused


def forbidden(home: Home, web: str) -> dict[str, str]:
    """The matrix of what must be refused, by what it would be."""
    inside, outside = home.root, home.root.parent / "other"
    told = {
        "csv of another": of("read_csv", f"{outside}/secret.csv"),
        "up from the facts": of("read_text", f"{home.facts}/../audit/key"),
        "by its name alone": of("", f"{outside}/secret.csv"),
        "a file of this machine": "SELECT * FROM read_text('/etc/passwd')",
        "bytes": of("read_blob", f"{outside}/secret.csv"),
        "json": of("read_json", f"{outside}/secret.csv"),
        "sniffed": of("sniff_csv", f"{outside}/secret.csv"),
        "parquet": of("parquet_metadata", f"{outside}/secret.csv"),
        "names of files": of("glob", f"{outside}/*"),
        "names of ours": of("glob", f"{inside}/archive/**"),
        "written": f"COPY (SELECT 1) TO '{outside}/out.csv'",
        "written to the audit": f"COPY (SELECT 1) TO '{inside}/audit/2026-11.jsonl'",
        "written to a letter": f"COPY (SELECT 1) TO '{inside}/outbox/x.eml'",
        "another database": f"ATTACH '{outside}/evil.db'",
        "the door": f"ATTACH '{inside}/door.sqlite' (TYPE sqlite)",
        "exported": f"EXPORT DATABASE '{outside}/all'",
        "imported": f"IMPORT DATABASE '{outside}'",
        "the web": of("read_csv", f"{web}/x.csv"),
        "the web's parquet": of("read_parquet", f"{web}/x.parquet"),
        "an object store": "SELECT * FROM read_parquet('s3://bucket/x.parquet')",
        "an extension": "INSTALL httpfs",
        "an extension of somebody": "INSTALL h3 FROM community",
        "an extension at hand": f"LOAD '{outside}/evil.duckdb_extension'",
        "the environment": "SELECT getenv('HOME')",
        "a variable of ours": "SELECT * FROM rows_of_ours",
        "a secret": "CREATE PERSISTENT SECRET s (TYPE http, BEARER_TOKEN 'x')",
    }
    for name, value in (
        ("enable_external_access", "true"),
        ("allowed_directories", "['/']"),
        ("lock_configuration", "false"),
        ("memory_limit", "'900GB'"),
        ("secret_directory", f"'{outside}'"),
        ("log_query_path", f"'{outside}/q.log'"),
        ("temp_directory", f"'{outside}'"),
        ("extension_directory", f"'{outside}'"),
        ("python_enable_replacements", "true"),
        ("autoinstall_known_extensions", "true"),
    ):
        told[f"set {name}"] = f"SET {name} = {value}"
    return told | {name: of("read_text", f"{inside}/{name}") for name in SECRETS}


@pytest.mark.allow_hosts(["127.0.0.1"])
@pytest.mark.parametrize("name", OPENED)
def test_a_query_reaches_nothing_outside(home: Home, listening: Listener, name: str) -> None:
    rows_of_ours = [1]  # what DuckDB would take for a table of this name
    before = {path for path in home.root.parent.rglob("*") if "work" not in path.parts}
    reached = []
    with OPENED[name](home) as connection:
        for what, query in forbidden(home, listening.address).items():
            try:
                found = connection.execute(query).fetchall()
            except (duckdb.Error, duckdb.InvalidInputException):
                continue
            if found or not what.startswith("names"):
                reached.append(what)
        assert connection.execute("SELECT 1").fetchall() == [(1,)]  # and it still answers
    assert rows_of_ours
    assert reached == []
    assert listening.asked == []
    new = {path for path in home.root.parent.rglob("*") if "work" not in path.parts} - before
    assert not {path for path in new if not path.is_relative_to(home.audit)}


# Behind the closed outside, in case a version of the library opens a way around it.
SHUT = {
    "allow_community_extensions": "false",
    "allow_persistent_secrets": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "enable_external_access": "false",
    "lock_configuration": "true",
    "python_enable_replacements": "false",
}


@pytest.mark.parametrize("name", OPENED)
def test_what_is_behind_it_is_shut_too(home: Home, name: str) -> None:
    with OPENED[name](home) as connection:
        held = dict(connection.execute("SELECT name, value FROM duckdb_settings()").fetchall())
    assert {setting: held[setting] for setting in SHUT} == SHUT


@pytest.mark.parametrize("name", OPENED)
def test_half_of_the_memory_is_left_to_others(home: Home, name: str) -> None:
    """By itself DuckDB takes four fifths of what the machine or its container has."""
    asked = "SELECT parse_formatted_bytes(current_setting('memory_limit'))"
    with duckdb.connect() as bare, OPENED[name](home) as connection:
        ((most,),), ((ours,),) = (
            bare.execute(asked).fetchall(),
            connection.execute(asked).fetchall(),
        )
    assert 0.6 < ours / most < 0.65


def test_every_place_that_opens_a_connection_is_asked() -> None:
    """By their modules; `connection` itself has the one call of the library."""
    calls: dict[str, int] = {}
    for path in sorted(Path(monitor.store.__file__).parents[1].rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            if called in {"connect", "duckdb.connect", "_open"} and path.parent.name == "store":
                calls[f"{path.stem}.{called}"] = calls.get(f"{path.stem}.{called}", 0) + 1
            assert called != "duckdb.connect" or path.stem == "connection", path
    assert calls == {
        "backup_check.connect": 1,  # backup
        "blanking.connect": 1,  # writer
        "connection._open": 2,  # in connect, and held_version: version
        "connection.duckdb.connect": 1,
        "facts_export.connect": 1,  # export
        "opening.connect": 3,  # reader, scratch, writer
        "recovering.connect": 1,  # writer, of a copy in work/
        "soundness.connect": 1,  # the same
    }
