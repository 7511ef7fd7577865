"""A writer and a reader in processes of their own, and the files that they deal in.

`python actors.py write HOME FOLDER FIRST COUNT` takes in that many files in one session and says
each on its output once it is stored; `python actors.py read HOME STOP` reads until STOP is there.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from datetime import datetime, timedelta
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from still_gates import keep_gates_still

from monitor.cli.main import main
from monitor.corridor.declared import Declared
from monitor.corridor.reception import receive
from monitor.model import SHANGHAI, Receipt, Text
from monitor.policy.policy import Policy, load_policy
from monitor.store.home import Home
from monitor.store.opening import open_store, scratch_store
from monitor.store.store import Store

ROOT = Path(__file__).resolve().parents[2]
PER_FILE = 20
NANCHANG = "360100"
START = datetime(2021, 1, 5, 9, 0, tzinfo=SHANGHAI)
_VALUES = dict(
    zip(
        "0123456789ABCDEFGHJKLMNPRSTUVWXYZ",
        [*range(10), *range(1, 9), *range(1, 6), 7, 9, *range(2, 10)],
        strict=True,
    )
)
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def vin(number: int) -> str:
    """The number-th valid VIN of 宇通 (LZY) of 2020."""
    bare = f"LZYTAGBW0L1{number:06d}"
    check = sum(_VALUES[c] * w for c, w in zip(bare, _WEIGHTS, strict=True)) % 11
    return bare[:8] + "0123456789X"[check] + bare[9:]


def plate(number: int) -> str:
    """A new-energy plate of 南昌."""
    return f"赣A{number:05d}D"


def bus_row(number: int) -> dict[str, str]:
    """A battery bus registered in May 2020."""
    return {
        "车辆识别代号": vin(number),
        "燃料种类": "纯电动",
        "初次登记日期": "2020-05-20",
        "行政区划代码": "360102",
        "车辆用途": "公交车",
        "号牌号码": plate(number),
        "车辆型号": "ZK6105BEVG29",
        "所有人": "南昌市公共交通集团有限公司",
        "统一社会信用代码": "91360100MA31J4EU2P",
        "单位性质": "国有企业",
        "新增原因": "新增",
    }


@cache
def policy() -> Policy:
    """The project's own."""
    return load_policy()


def write_buses(path: Path, first: int, **changes: str) -> Path:
    """A file of buses, the first of this number."""
    rows = [bus_row(first + place) | changes for place in range(PER_FILE)]
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def send_buses(store: Store, folder: Path, number: int, **changes: str) -> Receipt:
    """Take in the number-th file."""
    file = write_buses(folder / f"南昌-机动车登记-{number}.csv", number * PER_FILE, **changes)
    received_at = START + timedelta(hours=number)
    declared = Declared(received_at=received_at, kind="registration", division=NANCHANG)
    return receive(store, policy(), file, declared, now=received_at)


def no_words(words: Text) -> None:
    """Nobody is in the way here."""
    raise AssertionError(words)


def any_words(words: Text) -> None:
    """Somebody may be in the way."""


def run(home: Path, *words: str) -> tuple[int, str, str]:
    """A command in this process: exit code, standard output, standard error."""
    out, err = StringIO(), StringIO()
    code = 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main(["--home", str(home), *words])
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1
    return code, out.getvalue(), err.getvalue()


def seen(home: Path) -> dict[str, Any]:
    """What two commands say of the home: submissions, vehicles judged, and what was told."""
    begun = time.monotonic()
    listed = run(home, "submissions", "--json")
    judged = run(
        home,
        *("assess", "--json", "--as-of", "2020-12-31"),
        *("--mandate", "JX-F01", "--division", NANCHANG),
    )
    return {
        "codes": [listed[0], judged[0]],
        "rows": [one["rows"]["accepted"] for one in json.loads(listed[1])["submissions"]],
        "vehicles": sum(
            row["denominator"]
            for row in json.loads(judged[1])["assessments"]
            if row["period"] == "2020" and row["division"] == NANCHANG
        ),
        "told": listed[2] + judged[2],
        "seconds": time.monotonic() - begun,
    }


def start(*words: str) -> subprocess.Popen[str]:
    """One of these in a process of its own."""
    return subprocess.Popen(
        [sys.executable, __file__, *words],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "PATH": "", "LANG": "C.UTF-8"},
    )


def _write(home: Path, folder: Path, first: int, count: int) -> None:
    with scratch_store(Home(folder / "none"), waiting=no_words) as scratch:
        send_buses(scratch, folder, first)  # what is imported once takes its time here
    with open_store(Home(home), write=True, waiting=any_words, actor="cli:wangfang") as store:
        print("begun", flush=True)  # noqa: T201  # the test reads it
        for number in range(first, first + count):
            send_buses(store, folder, number)
            print(number, flush=True)  # noqa: T201  # stored: whoever reads this may rely on it


def _read(home: Path, stop: Path) -> None:
    while not stop.exists():
        print(json.dumps(seen(home), ensure_ascii=False), flush=True)  # noqa: T201  # likewise
        time.sleep(0.1)  # a look takes as long; without a pause it would take all of a processor


if __name__ == "__main__":
    keep_gates_still(pytest.MonkeyPatch())
    if sys.argv[1] == "write":
        _write(Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]))
    else:
        _read(Path(sys.argv[2]), Path(sys.argv[3]))
