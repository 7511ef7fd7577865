"""Acts of the door in the audit log: in order, under who did them, exactly once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.door import folding
from monitor.door.acts import record_act
from monitor.door.copying import copy_door
from monitor.door.database import Door, open_door
from monitor.door.folding import fold_acts, waiting_acts
from monitor.model import Text
from monitor.store.audit import AuditLine, audit_lines, moment_of, record
from monitor.store.audit_check import read_files, verify
from monitor.store.home import Home
from monitor.store.opening import open_store
from monitor.store.store import Store

from .conftest import NOW

ROOT = Path(__file__).resolve().parents[2]


def quiet(words: Text) -> None:
    raise AssertionError(words)


def done(door: Door, first: int, count: int) -> None:
    """Some sign-ins, a minute apart."""
    for number in range(first, first + count):
        at = NOW + timedelta(minutes=number)
        record_act(door, "user:wangfang", "sign_in", f"n{number}", detail={"by": "password"}, at=at)


def fold(home: Home) -> int:
    with (
        open_door(home) as door,
        open_store(home, write=True, waiting=quiet, actor="service") as store,
    ):
        return fold_acts(store, door)


def lines(home: Home) -> list[AuditLine]:
    filed = read_files(home)
    with open_store(home, write=False, waiting=quiet) as store:
        assert verify(store, filed).faults == ()
        return audit_lines(store)


def objects(home: Home) -> list[str]:
    return [line.object for line in lines(home)]


def test_acts_keep_their_actor_moment_and_words(home: Home, door: Door) -> None:
    record_act(door, "public", "sign_in_failed", "unknown", "refused", detail={"tries": 3}, at=NOW)
    done(door, 1, 2)
    with open_store(home, write=True, waiting=quiet, actor="job:ingest_inbox") as store:
        with store.transaction():
            record(store, "job", "ingest_inbox", at=NOW + timedelta(hours=1))
        assert waiting_acts(store, door)
        assert fold_acts(store, door) == 3
        assert not waiting_acts(store, door)
    held = lines(home)
    assert [(line.actor, line.action, line.object, line.outcome) for line in held] == [
        ("job:ingest_inbox", "job", "ingest_inbox", "ok"),
        ("public", "sign_in_failed", "unknown", "refused"),
        ("user:wangfang", "sign_in", "n1", "ok"),
        ("user:wangfang", "sign_in", "n2", "ok"),
    ]
    assert [moment_of(line) for line in held[1:]] == [
        NOW + timedelta(minutes=minutes) for minutes in (0, 1, 2)
    ]
    assert json.loads(held[1].detail) == {"tries": 3}


def test_each_act_is_carried_once(home: Home, door: Door) -> None:
    assert fold(home) == 0
    done(door, 0, 3)
    assert fold(home) == 3
    assert fold(home) == 0
    done(door, 3, 2)
    assert fold(home) == 2
    assert objects(home) == [f"n{number}" for number in range(5)]


def test_an_act_that_was_taken_back_is_not_carried(home: Home, door: Door) -> None:
    done(door, 0, 1)
    with suppress(ValueError), door.transaction():
        done(door, 1, 1)
        raise ValueError
    assert fold(home) == 1
    done(door, 2, 1)
    assert fold(home) == 1
    assert objects(home) == ["n0", "n2"]


def test_an_act_under_way_is_carried_the_next_time(home: Home, door: Door) -> None:
    with door.transaction():
        done(door, 0, 1)
        assert fold(home) == 0
    assert fold(home) == 1


@pytest.mark.parametrize("where", ["record_all", "INSERT INTO door_fold"])
def test_a_fold_that_fails_carries_nothing(
    home: Home, door: Door, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    done(door, 0, 2)
    assert fold(home) == 2
    done(door, 2, 3)

    def broken(*_: object) -> None:
        raise OSError

    class Broken:
        def __init__(self, connection: object) -> None:
            self.connection = connection

        def execute(self, sql: str, *given: object) -> object:
            if sql.startswith(where):
                raise OSError
            return self.connection.execute(sql, *given)  # type: ignore[attr-defined]

    with open_store(home, write=True, waiting=quiet) as store:
        if where == "record_all":
            monkeypatch.setattr(folding, "record_all", broken)
        else:
            monkeypatch.setattr(store, "connection", Broken(store.connection))
        with pytest.raises(OSError):  # noqa: PT011  # ours
            fold_acts(store, door)
        monkeypatch.undo()
    assert objects(home) == ["n0", "n1"]
    assert fold(home) == 3
    assert objects(home) == [f"n{number}" for number in range(5)]


KILLED = """
import os, signal, sys
from pathlib import Path
from monitor.door.database import open_door
from monitor.door.folding import fold_acts
from monitor.store.home import Home
from monitor.store.opening import open_store

home, point = Home(Path(sys.argv[1])), sys.argv[2]
def die():
    os.kill(os.getpid(), signal.SIGKILL)

class Dying:
    def __init__(self, connection):
        self.connection = connection
    def execute(self, sql, *given):
        when, what = point.split(" ", 1)
        if when == "before" and sql.startswith(what):
            die()
        result = self.connection.execute(sql, *given)
        if when == "after" and sql.startswith(what):
            die()
        return result
    def __getattr__(self, name):
        return getattr(self.connection, name)

