"""Homes of every schema version that was released: read as they are, kept, then brought up."""

from __future__ import annotations

import hashlib
import json
import shutil
import tarfile
from pathlib import Path
from typing import Any

import duckdb
import pytest

from monitor.errors import StoreError
from monitor.store.connection import held_version
from monitor.store.home import Home
from monitor.store.opening import open_store
from monitor.store.schema import SCHEMA_VERSION
from monitor.store.snapshot import is_fresh

from .actors import any_words, no_words, run, send_buses

HOMES = Path(__file__).parent / "homes"
VERSIONS = range(1, SCHEMA_VERSION)


@pytest.fixture(params=VERSIONS)
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    """A home as the program of that version left it."""
    with tarfile.open(HOMES / f"v{request.param}.tar.gz") as packed:
        packed.extractall(tmp_path, filter="data")
    return Home(tmp_path / f"v{request.param}")


def version_of(home: Home) -> int:
    return int(home.root.name.removeprefix("v"))


def judged(home: Home) -> list[dict[str, Any]]:
    code, out, err = run(
        home.root, "assess", "--json", "--as-of", "2020-12-31", "--division", "36GJXQ"
    )
    assert (code, err) == (0, "")
    rows: list[dict[str, Any]] = json.loads(out)["assessments"]
    for row in rows:
        del row["explain"]  # it names the ruleset, which goes on
    return rows


def recorded(home: Home) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(
        (HOMES / f"{home.root.name}.assessments.json").read_text("utf-8")
    )
    return rows


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_there_is_a_home_of_every_released_version() -> None:
    assert {path.name for path in HOMES.glob("*.tar.gz")} == {f"v{n}.tar.gz" for n in VERSIONS}


def kept_files(home: Home) -> dict[str, str]:
    """All but the file by which processes wait for each other."""
    return {name: hashed for name, hashed in digests(home.root).items() if "turn" not in name}


def test_it_reads_as_it_did_and_nothing_is_written(older: Home) -> None:
    before = kept_files(older)
    assert judged(older) == recorded(older)
    code, out, _ = run(older.root, "submissions", "--json")
    assert code == 0
    assert [one["rows"]["accepted"] for one in json.loads(out)["submissions"]] == [24, 26, 3]
    assert kept_files(older) == before
    assert held_version(older) == version_of(older)


def test_writing_keeps_a_copy_first_and_changes_no_verdict(older: Home, tmp_path: Path) -> None:
    before = digests(older.root)
    with open_store(older, write=True, waiting=no_words) as store:
        assert store.one("SELECT schema_version FROM meta") == SCHEMA_VERSION
    assert judged(older) == recorded(older)
    assert is_fresh(older)
    (kept,) = older.backups.iterdir()
    assert kept.name.startswith(f"before-v{SCHEMA_VERSION}-")
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == before["fleetmon.duckdb"]
    with open_store(older, write=True, waiting=no_words) as store:
        send_buses(store, tmp_path, 0)
    assert list(older.backups.iterdir()) == [kept]


def test_the_copy_goes_back_to_the_older_state(older: Home) -> None:
    with open_store(older, write=True, waiting=no_words):
        pass
    (kept,) = older.backups.iterdir()
    shutil.copyfile(kept, older.database)
    assert held_version(older) == version_of(older)
    assert judged(older) == recorded(older)


def test_what_a_killed_older_program_had_committed_is_in_the_copy(older: Home) -> None:
    """Its log lies beside the file: both are kept, and both are read."""
    connection = duckdb.connect(older.database)
    connection.execute("PRAGMA disable_checkpoint_on_shutdown")
    connection.execute("INSERT INTO interpretation VALUES (3, 99, 'later', NULL, '', '', 1, NULL)")
    connection.close()
    assert older.database.with_name("fleetmon.duckdb.wal").exists()
    with open_store(older, write=True, waiting=no_words) as store:
        assert store.one("SELECT count(*) FROM interpretation WHERE code = 'later'") == 1
    kept = next(older.backups.glob("*.duckdb"))
    with duckdb.connect(kept, read_only=True) as copy:
        found = copy.execute("SELECT count(*) FROM interpretation WHERE code = 'later'").fetchall()
    assert found == [(1,)]


def test_letters_of_before_are_never_mailed(older: Home) -> None:
    letters = sorted(path.name for path in older.outbox.iterdir())
    assert len(letters) == 1
    with open_store(older, write=True, waiting=no_words) as store:
        # Version 3 brought the table by which a letter goes out: its own are still to be sent.
        promised = letters if version_of(older) >= 3 else []
        assert store.rows("SELECT file_name FROM delivery") == [(name,) for name in promised]
        assert store.one("SELECT count(*) FROM notice") == 0
    assert sorted(path.name for path in older.outbox.iterdir()) == letters


@pytest.mark.parametrize("write", [True, False])
def test_a_newer_one_is_refused_in_words_and_left_alone(older: Home, *, write: bool) -> None:
    with duckdb.connect(older.database) as connection:
        connection.execute("UPDATE meta SET schema_version = ?", [SCHEMA_VERSION + 1])
    before = digests(older.root)["fleetmon.duckdb"]
    with (
        pytest.raises(StoreError, match=rf"{SCHEMA_VERSION + 1}.*{SCHEMA_VERSION}"),
        open_store(older, write=write, waiting=any_words),
    ):
        pass
    assert digests(older.root)["fleetmon.duckdb"] == before
    assert not older.backups.exists() or not list(older.backups.iterdir())
