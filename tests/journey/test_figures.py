"""Figures out: the shape of `assess --json`, the bulletin as a letter, and each figure's rows."""

from __future__ import annotations

import email
import email.policy
import re
import shutil
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from journey.answers import Fleetmon, run_fleetmon
from journey.sent_files import bus, buses, gb18030_csv, plain_csv, titled_csv, vin, workbook

ROOT = Path(__file__).parents[2]
YEAR = ("--kind", "registration", "--period", "2018", "--received-at", "2019-01-05T09:00+08:00")
STATUSES = {
    *("met", "not_met", "on_track", "behind", "out_of_reach", "undetermined", "no_additions"),
    *("no_data", "trend", "not_computable", "no_mandate"),
}
STRENGTHS = {"mandatory", "floor_encouraged", "in_principle", "declared", "promote", "aim"}
CONSEQUENCES = {"violation", "explain", "advise", "report", "none"}
KEYS = {
    *("mandate", "division", "period", "complete", "measure", "categories", "role", "binding"),
    *("target", "denominator", "numerator", "undetermined", "excluded", "share", "short_by"),
    *("needed_next", "status", "strength", "consequence", "covered", "incomplete_data"),
    *("missing", "explain"),
}
IDENTIFIER = re.compile(r"L[A-HJ-NPR-Z0-9]{16}|赣[A-Z][A-Z0-9]{5,6}|LKLR")


@pytest.fixture(scope="module")
def first_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with three cities' files, in three dresses."""
    folder = tmp_path_factory.mktemp("sent")

    def ingest(file: Path, division: str) -> None:
        run_fleetmon(folder / "home", "ingest", file, "--division", division, *YEAR)

    spoiled = bus(99, 燃料种类="煤")
    nanchang = [*buses(11, 9), bus(30, "混合动力", 号牌号码="赣A12345"), spoiled]
    ingest(titled_csv(folder / "n.csv", nanchang), "360100")
    jingdezhen = buses(1, 9, 100, 行政区划代码="360202", 号牌号码="")
    ingest(gb18030_csv(folder / "j.csv", jingdezhen), "360200")
    vans = buses(3, 2, 200, 行政区划代码="360302", 号牌号码="", 车辆用途="邮政物流车")
    ingest(workbook(folder / "p.xlsx", vans), "360300")
    return folder / "home"


@pytest.fixture
def sent(first_home: Path, home: Path, fleetmon: Fleetmon) -> Fleetmon:
    """A copy of that home to work in."""
    shutil.copytree(first_home, home)
    return fleetmon


def assessed(fleetmon: Fleetmon, *words: str, as_of: str = "2018-12-31") -> Any:
    return fleetmon("assess", "--json", "--as-of", as_of, *words).document["assessments"]


def assert_shape(row: Any) -> None:
    assert row.keys() >= KEYS
    assert row["status"] in STATUSES
    assert row["strength"] in STRENGTHS
    assert row["consequence"] in CONSEQUENCES
    assert row["role"] in {"finding", "breakdown"}
    assert row["excluded"].keys() == {"exempt", "out_of_scope", "scope_unknown"}
    assert all(isinstance(n, int) for n in row["excluded"].values())
    assert row["covered"].keys() == {"from", "to"}
    assert re.fullmatch(r"\d{4}", row["period"])
    assert isinstance(row["categories"], list)
    assert isinstance(row["missing"], list)
    for key in ("complete", "binding", "incomplete_data"):
        assert isinstance(row[key], bool)
    if row["target"] is not None:
        assert row["target"].keys() == {"op", "value", "unit"}
        Decimal(row["target"]["value"])
        standard = row["target"]["unit"] == "standard_vehicle"
    else:
        standard = isinstance(row["numerator"], str)
    for key in ("numerator", "undetermined"):
        assert isinstance(row[key], str if standard else int)
    assert row["denominator"] is None or isinstance(row["denominator"], int)
    if row["denominator"]:
        assert re.fullmatch(r"[01]\.\d{4}", row["share"])
        cut = row["numerator"] * 10000 // row["denominator"]
        assert Decimal(row["share"]) == Decimal(cut) / 10000
    else:
        assert row["share"] is None
    if row["denominator"] == 0:
        assert (row["short_by"], row["needed_next"]) == (0, 0)
    assert isinstance(row["short_by"], (int, str))
    assert row["needed_next"] is None or isinstance(row["needed_next"], int)
    if row["strength"] == "promote":
        assert row["consequence"] in {"report", "none"}
    if row["incomplete_data"] or not row["binding"]:
        assert row["consequence"] != "violation"


