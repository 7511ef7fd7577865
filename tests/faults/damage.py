"""Files changed under the program: cut short, flipped, lost, older, newer, torn."""

from __future__ import annotations

import os
import random
import shutil
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path

from faults.ground import CITY, JUDGED, Ground
from faults.tripwire import struck
from monitor.corridor.declared import Declared
from monitor.corridor.reception import receive
from monitor.errors import Cause
from monitor.model import SHANGHAI
from monitor.policy.policy import load_policy
from monitor.store.home import Home
from monitor.store.opening import open_store

Found = tuple[str, int, list[str]]
DATABASE = "fleetmon.duckdb"
WAL = f"{DATABASE}.wal"


def cut_short(ground: Ground, chance: random.Random, times: int) -> Found:
    """At any length: told, and by `restore --in-place` all is as before."""
    faults: list[str] = []
    for number in range(times):
        home = ground.copied()
        size = (home / DATABASE).stat().st_size
        length = chance.randrange(size)
        os.truncate(home / DATABASE, length)
        told = _told_and_mended(ground, home, ("zh", "en")[number % 2], must=True)
        faults += [f"cut to {length} of {size}: {one}" for one in told]
    return "lengths", times, faults


def changed(ground: Ground, chance: random.Random, times: int) -> Found:
    """One bit or a whole block of it: told where it holds anything, and mended."""
    faults: list[str] = []
    for number in range(times):
        home = ground.copied()
        content = bytearray((home / DATABASE).read_bytes())
        place = chance.randrange(len(content))
        width = chance.choice((1, 1, 4096, 262_144))
        for at in range(place, min(place + width, len(content))):
            content[at] ^= 1 << chance.randrange(8)
        (home / DATABASE).write_bytes(content)
        told = _told_and_mended(ground, home, ("zh", "en")[number % 2], must=False)
        faults += [f"{width} bytes at {place}: {one}" for one in told]
    return "files with bits flipped", times, faults


def _told_and_mended(
    ground: Ground, home: Path, language: str, *, must: bool, cause: Cause = Cause.DATABASE_DAMAGED
) -> list[str]:
    """What is wrong with how a damaged home answers a writer and is recovered.

    Where nothing that is held was hit (`must` is False), it goes on as if nothing had been.
    """
    words = ("ingest", str(ground.file(3)), "--division", CITY)
    answer = ground.typed(home, *words, language=language)
    faults = []
    if answer.code or must:
        faults += answer.faults(cause, language)
        before = [path.name for path in (home / "work").iterdir()]
        mended = ground.typed(home, "restore", "--in-place")
        if mended.code:
            faults.append(f"not mended: {mended.err[-200:]}")
        elif ground.typed(home, *JUDGED).out != ground.verdicts:
            faults.append("mended, it has other verdicts")
        if before:
            faults.append(f"left in work: {before}")
        answer = ground.typed(home, *words)
    if answer.code:
        faults.append(f"not taken in afterwards: {answer.err[-200:]}")
    if ground.submissions(home) != 3:
        faults.append("the file is not there once")
    return faults


def lost(ground: Ground, _chance: random.Random, times: int) -> Found:
    """The file is gone: that is not an empty home."""
    faults: list[str] = []
    for number in range(times):
        home = ground.copied()
        (home / DATABASE).unlink()
        language = ("zh", "en")[number % 2]
        faults += ground.typed(home, "submissions", language=language).faults(
            Cause.DATABASE_MISSING, language
        )
        faults += _told_and_mended(ground, home, language, must=True, cause=Cause.DATABASE_MISSING)
    return "files removed", times, faults


