"""`fleetmon export facts`: every row once, in folders, nothing of a person, whole or not at all."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from attribution.weeks import XIAMEN, Weeks, car, cars, vin

from cluster.conftest import reading, written
from monitor.cli.main import main
from monitor.errors import RowsUnaccounted, StoreError, WrongUse
from monitor.store import facts_export
from monitor.store.facts_manifest import EXPORTED, read_manifest
from monitor.store.home import Home

NewWeeks = Callable[[Path], AbstractContextManager[Weeks]]


@pytest.fixture
def home(tmp_path: Path, new_weeks: NewWeeks) -> Home:
    """福州 and 厦门 sent, one vehicle of both; 福州 corrected one on the next day."""
    with new_weeks(tmp_path) as weeks:
        weeks.send([*cars(1, 3, 2), car(9, 初次登记日期="2021-05-06")])
        weeks.send([car(1, 行政区划代码="350203")], XIAMEN)
        weeks.day += timedelta(days=1)
        weeks.send([car(2, "汽油")])
        return weeks.store.home


def table(folder: Path, name: str) -> pl.DataFrame:
    files = sorted((folder / name).rglob("*.parquet"))
    return pl.concat([pl.read_parquet(file, hive_partitioning=False) for file in files])


def test_every_row_is_there_once_in_the_folder_of_its_province_and_year(
    home: Home, tmp_path: Path
) -> None:
    folder = written(home, tmp_path / "facts").folder
    with reading(home) as store:
        kept = store.rows("SELECT submission, line FROM read_parquet(?)", [f"{home.facts}/*"])
    rows = table(folder, "registration")
    assert sorted(rows.select("submission", "line").rows()) == sorted(kept)
    place = folder / "registration" / "province=35"
    assert {path.name for path in place.iterdir()} == {
        "registered_year=2021",
        "registered_year=2023",
    }
    (old,) = table(place, "registered_year=2021")["registered_on"]
    assert old.isoformat() == "2021-05-06"


def test_the_manifest_says_what_is_in_it(home: Home, tmp_path: Path) -> None:
    made = written(home, tmp_path / "facts")
    told = read_manifest((made.folder / "manifest.json").read_text("utf-8"))
    assert told == made.manifest
    assert {name: table(made.folder, name).height for name in EXPORTED} == dict(told.rows)
    assert (told.history, told.rows["ending"], told.rows["claimed"]) == (3, 1, 2)
    for name, columns in EXPORTED.items():
        assert table(made.folder, name).columns == list(columns)


def test_nothing_of_a_person_or_a_vehicle_is_in_it(home: Home, tmp_path: Path) -> None:
    folder = written(home, tmp_path / "facts").folder
    # As text of values and not of the files: those are compressed.
    told = "".join(table(folder, name).write_csv() for name in EXPORTED)
    assert vin(1)[:10] not in told
    assert not re.search(r"[A-HJ-NPR-Z0-9]{17}", (folder / "manifest.json").read_text("utf-8"))
    personal = {"vin", "key_hash", "owner", "credit_code", "plate", "model", "content_hash"}
    assert not personal & set().union(*EXPORTED.values())


def test_only_what_was_known_is_in_it(home: Home, tmp_path: Path) -> None:
    with reading(home) as store:
        (first, *_) = [one.received_at for one in store.summaries()]
    known = first + timedelta(hours=1)
    made = written(home, tmp_path / "facts", known)
    assert (made.manifest.history, made.manifest.rows["registration"]) == (2, 7)
    assert table(made.folder, "ending").height == 0


def test_an_export_is_replaced_only_where_that_is_asked_for(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "facts"
    folder.mkdir()
    written(home, folder)
    with pytest.raises(WrongUse, match="--replace"):
        written(home, folder)
    (folder / "province").mkdir()
    written(home, folder, replace=True)
    assert not (folder / "province").exists()
    assert [path.name for path in tmp_path.glob(".facts*")] == []


@pytest.mark.parametrize("replace", [False, True])
def test_anything_else_is_left_alone(home: Home, tmp_path: Path, *, replace: bool) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "letter.txt").write_text("请核对。", "utf-8")
    with pytest.raises(WrongUse, match="empty folder"):
        written(home, folder, replace=replace)
    with pytest.raises(WrongUse, match="not a folder"):
        written(home, folder / "letter.txt", replace=replace)
    assert [path.name for path in folder.iterdir()] == ["letter.txt"]


def test_a_row_that_is_missing_stops_it(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = facts_export._QUERIES["registration"]
    short = {**facts_export._QUERIES, "registration": f"{whole} WHERE t.line > 2"}
    monkeypatch.setattr(facts_export, "_QUERIES", short)
    folder = tmp_path / "facts"
    with pytest.raises(RowsUnaccounted):
        written(home, folder)
    assert [path.name for path in tmp_path.iterdir() if "facts" in path.name] == []


def test_a_full_disk_leaves_the_earlier_export(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = written(home, tmp_path / "facts").folder
    before = (folder / "manifest.json").read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="No space left"):
        written(home, folder, replace=True)
    assert (folder / "manifest.json").read_bytes() == before
    assert [path.name for path in tmp_path.glob(".facts*")] == []


def test_nothing_can_be_exported_of_an_empty_home(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="holds nothing"):
        written(Home(tmp_path / "home"), tmp_path / "facts")


def test_what_the_command_says(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--home", str(home.root), "--language", "en", "export", "facts"]
    codes = []
    for more in ([], ["--replace", "--json"], []):
        with pytest.raises(SystemExit) as ended:
            main([*words, str(tmp_path / "facts"), *more])
        codes.append(ended.value.code)
    assert codes == [0, 0, 2]
    said = capsys.readouterr().out
    assert "Exported 8 vehicle rows (3 submissions)" in said
    told = json.loads(said[said.index("{") :])
    assert {row["name"]: row["rows"] for row in told["tables"]}["registration"] == 8