def test_assess_json(sent: Fleetmon) -> None:
    answer = sent("assess", "--json", "--as-of", "2020-06-30")
    document = answer.document
    assert document.keys() >= {"as_of", "known_at", "ruleset", "assessments"}
    assert (document["as_of"], document["known_at"]) == ("2020-06-30", None)
    rows = document["assessments"]
    for row in rows:
        assert_shape(row)
    names = [
        (r["mandate"], r["division"], r["period"], tuple(r["categories"]), r["role"]) for r in rows
    ]
    assert len(set(names)) == len(names)
    begun = {r["mandate"] for r in rows}
    assert {"JX-F01", "JX-F02", "JX-F03", "NJ-F01"} <= begun
    assert not {m for m in begun if m.startswith("FJ")}
    assert {r["period"] for r in rows if r["mandate"] == "JX-F01"} == {"2018", "2019", "2020"}
    assert all(r["complete"] == (r["period"] < "2020") for r in rows)


def test_the_verdicts(sent: Fleetmon) -> None:
    rows = {(r["mandate"], r["division"], r["role"], *r["categories"]): r for r in assessed(sent)}
    nanchang = rows["JX-F01", "360100", "finding", "bus"]
    assert (nanchang["numerator"], nanchang["undetermined"], nanchang["denominator"]) == (11, 1, 21)
    assert (nanchang["status"], nanchang["consequence"]) == ("undetermined", "report")
    assert (nanchang["short_by"], nanchang["needed_next"]) == (1, 2)
    jingdezhen = rows["JX-F01", "360200", "finding", "bus"]
    assert (jingdezhen["status"], jingdezhen["consequence"]) == ("not_met", "advise")
    assert (jingdezhen["binding"], jingdezhen["share"]) == (False, "0.1000")
    assert (jingdezhen["short_by"], jingdezhen["needed_next"]) == (5, 10)
    province = rows["JX-F01", "360000", "finding", "bus"]
    assert (province["numerator"], province["denominator"]) == (12, 31)
    assert (province["status"], province["incomplete_data"]) == ("not_met", True)
    assert province["consequence"] != "violation"
    assert "361100" in province["missing"]
    pooled = rows["JX-F02", "360300", "finding", "official", "sanitation", "logistics"]
    assert (pooled["numerator"], pooled["denominator"], pooled["status"]) == (3, 5, "met")
    vans = rows["JX-F02", "360300", "breakdown", "logistics"]
    assert (vans["numerator"], vans["denominator"]) == (3, 5)
    count = rows["JX-F03", "360000", "finding", "all"]
    assert (count["denominator"], count["numerator"], count["undetermined"]) == (None, 15, 1)
    assert (count["status"], count["target"]) == ("trend", None)


def test_strict_minds_binding_mandatory_failures_only(sent: Fleetmon, tmp_path: Path) -> None:
    jiangxi = ("assess", "--as-of", "2018-12-31", "--strict")
    assert sent(*jiangxi, "--division", "360200").code == 0  # not binding
    assert sent(*jiangxi, "--division", "360000").code == 1
    fuzhou = [bus(500, "柴油", 行政区划代码="350102", 初次登记日期="2022-05-05", 号牌号码="")]
    file = plain_csv(tmp_path / "f.csv", fuzhou)
    sent("ingest", file, "--division", "350100", "--period", "2022")
    fujian = ("assess", "--as-of", "2022-12-31", "--strict", "--mandate", "FJ-F04")
    assert sent(*fujian, "--division", "350100").code == 1
    assert sent(*fujian, "--division", "350200").code == 0  # silent
    (row,) = assessed(sent, "--mandate", "FJ-F04", "--division", "350100", as_of="2022-12-31")
    assert (row["status"], row["consequence"]) == ("not_met", "violation")
    (row,) = assessed(sent, "--mandate", "FJ-F04", "--division", "350100", as_of="2022-11-30")
    assert (row["status"], row["consequence"]) == ("out_of_reach", "violation")
    assert row["needed_next"] is None