def copied_while_open(ground: Ground, _chance: random.Random, times: int) -> Found:
    """A copy made by hand while a writer was at work, put back after it had ended."""
    faults: list[str] = []
    for number in range(times):
        home = ground.copied()
        copy = ground.folder / "by-hand" / DATABASE

        def copies(home: Path = home, copy: Path = copy) -> int:
            _take_in(home, ground.file(3), then=lambda: _copy(home, copy.parent))
            return 0

        struck(copies, None, ground.folder / "points")
        verdicts = ground.typed(home, *JUDGED).out
        shutil.copyfile(copy, home / DATABASE)
        with_log = number % 2 == 1
        if with_log:  # then it holds all that was committed
            shutil.copyfile(copy.with_name(WAL), home / WAL)
        language = ("zh", "en")[number // 2 % 2]
        answer = ground.typed(home, "hold", "--reason", "核对", "--by", "王芳", language=language)
        faults += answer.faults(None if with_log else Cause.DATABASE_STALE, language)
        mended = 0 if with_log else ground.typed(home, "restore", "--in-place").code
        if mended or ground.typed(home, *JUDGED).out != verdicts:
            faults.append(f"not mended: {mended}")
    return "copies put back, half of them without their log", times, faults


def _copy(source: Path, target: Path) -> None:
    target.mkdir(exist_ok=True)
    for name in (DATABASE, WAL):
        shutil.copyfile(source / name, target / name)


def newer(ground: Ground, _chance: random.Random, times: int) -> Found:
    """A newer program's file is left as it is."""
    faults: list[str] = []
    for number in range(times):
        home = ground.copied()
        ground.said(partial(_make_newer, home))
        before = (home / DATABASE).read_bytes()
        language = ("zh", "en")[number % 2]
        for words in (
            ("submissions",),
            ("ingest", str(ground.file(3)), "--division", CITY),
            ("restore", "--in-place"),
        ):
            answer = ground.typed(home, *words, language=language)
            faults += [
                f"{words[0]}: {one}" for one in answer.faults(Cause.DATABASE_NEWER, language)
            ]
        if (home / DATABASE).read_bytes() != before:
            faults.append("it was changed")
    return "homes", times, faults


def _make_newer(home: Path) -> None:
    with open_store(Home(home), write=True, waiting=lambda _words: None) as store:
        store.connection.execute("UPDATE meta SET schema_version = schema_version + 1")


def torn_log(ground: Ground, chance: random.Random, times: int) -> Found:
    """A writer ended by SIGKILL after its commit; then its log is cut, flipped or zeroed."""
    faults: list[str] = []
    kept = ground.folder / "with-log"
    home = ground.copied()

    def dies() -> int:
        _take_in(home, ground.file(3), then=lambda: os.kill(os.getpid(), signal.SIGKILL))
        return 0

    struck(dies, None, ground.folder / "points")
    if not (home / WAL).exists():
        return "logs", 0, ["a killed writer left no log to tear"]
    home.rename(kept)
    whole = (kept / WAL).read_bytes()
    refused = 0
    for number in range(times):
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(kept, home, copy_function=shutil.copy2)
        content = bytearray(whole)
        way = ("cut", "flip", "zero")[number % 3]
        place = chance.randrange(len(content))
        if way == "flip":
            content[place] ^= 1 << chance.randrange(8)
        elif way == "zero":
            content[place:] = bytes(len(content) - place)
        else:
            del content[place:]
        (home / WAL).write_bytes(content)
        told = _log_told_and_mended(ground, home, ("zh", "en")[number % 2])
        refused += told[1]
        faults += [f"{way} at {place}: {one}" for one in told[0]]
    return f"logs ({refused} of them refused)", times, faults


def _log_told_and_mended(ground: Ground, home: Path, language: str) -> tuple[list[str], bool]:
    """As without a log, or with all of it: nothing between; then the file is handed in again."""
    words = ("ingest", str(ground.file(3)), "--division", CITY)
    answer = ground.typed(home, *words, language=language)
    faults, was_refused = [], bool(answer.code)
    if was_refused:
        faults += answer.faults(Cause.LOG_DAMAGED, language)
        mended = ground.typed(home, "restore", "--in-place")
        if mended.code:
            faults.append(f"not mended: {mended.err[-200:]}")
        answer = ground.typed(home, *words)
    if answer.code:
        faults.append(f"not taken in afterwards: {answer.err[-200:]}")
    if ground.submissions(home) != 3:
        faults.append("the file is not there once")
    return faults, was_refused


def _take_in(home: Path, file: Path, *, then: Callable[[], None]) -> None:
    """Receive a file in a writer's session, and `then` while it is still open."""
    policy = load_policy(None)
    with open_store(Home(home), write=True, waiting=lambda _words: None) as store:
        at = store.one("SELECT max(received_at) FROM reception").astimezone(SHANGHAI)
        receive(store, policy, file, Declared(received_at=at, division=CITY), now=at)
        then()


def changed_archive(ground: Ground, chance: random.Random, times: int) -> Found:
    """One byte of a received file: the doctor finds it by its hash, and a backup has it."""
    faults: list[str] = []
    for number in range(times):
        home = ground.copied()
        files = sorted(path for path in (home / "archive").rglob("*") if path.is_file())
        path = files[number % len(files)]
        content = bytearray(path.read_bytes())
        content[chance.randrange(len(content))] ^= 0x20
        path.write_bytes(content)
        language = ("zh", "en")[number % 2]
        answer = ground.typed(home, "doctor", "--all", language=language)
        told = [line for line in answer.out.splitlines() if path.name in line]
        if answer.code != 1 or not told or Cause.ARCHIVE_DAMAGED.section not in answer.out:
            faults.append(f"not found: {answer.code} {told}")
        place = path.relative_to(home)
        shutil.copyfile(ground.backup / place, path)
        if Cause.ARCHIVE_DAMAGED.section in ground.typed(home, "doctor", "--all").out:
            faults.append("put back from the backup, it is still told")
    return "files of the archive", times, faults


def accounts(ground: Ground, chance: random.Random, times: int) -> Found:
    """The accounts file is none any more: told, and a backup has it."""
    faults: list[str] = []
    for number in range(times):
        home = ground.copied()
        add = ("users", "add", "wangfang", "--role", "steward", "--name", "王芳")
        if (made := ground.typed(home, *add)).code:
            return "accounts files", number, [made.err[-200:]]
        for beside in home.glob("door.sqlite-*"):
            beside.unlink()
        (home / "door.sqlite").write_bytes(chance.randbytes(8192))
        language = ("zh", "en")[number % 2]
        answer = ground.typed(home, "users", "list", language=language)
        faults += answer.faults(Cause.ACCOUNTS_DAMAGED, language)
    return "accounts files", times, faults
