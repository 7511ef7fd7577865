"""The sample extracts are what their generator makes, and their identifiers hold."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
import yaml
from openpyxl import load_workbook

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
EXTRACTS = {".csv", ".tsv", ".txt", ".xlsx"}
LARGEST_BYTES = 3_000_000
VIN = re.compile(r"\b[A-HJ-NPR-Z0-9]{8}[0-9X][A-HJ-NPR-Z0-9]{8}\b")
CREDIT_CODE = re.compile(r"\b(?:11|12|91)(?:36|35|32)\d{4}[0-9A-Z]{10}\b")
SPOILED = "361000-抚州-机动车登记-2019.csv"
LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
VALUES = {
    **{str(digit): digit for digit in range(10)},
    **dict(zip("ABCDEFGH", range(1, 9), strict=True)),
    **dict(zip("JKLMN", range(1, 6), strict=True)),
    "P": 7,
    "R": 9,
    **dict(zip("STUVWXYZ", range(2, 10), strict=True)),
}


MANIFESTS = ("manifest.csv", "clauses.csv")


def listed(name: str) -> list[dict[str, str]]:
    with (SAMPLES / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def manifest() -> list[dict[str, str]]:
    """The lines of both, those on vehicles first."""
    return [line for name in MANIFESTS for line in listed(name)]


def extracts(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix in EXTRACTS
    }


def words(path: Path) -> str:
    """All cells of an extract as one text, whatever its dress."""
    raw = path.read_bytes()
    if path.suffix == ".xlsx":
        with closing(load_workbook(path)) as book:
            rows = book.worksheets[0].iter_rows(values_only=True)
            return "\n".join(" ".join(str(c) for c in row if c is not None) for row in rows)
    for encoding in ("utf-16" if raw[:2] == b"\xff\xfe" else "utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding).upper()
        except UnicodeDecodeError:
            continue
    pytest.fail(f"no known encoding: {path.name}")


def vin_holds(vin: str) -> bool:
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    rest = sum(VALUES[letter] * weight for letter, weight in zip(vin, weights, strict=True)) % 11
    return vin[8] == "0123456789X"[rest]


def credit_code_holds(code: str) -> bool:
    total = 0
    weight = 1
    for letter in code[:17]:
        total += LETTERS.index(letter) * weight
        weight = weight * 3 % 31
    return LETTERS[-total % 31] == code[17]


def test_generator_makes_the_committed_bytes(tmp_path: Path) -> None:
    command = [sys.executable, "-B", str(SAMPLES / "generate.py"), str(tmp_path)]
    subprocess.run(command, check=True)
    made, committed = extracts(tmp_path), extracts(SAMPLES)
    assert sorted(made) == sorted(committed)
    assert [name for name, data in made.items() if committed[name] != data] == []


def test_samples_stay_small() -> None:
    assert sum(map(len, extracts(SAMPLES).values())) < LARGEST_BYTES
    assert 70 <= len(listed("manifest.csv")) <= 95
    assert len(listed("clauses.csv")) == 25
    sizes = {
        line["file"]: (SAMPLES / line["file"]).stat().st_size for line in listed("clauses.csv")
    }
    assert max(sizes.values()) < 40_000


def test_every_file_is_on_one_manifest_once() -> None:
    named = [line["file"] for line in manifest() if line["file"]]
    assert sorted(named) == sorted(name for name in extracts(SAMPLES) if name not in MANIFESTS)


def test_a_nil_return_has_no_file() -> None:
    assert all((line["nil"] == "true") == (not line["file"]) for line in manifest())


def test_receipts_never_go_back() -> None:
    latest: dict[tuple[str, str], datetime] = {}
    for line in manifest():
        sender = line["division"], line["kind"]
        received = datetime.fromisoformat(line["received_at"])
        assert received > latest.get(sender, datetime.min.replace(tzinfo=received.tzinfo))
        latest[sender] = received


def test_files_arrive_after_their_period() -> None:
    for line in manifest():
        last = line["period"].split("..")[-1]
        ends = last if "-" in last else f"{last}-12"
        assert line["received_at"][:7] > ends


def test_vins_hold_and_are_unique_within_a_file() -> None:
    for line in manifest():
        if line["kind"] not in {"registration", "permit"} or not line["file"]:
            continue
        if line["file"].endswith(SPOILED):
            continue
        found = VIN.findall(words(SAMPLES / line["file"]).upper())
        assert found, line["file"]
        assert [vin for vin in found if not vin_holds(vin)] == [], line["file"]
        assert len(set(found)) == len(found), line["file"]


def test_credit_codes_hold() -> None:
    seen = set()
    for line in manifest():
        if line["file"] and not line["file"].endswith(SPOILED):
            found = CREDIT_CODE.findall(words(SAMPLES / line["file"]))
            assert [code for code in found if not credit_code_holds(code)] == [], line["file"]
            seen.update(found)
    assert len(seen) > 150


def test_stories_name_files_and_divisions_of_the_manifest() -> None:
    told = yaml.safe_load((SAMPLES / "stories.yml").read_text(encoding="utf-8"))
    assert {case["file"] for case in told["findings"]} <= {line["file"] for line in manifest()}
    senders = {line["division"] for line in manifest()}
    assert {story["division"] for story in told["stories"]} <= senders
    ids = [story["id"] for story in told["stories"]]
    assert len(set(ids)) == len(ids)
