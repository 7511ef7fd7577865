"""`python -m benchmarks.weekly`: a week's extract into a long history, cold and in a service.

Half of the extract are vehicles that the history holds, from all over it, with another fuel: they
correct. The other half are new. Each measurement starts from the same history: a copy of its home,
whose parts are linked and not copied, as they are never changed.

`--history` and `--extract` take several numbers, so that one sees with which of them it grows.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

import polars as pl

from benchmarks.aims import aimed, at_most
from benchmarks.measuring import Cost, keep_bytecode, measure, middle
from benchmarks.registrations import CHUNK, FUELS, make_owners, make_rows, write_registrations
from monitor.model import SHANGHAI

_HISTORIES, _EXTRACTS = (1_000_000, 10_000_000), (10_000, 100_000)
_FIRST_AT, _WEEKLY_AT = "2021-01-05T09:00+08:00", "2021-01-12T09:00+08:00"
_AIM_S, _AIMED = 5.0, (10_000_000, 100_000)
_WITH_FINDINGS = frozenset({0, 1})
_FUEL = "燃料种类"
_WARM_ROWS = 150
# From so many places of the history; more would be made for nothing.
_PLACES = 3


def write_weekly(path: Path, history: int, rows: int) -> None:
    """An extract of `rows` rows after `history`: half corrections from all over it, half new."""
    owners = make_owners()
    whole = range(0, history, CHUNK)
    firsts = whole[:: max(1, len(whole) // _PLACES)][:_PLACES]
    each = max(1, rows // 2 // len(firsts))
    turned = pl.col(_FUEL).replace(dict(zip(FUELS, (*FUELS[1:], FUELS[0]), strict=True)))
    corrected = [
        make_rows(first, min(CHUNK, history - first), owners).head(each).with_columns(turned)
        for first in firsts
    ]
    held = pl.concat(corrected)
    new = make_rows(-(-history // CHUNK) * CHUNK, rows - held.height, owners)
    pl.concat([held, new]).write_csv(path)


def _copy(home: Path, to: Path) -> None:
    """A home of its own over the same parts."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(home, to, ignore=shutil.ignore_patterns("facts", "archive", "rejected"))
    for name in ("facts", "archive", "rejected"):
        shutil.copytree(home / name, to / name, copy_function=_link)


def _link(source: str, target: str) -> str:
    Path(target).hardlink_to(source)
    return target


def ingest_command(home: Path, file: Path, received_at: str) -> list[str]:
    """The whole command, as typed."""
    words = ["--home", str(home), "ingest", str(file), "--received-at", received_at, "--json"]
    return [sys.executable, "-m", "monitor", *words]


def serve_one(home: Path, small: Path, file: Path) -> None:
    """Take in a small file, as a service did before, then the extract; prints its CPU seconds."""
    from monitor.checking.gate import gate_rows  # noqa: PLC0415  # not for whoever measures
    from monitor.corridor import intake  # noqa: PLC0415  # as above
    from monitor.corridor.declared import Declared  # noqa: PLC0415  # as above
    from monitor.corridor.reception import receive  # noqa: PLC0415
    from monitor.policy.policy import load_policy  # noqa: PLC0415
    from monitor.store.home import Home  # noqa: PLC0415
    from monitor.store.opening import open_store  # noqa: PLC0415

    gates: list[float] = []
    asked = gate_rows

    def timed(*given: Any, **named: Any) -> Any:
        begin = time.process_time()
        try:
            return asked(*given, **named)
        finally:
            gates.append(time.process_time() - begin)

    setattr(intake, "gate_rows", timed)  # noqa: B010  # nobody is told of another name there
    policy = load_policy()
    for path, received_at in ((small, _FIRST_AT), (file, _WEEKLY_AT)):
        at = datetime.fromisoformat(received_at).astimezone(SHANGHAI)
        begin = time.process_time()
        with open_store(Home(home), write=True, waiting=lambda _words: None) as store:
            receive(store, policy, path, Declared(received_at=at), now=at)
        spent = time.process_time() - begin
    print(json.dumps({"cpu_s": spent, "gates": gates}))


def _served(home: Path, small: Path, file: Path, log: Path) -> tuple[float, float, float]:
    words = ["--serve", str(home), str(small), str(file)]
    measure([sys.executable, "-m", "benchmarks.weekly", *words], log)
    told = json.loads(log.read_text("utf-8").splitlines()[-1])
    first, second = told["gates"]
    return float(told["cpu_s"]), float(first), float(second)


def run(history: int, extracts: list[int], runs: int, work: Path, home: Path | None) -> list[str]:
    """Measure every extract into one history; gives the lines of the table."""
    log, small = work / "weekly.log", work / "small.csv"
    if home is None:
        home, file = work / f"history-{history}", work / f"history-{history}.csv"
        write_registrations(file, history)
        measure(ingest_command(home, file, _FIRST_AT), log, _WITH_FINDINGS)
        file.unlink()
    write_weekly(small, history, _WARM_ROWS)
    lines, copy = [], work / "copy"
    for rows in extracts:
        file = work / f"weekly-{history}-{rows}.csv"
        write_weekly(file, history, rows)
        cold: list[Cost] = []
        warm: list[tuple[float, float, float]] = []
        for _ in range(runs):
            _copy(home, copy)
            cold.append(measure(ingest_command(copy, file, _WEEKLY_AT), log, _WITH_FINDINGS))
            _copy(home, copy)
            warm.append(_served(copy, small, file, log))
        cost = middle(cold)
        served, first, gate = (median(figures) for figures in zip(*warm, strict=True))
        is_aimed = (history, rows) == _AIMED
        aim = at_most(_AIM_S, cost._replace(cpu_s=served)) if is_aimed else None
        lines.append(
            f"| {history:,} | {rows:,} | {cost.cpu_s:.2f} | {first:.2f} | {served:.2f} | "
            f"{gate:.2f} | {gate / served:.0%} | {cost.peak_mb:,.0f} | {aimed(aim)} |"
        )
        file.unlink()
    shutil.rmtree(copy, ignore_errors=True)
    return lines


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.weekly", description=__doc__)
    parser.add_argument("--history", type=int, nargs="+", default=list(_HISTORIES))
    parser.add_argument("--extract", type=int, nargs="+", default=list(_EXTRACTS))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--home", type=Path, help="a home that holds the (single) history already")
    parser.add_argument("--serve", type=Path, nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve_one(*given.serve)
        return
    headings = (
        "| rows held | rows sent | whole command | suites of a service's first file, import "
        "included | in that service | of it suites | share | peak MB | aim | met |"
    )
    lines = [
        f"\nA week's extract into a history, median of {given.runs} run(s), CPU seconds\n",
        headings,
        "|---:|---:|---:|---:|---:|---:|---:|---:|---|---|",
    ]
    with tempfile.TemporaryDirectory(prefix="fleetmon-weekly-") as folder:
        keep_bytecode()
        for history in given.history:
            lines += run(history, given.extract, given.runs, Path(folder), given.home)
    print("\n".join(lines))


if __name__ == "__main__":
    main()