def test_every_figure_is_explained_by_its_rows(sent: Fleetmon) -> None:
    asked = 0
    for row in assessed(sent, "--division", "360100", "--division", "360000"):
        if row["mandate"] not in {"JX-F01", "JX-F02", "JX-F03"}:
            continue
        told = sent("explain", row["explain"], "--json").document
        parts = Counter(one["counts_as"] for one in told["rows"])
        assert parts["new_energy"] == row["numerator"]
        assert parts["undetermined"] == row["undetermined"]
        if row["denominator"] is not None:
            counted = ("new_energy", "undetermined", "other_energy")
            assert sum(parts[part] for part in counted) == row["denominator"]
        for part in ("exempt", "out_of_scope", "scope_unknown"):
            assert parts[part] == row["excluded"][part]
        assert vin(1) not in str(told)
        assert all(len(one["vin"]) == 17 and "*" in one["vin"] for one in told["rows"])
        asked += 1
    assert asked > 5
    (row,) = assessed(sent, "--division", "360100", "--mandate", "JX-F01")
    whole = sent("explain", row["explain"], "--unmask", "--json").document
    lines = {one["vin"]: one["line"] for one in whole["rows"]}
    assert (lines[vin(1)], lines[vin(2)]) == (5, 6)  # the sender's own lines, under the titles
    assert whole["clause"]["section"] == "三（三）1"
    assert sent("explain", "nonsense").code == 2
    assert sent("explain", row["explain"].replace("JX-F01", "JX-F99")).code == 2


def test_an_old_code_still_means_the_old_figure(sent: Fleetmon, tmp_path: Path) -> None:
    (row,) = assessed(sent, "--division", "360100", "--mandate", "JX-F01")
    more = plain_csv(tmp_path / "more.csv", buses(5, 0, 300))
    sent("ingest", more, "--division", "360100")
    told = sent("explain", row["explain"], "--json").document
    assert told["figure"]["denominator"] == row["denominator"] == 21
    assert len(told["rows"]) == 21


def letters(home: Path) -> list[Any]:
    files = sorted((home / "outbox").rglob("*.eml"))
    return [email.message_from_bytes(f.read_bytes(), policy=email.policy.default) for f in files]


def test_bulletin(sent: Fleetmon, home: Path) -> None:
    words = ("bulletin", "--as-of", "2018-12-31", "--division", "360100", "--division", "360000")
    assert sent(*words).code == 0
    first = {file: file.read_bytes() for file in (home / "outbox").rglob("*.eml")}
    assert len(first) == 2
    sent(*words)
    assert {file: file.read_bytes() for file in (home / "outbox").rglob("*.eml")} == first
    codes = [row["explain"] for row in assessed(sent, "--division", "360100")]
    for letter in letters(home):
        assert letter["Subject"]
        assert letter["To"]
        assert letter["Message-ID"]
        assert not letter.defects
        plain = letter.get_body(("plain",)).get_content()
        page = letter.get_body(("html",)).get_content()
        for text in (plain, page, str(letter["Subject"])):
            assert not IDENTIFIER.search(text)
            assert "{{" not in text
        assert "<script" not in page
        assert not re.search(r"(src|href)=\"https?:", page)
    nanchang = next(one for one in letters(home) if one["X-Fleetmon-Division"] == "360100")
    shown = nanchang.get_body(("plain",)).get_content()
    assert "南昌" in shown
    found = set(re.findall(r"JX-F0\d\.360100\.\d{4}\.[a-z_]+\.\d{8}\.\d+\.[0-9a-f]{8}", shown))
    assert found
    assert found <= set(codes)
    for code in found:
        assert sent("explain", code, "--json").code == 0


def test_english(sent: Fleetmon, home: Path) -> None:
    answer = sent("--language", "en", "bulletin", "--as-of", "2018-12-31", "--division", "360100")
    assert answer.code == 0
    (letter,) = letters(home)
    assert "Nanchang" in letter.get_body(("plain",)).get_content()
    (row,) = assessed(sent, "--division", "360100", "--mandate", "JX-F01")
    (same,) = assessed(sent, "--division", "360100", "--mandate", "JX-F01", "--language", "en")
    assert row == same
    wrong = sent("assess", "--mandate", "NO-SUCH", "--language", "en")
    assert wrong.code == 2
    assert "NO-SUCH" in wrong.err
    assert wrong.err.isascii()


