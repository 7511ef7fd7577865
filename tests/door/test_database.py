"""The door's file: made by whoever comes first, its owner's alone, all of a change or none."""

from __future__ import annotations

import sqlite3
import stat
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from monitor.door.database import VERSION, Door, moment, open_door, stored
from monitor.errors import StoreError
from monitor.store.home import Home

from .conftest import NOW

LOOK = "INSERT INTO look VALUES (?, 'user:zhaomin', 'now', NULL)"


@pytest.mark.parametrize("round_", range(10))
def test_many_who_come_first_at_once_make_one_file(tmp_path: Path, round_: int) -> None:
    home = Home(tmp_path / str(round_))
    gate = threading.Barrier(8, timeout=20)
    failures: list[BaseException] = []

    def come(number: int) -> None:
        gate.wait()
        try:
            with open_door(home) as door:
                door.change(LOOK, [f"S{number}"])
        except BaseException as error:  # noqa: BLE001  # threads tell nobody
            failures.append(error)

    threads = [threading.Thread(target=come, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with open_door(home) as door:
        assert door.row("SELECT count(*) FROM look") == (8,)
        assert door.row("PRAGMA journal_mode") == ("wal",)


def test_the_file_is_its_owners_alone(home: Home, door: Door) -> None:
    door.change(LOOK, ["S000001"])
    for path in home.root.glob("door.sqlite*"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_transaction_inside_another_is_part_of_it(door: Door) -> None:
    with suppress(ValueError), door.transaction():
        with door.transaction():
            door.change(LOOK, ["S000001"])
        raise ValueError
    assert door.rows("SELECT * FROM look") == []


def test_a_file_of_a_newer_program_is_left_alone(home: Home, door: Door) -> None:
    door.connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(StoreError, match="version"), open_door(home):
        pass


def test_what_is_no_such_file_is_told(home: Home) -> None:
    home.root.mkdir()
    home.door.write_bytes("不是数据库".encode() * 500)
    with pytest.raises(StoreError, match="无法使用账户文件"), open_door(home):
        pass


def test_a_place_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(StoreError, match="无法使用账户文件"),
        open_door(Home(tmp_path / "file" / "x")),
    ):
        pass


def test_a_change_that_cannot_be_committed_is_taken_back(door: Door) -> None:
    with suppress(sqlite3.IntegrityError), door.transaction():
        door.change("PRAGMA defer_foreign_keys = ON")  # looked at when it is committed
        door.change("INSERT INTO session VALUES (x'00', 7, '', '', '', '')")  # no such account
    with door.transaction():  # one of its own again
        door.change(LOOK, ["S000001"])
    assert not door.connection.in_transaction
    assert door.rows("SELECT * FROM session") == []


def test_moments_come_back_as_they_were_and_sort_as_text() -> None:
    assert moment(stored(NOW)) == NOW
    later = NOW.replace(microsecond=1)
    assert stored(NOW) < stored(later)
    assert len(stored(NOW)) == len(stored(later))
