"""Kinds of extract as data: told apart by their headers, complete, with units that convert."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import PolicyError
from monitor.extracts.choice import candidate_maps, choose
from monitor.extracts.header import find_headers
from monitor.extracts.records import Record
from monitor.policy.codes import load_codes, normal_name
from monitor.policy.columns import ColumnMap, normal_header
from monitor.policy.policy import Policy, load_policy
from monitor.policy.project import project_root

RECORDS = (
    *("facility", "platform", "battery", "permit"),
    *("tender", "building", "figure", "document"),
)
KINDS = ("registration", "procurement", *RECORDS)


@cache
def loaded() -> Policy:
    return load_policy()


@pytest.fixture
def policy() -> Policy:
    return loaded()


# --- told from the headers ---------------------------------------------------------------------


def writings(columns: ColumnMap, column: str) -> tuple[str, ...]:
    names = columns.columns[column]
    return (*([names.header] if names.header else []), *names.aliases)


def whatever_it_is_called(columns: ColumnMap) -> set[str]:
    return {normal_header(name) for one in columns.columns for name in writings(columns, one)}


@pytest.mark.parametrize(("kind", "other"), list(permutations(KINDS, 2)))
def test_no_file_of_a_kind_has_all_that_another_needs(
    policy: Policy, kind: str, other: str
) -> None:
    """However a sender of `kind` calls its columns, the header is never complete for `other`."""
    there = whatever_it_is_called(policy.columns[kind])
    needed = policy.columns[other]
    required = [(name,) for name, column in needed.columns.items() if column.required]
    groups: list[tuple[str, ...]] = [*required, *needed.required_one_of]
    lacking = [
        group
        for group in groups
        if not any(
            normal_header(name) in there for column in group for name in writings(needed, column)
        )
    ]
    assert lacking


def rows_of(names: tuple[str, ...]) -> list[Record]:
    cells = [names, tuple("甲" for _ in names)]
    return [Record(at + 1, list(row), at + 2) for at, row in enumerate(cells)]


@st.composite
def headers(draw: st.DrawFn) -> tuple[str, tuple[str, ...]]:
    """A kind, and a header of it: all that it needs and some of the rest, in any writing."""
    kind = draw(st.sampled_from(RECORDS))
    columns = loaded().columns[kind]
    named = [
        draw(st.sampled_from(writings(columns, name)))
        for name, column in columns.columns.items()
        if column.required or draw(st.booleans())
    ]
    return kind, tuple(draw(st.permutations([*named, "备注"])))


@given(headers())
def test_the_kind_is_told_from_the_header_alone(case: tuple[str, tuple[str, ...]]) -> None:
    kind, names = case
    maps = candidate_maps(loaded().columns, None, None)
    chosen = choose(find_headers(rows_of(names), maps, sender_known=True))
    assert chosen is not None
    assert chosen.layout.map.kind == kind
    assert {chosen.layout.names[at] for at in chosen.layout.unknown} == {"备注"}


# --- complete ----------------------------------------------------------------------------------


def test_the_kinds_stand_in_the_order_of_their_files(policy: Policy) -> None:
    assert tuple(policy.kinds) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_all_its_files(policy: Policy, kind: str) -> None:
    assert kind in policy.columns
    assert kind in policy.rules
    blank = project_root() / "data" / "blank_tables" / f"{kind}.yml"
    assert blank.is_file()


@pytest.mark.parametrize("kind", RECORDS)
def test_every_column_is_documented(policy: Policy, kind: str) -> None:
    text = (project_root() / "docs" / "columns.md").read_text(encoding="utf-8")
    (section,) = (
        part
        for part in text.split("\n### ")
        if part.startswith(f"{policy.kinds[kind].label.zh} / {kind}\n")
    )
    for name, column in policy.kinds[kind].columns.items():
        header = policy.columns[kind].header_of(name)
        star = "*" if policy.columns[kind].columns[name].required else ""
        assert f"\n| {header}{star} | `{name}` | {column.nature} |" in section


@pytest.mark.parametrize("kind", RECORDS)
def test_a_rule_speaks_of_columns_of_its_kind(policy: Policy, kind: str) -> None:
    columns = {*policy.kinds[kind].columns, "division_code", None}
    assert {rule.column for rule in policy.rules[kind].rules} <= columns


@pytest.mark.parametrize("kind", RECORDS)
def test_no_persons_name_is_a_column(policy: Policy, kind: str) -> None:
    names = " ".join(whatever_it_is_called(policy.columns[kind]))
    assert not any(
        word in names for word in ("姓名", "所有人", "车主", "持证人", "联系人", "身份证")
    )


def test_a_kind_says_what_each_clause_wants(policy: Policy) -> None:
    kinds = {clause.evidence.kind for clause in policy.clauses.values()} - {"none"}
    assert kinds <= set(RECORDS)


# --- units -------------------------------------------------------------------------------------

# What one of each is, worked out by hand: 1 kWh = 1000 Wh, 1 GWh = 1 000 000 kWh, 1 亿 = 10 000 万.
WORTH = {
    "辆": ("1", "辆"), "台": ("1", "辆"), "万辆": ("10000", "辆"),
    "万元": ("0.0001", "亿元"), "亿元": ("1", "亿元"), "万亿元": ("10000", "亿元"),
    "MWh": ("0.001", "GWh"), "mwh": ("0.001", "GWh"), "GWh": ("1", "GWh"), "Gwh": ("1", "GWh"),
    "万千瓦时": ("0.01", "GWh"), "亿千瓦时": ("100", "GWh"), "兆瓦时": ("0.001", "GWh"),
    "kW": ("1", "kW"), "KW": ("1", "kW"), "MW": ("1000", "kW"), "千瓦": ("1", "kW"),
    "Wh/kg": ("1", "Wh/kg"), "Wh／kg": ("1", "Wh/kg"), "wh/kg": ("1", "Wh/kg"),
    "kWh/100km": ("1", "kWh/100km"), "度/百公里": ("1", "kWh/100km"),
    "公里": ("1", "km"), "千米": ("1", "km"), "km": ("1", "km"),
    "%": ("1", "%"), "％": ("1", "%"), "百分比": ("1", "%"), "百分点": ("1", "%"),
    "家": ("1", "家"), "个": ("1", "个"), "座": ("1", "座"), "根": ("1", "根"),
    "款": ("1", "款"), "次": ("1", "次"), "位": ("1", "位"),
}  # fmt: skip


@pytest.mark.parametrize(("written", "worth"), list(WORTH.items()))
def test_a_reported_unit_is_worth(policy: Policy, written: str, worth: tuple[str, str]) -> None:
    table = policy.codes["reported_unit"]
    entry = table.entries[table.by_writing[normal_name(written)]]
    factor, unit = worth
    assert (Decimal(entry.factor or ""), entry.unit) == (Decimal(factor), unit)


def test_ten_thousand_kilowatt_hours_are_ten_megawatt_hours(policy: Policy) -> None:
    entries = policy.codes["reported_unit"].entries
    worth = {code: Decimal(entry.factor or "0") for code, entry in entries.items()}
    assert worth["ten_thousand_kwh"] == 10 * worth["mwh"]
    assert worth["hundred_million_kwh"] == 10_000 * worth["ten_thousand_kwh"]
    assert worth["gwh"] == 1000 * worth["mwh"]


def test_every_unit_of_a_clause_can_be_reported(policy: Policy) -> None:
    reported = {entry.unit for entry in policy.codes["reported_unit"].entries.values()}
    assert set(policy.codes["unit"].entries) <= reported


def tables(folder: Path, entry: str) -> Iterator[Path]:
    for name, text in (("unit", "{code: 辆}"), ("reported_unit", entry)):
        file = folder / f"{name}.yml"
        file.write_text(f"table: {name}\nsource: 本项目数据约定\nentries: [{text}]\n", "utf-8")
        yield file


@pytest.mark.parametrize(
    ("entry", "word"),
    [
        ('{code: a, unit: 辆, factor: "1e4"}', "1e4"),
        ('{code: a, unit: 辆, factor: "0"}', "above 0"),
        ('{code: a, unit: 辆, factor: "-1"}', "-1"),
        ("{code: a, unit: 辆}", "both or neither"),
        ('{code: a, factor: "1"}', "both or neither"),
        ('{code: a, unit: 吨, factor: "1"}', "吨"),
    ],
)
def test_a_unit_that_cannot_be_converted_is_refused(tmp_path: Path, entry: str, word: str) -> None:
    with pytest.raises(PolicyError, match=word):
        load_codes(list(tables(tmp_path, entry)))


def test_a_unit_that_can_is_not(tmp_path: Path) -> None:
    found = load_codes(list(tables(tmp_path, '{code: a, unit: 辆, factor: "0.5"}')))
    assert found["reported_unit"].entries["a"].factor == "0.5"
