"""National and provincial demands on the same buses: both verdicts, neither merged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from journey.answers import Fleetmon
from journey.sent_files import buses, plain_csv

PLACE = ("--division", "350100", "--as-of", "2022-12-31")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "config" / "data").mkdir(parents=True)
    (tmp_path / "config" / "data" / "national.yml").write_text("enabled: true\n", "utf-8")
    return tmp_path / "config"


@pytest.fixture
def fuzhou(fleetmon: Fleetmon, tmp_path: Path) -> Fleetmon:
    """福州 in 2022: 17 of 20 buses are new-energy."""
    rows = [
        row | {"初次登记日期": row["初次登记日期"].replace("2018", "2022")}
        for row in buses(17, 3, 行政区划代码="350102", 号牌号码="")
    ]
    file = plain_csv(tmp_path / "b.csv", rows)
    year = ("--kind", "registration", "--period", "2022", "--received-at", "2023-01-05T09:00+08:00")
    answer = fleetmon("ingest", file, "--division", "350100", *year)
    assert answer.code == 0, answer.out
    return fleetmon


def found(fleetmon: Fleetmon, *words: object) -> list[Any]:
    rows = fleetmon(*words, "assess", *PLACE, "--json").document["assessments"]
    return [row for row in rows if row["division"] == "350100" and row["period"] == "2022"]


def test_both_verdicts_stand_side_by_side(fuzhou: Fleetmon, config: Path) -> None:
    off, on = found(fuzhou), found(fuzhou, "--config", config)
    assert not [row for row in off if row["mandate"].startswith("CN")]
    local = {row["mandate"]: row for row in off}["FJ-F04"]
    told = [row for row in on if "bus" in row["categories"] and row["target"]]
    assert [(row["mandate"], row["role"], row["status"]) for row in told] == [
        ("FJ-F04", "finding", "not_met"),
        ("CN-39-FJ", "finding", "met"),
        ("CN-39-FJ", "breakdown", "met"),
    ]
    assert [(row["numerator"], row["denominator"]) for row in told] == [(17, 20)] * 3
    assert {k: v for k, v in told[0].items() if k != "explain"} == {
        k: v for k, v in local.items() if k != "explain"
    }
    # For the province, not for the city, does the national demand bind.
    assert (told[0]["binding"], told[1]["binding"]) == (True, False)


def test_no_demand_outlives_its_paper(fuzhou: Fleetmon, config: Path) -> None:
    words = ("assess", "--division", "350000", "--as-of", "2036-06-30", "--json")
    rows = fuzhou("--config", config, *words, "--mandate", "CN-39-FJ").document["assessments"]
    assert {row["status"] for row in rows if row["period"] == "2036"} == {"no_mandate"}
    assert {row["period"] for row in rows} == {str(year) for year in range(2021, 2037)}


def test_lists_explanations_and_bulletins_mark_it(fuzhou: Fleetmon, config: Path) -> None:
    told = fuzhou("--config", config, "mandates", "CN-39-FJ").out
    assert "国家文件，不在四份文件之内" in told
    assert "未得原文" in told
    (row,) = [
        one
        for one in found(fuzhou, "--config", config)
        if one["mandate"] == "CN-39-FJ" and one["role"] == "finding"
    ]
    assert "不在四份文件之内" in fuzhou("--config", config, "explain", row["explain"]).out
    made = fuzhou("--config", config, "bulletin", *PLACE, "--json").document
    folder = Path(next(one["forms"] for one in made["bulletins"]))
    page = (folder / "bulletin.html").read_text("utf-8")
    assert "（国办发〔2020〕39号；国家文件，不在四份文件之内）" in page
    figures = json.loads((folder / "bulletin.json").read_bytes())["figures"]
    order = list(dict.fromkeys(one["mandate"] for one in figures))
    assert order.index("FJ-F04") < order.index("CN-39-FJ")
