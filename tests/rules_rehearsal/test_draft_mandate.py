"""A draft clause tried on what is held: the figures by hand, and nothing touched."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from attribution.weeks import FUJIAN, FUZHOU, XIAMEN, Weeks, car, cars
from click.testing import CliRunner

from monitor.assess.arithmetic import Sides, share_status, short_by
from monitor.assess.assess import assess
from monitor.assess.shortfall import Shortfall, Shortfalls, between
from monitor.checking.gate import GateReport
from monitor.cli.main import cli
from monitor.corridor import intake
from monitor.corridor.judge import hold
from monitor.corridor.policy_rehearsal import outcome_of, read_drafts, rehearse_drafts
from monitor.errors import PolicyError
from monitor.policy.policy import Policy
from monitor.policy.project import project_root
from monitor.store.home import Home
from monitor.store.opening import open_store

AS_OF = "2023-12-31"
BUS = {"车辆用途": "公交车"}
QUANZHOU, ZHANGZHOU = "350500", "350600"
PLACES = {XIAMEN: "350203", QUANZHOU: "350502", ZHANGZHOU: "350602"}

DRAFT = """\
id: FJ-D01
document:
  key: FJ-DRAFT
  title: 公交车更新征求意见稿
  issuer: 福建省交通运输厅
  issued_on: 2023-01-05
  jurisdiction: "350000"
section: 二
words: 每年新增及更换的公交车中，新能源公交车不低于80%
meaning:
  zh: 每年新增及更换的公交车中，新能源公交车不低于 80%。
  en: At least 80 % of the buses added or replaced in a year must be new-energy vehicles.
strength: mandatory
strength_word: 不低于
measure: share_new_replaced
unit: share
jurisdiction: "350000"
judged_at: [province, divisions]
binds: [province, divisions]
categories: [bus]
valid_from: 2023-01-01
valid_to: 2024-12-31
targets:
  - {period: 2023, op: ">=", value: "0.8"}
  - {period: 2024, op: ">=", value: "0.8"}
