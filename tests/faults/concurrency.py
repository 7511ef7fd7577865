"""Many at once, and an order that explains every answer, as lines of the table (see table.py).

    python tests/faults/concurrency.py --share 1

A real service runs over one home. Beside it, processes of their own hand in files by the command
line, others upload and confirm by the API, some of them the same file as somebody else, and readers
list what is held all the while. Each notes when it asked, when it was answered, and what. At the
end `explained` looks for one order of all submissions that gives each of these answers.
"""

from __future__ import annotations

import contextlib
import io
import json
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
if str(HERE.parent) not in sys.path:
    sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent)]

from journey.sent_files import buses, plain_csv  # noqa: E402  # after the path is set

from faults.serial import Act, explained  # noqa: E402
from faults.table import Line, arguments, report  # noqa: E402

CITIES = {"360100": "360102", "360200": "360202", "360300": "360302"}
CLEAN = multiprocessing.get_context("forkserver")
CLEAN.set_forkserver_preload(["great_expectations", "monitor.cli.main", "httpx"])
SETTLED = {"confirmed", "failed", "refused", "discarded", "checked"}


@dataclass(frozen=True, slots=True)
class Ground:
    """Where everything lies that the processes share."""

    folder: Path
    address: str
    tokens: dict[str, str]

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def file(self, number: int, city: str) -> Path:
        rows = buses(8, 4, first=number * 40 + 1, 行政区划代码=CITIES[city])
        path = self.folder / f"{city}-{number}-{os.getpid()}.csv"
        return plain_csv(path, rows)


def noted(ground: Ground, who: str, asks: Iterable[Callable[[], tuple[str, str, Any]]]) -> None:
    """Ask one after the other and note each: what, of which file, answered how, from when to when.

    The clock is one for all processes of a machine.
    """
    with (ground.folder / f"{who}.history").open("w", encoding="utf-8") as history:
        for ask in asks:
            begun = time.monotonic()
            what, file, answer = ask()
            act = Act(who, what, file, answer, begun, time.monotonic())
            history.write(json.dumps(asdict(act)) + "\n")


def ingesting(ground: Ground, who: str, numbers: Sequence[tuple[int, str]]) -> None:
    def ask(number: int, city: str) -> tuple[str, str, Any]:
        out = typed(ground.home, "ingest", str(ground.file(number, city)), "--division", city)
        receipt = json.loads(out)["receipts"][0]
        kind = "again" if receipt["status"] == "duplicate" else "taken"
        return kind, f"{city}-{number}", receipt["submission"]

    noted(ground, who, [partial(ask, n, c) for n, c in numbers])


def reading(ground: Ground, who: str, until: str) -> None:
    """List what is held by the command line until all others are done."""
    stop = ground.folder / until

    def ask() -> tuple[str, str, Any]:
        found = json.loads(typed(ground.home, "submissions"))["submissions"]
        return "listed", "", [one["submission"] for one in found]

    def asks() -> Iterator[Callable[[], tuple[str, str, Any]]]:
        while not stop.exists():
            yield ask
            time.sleep(0.3)
        yield ask

    noted(ground, who, asks())


def typed(home: Path, *words: str) -> str:
    from monitor.cli.main import cli  # noqa: PLC0415  # in the process that types

    out = io.StringIO()
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(io.StringIO()),
        contextlib.suppress(SystemExit),
    ):
        cli.main(
            ["--home", str(home), *words, "--json"], prog_name="fleetmon", standalone_mode=False
        )
    return out.getvalue()


def uploading(ground: Ground, who: str, numbers: Sequence[tuple[int, str]]) -> None:
    """Upload, wait for the check, confirm, wait for the end; what moved meanwhile is confirmed."""
    import httpx  # noqa: PLC0415  # in the process that uploads

    def ask(number: int, city: str) -> tuple[str, str, Any]:
        with httpx.Client(
            base_url=ground.address,
            headers={"Authorization": f"Bearer {ground.tokens[city]}"},
            timeout=120,
        ) as client:
            what, answer = _upload(client, ground.file(number, city), number)
            return what, f"{city}-{number}", answer

    noted(ground, who, [partial(ask, n, c) for n, c in numbers])


def _upload(client: Any, file: Path, number: int) -> tuple[str, Any]:
    key = {"Idempotency-Key": f"{number}-{os.getpid()}"}
    sent = _patient(lambda: client.post("/api/v1/uploads", content=file.read_bytes(), headers=key))
    draft = sent.json()["upload"]
    for _ in range(20):
        found = _settled(client, draft)
        if found["state"] == "confirmed":
            return "taken", found["submission"]
        if found["state"] in {"failed", "refused", "discarded"}:
            return "not", found["state"]
        seen = {"fingerprint": found["result"]["fingerprint"]}
        _patient(partial(client.post, f"/api/v1/uploads/{draft}/confirm", json=seen))
    return "not", "never confirmed"


