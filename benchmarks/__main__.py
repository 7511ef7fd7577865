"""`python -m benchmarks`: one run, one table; see benchmarks/README.md."""

from __future__ import annotations

import argparse
import platform
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from benchmarks.aims import BASELINE, INGEST, aim_of, aimed
from benchmarks.lines import (
    SMOKE_ROWS,
    Line,
    assess_line,
    command_lines,
    gb18030,
    ingest_line,
    lines_over,
    python,
)
from benchmarks.measuring import Cost, count_by_callgrind, keep_bytecode, measure, middle
from benchmarks.registrations import write_as

_MILLION, _LARGE_ROWS, _TIMES = 1_000_000, 50_000_000, 10
_SMOKE_BULLETINS, _BULLETINS = 2, 400
_COMMAND_RUNS = 5
_HEADINGS = (
    "| what | CPU s | µs a row | × bare load | wall s | peak MB | 10⁹ instructions | aim | met |\n"
    "|---|---:|---:|---:|---:|---:|---:|---|---|"
)


def run_lines(
    lines: Sequence[Line], file: Path, work: Path, runs: int, *, callgrind: bool = False
) -> dict[str, Cost]:
    """Measure every line `runs` times in turn; gives the medians."""
    log, costs = work / "last.log", dict[str, list[Cost]]((line.name, []) for line in lines)
    for _ in range(runs):
        for line in lines:
            _clear(work, line.fresh)
            costs[line.name].append(measure(line.command(file, work), log, line.allowed))
    medians = {name: middle(found) for name, found in costs.items()}
    for line in lines if callgrind else ():
        if medians[line.name].instructions is None:
            _clear(work, line.fresh)
            counted = count_by_callgrind(line.command(file, work), log)
            medians[line.name] = medians[line.name]._replace(instructions=counted)
    return medians


def _clear(work: Path, names: Sequence[str]) -> None:
    for name in names:
        path = work / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def table(title: str, rows: int, costs: dict[str, Cost]) -> str:
    """The lines with their aims; by the row and by the bare load where there are such."""
    bare = costs.get(BASELINE)
    lines = [f"\n{title}\n", _HEADINGS]
    for name, cost in costs.items():
        each = f"{cost.cpu_s / rows * 1e6:.2f}" if rows else ""
        times = f"{cost.cpu_s / bare.cpu_s:.2f}" if bare else ""
        counted = f"{cost.instructions / 1e9:.2f}" if cost.instructions else ""
        lines.append(
            f"| {name} | {cost.cpu_s:.2f} | {each} | {times} | {cost.wall_s:.2f} | "
            f"{cost.peak_mb:,.0f} | {counted} | {aimed(aim_of(name, rows, costs))} |"
        )
    return "\n".join(lines)


def run_rows(rows: int, runs: int, work: Path, *, callgrind: bool) -> None:
    """Every line over a file of so many rows; a week's extract into what it left; lengthened."""
    file = work / f"registrations-{rows}.csv"
    measure(python("benchmarks.registrations", str(rows), file), work / "last.log")
    write_as(file, gb18030(file), "gb18030")
    costs = run_lines(lines_over(rows), file, work, runs, callgrind=callgrind)
    size = file.stat().st_size / 1e6
    print(table(f"{rows:,} rows, {size:,.0f} MB, median of {runs} run(s)", rows, costs), flush=True)
    _clear(work, (file.name, gb18030(file).name, "bare.duckdb"))


def run_weekly(rows: int, runs: int, work: Path) -> None:
    """A week's extract of a thousandth and a hundredth of the history into the home left by it."""
    sizes = [str(rows // 100)] if rows == SMOKE_ROWS else [str(rows // 1000), str(rows // 100)]
    words = ["--history", str(rows), "--home", str(work / "home"), "--extract", *sizes]
    run_other(work, "benchmarks.weekly", *words, "--runs", str(runs))


def run_repeated(rows: int, runs: int, work: Path) -> None:
    """`assess` over ten times the history that was left."""
    words: list[str | Path] = [work / "home", work / "long", "--times", str(_TIMES)]
    measure(python("benchmarks.repeated", *words), work / "last.log")
    costs = run_lines([assess_line("long")], work, work, runs)
    title = f"{rows * _TIMES:,} rows held, median of {runs} run(s)"
    print(table(title, rows * _TIMES, costs), flush=True)
    _clear(work, ("long",))


def run_largest(work: Path) -> None:
    """`ingest` alone, once, over the largest file: its memory is what is asked."""
    file = work / f"registrations-{_LARGE_ROWS}.csv"
    measure(python("benchmarks.registrations", str(_LARGE_ROWS), file), work / "last.log")
    costs = {INGEST: run_lines([ingest_line()], file, work, 1)[INGEST]}
    print(table(f"{_LARGE_ROWS:,} rows, one run", _LARGE_ROWS, costs), flush=True)
    _clear(work, (file.name, "home"))


def run_other(work: Path, module: str, *words: str) -> None:
    """Run a benchmark that prints a table of its own."""
    log = work / f"{module}.log"
    measure(python(module, *words), log)
    print(log.read_text(encoding="utf-8"), end="", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[_MILLION, 10 * _MILLION])
    parser.add_argument("--runs", type=int, default=3, help="of each line; the median is shown")
    parser.add_argument(
        "--work", type=Path, help="folder for files and homes; else a temporary one"
    )
    parser.add_argument("--smoke", action="store_true", help=f"everything once, {SMOKE_ROWS} rows")
    parser.add_argument(
        "--large", action="store_true", help="also 50M rows taken in and 100M judged; 20 GB"
    )
    parser.add_argument(
        "--callgrind", action="store_true", help="count instructions where perf cannot; slow"
    )
    return parser


def main() -> None:
    """Read the options and measure."""
    given = _parser().parse_args()
    smoke = bool(given.smoke)
    print(f"Python {platform.python_version()}, {platform.machine()}, {platform.system()}")
    with ExitStack() as stack:
        if given.work is None:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="fleetmon-bench-"))
            work = Path(folder)
        else:
            work = given.work
            work.mkdir(parents=True, exist_ok=True)
        keep_bytecode()
        runs = 1 if smoke else given.runs
        commands = command_lines()
        run_lines(commands, work, work, 1)  # bytecode is there from now on
        costs = run_lines(commands, work, work, 1 if smoke else _COMMAND_RUNS)
        print(table("Commands without data", 0, costs), flush=True)
        sizes = [SMOKE_ROWS] if smoke else given.rows
        for rows in sizes:
            run_rows(rows, runs, work, callgrind=given.callgrind)
            run_weekly(rows, runs, work)
            if smoke or (given.large and rows == max(sizes)):
                run_repeated(rows, runs, work)
            _clear(work, ("home",))
        if given.large:
            run_largest(work)
        count = str(_SMOKE_BULLETINS if smoke else _BULLETINS)
        weeks = "1" if smoke else "2"
        run_other(work, "benchmarks.weekly_run", "--count", count, "--weeks", weeks)
        run_other(work, "benchmarks.bulletins", "--count", count)
        if not smoke:
            for readers in ("0", "5"):
                one = ("--clerks", "1", "--rows", "100000", "--readers", readers)
                run_other(work, "benchmarks.site", *one)
        run_other(work, "benchmarks.site", *(["--smoke"] if smoke else []))


if __name__ == "__main__":
    main()
