"""Readers and writers in processes of their own: nobody is kept out, nothing is seen by halves."""

from __future__ import annotations

import json
import os
import random
import signal
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import duckdb
import pytest
from made_once import copied_home
from thorough import TIMES

from monitor.errors import StoreError
from monitor.model import Text
from monitor.store.home import Home
from monitor.store.locking import holder, reading, writing
from monitor.store.opening import open_store, scratch_store
from monitor.store.snapshot import copy_bytes, is_fresh, pinned, snapshot_moment, sweep

from .actors import PER_FILE, any_words, no_words, seen, send_buses, start

KILLS = 3 * TIMES


def make_home(folder: Path) -> None:
    with open_store(Home(folder / "home"), write=True, waiting=no_words) as store:
        send_buses(store, folder, 0)


@pytest.fixture
def home(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with one file of buses."""
    return Home(copied_home(tmp_path_factory, "one-file", make_home, tmp_path / "home"))


def whole(one: dict[str, Any]) -> int:
    """How many submissions a reader saw; each with all its rows."""
    assert one["codes"] == [0, 0], one
    assert set(one["rows"]) <= {PER_FILE}, one
    assert one["vehicles"] % PER_FILE == 0, one
    assert one["vehicles"] >= len(one["rows"]) * PER_FILE, one
    return len(one["rows"])


def test_readers_beside_a_writer_are_neither_blocked_nor_shown_halves(
    home: Home, tmp_path: Path
) -> None:
    stop = tmp_path / "stop"
    with ExitStack() as ending:
        readers = [ending.enter_context(start("read", str(home.root), str(stop))) for _ in "ab"]
        writer = ending.enter_context(start("write", str(home.root), str(tmp_path), "1", "6"))
        ending.callback(stop.touch)
        assert writer.wait(timeout=120) == 0
        time.sleep(1)  # a look at what it left
        stop.touch()
        looks = [
            [json.loads(line) for line in reader.communicate()[0].splitlines()]
            for reader in readers
        ]
        assert [reader.returncode for reader in readers] == [0, 0]
    for mine in looks:
        counts = [whole(one) for one in mine]
        assert counts == sorted(counts)
        assert {counts[0], counts[-1]} == {1, 7}
        assert set(counts) == {1, 7}  # the writer's session is shown when it is over
        beside = [one for one in mine if "cli:wangfang" in one["told"]]
        assert beside
        assert all("以下为" in one["told"] for one in beside)
        assert all("等待" not in one["told"] for one in mine)
    assert list(home.work.glob("read-*")) == []


@pytest.mark.timeout(900)  # processes one after the other, on a machine that is busy
def test_a_killed_writer_loses_nothing_that_it_said_was_stored(home: Home, tmp_path: Path) -> None:
    chance = random.Random(20201121)  # draws when to kill
    stored, shown = 0, 1
    for _ in range(KILLS):
        with start("write", str(home.root), str(tmp_path), str(stored + 1), "50") as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "begun\n"
            time.sleep(chance.uniform(0, 1.2))
            writer.send_signal(signal.SIGKILL)
            said = [int(line) for line in writer.stdout.read().splitlines() if line.isdigit()]
        now = seen(home.root)
        count = whole(now)
        assert count - 1 >= max([stored, *said])
        assert count >= shown
        stored, shown = count - 1, count
    assert shown > KILLS / 2  # they were at it
    with open_store(home, write=True, waiting=no_words) as store:
        assert store.one("SELECT count(*) FROM submission") == shown
    assert is_fresh(home)


def test_readers_beside_the_writer_after_a_killed_one_see_all_that_was_stored(
    home: Home, tmp_path: Path
) -> None:
    with start("write", str(home.root), str(tmp_path), "1", "50") as writer:
        assert writer.stdout is not None
        for line in writer.stdout:
            if line == "3\n":
                break
        writer.send_signal(signal.SIGKILL)
    assert not is_fresh(home)
    with open_store(home, write=True, waiting=no_words):
        assert whole(seen(home.root)) >= 4


def test_a_reader_beside_a_writer_says_of_whom_and_of_when(home: Home) -> None:
    told: list[Text] = []
    with open_store(home, write=True, waiting=no_words, actor="job:nightly_checks") as writer:
        writer.connection.execute("DELETE FROM submission")
        moment = snapshot_moment(home)
        with open_store(home, write=False, waiting=told.append) as store:
            assert store.history() == 1
        with scratch_store(home, waiting=told.append) as scratch:
            assert scratch.history() == 1
        mine = f"job:nightly_checks，进程号 {os.getpid()}"
        assert [mine in words.zh for words in told] == [True, True]
        assert f"{moment:%Y-%m-%d %H:%M:%S}" in told[0].zh
        assert f"{moment:%Y-%m-%d %H:%M:%S}" in told[0].en
    assert holder(home) is None
    with open_store(home, write=False, waiting=no_words) as store:
        assert store.history() == 0


def test_without_a_snapshot_a_reader_waits_and_says_so(home: Home, tmp_path: Path) -> None:
    with start("write", str(home.root), str(tmp_path), "1", "4") as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        home.snapshot.unlink()  # as in a home that only an older program wrote to
        told: list[Text] = []
        with open_store(home, write=False, waiting=told.append) as store:
            assert store.history() == 5
    (words,) = told
    assert "等待" in words.zh
    assert "cli:wangfang" in words.en


def test_a_writer_waits_for_a_writer_and_says_for_whom(home: Home, tmp_path: Path) -> None:
    with start("write", str(home.root), str(tmp_path), "1", "4") as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        told: list[Text] = []
        with open_store(home, write=True, waiting=told.append) as store:
            assert store.history() == 5
    (words,) = told
    assert "cli:wangfang" in words.zh


def test_a_writer_in_turn_keeps_new_readers_from_the_lock(home: Home) -> None:
    """Readers that come one after the other would keep it out for ever."""

    def look_meanwhile(_words: Text) -> None:
        with reading(home, waiting=None) as is_quiet:
            assert not is_quiet
        first.close()

    first = ExitStack()
    assert first.enter_context(reading(home, waiting=None))
    with writing(home, what="job:backup", waiting=look_meanwhile):
        pass


def test_several_readers_of_one_process_do_not_meet(home: Home) -> None:
    with ExitStack() as stack:
        stores = [
            stack.enter_context(open_store(home, write=False, waiting=no_words)) for _ in range(3)
        ]
        assert [store.history() for store in stores] == [1, 1, 1]
        with open_store(home, write=True, waiting=no_words) as store:
            store.connection.execute("DELETE FROM submission")
        assert [store.history() for store in stores] == [1, 1, 1]


def test_what_killed_readers_left_is_swept(home: Home, tmp_path: Path) -> None:
    with start("read", str(home.root), str(tmp_path / "never")) as reader:
        assert reader.stdout is not None
        reader.stdout.readline()
        while not list(home.work.glob("read-*")):
            time.sleep(0.001)
        reader.send_signal(signal.SIGKILL)
    with (
        open_store(home, write=False, waiting=no_words) as live,
        open_store(home, write=True, waiting=no_words),
    ):
        assert len(list(home.work.glob("read-*"))) == 1
        assert live.history() == 1


def fail_in_session(home: Home, error: BaseException) -> None:
    with open_store(home, write=True, waiting=no_words, actor="cli:lijun") as store:
        store.connection.execute("DELETE FROM interpretation")
        raise error


@pytest.mark.parametrize(
    "error",
    [duckdb.FatalException("database has been invalidated"), KeyboardInterrupt(), ValueError()],
)
def test_a_session_that_fails_frees_the_lock_and_shows_what_it_stored(
    home: Home, error: BaseException
) -> None:
    with pytest.raises(type(error)):
        fail_in_session(home, error)
    assert holder(home) is None
    assert is_fresh(home)
    with open_store(home, write=True, waiting=no_words) as store:
        assert store.one("SELECT count(*) FROM interpretation") == 0


def test_a_full_disk_at_publishing_leaves_what_was_stored(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_home: Home) -> bool:
        raise OSError(28, "No space left on device")

    told: list[Text] = []
    with monkeypatch.context() as patched:
        patched.setattr("monitor.store.opening.publish", full)
        with open_store(home, write=True, waiting=told.append) as store:
            store.connection.execute("UPDATE submission SET reason = 'later'")
    assert "docs/runbook.md#disk-full" in told[0].zh
    with open_store(home, write=False, waiting=no_words) as store:
        told_since = store.one("SELECT count(*) FROM submission WHERE reason = 'later'")
        assert told_since == store.history()  # the newest, not the older snapshot
    with open_store(home, write=True, waiting=any_words):
        pass
    assert is_fresh(home)


def test_a_home_that_may_not_be_written_is_told_in_words(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_given: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("monitor.store.locking.os.open", refused)
    with (
        pytest.raises(StoreError, match=r"fleetmon\.turn"),
        open_store(home, write=True, waiting=no_words),
    ):
        pass


def test_a_readers_folder_that_is_swept_before_it_is_opened_is_made_anew(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept: list[str] = []
    make = tempfile.mkdtemp

    def made_and_swept(**given: Any) -> str:
        folder = str(make(**given))
        if len(swept) < 3:
            swept.append(folder)
            sweep(home)
            assert not Path(folder).exists()
        return folder

    monkeypatch.setattr(tempfile, "mkdtemp", made_and_swept)
    with pinned(home, waiting=no_words) as database:
        assert database.is_file()
    assert len(swept) == 3


@pytest.mark.parametrize("first", [0, 5])
def test_a_kernel_that_ends_a_copy_early_costs_no_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: int
) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(bytes(range(256)) * 8)
    target.write_bytes(b"older and longer" * 4096)
    given = [first] if first else []

    def early(old: int, new: int, _count: int) -> int:
        if not given:
            return 0
        return os.write(new, os.read(old, given.pop()))

    monkeypatch.setattr(os, "copy_file_range", early)
    copy_bytes(source, target)
    assert target.read_bytes() == source.read_bytes()
