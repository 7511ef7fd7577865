"""The one question of the store and of Sail over its export: the same counts, and what each costs.

    python -m benchmarks.cluster --rows 10000000

Needs the extra `[spark]`. Each engine answers in a process of its own, Sail within it, so that the
kernel counts all that it used; the time of the question alone is told by that process.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from benchmarks.measuring import Cost, measure

_RECEIVED_AT, _AS_OF = "2021-01-05T09:00+08:00", date(2020, 12, 31)
_ENGINES = ("duckdb", "sail", "sail-workers")
_DIVISIONS = ["360100", "360700"]


def answer(engine: str, home: Path, facts: Path, told: Path) -> None:
    """Ask everything once by one engine; leave the counts and what the question cost."""
    from monitor.store import question  # noqa: PLC0415  # the parent stays small
    from monitor.store.engine import Engine  # noqa: PLC0415  # as above
    from monitor.store.home import Home  # noqa: PLC0415  # as above
    from monitor.store.knowledge import Knowledge  # noqa: PLC0415  # as above
    from monitor.store.opening import open_store  # noqa: PLC0415  # as above
    from monitor.store.spark import spark_engine  # noqa: PLC0415  # as above
    from monitor.store.store import Store  # noqa: PLC0415  # as above

    def ask(store: Store, asked: Engine) -> None:
        begin, clock = time.process_time(), time.perf_counter()
        asked.look(Knowledge(None, store.history()))
        question.prepare(asked, _AS_OF)
        counts = question.counts(asked)
        cost = time.process_time() - begin, time.perf_counter() - clock
        counts.write_parquet(told.with_suffix(".counts"))
        question.weighed_sorts(asked, _DIVISIONS).write_parquet(told.with_suffix(".sorts"))
        told.write_text(json.dumps({"cpu_s": cost[0], "wall_s": cost[1]}), "utf-8")

    with open_store(Home(home), write=False, waiting=print) as store:
        if engine == "duckdb":
            ask(store, store.engine)
            return
        with _sail() as url, spark_engine(store, url, str(facts)) as asked:
            ask(store, asked)


@contextmanager
def _sail() -> Iterator[str]:
    from pysail.spark import SparkConnectServer  # noqa: PLC0415  # of the extra

    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    yield f"sc://127.0.0.1:{server.listening_address[1]}"
    server.stop()


def run(rows: int, work: Path, home: Path | None) -> None:
    """Generate, take in, export, ask each engine, compare and print a table."""
    log, facts = work / "last.log", work / "facts"
    if home is None:
        file, home = work / f"registrations-{rows}.csv", work / "home"
        measure(_python("benchmarks.registrations", str(rows), str(file)), log)
        taken = ["--home", str(home), "ingest", str(file), "--received-at", _RECEIVED_AT]
        measure(_python("monitor", *taken), log, frozenset({0, 1}))
    written = measure(_python("monitor", "--home", str(home), "export", "facts", str(facts)), log)
    held = json.loads((facts / "manifest.json").read_text("utf-8"))["rows"]["registration"]
    size = sum(path.stat().st_size for path in facts.rglob("*") if path.is_file())
    print(f"\n{held:,} rows, exported as {size / 1e6:,.0f} MB\n")
    print("| what | CPU s | wall s | peak MB | the question alone: CPU s | rows a core-second |")
    print("|---|---:|---:|---:|---:|---:|")
    print(_line("fleetmon export facts", written, None, held))
    for engine in _ENGINES:
        told = work / engine
        os.environ["SAIL_MODE"] = "local-cluster" if engine == "sail-workers" else "local"
        cost = measure(
            _python("benchmarks.cluster", "--answer", engine, str(home), str(facts), str(told)), log
        )
        alone = json.loads(told.read_text("utf-8"))
        print(_line(engine, cost, alone["cpu_s"], held), flush=True)
    _compare(work)


def _line(name: str, cost: Cost, alone: float | None, rows: int) -> str:
    question = f"{alone:.2f} | {rows / alone:,.0f}" if alone else "– | –"
    cells = f"{cost.cpu_s:.2f} | {cost.wall_s:.2f} | {cost.peak_mb:,.0f}"
    return f"| {name} | {cells} | {question} |"


def _compare(work: Path) -> None:
    import polars as pl  # noqa: PLC0415  # after all that is measured

    for part in (".counts", ".sorts"):
        first, *others = (pl.read_parquet((work / engine).with_suffix(part)) for engine in _ENGINES)
        if not all(first.equals(other) for other in others):
            raise SystemExit(f"{part[1:]} differ")
        print(f"{part[1:]}: {first.height} rows, {first['vehicles'].sum():,} vehicles, the same")


def _python(*words: str) -> list[str]:
    return [sys.executable, "-m", *words]


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--home", type=Path, help="a home that is there; else one is made")
    parser.add_argument("--answer", nargs=4, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.answer:
        engine, *places = given.answer
        answer(engine, *map(Path, places))
        return
    with tempfile.TemporaryDirectory() as work:
        run(given.rows, Path(work), given.home)


if __name__ == "__main__":
    main()
