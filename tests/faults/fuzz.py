"""Fuzzing: uploads drawn from a grammar, and inputs of every parser mutated.

    python tests/faults/fuzz.py --uploads 100000 --inputs 1000000 --seed 1 --workers 2

Each upload and each batch of inputs is drawn by its number and the seed: what went wrong is named
by its number, and `--first NUMBER --uploads 1` draws it again; a run that was broken off is taken
up at the number that it last said. Prints one JSON line a rule; what it sees on the way goes to
standard error. The gate of Great Expectations is still: what is tested is what reads and checks.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
if str(HERE.parent) not in sys.path:
    sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent)]

import pytest  # noqa: E402  # after the path is set
from still_gates import keep_gates_still  # noqa: E402

from faults.fuzz_uploads import MOST_SECONDS, Tried, Uploads, show  # noqa: E402
from monitor.policy.policy import Policy, load_policy  # noqa: E402

UPLOADS, INPUTS = 100_000, 1_000_000  # of the long run
_CHUNK = 250
# A worker that reads small files needs no more than this, whatever stands in them.
MOST_MEMORY = 1 << 30

Job = tuple[str, int, int, int]


def work(job: Job) -> tuple[Job, Tried]:
    """Some uploads, or batches of inputs, in a process of their own."""
    what, seed, first, count = job
    policy = load_policy(None)
    with tempfile.TemporaryDirectory(prefix="fleetmon-fuzz-") as folder:
        tried = some(what, policy, seed, range(first, first + count), Path(folder))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    tried.counts["peak memory MB"] = 0
    if peak > MOST_MEMORY:
        tried.faults.append(f"{what} {first}..: {peak >> 20} MB of memory")
    return job, tried


def some(what: str, policy: Policy, seed: int, numbers: range, folder: Path) -> Tried:
    """Those of these numbers."""
    tried = Tried()
    if what == "inputs":
        from faults.fuzz_inputs import put_inputs  # noqa: PLC0415  # only where it is asked for

        for number in numbers:
            tried.add(put_inputs(policy, seed, number, folder))
        return tried
    uploads = Uploads(policy, seed, folder, most_seconds=MOST_SECONDS)
    with pytest.MonkeyPatch.context() as patch:
        keep_gates_still(patch)
        for number in numbers:
            tried.add(uploads.put(number))
    return tried


def jobs(what: str, seed: int, first: int, count: int, chunk: int) -> Iterator[Job]:
    """The work in pieces."""
    for at in range(first, first + count, chunk):
        yield what, seed, at, min(chunk, first + count - at)


def run(pieces: list[Job], workers: int) -> Tried:
    """All of it; says on the way how far it is."""
    whole, started = Tried(), time.monotonic()
    context = multiprocessing.get_context("spawn")
    with context.Pool(workers, maxtasksperchild=8) as pool:
        for done, (job, tried) in enumerate(pool.imap(work, pieces), start=1):
            whole.add(tried)
            show(tried)
            if done % 20 == 0:
                spent = time.monotonic() - started
                print(
                    f"{job[0]} to {job[2] + job[3]}: {spent:.0f} s, {len(whole.faults)} faults",
                    file=sys.stderr,
                    flush=True,
                )
    return whole


def told(what: str, tried: Tried, count: str, found: str, seed: int) -> dict[str, object]:
    """A line of the campaign's table; the counts behind it go to standard error."""
    print(json.dumps(dict(sorted(tried.counts.items())), ensure_ascii=False), file=sys.stderr)
    show(tried)
    return {
        "rule": "R5",
        "what": what,
        "tried": count,
        "found": f"{found}; {len(tried.faults)} faults",
        "ok": not tried.faults,
        "seed": seed,
    }


def uploads_told(tried: Tried, count: int, seed: int) -> dict[str, object]:
    counts = tried.counts
    rows = ", ".join(f"{counts[f'rows {name}']} {name}" for name in ("accepted", "rejected"))
    return told(
        "uploads drawn from a grammar: no traceback, no hang, every row accounted for",
        tried,
        f"{count} uploads, {counts['mutated']} of them mutated, {counts['whole']} the whole way",
        f"{counts['rows read']} rows read: {rows}, {counts['rows ignored']} ignored; "
        f"{counts['refused']} files refused in words; {len(tried.codes)} codes",
        seed,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=0.01, help="of the long run")
    parser.add_argument("--uploads", type=int, help="instead of the share of 100,000")
    parser.add_argument("--inputs", type=int, help="instead of the share of 1,000,000")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="the number of the first upload")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    uploads = round(UPLOADS * given.share) if given.uploads is None else given.uploads
    inputs = round(INPUTS * given.share) if given.inputs is None else given.inputs
    lines = []
    if uploads:
        pieces = list(jobs("uploads", given.seed, given.first, uploads, _CHUNK))
        lines.append(uploads_told(run(pieces, given.workers), uploads, given.seed))
        print(json.dumps(lines[-1], ensure_ascii=False), flush=True)
    if inputs:
        from faults.fuzz_inputs import LEAST, PARSERS  # noqa: PLC0415  # only where asked for

        pieces = list(jobs("inputs", given.seed, 0, -(-inputs // LEAST), 10))
        tried = run(pieces, given.workers)
        what = "mutated inputs on every parser: read, or refused in words, never otherwise"
        count = f"{tried.counts['inputs']} inputs on {len(PARSERS)} groups of parsers"
        lines.append(told(what, tried, count, "no traceback, no hang", given.seed))
        print(json.dumps(lines[-1], ensure_ascii=False), flush=True)
    sys.exit(0 if all(line["ok"] for line in lines) else 1)


if __name__ == "__main__":
    main()
