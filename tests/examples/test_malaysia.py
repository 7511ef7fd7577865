"""Another country by files alone: a cut of real registrations, where each row is a vehicle."""

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from monitor.cli.main import main
from monitor.policy.project import project_root

EXAMPLE = project_root() / "data" / "examples" / "malaysia"
CUT = EXAMPLE / "cars_2025_cut.csv"


def run(capsys: pytest.CaptureFixture[str], home: Path, *words: str) -> tuple[int, dict[str, Any]]:
    with pytest.raises(SystemExit) as left:
        main(["--home", str(home), "--config", str(EXAMPLE), *words, "--json"])
    return int(left.value.code or 0), json.loads(capsys.readouterr().out)


def test_the_counts_are_those_of_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with CUT.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    new = Counter(row["state"] for row in rows if row["fuel"] == "electric")
    unsure = Counter(row["state"] for row in rows if row["fuel"].startswith("hybrid"))
    total = Counter(row["state"] for row in rows)

    received = ("--received-at", "2025-04-01")
    code, told = run(capsys, tmp_path, "ingest", str(CUT), "--columns", "malaysia", *received)
    assert code == 0
    receipt = told["receipts"][0]
    assert receipt["rows"] == {
        "read": len(rows), "accepted": len(rows), "rejected": 0, "ignored": 0
    }  # fmt: skip
    assert {f["code"] for f in receipt["findings"]} == {"energy_undetermined"}

    code, told = run(capsys, tmp_path, "assess", "--as-of", "2025-12-31", "--mandate", "MY-X01")
    assert code == 0
    found = {row["division"]: row for row in told["assessments"]}
    whole = found.pop("MY")
    assert (whole["denominator"], whole["numerator"], whole["undetermined"]) == (
        len(rows), sum(new.values()), sum(unsure.values())
    )  # fmt: skip
    _, listed = run(capsys, tmp_path, "divisions", "--language", "en")
    names = {d["code"]: d["name"] for d in listed["divisions"]}
    assert {
        names[code]: (row["denominator"], row["numerator"], row["undetermined"])
        for code, row in found.items()
    } == {state: (total[state], new[state], unsure[state]) for state in total}
    assert whole["incomplete_data"]
    assert whole["consequence"] == "advise"
