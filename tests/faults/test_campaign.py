"""A short campaign in the suite; the long one has its own command (campaign.py)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from thorough import TIMES, nightly

pytestmark = pytest.mark.timeout(600)
KILLS = 5 * TIMES


@nightly  # drafts, the drop folder, senders and a writer are killed in each run
def test_weeks_with_kills_leave_what_weeks_without_leave(tmp_path: Path) -> None:
    campaign = Path(__file__).with_name("campaign.py")
    ended = subprocess.run(
        [sys.executable, str(campaign), "--kills", str(KILLS), "--most", "2", "--seed", "7"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert ended.returncode == 0, ended.stderr + ended.stdout
    report = json.loads(ended.stdout)
    assert sum(report["kills"].values()) == KILLS
    assert report["runs"]["done"]
    assert report["letters"]
    assert report["faults"] == []
