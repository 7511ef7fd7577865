"""`python -m benchmarks`: one run, one table; see benchmarks/README.md."""

from __future__ import annotations

import argparse
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from benchmarks.measuring import Cost, measure, middle

_RECEIVED_AT, _AS_OF = "2021-01-05T09:00+08:00", "2020-12-31"
# Our commands end with 1 where the data has findings, as these data have.
_WITH_FINDINGS = frozenset({0, 1})
# More rows than this a script with pandas and Great Expectations is not asked to hold.
_PANDAS_ROWS = 1_000_000
_SMOKE_ROWS, _MILLION = 20_000, 1_000_000
_SMOKE_BULLETINS, _BULLETINS = 6, 400
_BASELINE = "DuckDB CREATE TABLE AS, typed, no rule"


class Step(NamedTuple):
    """One line of the table: what is run, which exit codes are right, what must be gone before."""

    name: str
    command: Callable[[Path, Path], list[str]]
    allowed: frozenset[int] = frozenset({0})
    fresh: tuple[str, ...] = ()


def _python(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", *map(str, words)]


def _fleetmon(work: Path, *words: str | Path) -> list[str]:
    return _python("monitor", "--home", work / "home", *words, "--json")


def _imports(command: str) -> Step:
    return Step(
        f"interpreter and imports alone, as of {command}",
        lambda _file, _work: _python("benchmarks.imports", command),
    )


def _steps(rows: int) -> list[Step]:
    steps = [
        Step(
            _BASELINE,
            lambda file, work: _python("benchmarks.bare_duckdb", file, work / "bare.duckdb"),
            fresh=("bare.duckdb",),
        ),
        Step(
            "fleetmon check",
            lambda file, work: _fleetmon(work, "check", file, "--received-at", _RECEIVED_AT),
            _WITH_FINDINGS,
            ("home",),
        ),
        Step(
            "fleetmon ingest",
            lambda file, work: _fleetmon(work, "ingest", file, "--received-at", _RECEIVED_AT),
            _WITH_FINDINGS,
            ("home",),
        ),
        Step(
            "fleetmon assess, all mandates",
            lambda _file, work: _fleetmon(work, "assess", "--as-of", _AS_OF),
        ),
        _imports("assess"),
    ]
    if rows > _SMOKE_ROWS:
        steps.append(_imports("ingest"))
    if rows <= _PANDAS_ROWS:
        steps.append(
            Step("pandas + Great Expectations", lambda f, _: _python("benchmarks.pandas_ge", f))
        )
    return steps


def run(rows: int, runs: int, work: Path) -> None:
    """Generate a file, measure every step `runs` times in turn, print the medians."""
    file = work / f"registrations-{rows}.csv"
    log = work / "last.log"
    measure(_python("benchmarks.registrations", str(rows), file), log)
    steps = _steps(rows)
    costs: dict[str, list[Cost]] = {step.name: [] for step in steps}
    for _ in range(runs):
        for step in steps:
            for name in step.fresh:
                _remove(work / name)
            costs[step.name].append(measure(step.command(file, work), log, step.allowed))
    print(_table(rows, runs, file.stat().st_size, costs), flush=True)
    for name in (file.name, "bare.duckdb", "home"):
        _remove(work / name)


def run_other(work: Path, module: str, *words: str) -> None:
    """Run a benchmark that prints a table of its own."""
    log = work / f"{module}.log"
    measure(_python(module, *words), log)
    print(log.read_text(encoding="utf-8"), end="", flush=True)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _table(rows: int, runs: int, size: int, costs: dict[str, list[Cost]]) -> str:
    yardstick = middle(costs[_BASELINE])
    lines = [
        f"\n{rows:,} rows, {size / 1e6:,.0f} MB, median of {runs} run(s)\n",
        "| what | CPU s | µs a row | × bare load | wall s | peak MB |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, found in costs.items():
        cost = middle(found)
        lines.append(
            f"| {name} | {cost.cpu_s:.2f} | {cost.cpu_s / rows * 1e6:.2f} | "
            f"{cost.cpu_s / yardstick.cpu_s:.2f} | {cost.wall_s:.2f} | {cost.peak_mb:,.0f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[_MILLION, 10 * _MILLION])
    parser.add_argument("--runs", type=int, help="3 up to a million rows, else 1, unless given")
    parser.add_argument(
        "--work", type=Path, help="folder for files and homes; else a temporary one"
    )
    parser.add_argument("--smoke", action="store_true", help=f"everything once, {_SMOKE_ROWS} rows")
    given = parser.parse_args()
    print(f"Python {platform.python_version()}, {platform.machine()}, {platform.system()}")
    with ExitStack() as stack:
        if given.work is None:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="fleetmon-bench-"))
            work = Path(folder)
        else:
            work = given.work
            work.mkdir(parents=True, exist_ok=True)
        for rows in [_SMOKE_ROWS] if given.smoke else given.rows:
            runs = 1 if given.smoke else given.runs or (3 if rows <= _MILLION else 1)
            run(rows, runs, work)
        bulletins = _SMOKE_BULLETINS if given.smoke else _BULLETINS
        run_other(work, "benchmarks.bulletins", "--count", str(bulletins))
        run_other(work, "benchmarks.site", *(["--smoke"] if given.smoke else []))


if __name__ == "__main__":
    main()
