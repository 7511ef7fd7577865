"""All samples, taken in by the program itself once in a run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from made_once import made_once

from monitor.policy.project import project_root


def samples_taken_in(factory: pytest.TempPathFactory) -> Path:
    """The folder with the home, `home`, and what was said of each file; nobody writes to it."""
    return made_once(factory, "samples", _take_in)


def sample_receipts(factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The receipts, in the order of the manifest."""
    said = (samples_taken_in(factory) / "said.json").read_text("utf-8")
    receipts: list[dict[str, Any]] = json.loads(said)["receipts"]
    return receipts


def _take_in(folder: Path) -> None:
    root = project_root()
    manifest = root / "data" / "samples" / "manifest.csv"
    command = [sys.executable, "-m", "monitor", "--home", str(folder / "home")]
    command += ["ingest", "--manifest", str(manifest), "--json"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    (folder / "said.json").write_text(done.stdout, "utf-8")
