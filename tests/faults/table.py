"""The table of the fault campaign: what was tried, what was found, against R1 to R13.

    python tests/faults/table.py                 everything, about an hour
    python tests/faults/table.py --short         the smoke of it, some minutes
    python tests/faults/table.py --only kills    one part by its name (PARTS below)
    python tests/faults/table.py --join FILE     more lines, written by other programs before

A part is a program that prints lines of JSON on its standard output, one for each thing that it
tried, and whatever it likes on standard error:

    {"rule": "R5",                     which of R1 to R13 it bears on
     "what": "fuzzed uploads",         what was done, in a few words
     "tried": "100000 files",          how often or how much: words or a number
     "found": "0 tracebacks, 0 hangs", what came of it: words or a number
     "ok": true,                       whether that is as it must be
     "seed": 7}                        by which the same is drawn again; null where nothing is drawn

A part takes `--seed N` and `--share S` (1 is the long run, 0.01 the smoke: how much of everything
is tried), and ends with 0 where each of its lines is ok, with 1 where one is not. What ends
otherwise, or prints no line, is a line of the table that is not ok. To join a program, add it to
PARTS.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).resolve().parent
TESTS: Final = HERE.parent
SMOKE: Final = 0.01
SEED: Final = 7


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was tried; its fields are explained above."""

    rule: str
    what: str
    tried: str | int
    found: str | int
    ok: bool
    seed: int | None = None

    def __post_init__(self) -> None:
        if self.rule not in RULES:
            message = f"{self.rule} is none of R1 to R13"
            raise ValueError(message)

    def as_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)


# What each rule of the reliability page asks for, as the table has it.
RULES: Final = {
    "R1": "killed at any point: nothing lost, half there or doubled",
    "R2": "killed senders: no letter lost; doubles only in the window, counted",
    "R3": "damaged database or log: told, nothing else lost, mended by the steps",
    "R4": "no room, no right to write: told, nothing lost, back by itself",
    "R5": "fuzzed files: no traceback, no hang, every row accounted for",
    "R6": "bombs: refused within limits",
    "R7": "many at once: an order explains every answer",
    "R8": "who may see what",
    "R9": "weeks with stops and clock steps: each bulletin once",
    "R10": "no secret and no vehicle outside the store",
    "R11": "tampering with the audit log is found",
    "R12": "the short campaign runs with the tests",
    "R13": "limits of memory and files; long runs stay flat",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A program; the seconds that the campaign gives it, and the share of its long run in that."""

    program: Path
    seconds: int
    share: float = 1.0


PARTS: Final = {
    "kills": Part(HERE / "kills.py", 2400),
    "environment": Part(HERE / "environment.py", 1200),
    "concurrency": Part(HERE / "concurrency.py", 900),
    "recovery": Part(HERE / "recovery.py", 600),
    "suites": Part(HERE / "suites.py", 1800),
    "soak": Part(HERE / "soak.py", 1200, 0.15),  # of an hour
    # Their long runs take hours, and go on where they left off: FUZZING.md.
    "fuzz": Part(HERE / "fuzz.py", 1200, 0.03),
    "differential": Part(HERE / "differential.py", 1200, 0.02),
    "privacy": Part(HERE / "canaries.py", 1200, 0.1),
}


def read_lines(text: str) -> Iterator[Line]:
    """The lines of JSON that a program printed; raises `ValueError` for one that is none."""
    for written in text.splitlines():
        if written.strip():
            try:
                yield Line(**json.loads(written))
            except TypeError as error:
                message = f"not a line of the table: {written}"
                raise ValueError(message) from error


def report(lines: Iterable[Line]) -> int:
    """What a part does at its end: print its lines; gives its exit code."""
    is_well = True
    for line in lines:
        print(line.as_json(), flush=True)
        is_well = is_well and line.ok
    return 0 if is_well else 1


def arguments(about: str | None) -> Any:
    """What every part is told: `seed` and `share`."""
    parser = argparse.ArgumentParser(
        description=about, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--share", type=float, default=1.0, help="of the long run")
    parser.add_argument("--only", action="append", default=[], help="words of what is tried")
    return parser.parse_args()


def run_part(name: str, seed: int, share: float) -> list[Line]:
    """The lines of one part; where it did not come through, a line that says so."""
    part = PARTS[name]
    share = min(share, part.share)
    command = [sys.executable, str(part.program), "--seed", str(seed), "--share", str(share)]
    failed = ""
    try:
        # Its standard error is ours: whoever waits an hour sees that it goes on.
        done = subprocess.run(
            command, stdout=subprocess.PIPE, text=True, check=False, timeout=part.seconds
        )
        written = done.stdout
        if done.returncode not in {0, 1}:
            failed = f"ended with {done.returncode}"
    except subprocess.TimeoutExpired as late:
        held: Any = late.stdout  # bytes, although text was asked for
        written = held.decode() if isinstance(held, bytes) else str(held or "")
        failed = f"took more than {part.seconds} s"
    lines: list[Line] = []
    try:
        lines += read_lines(written)
    except ValueError as error:
        failed = str(error)
    if not lines and not failed:
        failed = "printed nothing"
    if failed:
        lines.append(Line("R12", f"the part {name}", "to its end", failed, ok=False, seed=seed))
    return lines


def table(lines: Sequence[Line]) -> str:
    """All lines by rule, as a page in Markdown; a rule without a line is there and says so."""
    rows = [("", "tried", "how much", "found", "seed")]
    for rule, asked in RULES.items():
        mine = [line for line in lines if line.rule == rule]
        rows += [
            (
                f"{rule} {'ok' if line.ok else 'NOT OK'}",
                line.what,
                str(line.tried),
                str(line.found),
                "" if line.seed is None else str(line.seed),
            )
            for line in mine
        ]
        if not mine:
            rows.append((f"{rule} -", asked, "", "not in this run", ""))
    written = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join([written[0], "|---" * len(rows[0]) + "|", *written[1:]])


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--share", type=float, default=1.0, help="of the long run")
    parser.add_argument("--short", action="store_true", help=f"the same as --share {SMOKE}")
    parser.add_argument("--only", action="append", choices=PARTS, help="may be given repeatedly")
    parser.add_argument("--join", action="append", default=[], type=Path, help="a file of lines")
    parser.add_argument("--lines", type=Path, help="keep the lines in this file too")
    asked = parser.parse_args()
    lines: list[Line] = []
    for name in asked.only or PARTS:
        started = time.monotonic()
        lines += run_part(name, asked.seed, SMOKE if asked.short else asked.share)
        print(f"{name}: {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    for path in asked.join:
        lines += read_lines(path.read_text("utf-8"))
    if asked.lines:
        asked.lines.write_text("".join(f"{line.as_json()}\n" for line in lines), "utf-8")
    print(table(lines))
    wrong = sum(not line.ok for line in lines)
    print(f"\n{len(lines)} lines, {wrong} not ok", file=sys.stderr)
    return 1 if wrong or not lines else 0


if __name__ == "__main__":
    sys.exit(main())
