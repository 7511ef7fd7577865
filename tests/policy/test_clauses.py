"""Every clause of the four documents against a list made from the documents by hand.

`clause_list.csv` was written with the documents beside it, in their own writing of numbers (10万),
one row a target; it was not made from the files it is compared with.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from monitor.cli.lists import mandates
from monitor.cli.session import make_session
from monitor.errors import PolicyError
from monitor.model import Language
from monitor.policy.archive import keep_ruleset
from monitor.policy.clause_coverage import coverage_of
from monitor.policy.clause_targets import ClauseTarget
from monitor.policy.clauses import Clause
from monitor.policy.mandates import Document, Mandate, PeriodTarget
from monitor.policy.policy import Policy, load_policy, load_project
from monitor.policy.project import Project, project_root

ROOT = Path(__file__).resolve().parents[2]
LIST = ROOT / "tests" / "policy" / "clause_list.csv"
Row = dict[str, str]


def listed() -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = defaultdict(list)
    with LIST.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rows[row["id"]].append(row)
    return dict(rows)


CLAUSES = listed()
OTHERS = [clause for clause, rows in CLAUSES.items() if rows[0]["class"] != "fleet"]
UNITS = {"share": "%", "vehicle": "辆", "standard_vehicle": "标准车"}


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy()


def number(written: str) -> Decimal:
    """10万 as a number."""
    bare = written.removesuffix("万")
    return Decimal(bare) * (10000 if bare != written else 1)


def wanted(row: Row) -> tuple[object, ...]:
    """A row of the list as a target: period, op, numbers, unit, threshold, its own strength."""
    counted, _, bar = row["value"].partition(" > ")
    numbers = tuple(number(part) for part in counted.removesuffix("家").split("-") if part)
    threshold = None
    if bar:
        unit = bar.lstrip("0123456789万")
        threshold = (">", number(bar.removesuffix(unit)), unit)
    own = row["own_strength"] or None
    return (row["period"], row["op"], numbers, row["unit"], threshold, own)


def of_mandate(mandate: Mandate, target: PeriodTarget) -> tuple[object, ...]:
    period = str(target.period)
    if target.value is None:
        return (period, target.op, (Decimal(target.compare_to or 0),), "compare", None, None)
    value = Decimal(target.value) * (100 if mandate.unit == "share" else 1)
    return (period, target.op, (value,), UNITS[mandate.unit], None, None)


def of_clause(target: ClauseTarget) -> tuple[object, ...]:
    period = "yearly" if target.every_year else str(target.period or "")
    values = (target.value, target.value_min, target.value_max)
    numbers = tuple(Decimal(value) for value in values if value is not None)
    bar = target.threshold
    threshold = (bar.op, Decimal(bar.value), bar.unit) if bar else None
    return (period, target.op, numbers, target.unit or "", threshold, target.strength)


def test_the_list_has_all_95_and_so_have_the_files(policy: Policy) -> None:
    assert len(CLAUSES) == 95
    assert {*policy.mandates, *policy.clauses} == set(CLAUSES)
    assert not policy.mandates.keys() & policy.clauses.keys()
    assert {path.stem for path in (ROOT / "checks/clauses").glob("*.yml")} == set(policy.clauses)
    counts = {"FJ": 33, "JS": 17, "JX": 18, "NJ": 27}
    for document, count in counts.items():
        assert sum(rows[0]["document"] == document for rows in CLAUSES.values()) == count


@pytest.mark.parametrize("clause_id", CLAUSES)
def test_a_clause_says_what_the_list_says(policy: Policy, clause_id: str) -> None:
    rows = CLAUSES[clause_id]
    clause: Mandate | Clause
    if rows[0]["class"] == "fleet":
        mandate = clause = policy.mandates[clause_id]
        found = [of_mandate(mandate, target) for target in mandate.targets]
    else:
        clause = other = policy.clauses[clause_id]
        assert other.clause_class == rows[0]["class"]
        found = [of_clause(target) for target in other.targets]
    assert found == [wanted(row) for row in rows if row["op"]]
    assert clause.strength == rows[0]["strength"]
    assert f"{clause.valid_from.year}-{clause.valid_to.year}" == rows[0]["life"]
    assert isinstance(clause.document, Document)
    assert clause.document.key == rows[0]["document"]
    assert clause.jurisdiction == clause.document.jurisdiction


@pytest.mark.parametrize("clause_id", OTHERS)
def test_a_clause_is_whole(policy: Policy, clause_id: str) -> None:
    clause = policy.clauses[clause_id]
    assert isinstance(clause.document, Document)
    assert clause.valid_from == clause.document.issued_on
    assert (clause.valid_to.month, clause.valid_to.day) == (12, 31)
    assert clause.words == "".join(clause.words.split())
    texts = [clause.meaning, clause.evidence.needs, *(reading.what for reading in clause.readings)]
    texts += [clause.evidence.limits] if clause.evidence.limits else []
    for text in texts:
        assert text.zh.endswith("。")
        assert text.en.endswith(".")
    for reading in clause.readings:
        assert (reading.by, reading.on) == ("fleetmon 项目组", date(2026, 11, 21))
    assert clause.reviewed_on == date(2026, 11, 21)
    assert not clause.illustrative


# Numbers that the words do not hold: each is a reading.
READ = {"FJ-I01", "JS-R01", "JS-S05", "NJ-R01", "NJ-S07"}
WORDS = {1: "一家", 2: "两家", 3: "前三", 5: "前五", 10: "十家", 50: "一半"}


@pytest.mark.parametrize("clause_id", [clause for clause in OTHERS if clause not in READ])
def test_the_numbers_stand_in_the_words(policy: Policy, clause_id: str) -> None:
    clause = policy.clauses[clause_id]
    for target in clause.targets:
        bar = target.threshold.value if target.threshold else None
        for value in (target.value, target.value_min, target.value_max, bar):
            if value is not None:
                count = int(value)
                tens = [str(count // 10000)] if count % 10000 == 0 else []
                writings = [value, *tens, *([WORDS[count]] if count in WORDS else [])]
                assert any(writing in clause.words for writing in writings), value


def test_what_must_be_reported_is_the_kind_that_fits(policy: Policy) -> None:
    by_kind = defaultdict(set)
    for clause in policy.clauses.values():
        by_kind[clause.evidence.kind].add(clause.id)
    assert by_kind["permit"] == {"NJ-R01"}
    facility = {"JX-I05", "NJ-I01", "FJ-I01", "FJ-I06", "JS-I08", "JS-S01", "FJ-S02"}
    assert by_kind["facility"] == facility
    assert by_kind["platform"] == {"JX-S01", "FJ-S01"}
    assert by_kind["battery"] == {"FJ-S03", "JX-S04", "JS-S02", "NJ-S04"}
    assert by_kind["tender"] == {"FJ-R01", "JX-R01", "JX-S02"}
    assert by_kind["building"] == {"FJ-R02", "FJ-R03"}
    assert {clause[3] for clause in by_kind["figure"]} == {"I"}
    assert {clause[3] for clause in by_kind["document"]} == {"R", "S"}


def test_a_duty_of_every_year_is_looked_at_in_whole_years(policy: Policy) -> None:
    assert policy.clauses["NJ-S02"].whole_years == range(2019, 2026)
    assert policy.clauses["NJ-S05"].whole_years == range(2019, 2021)
    assert policy.clauses["JS-S05"].whole_years == range(2020, 2026)


# --- who answers -------------------------------------------------------------------------------


def test_everybody_who_answers_is_in_the_table_and_nobody_else(policy: Policy) -> None:
    every: list[Mandate | Clause] = [*policy.mandates.values(), *policy.clauses.values()]
    named = {(clause.jurisdiction, body) for clause in every for body in clause.responsible}
    assert named == set(policy.bodies.entries)


def test_a_present_name_has_its_source_and_doubt_is_said(policy: Policy) -> None:
    for body in policy.bodies.entries.values():
        assert body.source
        assert ("未核实" in body.source) >= (body.support == "unverified")
        if body.change in {"renamed", "merged"}:
            assert body.present not in {None, body.full_name.zh}
        if body.present is None:
            assert body.note
    for jurisdiction, name, present in (
        ("360000", "省工信委", "江西省工业和信息化厅"),
        ("360000", "省国土资源厅", "江西省自然资源厅"),
        ("360000", "省公安消防总队", "江西省消防救援总队"),
        ("320100", "市经信委", "南京市工业和信息化局"),
    ):
        body = policy.bodies.entries[jurisdiction, name]
        assert body.now_called == present


def test_sixteen_bodies_answer_for_the_leading_group(policy: Policy) -> None:
    assert len(policy.clauses["NJ-S06"].responsible) == 16


# --- refusals ----------------------------------------------------------------------------------


def config(tmp_path: Path, name: str, text: str, folder: str = "checks/clauses") -> Path:
    place = tmp_path / folder
    place.mkdir(parents=True, exist_ok=True)
    (place / name).write_text(text, encoding="utf-8")
    return tmp_path


def text_of(clause: str) -> str:
    return (ROOT / f"checks/clauses/{clause}.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("unit: 座", "unit: 栋", "栋"),
        ("period: 2020", "period: 2021", "2021"),
        ("省能源局", "省能源厅", "省能源厅"),
        ("class: indicator", "class: fleet", "class"),
        ('value: "260"', 'value: "260 座"', "decimal"),
        ('value: "260"', 'value_min: "260"', "numbers"),
        ("valid_to: 2020-12-31", "valid_to: 2017-12-31", "valid_to"),
        ("valid_to: 2020-12-31", "", "valid_to"),
        ('jurisdiction: "360000"', 'jurisdiction: "990000"', "990000"),
        ("document: JX", "document: XX", "XX"),
        ("kind: facility", "kind: figure", "figure"),
        ("kind: facility", "kind: guess", "evidence.kind"),
        ("measure: facility_count", "measure: adoption", "measure"),
        ("reviewed_on:", "colour: red\nreviewed_on:", "colour"),
        ("zh: 充电站, en: charging stations", "zh: 充电桩, en: charging piles", "two targets"),
    ],
)
def test_a_faulty_clause_is_refused(tmp_path: Path, old: str, new: str, word: str) -> None:
    good = text_of("JX-I05")
    assert old in good
    if word == "two targets":
        good = good.replace("unit: 根", "unit: 座")
    with pytest.raises(PolicyError) as refused:
        load_policy(config(tmp_path, "JX-I05.yml", good.replace(old, new, 1)))
    assert "JX-I05.yml" in refused.value.text.en
    assert word in refused.value.text.en


def test_the_line_of_a_wrong_unit_is_named(tmp_path: Path) -> None:
    lines = text_of("JX-I05").splitlines()
    at = next(n for n, line in enumerate(lines, start=1) if "unit: 座" in line)
    with pytest.raises(PolicyError) as refused:
        load_policy(config(tmp_path, "JX-I05.yml", text_of("JX-I05").replace("座", "栋")))
    assert f"line {at}" in refused.value.text.en
    assert f"第 {at} 行" in refused.value.text.zh


@pytest.mark.parametrize("taken", ["JX-I01", "JX-F01"], ids=["a clause's", "a mandate's"])
def test_an_id_that_stands_twice_is_refused(tmp_path: Path, taken: str) -> None:
    text = text_of("JX-I05").replace("id: JX-I05", f"id: {taken}")
    with pytest.raises(PolicyError, match=f"{taken} stands in two files"):
        load_policy(config(tmp_path, "more.yml", text))


def body_text(**changes: Any) -> str:
    body = {
        "name": "省能源局",
        "jurisdiction": "350000",
        "level": "province",
        "full_name": {"zh": "福建省能源局", "en": "Fujian energy bureau"},
        "change": "none",
        "present": "福建省能源局",
        "source": "试验",
        "support": "unverified",
    }
    return yaml.safe_dump({"bodies": [body | changes]}, allow_unicode=True)


def test_a_config_folder_adds_bodies(tmp_path: Path) -> None:
    added = load_policy(config(tmp_path, "bodies.fujian.yml", body_text(), "data"))
    assert added.bodies.get("350000", "省能源局")
    assert added.bodies.get("360000", "省能源局")
    assert added.ruleset != load_policy().ruleset


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"jurisdiction": "360000"}, "stands twice"),
        ({"jurisdiction": "990000"}, "990000"),
        ({"change": "unsure"}, "unsure"),
        ({"present": None, "change": "unsure"}, "note"),
        ({"present": None}, "unsure"),
        ({"since": "2018-10"}, "since"),
    ],
)
def test_a_faulty_body_is_refused(tmp_path: Path, changes: dict[str, Any], word: str) -> None:
    with pytest.raises(PolicyError, match=word):
        load_policy(config(tmp_path, "bodies.more.yml", body_text(**changes), "data"))


# --- the ruleset -------------------------------------------------------------------------------


def test_a_clause_is_part_of_the_ruleset_and_is_kept_with_it(
    tmp_path: Path, policy: Policy
) -> None:
    folder = config(tmp_path / "own", "JX-I05.yml", text_of("JX-I05").replace("260", "261"))
    assert load_policy(folder).ruleset != policy.ruleset
    kept = keep_ruleset(tmp_path / "rulesets", policy)
    assert load_project(Project(kept, is_whole=True)).clauses == policy.clauses


def test_a_ruleset_kept_before_there_were_clauses_still_loads(
    tmp_path: Path, policy: Policy
) -> None:
    kept = keep_ruleset(tmp_path / "rulesets", policy)
    old = tmp_path / "old"
    shutil.copytree(kept, old)
    for folder in (
        "checks/clauses",
        "checks/shared",
        "data/consistency",
        "data/kinds",
        "data/evaluation",
    ):
        shutil.rmtree(old / folder)
    for kind in (kind.kind for kind in policy.kinds.values() if kind.is_record):
        (old / "checks" / f"{kind}.yml").unlink()
        (old / "data" / "columns" / f"{kind}.yml").unlink()
    (old / "data" / "bodies.yml").unlink()
    for table in ("unit", "reported_unit"):
        (old / "data" / "codes" / f"{table}.yml").unlink()
    loaded = load_project(Project(old, is_whole=True))
    assert (loaded.clauses, loaded.mandates) == ({}, policy.mandates)


# --- the command -------------------------------------------------------------------------------


def run(
    tmp_path: Path, *words: str, config: Path | None = None, language: Language = "zh"
) -> Result:
    session = make_session(tmp_path / "home", config, language, debug=True)
    return CliRunner().invoke(mandates, list(words), obj=session, catch_exceptions=False)


def first_cells(table: str) -> list[str]:
    rows = [line.split("│") for line in table.splitlines() if line.startswith("│")]
    return [row[1].strip() for row in rows if row[1].strip()]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_coverage_table_has_every_clause_once(tmp_path: Path, language: Language) -> None:
    result = run(tmp_path, "--coverage", language=language)
    assert result.exit_code == 0
    assert sorted(first_cells(result.output)) == sorted(CLAUSES)


def last_cells(table: str) -> list[str]:
    """The last column of a table, line by line."""
    lines = [line.split("│") for line in table.splitlines() if line.startswith("│")]
    return [line[-2].strip() for line in lines]


def coverage(tmp_path: Path, *words: str, config: Path | None = None) -> dict[str, Any]:
    result = run(tmp_path, "--coverage", "--json", *words, config=config)
    assert result.exit_code == 0
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def test_what_is_answered_today_and_what_is_not(tmp_path: Path, policy: Policy) -> None:
    document = coverage(tmp_path)
    rows = {row["id"]: row for row in document["mandates"]}
    assert len(document["mandates"]) == len(rows) == 95
    assert document["ruleset"] == policy.ruleset
    present = {layout.kind for layout in policy.columns.values()}
    for row in rows.values():
        if row["class"] == "fleet":
            is_off = policy.mandates[row["id"]].not_computable
            expected = "not_computable" if is_off else "computed"
        else:
            expected = row["answer"] if row["evidence"] in present else "needs_extract"
            assert row["needs"]
        assert row["now"] == expected
    assert rows["FJ-F05"]["limits"]
    assert sum(document["counts"].values()) == 95
    assert {body["name"] for body in rows["NJ-R01"]["bodies"]} >= {"市经信委"}


@pytest.mark.parametrize("kind", ["figure", "permit"])
def test_an_extract_is_switched_on_by_its_column_map(policy: Policy, kind: str) -> None:
    maps = {name: layout for name, layout in policy.columns.items() if layout.kind != kind}
    before = {row.id: row.now for row in coverage_of(replace(policy, columns=maps))}
    after = {row.id: row.now for row in coverage_of(policy)}
    turned = {one for one, now in after.items() if now != before[one]}
    assert turned == {c.id for c in policy.clauses.values() if c.evidence.kind == kind}
    assert {before[one] for one in turned} == {"needs_extract"}
    assert all(after[one] == policy.clauses[one].evidence.answer for one in turned)


def test_what_nothing_can_answer_says_so(tmp_path: Path) -> None:
    text = text_of("JX-S03").replace("kind: document", "kind: none")
    text = text.replace("answer: documented", "answer: not_computable")
    (row,) = coverage(tmp_path, "JX-S03", config=config(tmp_path, "JX-S03.yml", text))["mandates"]
    assert (row["answer"], row["now"], row["evidence"]) == ("not_computable",) * 2 + ("none",)
    shown = run(tmp_path, "--coverage", "JX-S03", config=tmp_path).output
    assert "无法计算" in shown
    assert "批准组建的文件" in "".join(last_cells(shown))


def test_coverage_of_single_clauses(tmp_path: Path) -> None:
    rows = coverage(tmp_path, "NJ-R01", "JX-F01")["mandates"]
    assert [row["id"] for row in rows] == ["JX-F01", "NJ-R01"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_clauses_in_plain_words(tmp_path: Path, policy: Policy, language: Language) -> None:
    result = run(tmp_path, *OTHERS, language=language)
    assert result.exit_code == 0
    told = "".join(result.output.split())
    for clause in policy.clauses.values():
        texts = [clause.meaning, clause.evidence.needs, *(one.what for one in clause.readings)]
        for words in [clause.words, *(text.to(language) for text in texts)]:
            assert "".join(words.split()) in told
    assert "None" not in result.output


def test_targets_and_present_names_are_told(tmp_path: Path) -> None:
    about = run(tmp_path, "NJ-I01").output
    assert "2025 充电桩 约 40000–50000 个" in about
    assert "市规划局（现南京市规划和自然资源局）" in about
    makers = run(tmp_path, "JS-I02", language="en").output
    assert "2–3 organisations, where vehicles that the maker builds" in makers
    assert "> 300000 vehicles" in makers
    assert "每年 评选的推广应用示范区 2–3 个" in run(tmp_path, "NJ-S02").output
    assert "市人才办（现名不明）" in run(tmp_path, "NJ-S06").output
    assert "有：江西省新能源汽车检测中心" in run(tmp_path, "JX-S03").output
    assert "2020 不降低：充电设施建设与运营补贴标准" in run(tmp_path, "NJ-R04").output
    assert "（目标）" in run(tmp_path, "NJ-I02").output
    fleet = run(tmp_path, "JX-F01").output
    assert "省工信委（现江西省工业和信息化厅）" in fleet


def test_a_clause_as_json(tmp_path: Path) -> None:
    document = json.loads(run(tmp_path, "NJ-I01", "JX-F01", "--json").stdout)
    clause, mandate = document["mandates"]
    assert (clause["id"], clause["class"]) == ("NJ-I01", "indicator")
    assert clause["valid_to"] == "2025-12-31"
    (target,) = clause["targets"]
    assert (target["op"], target["value_min"], target["value_max"]) == ("about", "40000", "50000")
    assert clause["evidence"]["answer"] == "computed"
    assert clause["bodies"][0]["name"] == "市交通局"
    assert mandate["bodies"][0]["present"] == "江西省工业和信息化厅"


def test_the_plain_list_is_still_the_fleet_mandates(tmp_path: Path, policy: Policy) -> None:
    assert first_cells(run(tmp_path).output) == list(policy.mandates)
    document = json.loads(run(tmp_path, "--json").stdout)
    assert [mandate["id"] for mandate in document["mandates"]] == list(policy.mandates)


def test_an_unknown_id_is_wrong_use(tmp_path: Path) -> None:
    session = make_session(tmp_path / "home", None, "zh", debug=False)
    result = CliRunner().invoke(mandates, ["NJ-R99"], obj=session)
    assert result.exit_code != 0
    assert "NJ-R99" in str(result.exception)


def test_no_clause_hides_an_emphatic_mark_or_a_tab() -> None:
    for path in [*(ROOT / "checks/clauses").glob("*.yml"), project_root() / "data/bodies.yml"]:
        assert not set(path.read_text(encoding="utf-8")) & {"!", "！", "\t"}, path