def _settled(client: Any, draft: str) -> dict[str, Any]:
    while True:
        answer = _patient(lambda: client.get(f"/api/v1/uploads/{draft}", params={"wait": 30}))
        found: dict[str, Any] = answer.json()
        if found["state"] in SETTLED:
            return found


def _patient(ask: Callable[[], Any]) -> Any:
    """Ask again while the service says that it is busy: so its answers are meant."""
    for _ in range(100):
        answer = ask()
        if answer.status_code not in {429, 503}:
            return answer
        time.sleep(0.3)
    raise AssertionError(answer.text)


@contextlib.contextmanager
def service(folder: Path) -> Iterator[Ground]:
    """A service over a new home, with a token for each city."""
    home = folder / "home"
    tokens = {}
    for city in CITIES:
        words = ["users", "token", "issue", "--role", "clerk", "--division", city, "--label", city]
        scopes = ["--scope", "submit", "--scope", "confirm", "--scope", "see"]
        tokens[city] = _command(home, *words, *scopes).strip()
    with (folder / "service.log").open("w") as log:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "monitor", "--home", str(home), "--language", "en"),
                *("serve", "--port", "0"),
            ],
            cwd=HERE.parents[1],
            stdout=log,
            stderr=log,
        )
        try:
            yield Ground(folder, _address(folder / "service.log"), tokens)
        finally:
            process.terminate()
            process.wait(timeout=60)


def _command(home: Path, *words: str) -> str:
    command = [sys.executable, "-m", "monitor", "--home", str(home), *words]
    return subprocess.run(
        command, cwd=HERE.parents[1], capture_output=True, text=True, check=True
    ).stdout


def _address(log: Path) -> str:
    for _ in range(600):
        for line in log.read_text("utf-8").splitlines():
            if line.startswith("Serving at "):
                return line.removeprefix("Serving at ").strip()
        time.sleep(0.1)
    raise AssertionError(log.read_text("utf-8"))


def lines(seed: int, share: float) -> Iterator[Line]:
    chance = random.Random(f"{seed} concurrency")
    each = max(2, round(12 * share))
    with (
        tempfile.TemporaryDirectory(prefix="fleetmon-many-") as name,
        service(Path(name)) as ground,
    ):
        files = [(number, chance.choice([*CITIES])) for number in range(6 * each)]
        hands = [files[place::6] for place in range(6)]
        # Two of the command line hand in the same files at about the same time.
        shared = [(1000 + n, chance.choice([*CITIES])) for n in range(each)]
        work: list[tuple[Any, list[tuple[int, str]]]] = []
        for place, mine in enumerate(hands):
            target = uploading if place % 2 else ingesting
            work.append((target, mine))
        work += [(ingesting, shared) for _ in range(2)]
        writers = [
            CLEAN.Process(target=target, args=(ground, f"writer-{n}", mine))
            for n, (target, mine) in enumerate(work)
        ]
        readers = [
            CLEAN.Process(target=reading, args=(ground, f"reader-{n}", "stop")) for n in range(2)
        ]
        for process in (*writers, *readers):
            process.start()
        for process in writers:
            process.join(1200)
        (ground.folder / "stop").touch()
        for process in readers:
            process.join(120)
        faults = [
            f"{process.name} ended with {process.exitcode}"
            for process in (*writers, *readers)
            if process.exitcode
        ]
        acts = [
            Act(**json.loads(line))
            for path in sorted(ground.folder.glob("*.history"))
            for line in path.read_text("utf-8").splitlines()
        ]
        handed = {f"{city}-{number}" for number, city in (*files, *shared)}
        faults += explained(acts, handed)
    looks = sum(act.what == "listed" for act in acts)
    again = sum(act.what == "again" for act in acts)
    tried = f"{len(acts) - looks} files handed in ({again} a second time) beside {looks} looks"
    clean = "each there once; one order explains every answer"
    found = "; ".join(faults)[:400] if faults else clean
    what = "8 writers (shell and API) and 2 readers at once"
    yield Line("R7", what, tried, found, ok=not faults, seed=seed)


if __name__ == "__main__":
    given = arguments(__doc__)
    sys.exit(report(lines(given.seed, given.share)))
