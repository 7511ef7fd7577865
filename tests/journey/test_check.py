"""`check` says what `ingest` would say, and leaves no trace."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from journey.answers import Fleetmon
from journey.sent_files import bus, buses, plain_csv

YEAR = ("--division", "360100", "--kind", "registration", "--period", "2018")


def picture(folder: Path) -> dict[str, tuple[str, int]]:
    """Every file under a folder with its content and the moment of its last change."""
    return {
        str(path.relative_to(folder)): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mtime_ns,
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def rows_of(document: Any, division: str) -> list[Any]:
    return [
        {key: value for key, value in row.items() if key != "explain"}
        for row in document
        if row["division"] == division and row["period"] == "2018"
    ]


def test_check_predicts_and_keeps_nothing(fleetmon: Fleetmon, home: Path, tmp_path: Path) -> None:
    first = plain_csv(tmp_path / "a.csv", buses(1, 1))
    fleetmon("ingest", first, *YEAR, "--received-at", "2019-01-05T09:00+08:00")
    file = plain_csv(tmp_path / "b.csv", [*buses(3, 1, first=10), bus(1), bus(99, 燃料种类="煤")])
    words = (file, *YEAR, "--received-at", "2019-01-06T09:00+08:00", "--json")
    before = picture(home)
    checked = fleetmon("check", *words)
    assert picture(home) == before
    assert checked.code == 1
    foretold = checked.document
    (receipt,) = foretold["receipts"]
    assert receipt["submission"] is None
    assert receipt["receipt"] is None
    held = fleetmon("assess", "--json", "--as-of", "2018-12-31").document["assessments"]
    assert rows_of(foretold["assessments"]["before"], "360100") == rows_of(held, "360100")

    taken = fleetmon("ingest", *words)
    assert taken.code == checked.code
    assert receipt == taken.receipt | {"submission": None, "receipt": None}
    held = fleetmon("assess", "--json", "--as-of", "2018-12-31").document["assessments"]
    for division in ("360100", "360000"):
        assert rows_of(foretold["assessments"]["after"], division) == rows_of(held, division)


def test_check_before_the_first_file_makes_no_home(
    fleetmon: Fleetmon, home: Path, tmp_path: Path
) -> None:
    file = plain_csv(tmp_path / "a.csv", buses(2, 1))
    answer = fleetmon("check", file, *YEAR, "--json")
    assert answer.code == 0
    assert not home.exists() or not picture(home)
    after = {
        (row["mandate"], row["division"]): row
        for row in answer.document["assessments"]["after"]
        if row["role"] == "finding"
    }
    assert after["JX-F01", "360100"]["status"] == "met"
    assert after["JX-F01", "360000"]["denominator"] == 3


def test_check_of_a_second_copy_is_told_as_one(fleetmon: Fleetmon, tmp_path: Path) -> None:
    file = plain_csv(tmp_path / "a.csv", buses(2, 1))
    words = (file, *YEAR, "--received-at", "2019-01-05T09:00+08:00", "--json")
    fleetmon("ingest", *words)
    receipt = fleetmon("check", *words).receipt
    assert receipt["status"] == "duplicate"
    assert (receipt["submission"], receipt["receipt"]) == (None, None)
