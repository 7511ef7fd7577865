"""The real service for an hour: files, findings, confirmations, letters; what grows meanwhile.

python tests/faults/soak.py --minutes 60

A clerk sends a file every few seconds, looks at its findings and confirms it; now and then a
steward renders a bulletin, whose letters go to a mail server on loopback. After a third of the time
the memory of the service may grow by no more than 5 MB an hour, its open files and threads not at
all; afterwards nothing lies in the folder of unfinished work, every letter came once, and the
database uses no more than half as much again as one written anew.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

HERE: Final = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent)]

import duckdb  # noqa: E402  # after the path is set
import httpx  # noqa: E402  # as above

from benchmarks.site import Times, make_people, send_one, served, write_files  # noqa: E402
from faults.campaign import free_port, write_config  # noqa: E402
from faults.table import SEED, Line, report  # noqa: E402
from faults.verdict import accepted  # noqa: E402
from monitor.store.connection import connect, copy_rows  # noqa: E402
from monitor.store.deliveries import State, deliveries  # noqa: E402
from monitor.store.home import Home  # noqa: E402
from monitor.store.opening import open_store  # noqa: E402

MINUTES: Final = 60.0
ROWS: Final = 300
PAUSE_SECONDS: Final = 12.0
BULLETIN_EVERY: Final = 25
MOST_GROWTH: Final = 5.0  # MB an hour
# Too short a time shows no slope: what allocators keep for the first files is no leak.
LEAST_MINUTES: Final = 45.0
MOST_DATABASE: Final = 1.5
_DIVISIONS: Final = 12


class Sample(NamedTuple):
    """The service process at a moment: hours since the start, MB, open files, threads."""

    hours: float
    memory: float
    files: int
    threads: int


def sample(pid: int, begun: float) -> Sample:
    """What the kernel knows of a process."""
    folder = Path("/proc") / str(pid)
    pages = int((folder / "statm").read_text("ascii").split()[1])
    return Sample(
        (time.monotonic() - begun) / 3600,
        pages * os.sysconf("SC_PAGE_SIZE") / 2**20,
        len(list((folder / "fd").iterdir())),
        len(list((folder / "task").iterdir())),
    )


async def hand_in(
    address: str, token: str, content: bytes, pid: int, begun: float
) -> tuple[Sample, int]:
    """One file to its receipt, and the service after it."""
    async with httpx.AsyncClient(base_url=address, timeout=300) as client:
        rows = await send_one(client, token, content, Times())
        (await client.get("/api/v1/submissions")).raise_for_status()
    await asyncio.sleep(PAUSE_SECONDS)
    return sample(pid, begun), rows


def run(folder: Path, minutes: float) -> tuple[list[Sample], list[str]]:
    """Serve for that long; gives the samples and what is wrong afterwards."""
    home = Home(folder / "home")
    with open_store(home, write=True, waiting=lambda _words: None, actor="cli:soak"):
        pass
    count = max(round(minutes * 60 / PAUSE_SECONDS), 3)
    files = write_files(folder, count, ROWS)
    tokens, _ = make_people(home, files[:_DIVISIONS])
    port, journal = free_port(), folder / "letters.jsonl"
    os.environ.update(
        FLEETMON_MAIL__TRANSPORT="smtp",
        FLEETMON_MAIL__HOST="127.0.0.1",
        FLEETMON_MAIL__PORT=str(port),
        FLEETMON_MAIL__SECURITY="none",
        FLEETMON_MAIL__MOST_PER_RECIPIENT_PER_DAY="100000",
    )
    office = subprocess.Popen(
        [sys.executable, str(HERE / "post_office.py"), str(port), str(journal)],
        stdout=subprocess.DEVNULL,
    )
    config = write_config(folder / "config")
    command = [sys.executable, "-m", "monitor", "--home", str(home.root), "--config", str(config)]
    process, address = served([*command, "serve", "--port", "0"], folder / "serve.log")
    begun, samples, rows = time.monotonic(), list[Sample](), 0
    try:
        for number, (_, content) in enumerate(files):
            if time.monotonic() - begun > minutes * 60:
                break
            token = tokens[number % len(tokens)]
            seen, taken = asyncio.run(hand_in(address, token, content, process.pid, begun))
            samples.append(seen)
            rows += taken
            if number % BULLETIN_EVERY == 0:
                division = files[number][0]
                rendered = ("bulletin", "--as-of", "2020-12-31", "--division", division)
                subprocess.run([*command, *rendered], check=True, stdout=subprocess.DEVNULL)
                print(f"{seen.hours * 60:.0f} min: {seen[1:]}", file=sys.stderr, flush=True)
        time.sleep(60)  # the last letters
    finally:
        process.terminate()
        process.wait(120)
        office.terminate()
        office.wait(30)
    return samples, [*_after(home, journal, rows, is_long=minutes >= LEAST_MINUTES)]


def _after(home: Home, journal: Path, rows: int, *, is_long: bool) -> Iterator[str]:
    """What is wrong with what the service left."""
    if left := [path.name for path in home.work.iterdir()]:
        yield f"unfinished work is left: {left[:5]}"
    with open_store(home, write=False, waiting=lambda _words: None) as store:
        held = store.one("SELECT sum(rows_accepted) FROM submission")
        states = Counter(one.state for one in deliveries(store))
    if held != rows:
        yield f"{held} rows are held, not {rows}"
    copies = accepted(journal)
    most = max(copies.values(), default=0)
    if len(copies) != states[State.SENT] or most > 1:
        yield f"{states[State.SENT]} letters sent, {len(copies)} came, up to {most} times"
    if not states[State.SENT]:
        yield "no letter was sent"
    fresh = home.work / "fresh.duckdb"
    with connect(home, home.database, read_only=False) as connection:
        connection.execute("CHECKPOINT")
        used = _used(connection)
        copy_rows(connection, fresh)
    with connect(home, fresh, read_only=True) as connection:
        least = _used(connection)
    told = f"the database uses {used >> 10} KiB, written anew {least >> 10}"
    print(f"{told}, its file has {home.database.stat().st_size >> 10}", file=sys.stderr)
    if is_long and used > MOST_DATABASE * least:
        yield told


def _used(connection: duckdb.DuckDBPyConnection) -> int:
    """Bytes in blocks that hold something: what comes next goes into the others first."""
    block, used = connection.execute(
        "SELECT block_size, used_blocks FROM pragma_database_size() "
        "WHERE database_name = current_database()"
    ).fetchall()[0]
    return int(block) * int(used)


def _growth(samples: list[Sample], minutes: float) -> Iterator[str]:
    """What grew after the first third."""
    later = samples[len(samples) // 3 :]
    slope = statistics.linear_regression([s.hours for s in later], [s.memory for s in later]).slope
    print(f"{slope:.1f} MB an hour, {samples[0][1:]} to {samples[-1][1:]}", file=sys.stderr)
    if minutes >= LEAST_MINUTES and slope > MOST_GROWTH:
        yield f"memory grows by {slope:.1f} MB an hour"
    half = len(later) // 2
    for name in ("files", "threads"):
        early, late = ([getattr(s, name) for s in part] for part in (later[:half], later[half:]))
        if statistics.median(late) > statistics.median(early):
            yield f"{name} went from {statistics.median(early)} to {statistics.median(late)}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--share", type=float, default=1.0, help="of an hour")
    parser.add_argument("--seed", type=int, default=SEED, help="nothing is drawn")
    given = parser.parse_args()
    minutes = given.minutes if given.minutes is not None else max(MINUTES * given.share, 1)
    with tempfile.TemporaryDirectory(prefix="fleetmon-soak-") as folder:
        samples, faults = run(Path(folder), minutes)
    faults += _growth(samples, minutes)
    tried = f"{minutes:g} min, {len(samples)} files of {ROWS} rows confirmed"
    found = "; ".join(faults) or (
        f"memory, files, threads flat ({samples[-1].memory:.0f} MB, {samples[-1].files}, "
        f"{samples[-1].threads}); no row, letter or unfinished work too many"
    )
    return report([Line("R13", "the service for long", tried, found, ok=not faults)])


if __name__ == "__main__":
    sys.exit(main())