with open_door(home) as door, open_store(home, write=True, waiting=print) as store:
    store.connection = Dying(store.connection)
    fold_acts(store, door)
print("whole")
"""


@pytest.mark.parametrize(
    ("point", "is_kept"),
    [
        ("before BEGIN", False),
        ("after INSERT INTO audit", False),
        ("after DELETE FROM door_fold", False),
        ("after INSERT INTO door_fold", False),
        ("before COMMIT", False),
        ("after COMMIT", True),
    ],
)
def test_a_kill_anywhere_loses_none_and_doubles_none(
    home: Home, door: Door, point: str, *, is_kept: bool
) -> None:
    done(door, 0, 2)
    assert fold(home) == 2
    done(door, 2, 3)
    ran = subprocess.run(
        [sys.executable, "-c", KILLED, str(home.root), point],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": os.defpath, "LANG": "C.UTF-8"},
    )
    assert ran.returncode == -signal.SIGKILL, ran.stdout + ran.stderr
    assert fold(home) == (0 if is_kept else 3)
    assert objects(home) == [f"n{number}" for number in range(5)]


def _anew(home: Home) -> None:
    for path in home.root.glob("door.sqlite*"):
        path.unlink()


def test_a_file_made_anew_loses_none_of_its_acts(home: Home) -> None:
    with open_door(home) as door:
        done(door, 0, 5)
    assert fold(home) == 5
    _anew(home)
    with open_door(home) as door:
        done(door, 5, 2)  # numbered 1 and 2, though the mark is at 5
    assert fold(home) == 2
    assert fold(home) == 0
    with open_door(home) as door:
        done(door, 7, 1)
    assert fold(home) == 1
    assert objects(home) == [f"n{number}" for number in range(8)]


def test_a_restored_file_doubles_none_of_its_acts(home: Home, tmp_path: Path) -> None:
    with open_door(home) as door:
        done(door, 0, 2)
        door.connection.execute("VACUUM INTO ?", [str(tmp_path / "kept")])
        done(door, 2, 4)
    assert fold(home) == 6
    _anew(home)
    (tmp_path / "kept").rename(home.door)
    with open_door(home) as door:
        done(door, 6, 1)  # numbered 3
    assert fold(home) == 1
    with open_door(home) as door:
        done(door, 7, 2)
    assert fold(home) == 2
    assert objects(home) == [f"n{number}" for number in range(9)]


@pytest.mark.parametrize("later", [0, 1, 3])
def test_a_door_restored_from_before_its_database_loses_none_of_its_acts(
    home: Home, tmp_path: Path, later: int
) -> None:
    with open_door(home) as door:
        done(door, 0, 2)
    assert fold(home) == 2
    with open_door(home) as door:
        done(door, 2, 2)
    assert copy_door(home, tmp_path / "kept")
    with open_door(home) as door:
        done(door, 4, 3)  # between the copies of the door and of the database
    assert fold(home) == 5
    _anew(home)
    (tmp_path / "kept").rename(home.door)
    with open_door(home) as door, open_store(home, write=False, waiting=quiet) as store:
        assert not waiting_acts(store, door)
    assert fold(home) == 0
    with open_door(home) as door:
        done(door, 7, later)
        with open_store(home, write=False, waiting=quiet) as store:
            assert waiting_acts(store, door) is bool(later)
    assert fold(home) == later
    with open_door(home) as door:
        done(door, 7 + later, 4)
    assert fold(home) == 4
    assert objects(home) == [f"n{number}" for number in range(11 + later)]


def test_what_a_restored_database_lacks_is_carried_once(home: Home, tmp_path: Path) -> None:
    with open_door(home) as door:
        done(door, 0, 2)
    assert fold(home) == 2
    with open_door(home) as door:
        done(door, 2, 2)  # not carried yet
    assert copy_door(home, tmp_path / "kept")
    _anew(home)
    (tmp_path / "kept").rename(home.door)
    with open_door(home) as door:
        done(door, 4, 1)
    assert fold(home) == 3
    _anew(home)  # and then one made anew
    with open_door(home) as door:
        done(door, 5, 2)
    assert fold(home) == 2
    assert objects(home) == [f"n{number}" for number in range(7)]


def test_a_door_copied_before_its_first_act_loses_none(home: Home, tmp_path: Path) -> None:
    with open_door(home):
        pass
    assert copy_door(home, tmp_path / "kept")
    with open_door(home) as door:
        done(door, 0, 2)
    assert fold(home) == 2
    _anew(home)
    (tmp_path / "kept").rename(home.door)
    with open_door(home) as door:
        done(door, 2, 2)
    assert fold(home) == 2
    assert objects(home) == [f"n{number}" for number in range(4)]


def test_a_restored_store_is_told_again_what_it_lost(home: Home, door: Door) -> None:
    done(door, 0, 4)
    with open_store(home, write=True, waiting=quiet) as store:
        fold_acts(store, door)
        _forget(store)
        assert fold_acts(store, door) == 4


def _forget(store: Store) -> None:
    store.connection.execute("DELETE FROM audit")
    store.connection.execute("DELETE FROM door_fold")


def test_a_thousand_acts_are_carried_in_a_moment(home: Home, door: Door) -> None:
    with door.transaction():
        done(door, 0, 1000)
    assert fold(home) == 1000
    assert len(lines(home)) == 1000
