"""The lines of the table: what is run, which exit codes are right, what must be gone before."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from benchmarks.aims import (
    ASSESS,
    BASELINE,
    HELP,
    INGEST,
    INGEST_GB18030,
    MANDATES,
    PANDAS,
    SODA,
)

RECEIVED_AT, AS_OF = "2021-01-05T09:00+08:00", "2020-12-31"
# Our commands end with 1 where the data has findings, as these data have.
WITH_FINDINGS = frozenset({0, 1})
# No more rows than this: pandas holds them all, Soda goes through them a check at a time.
_OTHERS_ROWS = 1_000_000
SMOKE_ROWS = 20_000
# The interpreter of Soda's own environment (see README.md), where there is one.
SODA_PYTHON = "FLEETMON_SODA_PYTHON"


class Line(NamedTuple):
    """One line: its name, and the command over a file in a working folder."""

    name: str
    command: Callable[[Path, Path], list[str]]
    allowed: frozenset[int] = frozenset({0})
    fresh: tuple[str, ...] = ()


def python(*words: str | Path) -> list[str]:
    """A module run by this interpreter."""
    return [sys.executable, "-m", *map(str, words)]


def fleetmon(home: Path, *words: str | Path) -> list[str]:
    """Our command over a home."""
    return python("monitor", "--home", home, *words, "--json")


def gb18030(file: Path) -> Path:
    """Where the same rows lie as an office's old program writes them."""
    return file.with_suffix(".gb18030.csv")


def assess_line(home: str = "home", name: str = ASSESS) -> Line:
    """All mandates, divisions and years, out of a home in the working folder."""
    return Line(name, lambda _file, work: fleetmon(work / home, "assess", "--as-of", AS_OF))


def ingest_line() -> Line:
    """The whole command, into a home that is not there yet."""
    return Line(
        INGEST,
        lambda file, work: fleetmon(work / "home", "ingest", file, "--received-at", RECEIVED_AT),
        WITH_FINDINGS,
        ("home",),
    )


def imports_line(command: str) -> Line:
    """What a command costs before it looks at a row."""
    return Line(
        f"interpreter and imports alone, as of {command}",
        lambda _file, _work: python("benchmarks.imports", command),
    )


def lines_over(rows: int) -> list[Line]:
    """The lines over a file of so many rows, each baseline beside what is set against it."""
    bare = Line(
        BASELINE,
        lambda file, work: python("benchmarks.bare_duckdb", file, work / "bare.duckdb"),
        fresh=("bare.duckdb",),
    )
    if rows == SMOKE_ROWS:  # each command that runs a gate pays for its import
        return [bare, ingest_line(), assess_line(), imports_line("assess"), _pandas(), *_soda()]
    found = [
        bare,
        Line(
            "fleetmon check",
            lambda file, work: fleetmon(work / "home", "check", file, "--received-at", RECEIVED_AT),
            WITH_FINDINGS,
            ("home",),
        ),
        Line(
            INGEST_GB18030,
            lambda file, work: fleetmon(
                work / "home", "ingest", gb18030(file), "--received-at", RECEIVED_AT
            ),
            WITH_FINDINGS,
            ("home",),
        ),
        ingest_line(),
        assess_line(),
        imports_line("assess"),
        imports_line("ingest"),
    ]
    if rows <= _OTHERS_ROWS:
        found += [_pandas(), *_soda()]
    return found


def _pandas() -> Line:
    return Line(PANDAS, lambda file, _: python("benchmarks.pandas_ge", file))


def command_lines() -> list[Line]:
    """Commands that a person waits for, without any data."""
    return [
        Line(HELP, lambda _file, _work: python("monitor", "--help")),
        Line(MANDATES, lambda _file, _work: python("monitor", "mandates")),
    ]


def _soda() -> list[Line]:
    """Soda's line, where its environment was made; else what to do is said, and no line."""
    interpreter = os.environ.get(SODA_PYTHON)
    if not interpreter or not Path(interpreter).is_file():
        print(
            f"\n{SODA}: left out. Make its environment as benchmarks/README.md says and name its "
            f"interpreter in {SODA_PYTHON}.",
            flush=True,
        )
        return []
    script = Path(__file__).with_name("soda_duckdb.py")
    return [Line(SODA, lambda file, _: [interpreter, str(script), str(file)])]