reviewed_on: 2026-11-21
"""
PRESENT = (project_root() / "checks" / "mandates" / "FJ-F04.yml").read_text("utf-8")
# 福州 9 of 10 pass; 厦门 12 of 20 lack 16 - 12 = 4; 泉州 9 of 12, of which 2 more may be, lack 1 or
# nothing (0.8 * 12 = 9.6, so 10); 漳州 1 of 6, of which 1 more may be, lack 5 - 2 = 3 to 5 - 1 = 4.
# Together 31 of 48, of which 3 more may be: 0.8 * 48 = 38.4, so 39, which lacks 5 to 8.
SHORT = {
    FUZHOU: ("pass", 10, 9, 0, 0),
    XIAMEN: ("fail", 20, 12, 4, 4),
    QUANZHOU: ("undetermined", 12, 9, 0, 1),
    ZHANGZHOU: ("fail", 6, 1, 3, 4),
    FUJIAN: ("fail", 48, 31, 5, 8),
}
DIVISIONS = 10  # that report in 福建


def fill(weeks: Weeks) -> None:
    at = {code: {**BUS, "行政区划代码": county} for code, county in PLACES.items()}
    weeks.send(cars(1, 9, 1, **BUS), FUZHOU)
    weeks.send(cars(101, 12, 8, **at[XIAMEN]), XIAMEN)
    quanzhou = cars(201, 9, 1, **at[QUANZHOU])
    weeks.send([*quanzhou, *(car(211 + n, "混合动力", **at[QUANZHOU]) for n in (0, 1))], QUANZHOU)
    zhangzhou = cars(301, 1, 4, **at[ZHANGZHOU])
    weeks.send([*zhangzhou, car(306, "混合动力", **at[ZHANGZHOU])], ZHANGZHOU)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, policy: Policy) -> Path:
    """A home with the buses of four cities; no test here writes to it."""
    folder = tmp_path_factory.mktemp("buses")
    with (
        pytest.MonkeyPatch.context() as patch,
        open_store(Home(folder / "home"), write=True, waiting=lambda _words: None) as store,
    ):
        patch.setattr(intake, "gate_rows", lambda *_given, **_named: GateReport(()))
        fill(Weeks(store, policy, folder))
    return folder / "home"


Written = Callable[..., Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """A draft file, the one above with changes."""

    def write(*changes: tuple[str, str], text: str = DRAFT, name: str = "draft.yml") -> Path:
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return path

    return write


class Said:
    """What one command said."""

    def __init__(self, home: Path, *words: object, language: str = "zh") -> None:
        before = ["--home", str(home), "--language", language, "rehearse"]
        result = CliRunner().invoke(cli, [*before, *map(str, words)])
        self.code, self.out, self.err = result.exit_code, result.stdout, result.stderr

    @property
    def document(self) -> dict[str, Any]:
        assert self.code == 0, self.err
        return dict(json.loads(self.out))


def fingerprint(home: Path) -> dict[str, str]:
    """Every file of the home but for locks, by the hash of its bytes."""
    return {
        path.relative_to(home).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.rglob("*"))
        if path.is_file() and "lock" not in path.name
    }


def tables(home: Path) -> Iterator[tuple[str, object]]:
    with open_store(Home(home), write=False, waiting=lambda _words: None) as store:
        for (name,) in store.rows(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'main' "
            "AND table_type = 'BASE TABLE' ORDER BY 1"
        ):
            content = store.rows(f'FROM "{name}"')
            yield name, (len(content), sorted(map(str, content)))


def test_who_would_pass_and_who_not_by_how_many(home: Path, written: Written) -> None:
    told = Said(home, written(), "--as-of", AS_OF, "--json").document
    assert told["draft"] is True
    (draft,) = told["drafts"]
    assert (draft["mandate"], draft["file"], draft["replaces"]) == ("FJ-D01", "draft.yml", False)
    rows = {row["division"]: row for row in told["assessments"]}
    assert {row["period"] for row in rows.values()} == {"2023"}
    found = {
        code: (
            row["outcome"],
            row["denominator"],
            row["numerator"],
            *row["short_by_range"].values(),
        )
        for code, row in rows.items()
        if row["short_by_range"]
    }
    assert found == SHORT
    assert {row["target"]["value"] for row in rows.values()} == {"0.8"}
    silent = rows.keys() - SHORT.keys()
    assert {rows[code]["outcome"] for code in silent} == {"no_data"}
    assert all(row["explain"] is None and row["present"] is None for row in rows.values())
    assert (told["vanished"], told["notes"]) == ([], [])
    (summary,) = told["summary"]
    assert summary["divisions"] == {
        "pass": 1,
        "fail": 2,
        "undetermined": 1,
        "no_data": DIVISIONS - 4,
        "not_judged": 0,
    }
    # the cities' 0 + 4 + 0..1 + 3..4, without the province's own row
    assert summary["short_by"] == {"low": 7, "high": 9}
    assert (summary["flips"], summary["vanished"], summary["appeared"]) == (None, None, None)


def test_the_table_says_it_in_words(home: Path, written: Written) -> None:
    shown = Said(home, written(), "--as-of", AS_OF).out
    for words in ("草案 FJ-D01", "会达到 · 达标", "不会达到 · 未达标", "无法判定", "0–1", "3–4"):
        assert words in shown
    assert "1 个地区会达到，2 个不会，1 个无法判定，6 个未报数据" in shown
    assert "合计差 7–9 辆" in shown
    assert "没有保存，没有采用" in shown
    shown = Said(home, written(), "--as-of", AS_OF, "--division", XIAMEN, language="en").out
    assert "0 divisions would pass, 1 would not" in shown
    assert "4 vehicles short in all" in shown
    assert "nothing is stored or accepted" in shown


def test_the_figures_are_those_of_assess(home: Path, policy: Policy, written: Written) -> None:
    """A draft that says what a clause says is judged as that clause, in every row."""
    path = written(text=PRESENT)
    with open_store(Home(home), write=False, waiting=lambda _words: None) as store:
        held = hold(store, date(2023, 12, 31), None)
        told = rehearse_drafts(policy, held, read_drafts(policy, [path]))
        expected = assess(policy, held, mandates=("FJ-F04",))
    assert any(row.denominator for row in expected)
    assert {row.pair.turn for row in told.rows} == {"none"}
    assert {row.pair.after for row in told.rows} == set(expected)


def test_a_draft_of_a_known_id_stands_beside_the_present_clause(
    home: Path, written: Written
) -> None:
    """All buses by FJ-F04, four in five by the draft: 福州 and 泉州 turn."""
    lower = written(
        ('{period: 2023, op: ">=", value: "1"}', '{period: 2023, op: ">=", value: "0.8"}'),
        text=PRESENT,
    )
    told = Said(home, lower, "--as-of", AS_OF, "--json").document
    assert told["drafts"][0]["replaces"] is True
    rows = {r["division"]: r for r in told["assessments"] if r["period"] == "2023"}
    turned = {
        code: (rows[code]["present"]["status"], rows[code]["status"], rows[code]["change"])
        for code in SHORT
    }
    assert turned == {
        FUZHOU: ("not_met", "met", "flip"),
        XIAMEN: ("not_met", "not_met", "figures"),
        QUANZHOU: ("not_met", "undetermined", "flip"),
        ZHANGZHOU: ("not_met", "not_met", "figures"),
        FUJIAN: ("not_met", "not_met", "figures"),
    }
    assert rows[XIAMEN]["present"]["target"] == {"op": ">=", "value": "1"}
    assert rows[XIAMEN]["present"]["short_by"] == 8
    turns = [(s["period"], s["flips"], s["vanished"], s["appeared"]) for s in told["summary"]]
    assert turns == [("2022", 0, 0, 0), ("2023", 2, 0, 0)]
    shown = Said(home, lower, "--as-of", AS_OF, "--year", 2023).out
    for words in ("取代现行条文", "未达标 (>= 1)", "翻转 2 个，消失 0 个，新增 0 个"):
        assert words in shown
    assert "2022" not in shown


def test_what_a_shorter_life_leaves_out_has_vanished(home: Path, written: Written) -> None:
    later = written(("id: FJ-D01", "id: FJ-F04"))
    told = Said(home, later, "--as-of", AS_OF, "--json").document
    assert {row["period"] for row in told["assessments"]} == {"2023"}
    assert {row["period"] for row in told["vanished"]} == {"2022"}
    gone = told["summary"][0]
    assert (gone["period"], gone["vanished"], sum(gone["divisions"].values())) == (
        "2022",
        DIVISIONS,
        0,
    )
    shown = Said(home, later, "--as-of", AS_OF).out
    assert f"2022 年：草案不判定这一年，现行结论消失 {DIVISIONS} 个。" in shown


def test_vehicles_of_unknown_scope_make_the_shortfall_a_range(
    weeks: Weeks, written: Written
) -> None:
    """8 of 10 in scope are enough; with the eleventh, on petrol, 0.8 * 11 = 8.8 asks for 9."""
    weeks.send([*cars(1, 8, 2, **BUS), car(11, "汽油", **BUS, 单位性质="")])
    path = written(("categories: [bus]", "categories: [bus]\nowners: [government]"))
    held = hold(weeks.store, date(2023, 12, 31), None)
    told = rehearse_drafts(weeks.policy, held, read_drafts(weeks.policy, [path]))
    (row,) = [row for row in told.rows if row.pair.key[1] == FUZHOU]
    assert row.pair.after is not None
    assert row.pair.after.status == "undetermined"
    assert row.short == Shortfall(Decimal(0), Decimal(1))


@pytest.mark.parametrize("op", [">=", ">"])
def test_the_range_is_that_of_every_way_it_may_turn_out(op: str) -> None:
    """Each open vehicle settled in each way; and the ends of the range decide the verdict."""
    for new, unsure, other, *unknown in product(range(3), repeat=6):
        if not new + unsure + other:
            continue
        unknown_new, unknown_open, unknown_not = unknown
        sides = Sides(
            denominator=new + unsure + other,
            numerator=new,
            undetermined=unsure,
            unknown_new=unknown_new,
            unknown_open=unknown_open,
            unknown_not=unknown_not,
        )
        ways = {
            (new + a + b + c, new + unsure + other + b + c + d + e)
            for a in range(unsure + 1)
            for b in range(unknown_new + 1)
            for c in range(unknown_open + 1)
            for d in range(unknown_open + 1 - c)
            for e in range(unknown_not + 1)
        }
        for target in (Fraction(1, 3), Fraction(4, 5), Fraction(1)):
            lacking = [
                short_by(Sides(denominator=whole, numerator=part), target, op)
                for part, whole in ways
            ]
            found = between(sides, target, target, op)
            assert found == Shortfall(Decimal(min(lacking)), Decimal(max(lacking)))
            status = share_status(sides, target, op, complete=True)
            expected = "met" if not found.high else "not_met" if found.low else "undetermined"
            assert status == expected


def test_every_verdict_has_its_shortfall(weeks: Weeks) -> None:
    """Over all clauses of 福建, rises and counts among them."""
    for kind, first in (("公务用车", 1), ("公交车", 101), ("执法执勤用车", 201)):
        for year, start in (("2022", first), ("2023", first + 40)):
            mine = {"车辆用途": kind, "初次登记日期": f"{year}-03-15"}
            mixed = [car(start + 20 + n, "混合动力", **mine) for n in range(3)]
            weeks.send([*cars(start, 8, 5, **mine), *mixed])
    held = hold(weeks.store, date(2023, 12, 31), None)
    shortfalls = Shortfalls(weeks.policy, held)
    seen = set()
    for row in assess(weeks.policy, held, divisions=(FUJIAN, FUZHOU)):
        short = shortfalls.of(row)
        outcome = outcome_of(row.status)
        if short is None:
            assert outcome in {"no_data", "not_judged"}
            continue
        seen.add((row.measure, outcome))
        assert (short.high == 0) == (outcome == "pass")
        assert (short.low > 0) == (outcome == "fail")
        assert short.low <= Decimal(row.short_by) <= short.high
    assert {measure for measure, _ in seen} >= {"share_new_replaced", "monotone_increase"}


def test_a_count_without_an_opening_figure_is_not_judged(home: Path, written: Written) -> None:
    count = written(
        ("share_new_replaced", "cumulative_count"),
        ("unit: share", "unit: vehicle"),
        ('period: 2023, op: ">=", value: "0.8"', 'period: 2023, op: ">=", value: "30"'),
        ('period: 2024, op: ">=", value: "0.8"', 'period: 2024, op: ">=", value: "60"'),
    )
    told = Said(home, count, "--as-of", AS_OF, "--json").document
    rows = {row["division"]: row for row in told["assessments"]}
    assert (rows[FUJIAN]["outcome"], rows[FUJIAN]["numerator"]) == ("pass", 31)
    assert (rows[XIAMEN]["outcome"], rows[XIAMEN]["short_by_range"]) == ("not_judged", None)
    assert "期初数" in Said(home, count, "--as-of", AS_OF).out


# --- what is read ------------------------------------------------------------------------------


def test_the_document_may_be_one_that_is_known(written: Written, policy: Policy) -> None:
    inline = DRAFT[DRAFT.index("document:") : DRAFT.index("section:")]
    (draft,) = read_drafts(policy, [written((inline, "document: FJ\n"))])
    assert draft.mandate.document == policy.mandates["FJ-F04"].document
    (draft,) = read_drafts(policy, [written()])
    assert getattr(draft.mandate.document, "title", None) == "公交车更新征求意见稿"
    national = project_root() / "checks" / "mandates" / "national" / "CN-39-FJ.yml"
    (draft,) = read_drafts(policy, [national])  # may be tried while it is off
    assert (draft.mandate.id, draft.replaces) == ("CN-39-FJ", False)
    with pytest.raises(PolicyError, match="XX"):
        read_drafts(policy, [written((inline, "document: XX\n"))])


def line_of(text: str) -> int:
    return next(n for n, line in enumerate(DRAFT.splitlines(), 1) if text in line)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("categories: [bus]", "categories: [tram]", "tram"),
        ("unit: share", "unit: share\nfleet: all", "fleet"),
        ('2024, op: ">=", value: "0.8"', '2024, op: ">=", value: "80%"', "80%"),
        ("measure: share_new_replaced", "section: 三", "section"),
        ("valid_to: 2024-12-31", "valid_to: 2024-02-30", "day"),
        ("strength: mandatory", "strength: !must mandatory", "must"),
        ("id: FJ-D01", "id: JX-I05", "checks/clauses"),
    ],
)
def test_a_broken_draft_is_refused_with_its_line(
    old: str, new: str, reason: str, home: Path, written: Written
) -> None:
    line = line_of(old) + new.count("\n")
    for language, at, mend in (
        ("zh", f"第 {line} 行", "请改好草案再试"),
        ("en", f"line {line}", "Mend the draft and try again"),
    ):
        said = Said(home, written((old, new)), language=language)
        assert said.code == 2
        for words in ("draft.yml", at, reason, mend):
            assert words in said.err
        assert not said.out


def test_a_file_that_is_not_there_is_refused_in_words(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing.yml", tmp_path):
        said = Said(tmp_path / "home", path)
        assert said.code == 2
        assert f"无法打开草案文件 {path}" in said.err


def test_several_drafts_at_once_each_with_its_own_id(home: Path, written: Written) -> None:
    first = written()
    second = written(("id: FJ-D01", "id: FJ-D02"), ("0.8", "0.5"), name="second.yml")
    told = Said(home, first, second, "--as-of", AS_OF, "--division", XIAMEN, "--json").document
    found = [(r["mandate"], r["outcome"], r["short_by"]) for r in told["assessments"]]
    assert found == [("FJ-D01", "fail", 4), ("FJ-D02", "pass", 0)]
    twice = Said(home, first, written(name="again.yml"))
    assert twice.code == 2
    assert "FJ-D01 重复" in twice.err


# --- what is asked -----------------------------------------------------------------------------


def test_nothing_is_stored_and_no_rule_is_touched(
    home: Path, policy: Policy, written: Written
) -> None:
    before, rows, files = dict(policy.mandates), list(tables(home)), fingerprint(home)
    assert rows
    replacing = written(("id: FJ-D01", "id: FJ-F04"))
    for words in (["--as-of", AS_OF], ["--json"], ["--strict", "--as-of", AS_OF]):
        Said(home, replacing, *words)
    assert fingerprint(home) == files
    assert list(tables(home)) == rows
    assert dict(policy.mandates) == before


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--as-of", AS_OF, "--year", 2025), "2025 年不在其内"),
        (("--as-of", AS_OF, "--year", 2024), "还没有开始"),
        (("--as-of", "2022-12-31"), "还没有开始"),
        (("--as-of", AS_OF, "--division", "360100"), "不判定所选的地区"),
    ],
)
def test_where_there_is_nothing_to_judge_it_says_why(
    words: tuple[object, ...], why: str, home: Path, written: Written
) -> None:
    said = Said(home, written(), *words)
    assert said.code == 0
    assert why in said.out
    assert "个地区" not in said.out
    told = Said(home, written(), *words, "--json").document
    assert (told["assessments"], told["summary"]) == ([], [])
    assert why in told["notes"][0]


def test_only_what_was_known_then_is_judged(home: Path, written: Written) -> None:
    early = ("--as-of", AS_OF, "--known-at", "2023-06-01T09:00")
    told = Said(home, written(), *early, "--json").document
    assert told["known_at"] == "2023-06-01T09:00:00+08:00"
    assert {row["outcome"] for row in told["assessments"]} == {"no_data"}
    assert told["summary"][0]["short_by"] is None
    shown = Said(home, written(), *early).out
    assert f"{DIVISIONS} 个未报数据，0 个不作判定。" in shown
    assert "合计差" not in shown


def test_strict_minds_a_binding_breach(home: Path, written: Written) -> None:
    words = ("--as-of", AS_OF, "--strict", "--division")
    assert Said(home, written(), *words, FUZHOU).code == 0
    assert Said(home, written(), *words, XIAMEN).code == 1
    aim = written(("strength: mandatory", "strength: aim"))
    assert Said(home, aim, *words, XIAMEN).code == 0


def test_a_draft_is_not_accepted(tmp_path: Path, written: Written) -> None:
    for words in (["--accept", "--by", "陈晓梅"], ["--by", "陈晓梅"], ["--note", "省里来函"]):
        said = Said(tmp_path / "home", written(), *words)
        assert said.code == 2
        assert "草案不能采用" in said.err
    for words in (["--year", "2023"], ["--division", FUZHOU], ["--strict"]):
        said = Said(tmp_path / "home", *words)
        assert said.code == 2
        assert "只与草案文件同用" in said.err
    assert not (tmp_path / "home").exists()
