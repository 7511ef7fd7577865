"""Vehicles blanked one after the other: their bytes are nowhere left, and no figure has moved.

python tests/faults/canaries.py --share 0.1
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from functools import partial
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent)]

import pytest  # noqa: E402  # after the path is set
from journey.answers import run_fleetmon  # noqa: E402
from journey.sent_files import bus, gb18030_csv, plain_csv, vin, workbook  # noqa: E402
from privacy.conftest import figures, named_in  # noqa: E402
from still_gates import keep_gates_still  # noqa: E402

VEHICLES = 40
WHY = ("--reason", "当事人申请", "--by", "zhao")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--share", type=float, default=0.1)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    numbers = chance.sample(range(1, 61), max(round(VEHICLES * given.share), 1))
    faults: list[str] = []
    with tempfile.TemporaryDirectory(prefix="fleetmon-canaries-") as name:
        folder = Path(name)
        fleetmon = partial(run_fleetmon, folder / "home")
        with pytest.MonkeyPatch.context() as patch:
            keep_gates_still(patch)
            rows = [bus(n, chance.choice(["纯电动", "柴油", "混合动力"])) for n in range(1, 61)]
            for at, write in enumerate((plain_csv, gb18030_csv, workbook)):
                file = write(folder / f"{at}", rows[at * 15 : at * 15 + 30])
                day = ("--received-at", f"2019-01-0{at + 5}T09:00+08:00")
                fleetmon("ingest", file, "--division", "360100", *day)
            before = figures(fleetmon)
            for number in numbers:
                ended = fleetmon("subject", "blank", "--vin", vin(number), *WHY)
                left = named_in(folder / "home", vin(number), str(rows[number - 1]["号牌号码"]))
                if ended.code or left or figures(fleetmon) != before:
                    faults.append(f"{number}: {ended.code}, {left}")
    print(
        json.dumps(
            {
                "rule": "R10",
                "what": "vehicles blanked: their bytes are nowhere in the home, no figure moves",
                "tried": f"{len(numbers)} vehicles in CSV, GB18030 and XLSX",
                "found": f"{len(faults)} left or moved {faults[:5] or ''}",
                "ok": not faults,
                "seed": given.seed,
            },
            ensure_ascii=False,
        )
    )
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
