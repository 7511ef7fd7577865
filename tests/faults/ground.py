"""A small home to be harmed: made once in a process of its own, copied for each try."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from journey.sent_files import buses, plain_csv

from faults.tripwire import struck
from monitor.cli.main import cli
from monitor.errors import Cause

ROOT = Path(__file__).resolve().parents[2]
CITY, COUNTY = "360100", "360102"
JUDGED = ("assess", "--json", "--as-of", "2018-12-31", "--division", CITY)
_CHINESE = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str
    seconds: float

    def faults(self, cause: Cause | None, language: str) -> list[str]:
        """What is wrong with the answer where `cause` is what ails; None where nothing may."""
        found = []
        if "Traceback" in self.out + self.err or "panicked" in self.err:
            found.append("a traceback")
        if cause is None:
            return found + ([f"ended with {self.code}: {self.err[-200:]}"] if self.code else [])
        if self.code != 3:
            found.append(f"ended with {self.code}, not 3")
        if cause.section not in self.err:
            found.append(f"does not name {cause.section}: {self.err[-300:]}")
        if bool(_CHINESE.search(self.err)) is not (language == "zh"):
            found.append(f"is not in {language}")
        return found


class Ground:
    """A folder with a home of two extracts and a backup of it; `verdicts` are its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "base"
        for number in (1, 2):
            answer = self.typed(self.home, "ingest", str(self.file(number)), "--division", CITY)
            assert answer.code == 0, answer.err
        self.backups = folder / "safe"
        answer = self.typed(self.home, "backup", "--to", str(self.backups))
        assert answer.code == 0, answer.err
        (self.backup,) = self.backups.iterdir()
        self.verdicts = self.typed(self.home, *JUDGED).out

    def file(self, number: int) -> Path:
        """The number-th extract of the city, each with vehicles of its own."""
        rows = buses(60, 20, first=number * 100, 行政区划代码=COUNTY)
        return plain_csv(self.folder / f"登记-{number}.csv", rows)

    def copied(self, place: Path | None = None) -> Path:
        """A copy of the home, every moment of a file as it is."""
        target = (place or self.folder) / "struck"
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(self.home, target, copy_function=shutil.copy2)
        return target

    def typed(self, home: Path, *words: str, language: str = "en") -> Answer:
        """A command in a process forked from this one, which only has the programs in memory."""
        told = self.folder / "said.json"
        told.unlink(missing_ok=True)

        def work() -> int:
            out, err = io.StringIO(), io.StringIO()
            code = 0
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                try:
                    cli.main(
                        ["--home", str(home), "--language", language, *words],
                        prog_name="fleetmon",
                        standalone_mode=False,
                    )
                except SystemExit as ended:
                    code = int(ended.code or 0)
            told.write_text(json.dumps([code, out.getvalue(), err.getvalue()]), "utf-8")
            return 0

        started = time.monotonic()
        ended = struck(work, None, self.folder / "points")
        seconds = time.monotonic() - started
        if ended.code or ended.is_killed:
            return Answer(ended.code, "", f"the process ended with {ended.code}", seconds)
        code, out, err = json.loads(told.read_text("utf-8"))
        return Answer(code, out, err, seconds)

    def started(
        self, home: Path, *words: str, language: str = "en", limit: Callable[[], None] | None = None
    ) -> Answer:
        """A command as a shell starts it, under a limit of its own."""
        command = [sys.executable, "-m", "monitor", "--home", str(home), "--language", language]
        started = time.monotonic()
        done = subprocess.run(
            [*command, *words],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=limit,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        return Answer(done.returncode, done.stdout, done.stderr, time.monotonic() - started)

    def said(self, make: Callable[[], Any]) -> Any:
        """What `make` gives, asked in a process of its own."""
        told = self.folder / "made.json"
        told.unlink(missing_ok=True)

        def tell() -> int:
            told.write_text(json.dumps(make(), ensure_ascii=False, default=str), "utf-8")
            return 0

        ended = struck(tell, None, self.folder / "points")
        return json.loads(told.read_text("utf-8")) if not ended.code else f"ended: {ended.code}"

    def submissions(self, home: Path) -> int:
        """How many submissions a home holds; -1 where it cannot be asked."""
        answer = self.typed(home, "submissions", "--json")
        return len(json.loads(answer.out)["submissions"]) if answer.code == 0 else -1
