"""The fault campaign: a bureau's weeks, with SIGKILL at points drawn at random.

    python tests/faults/campaign.py --kills 200

Each week cities drop files, they are taken in, everything is checked, bulletins go out, reminders
and a backup are made: by the service's own jobs, each in a process that is killed and started
again until it comes through. Beside it the same weeks pass in a second home that nothing strikes.
At the end both must hold the same: no row or letter lost, none doubled but in the window that SMTP
leaves and then counted, every run accounted for.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import shutil
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
if str(HERE.parent) not in sys.path:
    sys.path[:0] = [str(ROOT), str(HERE.parent)]

from journey.sent_files import HEADER, buses  # noqa: E402

from faults.tripwire import Ended, struck  # noqa: E402  # after the path is set
from monitor.model import SHANGHAI  # noqa: E402
from monitor.service.by_hand import key_of  # noqa: E402
from monitor.service.conductor import perform  # noqa: E402
from monitor.service.jobs import JOBS  # noqa: E402
from monitor.service.timetable import known_schedules  # noqa: E402
from monitor.service.workplace import Workplace  # noqa: E402
from monitor.settings import MailSettings, ServiceSettings, Settings  # noqa: E402
from monitor.store.home import Home  # noqa: E402

FIRST_MONDAY = date(2019, 3, 4)
CITIES = {"360100": "360102", "360200": "360202", "360300": "360302"}
# The most kills of one step of a week: where most can be lost or doubled, most are tried.
MOST_KILLS = {
    "ingest_inbox": 8,
    "nightly_checks": 2,
    "weekly_bulletins": 6,
    "reminders": 3,
    "send_due": 8,
    "backup": 3,
}


@dataclass
class Bureau:
    """One home with its clock and its cities."""

    root: Path
    config: Path
    settings: Settings
    now: datetime = datetime.combine(FIRST_MONDAY, time(9), SHANGHAI)
    dropped: dict[str, int] = field(default_factory=dict)

    @property
    def place(self) -> Workplace:
        return Workplace(
            home=Home(self.root),
            config=self.config,
            settings=self.settings,
            now=lambda: self.now,
            actor="service",
        )

    def drop(self, week: int) -> None:
        """What the cities put into the inbox this week; one file of each week cannot be read."""
        for place, (city, county) in enumerate(CITIES.items()):
            number = week * 3 + place
            rows = buses(6 + number % 5, 3, first=number * 20 + 1, 行政区划代码=county)
            folder = self.root / "inbox" / city
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"登记-{week:03}.csv"
            with path.open("w", encoding="utf-8-sig", newline="") as out:
                writer = csv.DictWriter(out, HEADER)
                writer.writeheader()
                writer.writerows(rows)
            self.dropped[f"{city}/{path.name}"] = len(rows)
        (self.root / "inbox" / "360100" / f"坏文件-{week:03}.csv").write_bytes(
            b"\x89PNG\r\n\x1a\n" + bytes([week % 256]) * 40
        )
        self.now += timedelta(minutes=5)

    def work(self, job: str) -> int:
        """One run of a job, in the present process; 0 where it came through."""
        place = self.place
        schedule = known_schedules(place)[job]
        key = key_of(place, schedule, None)
        done = perform(place, schedule, JOBS[job].do, key)
        if done.state not in {"done", "done_before"}:
            print(f"{job}: {done.state}: {done.words}", file=sys.stderr)
        return 0 if done.state in {"done", "done_before"} else 1


@dataclass
class Campaign:
    """Strikes one bureau, spares its twin, and compares."""

    folder: Path
    seed: int
    kills_wanted: int
    port: int
    most: int = 99
    kills: Counter[str] = field(default_factory=Counter)
    week: int = 0

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        config = write_config(self.folder / "config")
        smtp = MailSettings(
            transport="smtp",
            host="127.0.0.1",
            port=self.port,
            security="none",
            letters_per_minute=100_000,
            most_per_recipient_per_day=1000,
        )
        service = ServiceSettings(quiet_seconds=0)
        settings = Settings(mail=smtp, service=service)
        calm = Settings(mail=MailSettings(), service=service)
        self.struck = Bureau(self.folder / "struck", config, settings)
        self.spared = Bureau(self.folder / "spared", config, calm)
        for bureau in (self.struck, self.spared):
            Home(bureau.root).create()

    def run(self) -> None:
        """Pass weeks until enough processes were killed."""
        while self.kills.total() < self.kills_wanted:
            for bureau in (self.struck, self.spared):
                bureau.now = datetime.combine(
                    FIRST_MONDAY + timedelta(weeks=self.week), time(9), SHANGHAI
                )
                bureau.drop(self.week)
            for job in MOST_KILLS:
                spared = self._through(self.spared, job, None)
                self._struck(job, spared.points)
                for bureau in (self.struck, self.spared):
                    bureau.now += timedelta(minutes=10)
            self.week += 1
            print(f"week {self.week}: {dict(self.kills)}", file=sys.stderr, flush=True)
        # A letter whose sender was killed goes again after a pause; nothing strikes any more.
        for bureau in (self.struck, self.spared):
            bureau.now += timedelta(hours=6)
            self._through(bureau, "send_due", None)

    def _struck(self, job: str, points: int) -> None:
        """Kill a step's process over and over, at one of so many points, then let it through.

        What is left of the work after a kill may be shorter: a process that came through before
        its point leaves nothing to kill.
        """
        for _ in range(min(self.most, MOST_KILLS[job])):
            if self.kills.total() >= self.kills_wanted:
                break
            ended = self._through(self.struck, job, self.chance.randint(1, points))
            if not ended.is_killed:
                break
            self.kills[job] += 1
            if job == "backup":  # named by its moment; a clock does not stand still that long
                self.struck.now += timedelta(seconds=1)
        self._through(self.struck, job, None)

    def _through(self, bureau: Bureau, job: str, fatal: int | None) -> Ended:
        ended = struck(lambda: bureau.work(job), fatal, self.folder / "points")
        if not ended.is_killed and ended.code != 0:
            message = f"{job} ended with {ended.code} in week {self.week} (seed {self.seed})"
            raise AssertionError(message)
        return ended


def write_config(config: Path) -> Path:
    """Three divisions of 江西, each with an address; retries without end."""
    (config / "data").mkdir(parents=True)
    (config / "schedules").mkdir()
    book = (ROOT / "data" / "recipients.yml").read_text("utf-8")
    (config / "data" / "recipients.yml").write_text(
        book.replace("fleetmon.invalid", "bureau.example"), "utf-8"
    )
    for path in (ROOT / "schedules").glob("*.yml"):
        text = path.read_text("utf-8")
        if path.stem == "weekly_bulletins":
            chosen = ", ".join(f'"{code}"' for code in CITIES)
            text = text.replace("options:\n", f"options:\n  divisions: [{chosen}]\n")
        lines = [
            "retry: {times: 1000, first_pause_minutes: 1}" if line.startswith("retry:") else line
            for line in text.splitlines()
        ]
        (config / "schedules" / path.name).write_text("\n".join(lines) + "\n", "utf-8")
    return config


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--most", type=int, default=99, help="kills of one step of a week")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="leave the homes behind")
    given = parser.parse_args()
    # Every process that is forked to be killed would import it for itself otherwise.
    import monitor.checking.expectations  # noqa: F401, PLC0415  # heavy

    folder = Path(tempfile.mkdtemp(prefix="fleetmon-faults-"))
    try:
        report = strike(folder, given.kills, given.seed, given.most)
        print(json.dumps(report, ensure_ascii=False, indent=1))
        sys.exit(1 if report["faults"] else 0)
    finally:
        if given.keep:
            print(folder, file=sys.stderr)
        else:
            shutil.rmtree(folder)


def strike(folder: Path, kills: int, seed: int, most: int) -> dict[str, object]:
    """The whole campaign in `folder`; gives what was done and every fault that was found."""
    from faults.verdict import compare  # noqa: PLC0415  # it opens databases, so not before forks

    port = free_port()
    letters = folder / "letters.jsonl"
    server = subprocess.Popen(
        [sys.executable, str(HERE / "post_office.py"), str(port), str(letters)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        campaign = Campaign(folder, seed, kills, port, most)
        campaign.run()
    finally:
        server.terminate()
        server.wait(timeout=30)
    return {
        "seed": seed,
        "weeks": campaign.week,
        "kills": dict(campaign.kills),
        **compare(campaign.struck, campaign.spared, letters, campaign.kills["send_due"]),
    }


if __name__ == "__main__":
    main()
