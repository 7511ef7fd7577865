"""Thousands of scenarios through the product and the slow implementation.

    python tests/faults/differential.py --scenarios 3000 --seed 0 --workers 2

Prints a JSON line with what was tried and found; a scenario that differs is named by its number,
which draws it again: FLEETMON_FIRST_SCENARIO=NUMBER FLEETMON_SCENARIOS=1 pytest tests/reference.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent), str(HERE.parent / "reference")]

import pytest  # noqa: E402  # after the path is set
from agreement import as_set, disagreement  # noqa: E402
from reached import POSSIBLE, reached_by  # noqa: E402
from scenarios import Scenario  # noqa: E402
from still_gates import keep_gates_still  # noqa: E402

from monitor.policy.policy import load_policy  # noqa: E402

SCENARIOS, ENOUGH = 3000, 1000
_HELD: dict[str, object] = {}


def one(seed: int) -> tuple[int, bool, Counter[tuple[str, str]]]:
    """Whether a scenario agrees, and what it reached."""
    if "policy" not in _HELD:
        _HELD["policy"] = load_policy(None)
        _HELD["folder"] = tempfile.TemporaryDirectory(prefix="fleetmon-agreement-")
    policy, kept = _HELD["policy"], _HELD["folder"]
    assert isinstance(kept, tempfile.TemporaryDirectory)
    scenario = Scenario(seed)
    submissions, moments, setting = scenario.draw(), scenario.moments(), scenario.setting
    asked = as_set(policy, Path(kept.name) / "national", setting)  # type: ignore[arg-type]
    with (
        tempfile.TemporaryDirectory(dir=kept.name) as folder,
        pytest.MonkeyPatch.context() as patch,
    ):
        keep_gates_still(patch)
        wrong = disagreement(submissions, moments, asked, Path(folder), setting, scenario.near)
    if wrong:
        print(seed, json.dumps({str(k): str(v) for k, v in wrong.items()}), file=sys.stderr)
    return seed, not wrong, reached_by(submissions, moments, setting, scenario.near)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=0.01, help="of the long run")
    parser.add_argument("--scenarios", type=int, help="instead of the share of 3,000")
    parser.add_argument("--seed", type=int, default=0, help="the number of the first scenario")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    scenarios = max(round(SCENARIOS * given.share), 1)
    scenarios = scenarios if given.scenarios is None else given.scenarios
    seeds = range(given.seed, given.seed + scenarios)
    reached: Counter[tuple[str, str]] = Counter()
    wrong = []
    with multiprocessing.get_context("spawn").Pool(given.workers) as pool:
        for done, (seed, agrees, found) in enumerate(pool.imap_unordered(one, seeds), start=1):
            reached += found
            if not agrees:
                wrong.append(seed)
            if done % 100 == 0:
                print(f"{done}: {sum(reached.values())} rows, {len(wrong)} wrong", file=sys.stderr)
    lacking = [
        f"{measure} {status}"
        for measure, statuses in POSSIBLE.items()
        for status in sorted(statuses)
        if not reached[measure, status]
    ]
    line = {
        "rule": "R5",
        "what": "random scenarios: every figure as an independent slow implementation has it",
        "tried": f"{scenarios} scenarios, {sum(reached.values())} rows of assessments",
        "found": f"{len(wrong)} differ {sorted(wrong)[:9] or ''}; {len(reached)} pairs of measure "
        f"and status reached, {len(lacking)} possible ones not",
        # A short run cannot reach all; what it reached must agree.
        "ok": not wrong and not (lacking and scenarios >= ENOUGH),
        "seed": given.seed,
    }
    print(json.dumps(line, ensure_ascii=False))
    print("; ".join(lacking), file=sys.stderr)
    print(
        json.dumps({f"{m} {s}": n for (m, s), n in sorted(reached.items())}, ensure_ascii=False),
        file=sys.stderr,
    )
    sys.exit(0 if line["ok"] else 1)


if __name__ == "__main__":
    main()
