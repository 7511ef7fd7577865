"""Kills a process that takes files in, at random moments, and sees what came of every file.

    python tests/inbox/kills.py --kills 200 --seed 7

Cities keep dropping files meanwhile, each with content of its own; every third comes with its
`.sha256`, every fifth cannot be read. At the end nothing strikes, and all must add up: each file
recorded once and put away once, each row held once.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from monitor.corridor.inbox import take_in  # after the path is set
from monitor.corridor.inbox_look import waiting_files
from monitor.model import SHANGHAI
from monitor.policy.policy import Policy, load_policy
from monitor.store.home import Home
from monitor.store.opening import open_store

ALPHABET = dict(
    zip(
        "0123456789ABCDEFGHJKLMNPRSTUVWXYZ",
        [*range(10), *range(1, 9), *range(1, 6), 7, 9, *range(2, 10)],
        strict=True,
    )
)
WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
HEADER = "车辆识别代号,燃料种类,初次登记日期,行政区划代码,车辆用途"
CITIES = {"360100": "360102", "360200": "360202", "360300": "360302"}
ROWS_A_FILE = 40
LONGEST_ROUND = 120.0


def vin(number: int) -> str:
    bare = f"LKLR1HSJ0JA{number:06d}"
    check = sum(ALPHABET[c] * w for c, w in zip(bare, WEIGHTS, strict=True)) % 11
    return bare[:8] + "0123456789X"[check] + bare[9:]


@dataclass
class Campaign:
    """One home that is struck again and again."""

    home: Home
    policy: Policy
    chance: random.Random
    now: datetime = datetime(2031, 3, 10, 9, 0, tzinfo=SHANGHAI)
    drops: dict[str, tuple[str, str, bool]] = field(default_factory=dict)
    struck: int = 0
    reach: float = 1.0  # seconds within which a process is struck: about two files

    def drop(self) -> None:
        """A city puts a file into its folder: name, place, hash and whether it can be read."""
        number = len(self.drops)
        division, county = self.chance.choice([*CITIES.items()])
        is_good = number % 5 != 4
        lines = [
            f"{vin(number * ROWS_A_FILE + row)},纯电动,2018-03-15,{county},公交车"
            for row in range(ROWS_A_FILE)
        ]
        content = "\n".join([HEADER, *lines, ""]).encode()
        if not is_good:
            content = b"\x89PNG\r\n\x1a\n" + bytes([number % 256, number // 256]) * 60
        name, digest = f"登记-{number:04}.csv", hashlib.sha256(content).hexdigest()
        folder = self.home.inbox / division
        folder.mkdir(exist_ok=True)
        if number % 3 == 0:
            (folder / f"{name}.sha256").write_text(f"{digest}  {name}\n")
        (folder / f".{name}").write_bytes(content)
        (folder / f".{name}").rename(folder / name)
        self.drops[name] = (division, digest, is_good)

    def take(self) -> None:
        """What the service does, in the present process."""
        found = waiting_files(self.home, self.now, 0)
        for file in found.ready:
            with open_store(self.home, write=True, waiting=lambda _words: None) as store:
                take_in(store, self.policy, [file], now=self.now, most_deaths=1_000_000)
        with open_store(self.home, write=True, waiting=lambda _words: None) as store:
            take_in(store, self.policy, [], now=self.now)

    def round(self, *, is_struck: bool) -> None:
        """One process from its start to its end, by itself or by SIGKILL."""
        self.now += timedelta(minutes=5)
        child = os.fork()
        if not child:
            try:
                self.take()
            except BaseException:  # noqa: BLE001  # the parent tells by the exit code
                sys.excepthook(*sys.exc_info())
                os._exit(1)
            os._exit(0)
        if is_struck:
            before = self.waiting()
            time.sleep(self.chance.uniform(0, self.reach))
            os.kill(child, signal.SIGKILL)
            # A busy machine takes longer for a file; a kill that meets no work proves nothing.
            self.reach *= 1.15 if self.waiting() == before else 0.9
        started = time.monotonic()
        while not (ended := os.waitpid(child, os.WNOHANG))[0]:
            if time.monotonic() - started > LONGEST_ROUND:
                os.kill(child, signal.SIGKILL)
            time.sleep(0.01)
        if os.WIFSIGNALED(ended[1]):
            self.struck += 1
        elif os.WEXITSTATUS(ended[1]):
            raise SystemExit("a round ended with an error")

    def waiting(self) -> int:
        return len([*self.home.inbox.glob("*/*.csv")])

    def faults(self) -> list[str]:
        """What does not add up; nothing, if all is well."""
        with open_store(self.home, write=False, waiting=lambda _words: None) as store:
            recorded = store.rows(
                "SELECT file_name, division, sha256, status, rows_accepted FROM submission"
            )
            received = Counter(row[0] for row in store.rows("SELECT file_name FROM reception"))
            rows = store.one("SELECT coalesce(sum(rows), 0) FROM part")
            checked = store.one("SELECT count(DISTINCT submission) FROM run")
        good = [name for name, (_, _, is_good) in self.drops.items() if is_good]
        faults = [f"{n} recorded {c} times" for n, c in received.items() if c != 1]
        faults += [f"{name} was lost" for name in self.drops.keys() - received.keys()]
        if len(recorded) != len(self.drops):
            faults.append(f"{len(recorded)} submissions of {len(self.drops)} files")
        for name, division, digest, status, accepted in recorded:
            place, sha256, is_good = self.drops[name]
            told = (place, sha256, ROWS_A_FILE if is_good else 0, is_good)
            if (division, digest, accepted, status != "refused") != told:
                faults.append(f"{name} is held as {(division, digest, status, accepted)}")
        if (rows, checked) != (len(good) * ROWS_A_FILE, len(good)):
            faults.append(f"{rows} rows and {checked} checked of {len(good)} good files")
        return faults + self._misplaced()

    def _misplaced(self) -> list[str]:
        faults = []
        for name, (division, digest, is_good) in self.drops.items():
            shelf = self.home.inbox / division / ("taken" if is_good else "refused")
            found = list(shelf.glob(f"*/*{name}"))
            if [hashlib.sha256(path.read_bytes()).hexdigest() for path in found] != [digest]:
                faults.append(f"{name} was put away {len(found)} times")
            if len(list(shelf.glob(f"*/*{name}.receipt.txt"))) != 1:
                faults.append(f"{name} has not one receipt")
            if not (self.home.archive / digest[:2] / digest).exists():
                faults.append(f"{name} is not in the archive")
        left = [path for path in self.home.inbox.glob("*/*") if path.is_file()]
        return faults + [
            f"{path.name} was left" for path in [*left, *self.home.runs.glob("*.note")]
        ]


def strike(home: Path, kills: int, seed: int) -> dict[str, object]:
    """Kill as often as asked, then let it finish; gives what was found."""
    policy = load_policy(None)
    made = Campaign(Home(home), policy, random.Random(seed))  # no secret
    made.home.create()
    # As many files as kills, however long a busy machine takes for one.
    while made.struck < kills or len(made.drops) < kills:
        while made.waiting() < 4:
            made.drop()
        made.round(is_struck=True)
    made.round(is_struck=False)
    return {"kills": made.struck, "files": len(made.drops), "faults": made.faults()}


def main() -> int:
    """The campaign from the command line; 1 where anything is lost or doubled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    # Every child would import it for itself otherwise, and be killed before it did any work.
    import monitor.checking.expectations  # noqa: F401, PLC0415  # heavy

    with tempfile.TemporaryDirectory() as folder:
        found = strike(Path(folder) / "home", asked.kills, asked.seed)
    print(json.dumps(found, ensure_ascii=False, indent=1))  # noqa: T201
    return 1 if found["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
