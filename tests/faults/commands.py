"""Kills of what people type: ingest, backup, a migration, a restore; each is then typed again.

    python tests/faults/commands.py --kills 150 --seed 7

Beside each home lies a twin that nothing strikes. At the end both hold the same, every backup that
bears its name is whole, and a migrated home gives the verdicts that its own program gave.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import random
import shutil
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
if str(HERE.parent) not in sys.path:
    sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent)]

from journey.sent_files import buses, plain_csv  # noqa: E402  # after the path is set

from faults.tripwire import struck  # noqa: E402
from monitor.cli.main import cli  # noqa: E402
from monitor.store.backup_check import verify_backup  # noqa: E402
from monitor.store.home import Home  # noqa: E402
from monitor.store.opening import open_store  # noqa: E402
from monitor.store.schema import SCHEMA_VERSION  # noqa: E402

HOMES = HERE.parent / "store_operations" / "homes"
CITY, COUNTY = "360100", "360102"
JUDGED = ("assess", "--json", "--as-of", "2018-12-31", "--division", CITY)
MOST_KILLS = 4  # of one command before it is let through
AT = "2019-01-{day:02}T{hour:02}:00+08:00"


def typed(home: Path, *words: str) -> int:
    """A command in the present process; gives its exit code."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            cli.main(["--home", str(home), *words], prog_name="fleetmon", standalone_mode=False)
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def _amiss(backup: Path) -> list[str]:
    return [one.en for one in verify_backup(backup)]


def said(folder: Path, make: Callable[[], Any]) -> Any:
    """What `make` gives, asked in a process of its own: this one opens no database."""
    told = folder / "said.json"

    def tell() -> int:
        told.write_text(json.dumps(make(), ensure_ascii=False, default=str), "utf-8")
        return 0

    ended = struck(tell, None, folder / "points")
    if ended.code:
        return f"the look at it ended with {ended.code}"
    return json.loads(told.read_text("utf-8"))


