"""A machine without room, rights, files or memory, and what a command says of it."""

from __future__ import annotations

import os
import random
import resource
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from faults.ground import CITY, JUDGED, Ground
from monitor.errors import Cause
from monitor.store.home import Home
from monitor.store.opening import open_store

Found = tuple[str, int, list[str]]
_SIZE = 160 << 20
_NO_MOUNT = "tries: no disk of its own can be mounted here (not root)"


@contextmanager
def small_disk(place: Path) -> Iterator[Path | None]:
    """A disk of some megabytes for this test alone; None where none may be mounted."""
    place.mkdir(exist_ok=True)
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "fleetmon", str(place)],  # noqa: S607
        capture_output=True,
        check=False,
    )
    if made.returncode:
        yield None
        return
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)  # noqa: S607


def disk_full(ground: Ground, chance: random.Random, times: int) -> Found:
    """Room for 20 KB to 30 MB: an ingest, a backup, a look; then room again, and both again."""
    faults: list[str] = []
    twin = ground.folder / "twin"
    expected = _taken_in(ground, twin)
    with small_disk(ground.folder / "disk") as disk:
        if disk is None:
            return _NO_MOUNT, 0, []
        for number in range(times):
            home = ground.copied(disk)
            room = int(20_000 * 1500 ** chance.random())
            ballast = disk / "ballast"
            ballast.write_bytes(bytes(_free(disk) - room))
            language = ("zh", "en")[number % 2]
            for words in (
                ("ingest", str(ground.file(3)), "--division", CITY),
                ("backup",),
                ("submissions",),
            ):
                answer = ground.typed(home, *words, language=language)
                # Where it fits, and for a look, which finds its room elsewhere, all is as ever.
                told = answer.faults(Cause.DISK_FULL if answer.code else None, language)
                faults += [f"{words[0]} with {room} bytes: {one}" for one in told]
            ballast.unlink()
            again = _taken_in(ground, home)
            if again != expected:
                faults.append(f"with {room} bytes and room again, the home holds {again[:1]}")
            if ground.typed(home, "backup").code:
                faults.append(f"with {room} bytes and room again, no backup")
            if left := [path.name for path in (home / "work").iterdir()]:
                faults.append(f"left in work: {left}")
    return "homes with 20 KB to 30 MB of room", times, faults


def _free(disk: Path) -> int:
    told = os.statvfs(disk)
    return told.f_bavail * told.f_frsize


def _taken_in(ground: Ground, home: Path) -> tuple[int, str]:
    """The third file handed in, and what the home then holds."""
    if not home.exists():
        home = ground.copied().rename(home)
    answer = ground.typed(home, "ingest", str(ground.file(3)), "--division", CITY)
    if answer.code:
        return answer.code, answer.err
    return ground.submissions(home), ground.typed(home, *JUDGED).out


def read_only(ground: Ground, _chance: random.Random, times: int) -> Found:
    """Nothing may be written: looks go on, the rest is told; then all goes on."""
    faults: list[str] = []
    with small_disk(ground.folder / "disk") as disk:
        if disk is None:
            return _NO_MOUNT, 0, []
        for number in range(times):
            home = ground.copied(disk)
            language = ("zh", "en")[number % 2]
            _remount(disk, "ro")
            for words in (("ingest", str(ground.file(3)), "--division", CITY), ("backup",)):
                answer = ground.typed(home, *words, language=language)
                faults += [f"{words[0]}: {one}" for one in answer.faults(Cause.READ_ONLY, language)]
            if ground.typed(home, *JUDGED).out != ground.verdicts:
                faults.append("a look does not give the verdicts")
            _remount(disk, "rw")
            if _taken_in(ground, home)[0] != 3:
                faults.append("when it could be written to again, the file was not taken in")
    return "disks made read-only", times, faults


def _remount(disk: Path, way: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{way}", str(disk)], check=True)  # noqa: S607


def few_files(ground: Ground, chance: random.Random, times: int) -> Found:
    """From 10 to 24 files: the command does its work, or says what is lacking."""
    faults: list[str] = []
    for number in range(times):
        most = chance.randint(10, 24)
        language = ("zh", "en")[number % 2]

        def limit(most: int = most) -> None:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

        faults += _limited(ground, language, limit, Cause.OPEN_FILES, f"{most} files")
    return "limits of 10 to 24 files", times, faults


def little_memory(ground: Ground, chance: random.Random, times: int) -> Found:
    """From 200 MB of addresses to 3 GB: the command does its work, or says what is lacking."""
    faults: list[str] = []
    for number in range(times):
        most = chance.randint(200, 3000) << 20
        language = ("zh", "en")[number % 2]

        def limit(most: int = most) -> None:
            resource.setrlimit(resource.RLIMIT_AS, (most, most))

        faults += _limited(ground, None, limit, Cause.MEMORY, f"{most >> 20} MB", language)
    return "limits of 200 to 3000 MB", times, faults


def _limited(
    ground: Ground,
    told_in: str | None,
    limit: Callable[[], None],
    cause: Cause,
    what: str,
    language: str | None = None,
) -> list[str]:
    home = ground.copied()
    spoken = told_in or language or "en"
    answer = ground.started(
        home,
        *("ingest", str(ground.file(3)), "--division", CITY),
        language=spoken,
        limit=limit,
    )
    faults = []
    if answer.code:
        # Before the language is known, both are spoken.
        faults += [
            one
            for one in answer.faults(cause, spoken)
            if told_in is not None or not one.startswith("is not in")
        ]
    elif "Traceback" in answer.err:
        faults.append("a traceback")
    if _taken_in(ground, home)[0] != 3:
        faults.append("without the limit, the file was not taken in")
    return [f"{what}: {one}" for one in faults]


def long_process(ground: Ground, _chance: random.Random, times: int) -> Found:
    """Sessions one after the other in one process: neither files nor threads nor memory grow."""
    home = Home(ground.copied())

    def sessions() -> list[str]:
        early: tuple[int, int, int] | None = None
        for number in range(times):
            with open_store(home, write=number % 3 == 0, waiting=lambda _words: None) as store:
                store.history()
            if number == times // 3:
                early = _used()
        assert early is not None
        late = _used()
        faults = []
        if late[0] > early[0] or late[1] > early[1]:
            faults.append(f"files and threads went from {early[:2]} to {late[:2]}")
        if late[2] > early[2] + (64 << 10):  # KiB: what allocators keep is not yet a leak
            faults.append(f"memory went from {early[2]} to {late[2]} KiB")
        return faults

    found = ground.said(sessions)
    return "sessions", times, found if isinstance(found, list) else [str(found)]


def _used() -> tuple[int, int, int]:
    """Open files, threads, and KiB of memory at most so far."""
    return (
        len(list(Path("/proc/self/fd").iterdir())),
        threading.active_count(),
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    )