def test_outside_its_life_there_is_no_mandate(sent: Fleetmon) -> None:
    rows = assessed(sent, "--mandate", "JX-F01", "--division", "360100", as_of="2021-06-30")
    verdicts = {row["period"]: row["status"] for row in rows}
    assert verdicts["2021"] == "no_mandate"
    assert verdicts["2018"] == "undetermined"
    (early,) = assessed(sent, "--mandate", "FJ-F04", "--division", "350100")
    assert (early["status"], early["consequence"]) == ("no_mandate", "none")
    unnamed = assessed(sent, "--division", "360100", as_of="2021-06-30")
    assert {r["period"] for r in unnamed if r["mandate"] == "JX-F01"} == {"2018", "2019", "2020"}


def test_wrong_use_and_our_own_failure(
    fleetmon: Fleetmon, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = plain_csv(tmp_path / "a.csv", [bus(1)])
    for words in (
        ("ingest",),
        ("ingest", file, "--nil"),
        ("ingest", tmp_path / "none.csv"),
        ("ingest", file, "--division", "999999"),
        ("ingest", file, "--kind", "nonsense"),
        ("ingest", file, "--period", "20l8"),
        ("ingest", file, "--received-at", "yesterday"),
        ("assess", "--as-of", "2018-02-30"),
        ("assess", "--division", "999999"),
        ("submissions", "S999999"),
        ("dance",),
    ):
        assert fleetmon(*words).code == 2, words
    assert fleetmon("ingest", file, *YEAR, "--division", "360100").code == 0

    def fail(*_given: object, **_named: object) -> None:
        message = "the disk is on fire"
        raise OSError(message)

    monkeypatch.setattr("monitor.corridor.intake.gate_rows", fail)
    other = plain_csv(tmp_path / "b.csv", [bus(2)])
    assert fleetmon("ingest", other, *YEAR, "--division", "360100").code == 3
    monkeypatch.undo()
    listed = fleetmon("submissions", "--json").document["submissions"]
    assert len(listed) == 1  # nothing half-stored
    assert len(list((home / "facts").iterdir())) == 1


def test_as_a_program(tmp_path: Path) -> None:
    """The real process: one JSON document on standard output, words on standard error."""
    file = gb18030_csv(tmp_path / "南昌.csv", [*buses(2, 1), bus(9, 燃料种类="煤")])
    start = [sys.executable, "-m", "monitor", "--home", str(tmp_path / "home")]
    ingest = [*start, "ingest", str(file), "--division", "360100", *YEAR, "--json"]
    done = subprocess.run(ingest, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert '"energy_unknown"' in done.stdout
    assert done.stdout.lstrip().startswith("{")
    assert "Warning" not in done.stderr
    ask = [*start, "assess", "--as-of", "2018-12-31", "--json", "--division", "360100"]
    done = subprocess.run(ask, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert '"share": "0.6666"' in done.stdout


def test_a_year_held_in_part_gives_no_pace(fleetmon: Fleetmon, tmp_path: Path) -> None:
    sent = ("--division", "360100", "--received-at")
    spring = [bus(n, 初次登记日期=f"2018-0{n % 6 + 1}-10") for n in range(1, 13)]
    now = [
        bus(n, fuel, 初次登记日期=f"2019-0{n % 6 + 1}-10")
        for n, fuel in enumerate(["纯电动"] * 8 + ["柴油"] * 4, start=21)
    ]
    for name, rows, period, at in (
        ("一.csv", spring, "2018-01..2018-06", "2018-07-05"),
        ("二.csv", now, "2019-01..2019-06", "2019-07-05"),
    ):
        file = plain_csv(tmp_path / name, rows)
        assert fleetmon("ingest", file, *sent, at, "--period", period).code == 0
    asked = ("forecast", "--as-of", "2019-06-30", "--division", "360100", "--mandate", "JX-F01")
    (told,) = fleetmon(*asked, "--json").document["forecasts"]
    assert told["outcome"] == "likely"
    assert told["notes"]
    assert told["low"]["denominator"] > 20