class Campaign:
    """One folder of homes that are struck, each command for its share of the kills."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.chance = random.Random(seed)
        self.kills: Counter[str] = Counter()
        self.faults: list[str] = []

    def strike(self, what: str, work: Callable[[], int], points: int, wanted: int) -> None:
        """Kill the work at drawn points, a few times over, then let it through."""
        for _ in range(MOST_KILLS):
            if self.kills[what] >= wanted:
                break
            ended = struck(work, self.chance.randint(1, points), self.folder / "points")
            if not ended.is_killed:
                self.came_through(what, ended.code)
                return
            self.kills[what] += 1
        self.came_through(what, struck(work, None, self.folder / "points").code)

    def came_through(self, what: str, code: int) -> None:
        if code not in {0, 1}:
            self.faults.append(f"{what} after {self.kills[what]} kills ended with {code}")

    def ingests(self, wanted: int) -> None:
        """The same file again and again until its receipt is there; the twin gets it once."""
        home, twin = self.folder / "ingest", self.folder / "ingest-twin"
        number = 0
        while self.kills["ingest"] < wanted:
            number += 1
            rows = buses(6 + number % 5, 3, first=number * 20, 行政区划代码=COUNTY)
            file = plain_csv(self.folder / f"登记-{number}.csv", rows)
            at = AT.format(day=1 + number // 20, hour=number % 20)
            words = ("ingest", str(file), "--division", CITY, "--received-at", at)
            points = struck(partial(typed, twin, *words), None, self.folder / "points").points
            self.strike("ingest", partial(typed, home, *words), points, wanted)
        self.same("ingest", home, twin)
        sums = said(self.folder, lambda: _sums(home))
        if sums != {"submissions": number, "files": number, "unread": 0}:
            self.faults.append(f"{number} files were handed in, and the store holds {sums}")

    def backups(self, wanted: int) -> None:
        """A name without a dot is a whole backup, whenever its maker was killed."""
        home, twin = self.folder / "ingest", self.folder / "ingest-twin"
        round_ = 0
        while self.kills["backup"] < wanted:
            round_ += 1
            place, spare = self.folder / f"backups-{round_}", self.folder / "spare"
            shutil.rmtree(spare, ignore_errors=True)
            points = struck(
                partial(typed, twin, "backup", "--to", str(spare)), None, self.folder / "points"
            ).points
            self.strike(
                "backup", partial(typed, home, "backup", "--to", str(place)), points, wanted
            )
            names = [path.name for path in place.iterdir()]
            if not any(not name.startswith(".") for name in names):
                self.faults.append(f"no backup in {names}")
            if any(name.startswith(".") for name in names):
                self.faults.append(f"half a backup was left: {names}")
            for path in place.iterdir():
                amiss = said(self.folder, partial(_amiss, path))
                if amiss:
                    self.faults.append(f"{path.name}: {amiss}")
        self.same("backup", home, twin)

    def restores(self, wanted: int) -> None:
        """A restore that was cut off is begun anew over what it left."""
        source = self.folder / "ingest-twin"
        place = self.folder / "to-restore"
        struck(lambda: typed(source, "backup", "--to", str(place)), None, self.folder / "points")
        (backup,) = place.iterdir()
        number = 0
        while self.kills["restore"] < wanted:
            number += 1
            bare, spare = self.folder / f"bare-{number}", self.folder / "spare-home"
            shutil.rmtree(spare, ignore_errors=True)
            points = struck(
                partial(typed, spare, "restore", str(backup)), None, self.folder / "points"
            ).points
            self.strike("restore", partial(typed, bare, "restore", str(backup)), points, wanted)
            self.same("restore", bare, source)
            shutil.rmtree(bare)

    def migrations(self, wanted: int) -> None:
        """Homes of each released program, brought up under kills: their verdicts stay theirs."""
        number = 0
        while self.kills["migrate"] < wanted:
            version = 1 + number % (SCHEMA_VERSION - 1)
            number += 1
            home, twin = (self._older(version, f"{name}-{number}") for name in ("older", "twin"))
            before = (home / "fleetmon.duckdb").read_bytes()
            points = struck(partial(_bring_up, twin), None, self.folder / "points").points
            self.strike("migrate", partial(_bring_up, home), points, wanted)
            recorded = json.loads((HOMES / f"v{version}.assessments.json").read_text("utf-8"))
            judged = said(self.folder, partial(_judged, home))
            if judged != recorded:
                self.faults.append(f"a home of version {version} has other verdicts")
            kept = [path.read_bytes() for path in (home / "backups").glob("*.duckdb")]
            if kept != [before]:
                self.faults.append(f"{len(kept)} copies of version {version} were kept")
            shutil.rmtree(home.parent)
            shutil.rmtree(twin.parent)

    def _older(self, version: int, name: str) -> Path:
        with tarfile.open(HOMES / f"v{version}.tar.gz") as packed:
            packed.extractall(self.folder / name, filter="data")
        return self.folder / name / f"v{version}"

    def same(self, what: str, home: Path, twin: Path) -> None:
        """Submissions, rows and verdicts are those of the home that nothing struck."""
        one, other = (said(self.folder, partial(_held, h)) for h in (home, twin))
        if one != other or not isinstance(one, dict):
            self.faults.append(f"{what}: the struck home is not its twin: {one} / {other}"[:600])


def _held(home: Path) -> dict[str, Any]:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.suppress(SystemExit):
        cli.main(["--home", str(home), *JUDGED], prog_name="fleetmon", standalone_mode=False)
    with open_store(Home(home), write=False, waiting=lambda _words: None) as store:
        return {
            "verdicts": out.getvalue(),
            "submissions": store.rows(
                "SELECT file_name, sha256, status, rows_accepted, added FROM submission ORDER BY 1"
            ),
            "rows": store.one("SELECT coalesce(sum(rows), 0)::BIGINT FROM part"),
        }


def _sums(home: Path) -> dict[str, int]:
    with open_store(Home(home), write=False, waiting=lambda _words: None) as store:
        parts = [name for (name,) in store.rows("SELECT file_name FROM part")]
        return {
            "submissions": store.history(),
            "files": len({name for (name,) in store.rows("SELECT file_name FROM submission")}),
            "unread": sum(not (store.facts / name).is_file() for name in parts),
        }


def _bring_up(home: Path) -> int:
    with open_store(Home(home), write=True, waiting=lambda _words: None) as store:
        return 0 if store.one("SELECT schema_version FROM meta") == SCHEMA_VERSION else 3


def _judged(home: Path) -> list[dict[str, Any]]:
    out = io.StringIO()
    asked = ["assess", "--json", "--as-of", "2020-12-31", "--division", "36GJXQ"]
    with contextlib.redirect_stdout(out), contextlib.suppress(SystemExit):
        cli.main(["--home", str(home), *asked], prog_name="fleetmon", standalone_mode=False)
    rows: list[dict[str, Any]] = json.loads(out.getvalue())["assessments"]
    for row in rows:
        del row["explain"]  # it names the ruleset, which goes on
    return rows


SHARES = (("ingest", 0.35), ("backup", 0.25), ("migrate", 0.25), ("restore", 0.15))


def strike(folder: Path, kills: int, seed: int) -> Iterator[tuple[str, int, list[str]]]:
    """Each command with the kills that it got and the faults that were found after them."""
    campaign = Campaign(folder, seed)
    ways = (campaign.ingests, campaign.backups, campaign.migrations, campaign.restores)
    for (what, share), way in zip(SHARES, ways, strict=True):
        before = len(campaign.faults)
        way(max(1, round(kills * share)))
        print(f"{what}: {campaign.kills[what]} kills", file=sys.stderr, flush=True)
        yield what, campaign.kills[what], campaign.faults[before:]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=150)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    # Every process that is forked to be killed would import it for itself otherwise.
    import great_expectations  # noqa: F401, PLC0415  # heavy

    with tempfile.TemporaryDirectory(prefix="fleetmon-commands-") as folder:
        found = {
            what: (n, amiss) for what, n, amiss in strike(Path(folder), asked.kills, asked.seed)
        }
    faults = [fault for _, amiss in found.values() for fault in amiss]
    document = {"kills": {what: n for what, (n, _) in found.items()}, "faults": faults}
    print(json.dumps(document, ensure_ascii=False, indent=1))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
