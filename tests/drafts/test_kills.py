"""A short campaign in the suite; the long one has its own command (kills.py)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from thorough import TIMES

pytestmark = pytest.mark.timeout(600)
KILLS = 5 * TIMES


def test_drafts_confirmed_among_kills_are_each_in_force_once(tmp_path: Path) -> None:
    campaign = Path(__file__).with_name("kills.py")
    ended = subprocess.run(
        [sys.executable, str(campaign), "--kills", str(KILLS), "--seed", "7"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert ended.returncode == 0, ended.stderr + ended.stdout
    report = json.loads(ended.stdout)
    assert report["kills"] >= KILLS
    assert report["drafts"]
    assert report["faults"] == []
