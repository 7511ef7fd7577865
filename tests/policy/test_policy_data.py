"""The policy files against a second, independent list of what the documents and CONTRACT say."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from monitor.policy.codes import normal_name
from monitor.policy.columns import normal_header
from monitor.policy.mandates import Document, Mandate
from monitor.policy.policy import Policy, load_policy

ROOT = Path(__file__).resolve().parents[2]
MALAYSIA = ROOT / "data" / "examples" / "malaysia"
ALL = {"province", "divisions"}

# id: section, strength, measure, first and last six characters of the words, their number
CLAUSES = {
    "JX-F01": ("三（三）1", "mandatory", "share_new_replaced", "2018-2", "5%、75%", 49),
    "JX-F02": (
        "三（三）1",
        "floor_encouraged",
        "share_new_replaced",
        "鼓励公共服务",
        "0%、50%",
        78,
    ),
    "JX-F03": ("三（三）1", "declared", "cumulative_count", "到2020年", "辆新能源汽车", 24),
    "JX-F04": ("三（三）2", "promote", "monotone_increase", "鼓励党政机关", "汽车配备比例", 38),
    "JX-F05": ("三（三）1", "promote", "adoption", "鼓励私人购买", "新能源乘用车", 15),
    "JX-F06": ("三（三）4", "promote", "adoption", "重点在城市公", "汽车租赁服务", 24),
    "FJ-F01": ("三（二）1", "mandatory", "share_new_replaced", "全省党政机关", "用新能源汽车", 82),
    "FJ-F02": ("三（二）1", "mandatory", "monotone_increase", "执法执勤用车", "汽车配备比例", 20),
    "FJ-F03": ("三（二）1", "promote", "adoption", "鼓励公务租赁", "用新能源汽车", 15),
    "FJ-F04": ("三（二）2", "mandatory", "share_new_replaced", "全省新增和更", "用新能源汽车", 20),
    "FJ-F05": ("三（二）2", "promote", "adoption", "推广新能源微", "交车运营模式", 15),
    "FJ-F06": ("三（二）2", "promote", "adoption", "推动全省农村", "用新能源汽车", 15),
    "FJ-F07": (
        "三（二）2",
        "in_principle",
        "share_new_replaced",
        "全省新增和更",
        "用新能源汽车",
        33,
    ),
    "FJ-F08": ("三（二）2", "promote", "adoption", "加快推进分时", "用新能源汽车", 17),
    "FJ-F09": (
        "三（二）2",
        "in_principle",
        "share_new_replaced",
        "全省中心城区",
        "用新能源汽车",
        29,
    ),
    "FJ-F10": ("三（二）2", "promote", "adoption", "加快推进其他", "用新能源汽车", 17),
    "FJ-F11": ("三（二）2", "promote", "adoption", "加快推进全省", "用新能源汽车", 41),
    "FJ-F12": (
        "三（二）2",
        "in_principle",
        "share_new_replaced",
        "全省新增和更",
        "用新能源汽车",
        26,
    ),
    "FJ-F13": ("三（二）", "promote", "adoption", "支持平潭、湄", "施“电动化”", 20),
    "FJ-F14": ("三（二）3", "promote", "adoption", "鼓励地方政府", "车的政策措施", 29),
    "FJ-F15": ("二（三）", "declared", "rank", "公共领域用车", "率居全国前列", 15),
    "FJ-F16": ("三（二）", "promote", "adoption", "积极开展氢燃", "汽车推广应用", 22),
    "NJ-F01": ("二（四）", "declared", "added_count", "到2020年", "万标准车以上", 23),
    "NJ-F02": ("二（四）", "promote", "adoption", "加大新能源汽", "的新能源汽车", 93),
    "NJ-F03": ("二（四）", "promote", "adoption", "推进新能源乘", "推广应用格局", 41),
    "NJ-F04": ("二（四）", "declared", "stock", "保有量达到1", "万标准车以上", 13),
}

# Percent for shares, pieces for counts.
FULL = {2022: 100, 2023: 100, 2024: 100, 2025: 100}
TARGETS = {
    "JX-F01": {2018: 55, 2019: 65, 2020: 75},
    "JX-F02": {2018: 30, 2019: 40, 2020: 50},
    "JX-F03": {2020: 100000},
    "NJ-F01": {2020: 50000},
    "NJ-F04": {2020: 130000},
    **dict.fromkeys(("FJ-F01", "FJ-F04", "FJ-F07", "FJ-F09", "FJ-F12"), FULL),
}
UNITS = {"JX-F03": "vehicle", "NJ-F01": "standard_vehicle", "NJ-F04": "standard_vehicle"}
ONE_LEVEL = {
    "JX-F03": ({"province"}, {"province"}),
    "FJ-F15": ({"province"}, {"province"}),
    **dict.fromkeys(("JX-F01", "JX-F02"), (ALL, {"province"})),
    **dict.fromkeys(("NJ-F01", "NJ-F02", "NJ-F03", "NJ-F04"), ({"divisions"}, {"divisions"})),
}
LIVES = {
    "JX": (date(2018, 1, 1), date(2020, 12, 31)),
    "FJ": (date(2022, 1, 1), date(2025, 12, 31)),
    "NJ": (date(2018, 1, 1), date(2020, 12, 31)),
    "NJ-F02": (date(2018, 1, 1), date(2025, 12, 31)),
    "NJ-F03": (date(2018, 1, 1), date(2025, 12, 31)),
}


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy()


@pytest.fixture(scope="module")
def malaysia() -> Policy:
    return load_policy(MALAYSIA)


def test_every_fleet_clause_has_its_file_and_nothing_else_has(policy: Policy) -> None:
    assert set(policy.mandates) == set(CLAUSES)
    assert {path.stem for path in (ROOT / "checks/mandates").glob("*.yml")} == set(CLAUSES)


@pytest.mark.parametrize("mandate_id", CLAUSES)
def test_a_mandate_says_what_its_clause_says(policy: Policy, mandate_id: str) -> None:
    mandate = policy.mandates[mandate_id]
    section, strength, measure, head, tail, length = CLAUSES[mandate_id]
    assert (mandate.section, mandate.strength, mandate.measure) == (section, strength, measure)
    assert mandate.words.startswith(head)
    assert mandate.words.endswith(tail)
    assert len(mandate.words) == length
    assert mandate.unit == UNITS.get(mandate_id, "share")
    assert isinstance(mandate.document, Document)
    assert mandate.document.key == mandate_id[:2]
    assert mandate.jurisdiction == mandate.document.jurisdiction
    life = LIVES.get(mandate_id, LIVES[mandate_id[:2]])
    assert (mandate.valid_from, mandate.valid_to) == life
    judged_at, binds = ONE_LEVEL.get(mandate_id, (ALL, ALL))
    assert (set(mandate.judged_at), set(mandate.binds)) == (judged_at, binds)
    assert not mandate.illustrative


@pytest.mark.parametrize("mandate_id", CLAUSES)
def test_targets_are_the_documents_own(policy: Policy, mandate_id: str) -> None:
    mandate = policy.mandates[mandate_id]
    if mandate_id == "FJ-F02":
        found = [(t.period, t.op, t.compare_to, t.value) for t in mandate.targets]
        assert found == [(year, ">", year - 1, None) for year in range(2022, 2026)]
        return
    scale = 100 if mandate.unit == "share" else 1
    assert {t.period: Decimal(t.value or "-1") * scale for t in mandate.targets} == TARGETS.get(
        mandate_id, {}
    )
    assert all(target.op == ">=" for target in mandate.targets)


@pytest.mark.parametrize("mandate_id", CLAUSES)
def test_every_choice_is_signed_and_said_in_both_languages(policy: Policy, mandate_id: str) -> None:
    mandate = policy.mandates[mandate_id]
    assert mandate.readings
    for reading in mandate.readings:
        assert reading.by == "fleetmon 项目组"
        assert reading.on == date(2026, 11, 21)
    texts = [mandate.meaning, *mandate.missing, *(reading.what for reading in mandate.readings)]
    for text in texts:
        assert text.zh.endswith("。")
        assert text.en.endswith(".")
        assert text.zh != text.en


def _scope(mandate: Mandate) -> dict[str, object]:
    keys = ("owners", "areas", "uses", "counties", "energies", "exempt_categories")
    found = {key: getattr(mandate, key) for key in keys if getattr(mandate, key)}
    return {key: set(value) for key, value in found.items()}


SCOPES = {
    "JX-F04": {"owners": {"government", "institution", "soe", "enterprise"}},
    "JX-F05": {"owners": {"person"}},
    "JX-F06": {"uses": {"G"}},
    "FJ-F01": {
        "owners": {"government", "institution", "soe"},
        "exempt_categories": {"law_enforcement"},
    },
    "FJ-F09": {"areas": {"urban_core"}},
    "FJ-F10": {"exempt_categories": {"postal"}},
    "FJ-F12": {"areas": {"urban_core"}},
    "FJ-F13": {"counties": {"350128", "350626"}},
    "FJ-F14": {"owners": {"person"}},
    "FJ-F16": {"energies": {"fcev"}},
    "NJ-F03": {"owners": {"person"}},
}


@pytest.mark.parametrize("mandate_id", CLAUSES)
def test_scope_is_narrowed_only_where_the_clause_does(policy: Policy, mandate_id: str) -> None:
    assert _scope(policy.mandates[mandate_id]) == SCOPES.get(mandate_id, {})


def test_what_each_mandate_counts(policy: Policy) -> None:
    of = {key: list(mandate.categories) for key, mandate in policy.mandates.items()}
    assert of["JX-F02"] == ["official", "sanitation", "logistics"]
    assert policy.categories_of(policy.mandates["JX-F02"]) == {
        "official", "law_enforcement", "sanitation", "logistics", "postal", "port",
    }  # fmt: skip
    assert of["FJ-F07"] == ["cruising_taxi", "ride_hailing"]
    grouped_each = {key for key, m in policy.mandates.items() if m.grouping == "each"}
    assert grouped_each == {"FJ-F07"}
    every = {"JX-F03", "JX-F06", "FJ-F13", "FJ-F16", "NJ-F01", "NJ-F04"}
    assert {key for key, codes in of.items() if codes == ["all"]} == every
    public = set(policy.codes["category"].entries) - {"private", "other"}
    assert policy.categories_of(policy.mandates["FJ-F15"]) == public


def test_what_cannot_be_told_is_said(policy: Policy) -> None:
    assert [key for key, m in policy.mandates.items() if m.not_computable] == ["FJ-F05"]
    assert policy.mandates["FJ-F05"].missing
    assert "350305108" in policy.mandates["FJ-F13"].missing[0].zh
    assert policy.mandates["NJ-F01"].counted_from == date(2019, 1, 1)
    assert policy.mandates["JX-F03"].counted_from is None


def test_the_four_exemptions_and_no_other(policy: Policy) -> None:
    table = policy.codes["exemption"]
    named = ["实物保障岗位工作用车", "处置突发事件应急用车", "特种专业技术用车", "执法执勤用车"]
    codes = {table.by_writing[normal_name(name)] for name in named}
    assert codes == set(table.entries) == set(policy.mandates["FJ-F01"].exemptions)
    assert all(name in policy.mandates["FJ-F01"].words for name in named)
    assert "机要通信用车" not in table.by_writing


def test_no_file_hides_a_key_that_stands_twice_or_an_emphatic_mark() -> None:
    folders = ("checks/mandates", "data/codes", "data/columns", "data/divisions", "data/documents")
    for folder in folders:
        for path in (ROOT / folder).glob("*.yml"):
            text = path.read_text(encoding="utf-8")
            assert yaml.safe_load(text), path
            assert not set(text) & {"!", "！", "\t"}, path


def test_malaysia_is_files_alone(malaysia: Policy, policy: Policy) -> None:
    assert set(malaysia.mandates) == {*policy.mandates, "MY-X01"}
    mandate = malaysia.mandates["MY-X01"]
    assert mandate.illustrative
    assert mandate.strength == "aim"
    layout = malaysia.columns["malaysia"]
    assert (layout.default, layout.identity, layout.kind) == (False, "row", "registration")
    areas = malaysia.divisions.members("MY")
    assert len(areas) == 15
    assert [a for a in areas if not malaysia.divisions.divisions[a].is_place] == ["MY-RN"]


def test_malaysia_cut_is_wholly_understood(malaysia: Policy) -> None:
    lines = (MALAYSIA / "cars_2025_cut.csv").read_text(encoding="utf-8").splitlines()
    header, rows = lines[0].split(","), [line.split(",") for line in lines[1:]]
    columns = malaysia.columns["malaysia"].by_header()
    place = {columns[normal_header(name)]: i for i, name in enumerate(header) if name in columns}
    fuels, energies = malaysia.codes["fuel"], malaysia.codes["energy"].entries
    told = [
        energies[fuels.entries[fuels.by_writing[normal_name(row[place["fuel"]])]].energy or ""]
        for row in rows
    ]
    assert len(rows) == 412
    assert sum(entry.new_energy == "yes" for entry in told) == 30
    assert sum(entry.new_energy == "undetermined" for entry in told) == 38
    reports_to = malaysia.divisions.reports_to
    found = {reports_to[normal_name(row[place["division_code"]])] for row in rows}
    assert found == set(malaysia.divisions.members("MY"))
    categories = malaysia.codes["category"]
    kinds = {categories.by_writing[normal_name(row[place["category"]])] for row in rows}
    assert kinds < malaysia.kinds_of("private")
    assert len({tuple(row) for row in rows}) < len(rows)
