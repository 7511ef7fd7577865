"""What a command imports before it looks at a row: the dearest libraries only where they work."""

from __future__ import annotations

import subprocess
import sys

import pytest

_HEAVY = ("great_expectations", "pandas", "pyarrow", "numpy", "rich.table")
_STORE = ("duckdb", "polars", "pydantic")


@pytest.mark.parametrize(
    ("modules", "absent"),
    [
        (("monitor.cli.main",), (*_HEAVY, *_STORE)),
        (
            ("monitor.corridor.judge", "monitor.corridor.answering", "monitor.cli.figures"),
            _HEAVY,
        ),
    ],
    ids=["help", "assess"],
)
def test_no_more_is_imported_than_is_needed(
    modules: tuple[str, ...], absent: tuple[str, ...]
) -> None:
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys, {', '.join(modules)}; print(*sorted({set(absent)!r} & set(sys.modules)))",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.split() == []
