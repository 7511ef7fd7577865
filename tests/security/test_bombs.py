"""Files made to break whoever opens them: each refused by its code, soon, and in little memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .bombs import TABLE, _book, texts, workbooks
from .listening import Listener

OPENING = Path(__file__).with_name("opening.py")
MOST_BYTES = 50 << 20  # more than before, of whoever opens it
MOST_SECONDS = 30


def opened_all(folder: Path, made: dict[str, bytes]) -> dict[str, tuple[str, int, float]]:
    """What became of each file in a process that opens them all, with its growth and seconds."""
    files = folder / "files"
    files.mkdir()
    usual = {"usual.csv": b"vin\n", "usual.xlsx": _book(TABLE)}
    for name, content in (usual | made).items():
        (files / name).write_bytes(content)
    ran = subprocess.run(
        [sys.executable, str(OPENING), str(files), str(folder / "work")],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([*map(str, OPENING.parents[1:3])])},
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr.decode()[-2000:]
    told: dict[str, tuple[str, int, float]] = json.loads(ran.stdout)
    return {name: told[name] for name in made}


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_bombs_are_refused_and_leave_whoever_opens_them_standing(
    tmp_path: Path, listening: Listener
) -> None:
    corpus = workbooks(listening.address) | texts()
    found = opened_all(tmp_path, {name: make() for name, (_, make) in corpus.items()})
    assert {name: told[0] for name, told in found.items()} == {
        name: code for name, (code, _) in corpus.items()
    }
    assert {name: told for name, told in found.items() if told[1] > MOST_BYTES} == {}
    assert {name: told for name, told in found.items() if told[2] > MOST_SECONDS} == {}
    assert listening.asked == []
