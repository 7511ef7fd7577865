"""`readings` and `assess --reading` as they are typed, and the small print of what they lead to."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from attribution.weeks import FUJIAN, FUZHOU, Row, Weeks, cars
from click.testing import CliRunner

from monitor.bulletins.view import build_view
from monitor.checking.gate import GateReport
from monitor.cli.main import cli
from monitor.corridor import intake, judge
from monitor.corridor.gathering import facts_of, gather_run
from monitor.corridor.judge import hold, judge_and_keep
from monitor.policy import policy as policies
from monitor.policy.policy import load_policy
from monitor.store.home import Home
from monitor.store.opening import open_store
from monitor.store.store import Store

AS_OF = "2022-12-31"
EARLY, LATE = {"初次登记日期": "2022-04-17"}, {"初次登记日期": "2022-04-18"}
BUS = {"车辆用途": "公交车"}


POLICY = load_policy(None)


class Answer(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out)


Ask = Callable[..., Answer]


@pytest.fixture(autouse=True)
def _loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What every command would load anew."""
    monkeypatch.setattr(policies, "load_policy", lambda _config: POLICY)


def sent() -> list[Row]:
    """福州 in 2022: 19 of 20 official cars, the miss before the day of issue; 199 of 200 buses."""
    return [
        *cars(1, 0, 1, **EARLY),
        *cars(2, 19, 0, **LATE),
        *cars(101, 199, 1, **BUS | LATE),
    ]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with that file. Great Expectations repeats the tallies and changes no figure."""
    folder = tmp_path_factory.mktemp("readings")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(intake, "gate_rows", lambda *_given, **_named: GateReport(()))
        with open_store(Home(folder / "home"), write=True, waiting=lambda _words: None) as store:
            Weeks(store, POLICY, folder).send(sent())
    return folder / "home"


@pytest.fixture
def ask(home: Path) -> Ask:
    def asked(*words: object, language: str = "zh") -> Answer:
        given = ["--home", str(home), "--language", language, *map(str, words)]
        result = CliRunner().invoke(cli, given)
        return Answer(result.exit_code, result.stdout, result.stderr)

    return asked


def assess(ask: Ask, *words: object, **how: str) -> Answer:
    return ask("assess", "--as-of", AS_OF, "--division", FUZHOU, *words, **how)


def row(document: Any, mandate: str) -> Any:
    (found,) = [
        one
        for one in document["assessments"]
        if (one["mandate"], one["period"], one["role"]) == (mandate, "2022", "finding")
    ]
    return found


def test_the_first_quarter_is_left_out_where_it_is_asked(ask: Ask) -> None:
    taken = assess(ask, "--json").document
    assert taken["readings"] == {}
    assert "differences" not in taken
    told = assess(ask, "--json", "--reading", "q1_2022=from_issue").document
    assert told["readings"] == {"q1_2022": "from_issue"}
    before, after = row(taken, "FJ-F01"), row(told, "FJ-F01")
    assert (before["status"], before["numerator"], before["denominator"]) == ("not_met", 19, 20)
    assert (after["status"], after["numerator"], after["denominator"]) == ("met", 19, 19)
    assert before["explain"]
    assert after["explain"] == ""
    # What the reading does not touch is the same to the last letter, its code too.
    assert row(told, "FJ-F02") == row(taken, "FJ-F02")
    assert told["verdicts_differ"] == 1
    (one,) = [d for d in told["differences"] if d["is_other_verdict"]]
    assert (one["mandate"], one["taken"]["status"], one["otherwise"]["status"]) == (
        *("FJ-F01", "not_met"),
        "met",
    )
    assert told["ruleset"] == taken["ruleset"]


def test_the_reading_that_is_taken_changes_nothing(ask: Ask) -> None:
    told = assess(ask, "--json", "--reading", "rounding=exact").document
    assert told.pop("readings") == {"rounding": "exact"}
    assert (told.pop("differences"), told.pop("verdicts_differ")) == ([], 0)
    taken = assess(ask, "--json").document
    taken.pop("readings")
    assert told == taken


def test_the_table_marks_what_differs(ask: Ask) -> None:
    two = ("--reading", "q1_2022=from_issue", "--reading", "rounding=nearest_percent")
    out = assess(ask, "--mandate", "FJ-F01", "--mandate", "FJ-F04", *two).out
    assert "读作 q1_2022=from_issue，rounding=nearest_percent" in out
    assert "≠ 未达标 19 / 20" in out
    assert "≠ 未达标 199 / 200" in out
    assert "2 项判定不同" in out
    assert "没有保存" in out
    english = assess(ask, "--mandate", "FJ-F01", *two, language="en").out
    assert "1 verdict differs (≠)" in english
    assert "no explain code" in english


def test_what_cannot_be_told_says_why(ask: Ask) -> None:
    out = assess(ask, "--mandate", "FJ-F01", "--reading", "exemption_list=any_claimed").out
    assert "暂不能计算" in out
    assert "缺：四类以外的名目入库时只留提示" in out


def test_strict_looks_at_what_is_asked(ask: Ask) -> None:
    official = ("--mandate", "FJ-F01", "--strict")
    assert assess(ask, *official).code == 1
    assert assess(ask, *official, "--reading", "q1_2022=from_issue").code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--reading", "weather=fine"), "urban_core"),
        (("--reading", "rounding=up"), "nearest_percent"),
        (("--reading", "rounding"), "nearest_percent"),
        (("--reading", "rounding=nearest_percent", "--store"), "--store"),
    ],
)
def test_wrong_use_is_told_what_there_is(ask: Ask, words: tuple[str, ...], said: str) -> None:
    answer = assess(ask, *words)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err


def test_nothing_of_it_is_kept(ask: Ask, home: Path) -> None:
    def runs() -> int:
        with open_store(Home(home), write=False, waiting=lambda _words: None) as store:
            return int(store.one("SELECT count(*) FROM run"))

    before = runs()
    assess(ask, "--reading", "rounding=nearest_percent")
    assert runs() == before


def test_all_readings_are_listed(ask: Ask) -> None:
    document = ask("readings", "--json").document
    there = {one["id"]: one for one in document["readings"]}
    assert set(there) == set(POLICY.readings)
    core = there["urban_core"]
    assert (core["taken"], core["by"], core["on"]) == (
        *("marked_area", "fleetmon 项目组"),
        "2026-11-21",
    )
    assert core["reason"]
    assert core["clauses"] == ["FJ-F09", "FJ-F12"]
    assert [option["word"] for option in core["options"] if option["is_taken"]] == ["marked_area"]
    assert [o["word"] for o in core["options"] if not o["is_computable"]] == ["built_up_area"]
    stated = {clause for one in document["stated"] for clause in one["of"]}
    assert stated >= POLICY.clauses.keys()
    assert stated | {c for one in there.values() for c in one["clauses"]} >= POLICY.mandates.keys()
    out = ask("readings").out
    assert all(name in out for name in there)
    assert "● marked_area" in out
    assert "○ built_up_area" in out
    assert "没有记录别的选项" in out


def test_one_reading_is_shown_in_full(ask: Ask) -> None:
    out = ask("readings", "pingtan", "q1_2022").out
    assert "福州市也计平潭综合实验区的车辆" in out
    assert "first_day = 2022-04-18" in out
    assert "理由：" in out
    assert "fleetmon assess --reading q1_2022=from_issue" in out
    assert "whole_year" in ask("readings", "q1_2022", language="en").out
    document = ask("readings", "q1_2022", "--json").document
    (one,) = document["readings"]
    assert "stated" not in document
    assert one["options"][1]["changes"][0]["fields"] == {"counting": {"first_day": "2022-04-18"}}
    wrong = ask("readings", "weather")
    assert (wrong.code, "urban_core" in wrong.err) == (2, True)


def test_a_mandate_names_the_readings_that_have_others(ask: Ask) -> None:
    assert "另有读法：fleetmon readings urban_core" in ask("mandates", "FJ-F09").out
    (one,) = ask("mandates", "FJ-F09", "--json").document["mandates"]
    assert "urban_core" in {reading["recorded"] for reading in one["readings"]}
    assert "counting" not in one


def bulletin_notes(
    store: Store, division: str = FUZHOU, as_of: str = AS_OF
) -> dict[str, tuple[str, ...]]:
    day = date.fromisoformat(as_of)
    concerned = (division, *POLICY.divisions.members(division))
    held = hold(store, day, None)
    run, rows = judge_and_keep(
        store, POLICY, held, kind="bulletin", started_at=Weeks.day, divisions=concerned
    )
    known = gather_run(store, POLICY, held, run, rows, divisions=(division,), mandates=None)
    view = build_view(facts_of(POLICY, held, known, division), POLICY, "zh")
    return {note.what: note.otherwise for note in view.readings}


def test_a_bulletin_says_where_a_verdict_would_differ(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judge, "gate_verdicts", lambda *_given: GateReport(()))
    shutil.copytree(home, tmp_path / "home")
    with open_store(Home(tmp_path / "home"), write=True, waiting=lambda _words: None) as store:
        notes = bulletin_notes(store)
        assert bulletin_notes(store) == notes
        province = [bulletin_notes(store, FUJIAN, day) for day in (AS_OF, "2023-03-31")]
    issue = next(told for what, told in notes.items() if what.startswith("按整年计算：2022"))
    assert issue == (
        (
            "若读作“2022 年只计 4 月 18 日（文件印发）及以后初次登记的车辆”，"
            "FJ-F01 公务用车 2022 年度由未达标变为达标。"
        ),
    )
    exact = next(told for what, told in notes.items() if what.startswith("不四舍五入"))
    assert exact == (
        (
            "若读作“比例四舍五入到整百分点后再比较（54.5% 作 55%，99.5% 作 100%）”，"
            "FJ-F04 公交车 2022 年度由未达标变为达标。"
        ),
        "另有 1 种读法（fleetmon readings rounding），本期的结论都不变。",
    )
    owners = next(told for what, told in notes.items() if what.startswith("主体限"))
    assert owners == ("另有 1 种读法（fleetmon readings official_owners），本期的结论都不变。",)
    # A province's bulletin shows its members for the judged year, and of past years its own rows.
    told = [next(t for what, t in one.items() if what.startswith("按整年")) for one in province]
    both = "福建省、福州市 FJ-F01 公务用车 2022 年度由未达标变为达标。"
    assert [said[0].partition("，")[2] for said in told] == [both, both.replace("、福州市", "")]
