"""A damaged, lost or older database is told, never shown to readers, and replaced in its place."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from made_once import copied_home

from monitor.errors import Cause, StoreError, WrongUse
from monitor.store import recovering
from monitor.store.archive import keep, stored_at
from monitor.store.audit import record
from monitor.store.home import Home
from monitor.store.opening import open_store
from monitor.store.recovering import recover
from monitor.store.snapshot import is_fresh, wal_of

from .actors import START, no_words, run

ROWS = 40


def act(home: Home, number: int) -> None:
    with open_store(home, write=True, waiting=no_words) as store, store.transaction():
        record(store, "look", f"S{number:06d}", at=START)


def make_home(folder: Path) -> None:
    home = Home(folder / "home")
    for number in range(3):
        act(home, number)
    with open_store(home, write=True, waiting=no_words) as store:
        # Enough for the file to be longer than what is cut off.
        rows = [[f"{n}", f"{n:032}" * 900, START, START, 0, "made"] for n in range(ROWS)]
        store.insert("reception", rows)


@pytest.fixture
def home(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(copied_home(tmp_path_factory, "to-damage", make_home, tmp_path / "home"))


def acts(home: Home) -> int:
    with open_store(home, write=False, waiting=no_words) as store:
        return int(store.one("SELECT count(*) FROM audit"))


def mended(home: Home) -> str:
    return recover(home, at=START, actor="cli:wangfang", waiting=no_words).source


def cut(home: Home) -> None:
    os.truncate(home.database, home.database.stat().st_size - 500_000)


def flip(home: Home) -> None:
    content = bytearray(home.database.read_bytes())
    for place in range(20_000, len(content), 9973):
        content[place] ^= 0x11
    home.database.write_bytes(content)


@pytest.mark.parametrize(
    ("harm", "cause"),
    [
        (cut, Cause.DATABASE_DAMAGED),
        (flip, Cause.DATABASE_DAMAGED),
        (lambda home: home.database.unlink(), Cause.DATABASE_MISSING),
    ],
    ids=["cut", "flip", "lost"],
)
def test_it_is_told_and_the_snapshot_takes_its_place(
    home: Home, harm: Callable[[Home], None], cause: Cause
) -> None:
    shown = home.snapshot.read_bytes()
    harm(home)
    for _ in range(2):
        with pytest.raises(StoreError) as told:
            act(home, 4)
        assert told.value.cause is cause
    assert home.snapshot.read_bytes() == shown  # the last good copy is not written over
    assert mended(home) == "snapshot"
    assert acts(home) == 4  # three, and what was done
    act(home, 4)
    assert is_fresh(home)
    kept = [path.name for path in (home.root / "damaged").glob("*/*")]
    assert kept == ([] if cause is Cause.DATABASE_MISSING else [home.database.name])


def test_an_older_copy_is_told_and_replaced(home: Home, tmp_path: Path) -> None:
    shutil.copyfile(home.database, tmp_path / "older")
    act(home, 4)
    shutil.copyfile(tmp_path / "older", home.database)
    with pytest.raises(StoreError) as told:
        act(home, 5)
    assert told.value.cause is Cause.DATABASE_STALE
    mended(home)
    assert acts(home) == 5


def test_a_spoiled_log_is_left_out(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """What makes DuckDB refuse a log is tried by the campaign; here it is said of any."""
    wal_of(home.database).write_bytes(b"x" * 100)
    looked = recovering._reach

    def refuses(home: Home, database: Path, *, with_log: bool) -> tuple[int, int] | None:
        return None if with_log else looked(home, database, with_log=with_log)

    monkeypatch.setattr(recovering, "_reach", refuses)
    assert mended(home) == "file"
    assert acts(home) == 4
    assert [path.suffix for path in (home.root / "damaged").glob("*/*")].count(".wal") == 1


def test_what_can_be_read_and_not_written_is_written_anew(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which bits make it so is tried by the campaign; here nothing held takes anything in."""
    home.snapshot.unlink()
    monkeypatch.setattr(recovering, "_reach", lambda *_given, **_named: None)
    assert mended(home) == "rows"
    assert acts(home) == 4
    with open_store(home, write=True, waiting=no_words) as store:
        assert store.one("SELECT count(*) FROM reception") == ROWS
    act(home, 4)
    assert not list(home.work.glob("*.duckdb"))


@pytest.mark.parametrize("left", [None, b""], ids=["lost", "empty"])
def test_an_empty_database_is_never_put_in_the_place_of_a_lost_one(
    home: Home, left: bytes | None
) -> None:
    home.snapshot.write_bytes(b"x" * 5000)
    home.database.unlink()
    if left is not None:
        home.database.write_bytes(left)
    with pytest.raises(StoreError, match="备份"):
        mended(home)
    assert home.database.exists() is (left is not None)
    assert not (home.root / "damaged").exists()


def test_a_whole_one_is_left_alone_and_without_any_a_backup_is_asked_for(home: Home) -> None:
    with pytest.raises(WrongUse, match="完好"):
        mended(home)
    cut(home)
    home.snapshot.write_bytes(b"")
    with pytest.raises(StoreError, match="备份") as told:
        mended(home)
    assert told.value.cause is Cause.DATABASE_DAMAGED


def test_the_commands_say_so(home: Home) -> None:
    cut(home)
    code, _, err = run(home.root, "hold", "--reason", "核对", "--by", "王芳")
    assert (code, "docs/runbook.md#database-damaged" in err) == (3, True)
    assert run(home.root, "restore")[0] == 2
    code, out, _ = run(home.root, "restore", "--in-place")
    assert code == 0
    assert "快照" in out
    assert run(home.root, "hold", "--reason", "核对", "--by", "王芳")[0] == 0


def test_a_received_file_that_changed_is_put_right_when_it_comes_again(
    home: Home, tmp_path: Path
) -> None:
    file = tmp_path / "登记.csv"
    file.write_text("车辆识别代号\n")
    kept = keep(home, file)
    stored_at(home, kept.sha256).write_bytes(b"x" * kept.size)
    keep(home, file)
    assert stored_at(home, kept.sha256).read_bytes() == file.read_bytes()
