"""Several servers drop files into one shared area and one writer takes them in.

docs/many-writers.md describes it.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

from inbox.conftest import QUIET, Desk, extract
from inbox.kills import vin
from monitor.corridor.inbox import take_in
from monitor.corridor.inbox_look import waiting_files
from monitor.store.knowledge import Knowledge
from monitor.store.opening import open_store

SERVERS, FILES_EACH, ROWS_EACH = 3, 2, 4
SHARED = "全市补报.csv"  # every server gets it from the same sender
LONGEST_SECONDS = 60
# What a server does, with nothing of ours: some files under another name until they are whole,
# some in place with their hash beside them. Its arguments: the area, its own name, then the name
# and the text of each.
SERVER = """
import hashlib, os, sys, time
area, server, *files = sys.argv[1:]
os.makedirs(area, exist_ok=True)
for place, (name, text) in enumerate(zip(files[::2], files[1::2])):
    content, final = text.encode(), os.path.join(area, f"{server}-{name}")
    if place % 2:
        with open(final + ".sha256", "w") as beside:
            beside.write(hashlib.sha256(content).hexdigest())
    target = final if place % 2 else final + ".part"
    with open(target, "wb") as half:
        half.write(content[: len(content) // 2])
        half.flush()
        time.sleep(0.05)
        half.write(content[len(content) // 2 :])
    if target != final:
        os.rename(target, final)
# It dies over the last one.
with open(os.path.join(area, f"{server}-断.csv.part"), "wb") as half:
    half.write(content[:40])
with open(os.path.join(area, f"{server}-残.csv.sha256"), "w") as beside:
    beside.write("0" * 64)
with open(os.path.join(area, f"{server}-残.csv"), "wb") as half:
    half.write(content[:60])
"""
RIVAL = """
import sys
from pathlib import Path
from monitor.errors import StoreBusy
from monitor.store.home import Home
from monitor.store.opening import open_store
try:
    with open_store(Home(Path(sys.argv[1])), write=True, waiting=print, patience=0.1):
        print("it writes")
except StoreBusy as error:
    sys.exit(error.exit_code)
"""


def rows_of(first: int) -> list[str]:
    return [f"{vin(first + n)},纯电动,2018-03-15,360102,公交车," for n in range(ROWS_EACH)]


def server(area: Path, number: int) -> subprocess.Popen[bytes]:
    own = [(f"{n}.csv", extract(*rows_of((number * 10 + n) * 100))) for n in range(FILES_EACH)]
    files = [*own, (SHARED, extract(*rows_of(9000)))]
    words = [word for file in files for word in file]
    return subprocess.Popen([sys.executable, "-c", SERVER, str(area), f"s{number}", *words])


def test_nothing_is_lost_and_nothing_doubled(desk: Desk) -> None:
    area = desk.home.inbox / "360100"
    servers = [server(area, number) for number in range(SERVERS)]
    expected = SERVERS * (FILES_EACH + 1)
    outcomes: Counter[str] = Counter()
    last = time.monotonic() + LONGEST_SECONDS
    with open_store(desk.home, write=True, waiting=lambda _words: None, actor="writer") as store:
        rival = subprocess.Popen(
            [sys.executable, "-c", RIVAL, str(desk.home.root)], stdout=subprocess.PIPE
        )
        while outcomes["taken"] + outcomes["duplicates"] < expected and time.monotonic() < last:
            found = waiting_files(desk.home, desk.now, 0)
            report = take_in(store, desk.policy, found.ready, now=desk.now)
            outcomes.update(report.counts)
            desk.now += timedelta(minutes=2)
        told, _ = rival.communicate(timeout=LONGEST_SECONDS)
        codes = [one.wait(timeout=LONGEST_SECONDS) for one in servers]
    assert codes == [0] * SERVERS
    # The second writer was kept out, and told so: it did nothing.
    assert (rival.returncode, b"it writes" in told) == (3, False)

    assert outcomes["taken"] + outcomes["duplicates"] == expected
    assert outcomes["refused"] == outcomes["failed"] == 0
    received = Counter(name for (name,) in desk.rows("SELECT file_name FROM reception"))
    assert len(received) == expected
    assert set(received.values()) == {1}

    # One vehicle is one vehicle, through whichever servers it came.
    vehicles = (SERVERS * FILES_EACH + 1) * ROWS_EACH
    with open_store(desk.home, write=False, waiting=lambda _words: None) as store:
        store.look(Knowledge(None, store.history()))
        assert store.counts(date(2018, 12, 31))["vehicles"].sum() == vehicles

    # Each file is put away once with its receipt; what is not whole lies where it lay, unread.
    shelved = [path.name for path in area.glob("taken/*/*.csv")]
    assert len(shelved) == expected
    assert len(list(area.glob("taken/*/*.receipt.txt"))) == expected
    left = sorted(path.name for path in area.iterdir() if path.is_file())
    assert left == sorted(
        f"s{n}-{name}"
        for n in range(SERVERS)
        for name in ("断.csv.part", "残.csv", "残.csv.sha256")
    )
    # And is told of after an hour, to be sent again.
    desk.now += timedelta(hours=2)
    faults = waiting_files(desk.home, desk.now, QUIET).faults
    assert len(faults) == SERVERS
