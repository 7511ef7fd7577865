"""The commands: a file in, the answers out, the rows behind them."""

from __future__ import annotations

import json
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from still_gates import keep_gates_still

from monitor.cli.main import main

PERMITS = """\
通行证编号,发证日期,办理类型,号牌号码,燃料种类,行政区划代码
A1,2019-03-05,新办,苏AD12345,,320102
A2,2019-03-06,新办,苏A8K562,柴油,320104
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    keep_gates_still(monkeypatch)
    file = tmp_path / "permits.csv"
    file.write_text(PERMITS, "utf-8")
    home = str(tmp_path / "home")

    def call(*words: str, code: int = 0) -> str:
        with redirect_stdout(StringIO()) as out, pytest.raises(SystemExit) as ended:
            main(["--home", home, *words])
        assert (ended.value.code or 0) == code
        return out.getvalue()

    call("ingest", str(file), "--division", "320100", "--period", "2019")
    return call


def test_a_clause_is_asked_for_like_a_mandate(run: Any) -> None:
    told = json.loads(run("assess", "--as-of", "2019-12-31", "--mandate", "NJ-R01", "--json"))
    assert told["assessments"] == []
    (year,) = [row for row in told["clauses"] if row["period"] == "2019"]
    assert (year["numerator"], year["denominator"], year["misses"]) == (1, 2, 1)
    assert (year["status"], year["consequence"]) == ("not_met", "violation")
    assert year["target"] == {"op": ">=", "value": "100", "value_most": None, "unit": "%"}
    explained = json.loads(run("explain", year["explain"], "--json"))
    assert explained["clause"]["id"] == "NJ-R01"
    assert [row["counts_as"] for row in explained["rows"]] == ["against", "counted"]
    page = run("explain", year["explain"])
    assert "A2 2019-03-06" in page
    assert "只向新能源汽车发放" in page


def test_strict_minds_a_mandatory_rule(run: Any) -> None:
    run("assess", "--as-of", "2019-12-31", "--mandate", "NJ-R01", "--strict", code=1)
    run("assess", "--as-of", "2018-12-31", "--mandate", "NJ-R01", "--strict")


def test_the_table_names_how_many_clauses_are_silent(run: Any) -> None:
    table = run("assess", "--as-of", "2019-12-31", "--division", "320100")
    assert "NJ-R01" in table
    assert "没有收到报送" in table
    asked = run("assess", "--as-of", "2019-12-31", "--mandate", "NJ-R01")
    assert "发给其他车辆的通行证 1" in asked


def test_what_there_is_none_of_is_wrong_use(run: Any) -> None:
    run("assess", "--mandate", "NJ-R99", code=2)
    run("explain", "NJ-R01.320100.2019.line_z.20191231.1.0a1b2c3d", code=2)
