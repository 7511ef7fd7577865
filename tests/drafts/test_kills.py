"""A short campaign in the suite; the long one has its own command (kills.py)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.timeout(600)


def test_drafts_confirmed_among_kills_are_each_in_force_once(tmp_path: Path) -> None:
    campaign = Path(__file__).with_name("kills.py")
    ended = subprocess.run(
        [sys.executable, str(campaign), "--kills", "12", "--seed", "7"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert ended.returncode == 0, ended.stderr + ended.stdout
    report = json.loads(ended.stdout)
    assert report["kills"] >= 12
    assert report["drafts"]
    assert report["faults"] == []
