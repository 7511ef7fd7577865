"""National mandates: off without a switch, their numbers when on, and who stands before whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from monitor.errors import PolicyError
from monitor.policy.archive import keep_ruleset, load_kept
from monitor.policy.comparing import changes_between
from monitor.policy.mandates import Document, Mandate
from monitor.policy.policy import Policy, load_policy
from monitor.policy.project import Project, hash_files, project_root
from monitor.policy.side_by_side import is_national, strictest_first
from monitor.policy.stamp import rules_stamp

# Written by hand, in percent: 财建〔2015〕159号 as 京华时报 had it on 2015-05-15 (Jiangsu), and as
# two agreeing copies have it (the central provinces with Jiangxi, and Fujian).
BUSES = {
    "CN-159-JS": {2015: 40, 2016: 50, 2017: 60, 2018: 70, 2019: 80},
    "CN-159-JX": {2015: 25, 2016: 35, 2017: 45, 2018: 55, 2019: 65},
    "CN-159-FJ": {2015: 25, 2016: 35, 2017: 45, 2018: 55, 2019: 65},
}
# 国办发〔2020〕39号, as asianev.com copied it on 2020-11-03: 2021年起 … 不低于80%.
PUBLIC = {f"CN-39-{place}": dict.fromkeys(range(2021, 2036), 80) for place in ("JX", "FJ", "JS")}
CODES = {"JX": "360000", "FJ": "350000", "JS": "320000"}
LIVES = {
    "CN-159": (date(2015, 1, 1), date(2019, 12, 31)),
    "CN-39": (date(2021, 1, 1), date(2035, 12, 31)),
}
VEHICLES = {"CN-159": {"bus"}, "CN-39": {"bus", "cruising_taxi", "ride_hailing", "logistics"}}
SWITCH = "enabled: true\n"


def config(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def off() -> Policy:
    return load_policy()


@pytest.fixture(scope="module")
def on(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    return load_policy(config(tmp_path_factory.mktemp("on"), {"data/national.yml": SWITCH}))


def test_off_it_is_as_if_the_files_were_not_there(off: Policy, tmp_path: Path) -> None:
    assert not [one for one in off.mandates.values() if is_national(one)]
    assert not [path for path in off.files if "national" in path.as_posix().rpartition("/data/")[2]]
    assert off.ruleset == hash_files([f for f in off.files if f.parent.name != "national"])
    kept = keep_ruleset(tmp_path, off)
    assert not (kept / "data/national.yml").exists()


def test_on_they_are_added_and_the_ruleset_is_another(off: Policy, on: Policy) -> None:
    assert set(on.mandates) - set(off.mandates) == {*BUSES, *PUBLIC}
    assert {name: on.mandates[name] for name in off.mandates} == off.mandates
    assert on.ruleset != off.ruleset
    added = changes_between(off, on)
    assert {one.change for one in added} == {"added"}
    assert {one.mandate for one in added} == {None, *BUSES, *PUBLIC}


def test_a_kept_ruleset_judges_by_them_again(on: Policy, tmp_path: Path) -> None:
    keep_ruleset(tmp_path, on)
    again = load_kept(tmp_path, on.ruleset)
    assert again is not None
    assert again.mandates == on.mandates


def test_a_long_lived_process_sees_the_switch(tmp_path: Path) -> None:
    project = Project(config(tmp_path, {"data/national.yml": "enabled: false\n"}))
    before = rules_stamp(project)
    config(tmp_path, {"data/national.yml": SWITCH})
    switched = rules_stamp(project)
    config(tmp_path, {"checks/mandates/national/MORE.yml": "id: MORE\n"})
    assert len({before, switched, rules_stamp(project)}) == 3


@pytest.mark.parametrize("name", [*BUSES, *PUBLIC])
def test_ratios_lives_vehicles_and_places(on: Policy, name: str) -> None:
    mandate, paper = on.mandates[name], name.rpartition("-")[0]
    found = {t.period: Decimal(t.value or "-1") * 100 for t in mandate.targets}
    assert found == (BUSES | PUBLIC)[name]
    assert all(target.op == ">=" for target in mandate.targets)
    assert (mandate.valid_from, mandate.valid_to) == LIVES[paper]
    assert mandate.target_of(mandate.valid_to.year + 1) is None
    assert set(mandate.categories) == VEHICLES[paper]
    assert (mandate.grouping, mandate.measure) == ("pooled", "share_new_replaced")
    assert mandate.jurisdiction == CODES[name.rpartition("-")[2]]
    assert (mandate.binds, mandate.judged_at) == (("province",), ("province", "divisions"))
    assert mandate.strength == "mandatory"
    assert mandate.strength_word in mandate.words


@pytest.mark.parametrize("name", [*BUSES, *PUBLIC])
def test_each_is_marked_and_says_what_was_not_seen(on: Policy, name: str) -> None:
    mandate = on.mandates[name]
    document = mandate.document
    assert isinstance(document, Document)
    assert document.is_national
    assert document.number in {"财建〔2015〕159号", "国办发〔2020〕39号"}
    assert document.place is not None
    assert document.place.zh.startswith("未得原文")
    assert mandate.meaning.zh.startswith("国家要求（不在四份文件之内）：")
    assert mandate.meaning.en.startswith("A national demand, not of the four documents: ")
    assert len(mandate.readings) >= 3
    for reading in mandate.readings:
        assert (reading.by, reading.on) == ("fleetmon 项目组", date(2026, 11, 21))
        assert reading.what.zh.endswith("。")
        assert reading.what.en.endswith(".")


def test_that_jiangsu_is_a_key_region_is_said_to_be_a_reading(on: Policy) -> None:
    (said, *_rest) = on.mandates["CN-39-JS"].readings
    assert "此项是理解，不是规划原文" in said.what.zh


@pytest.mark.parametrize("year", range(2015, 2036))
def test_the_four_documents_keep_their_order(off: Policy, year: int) -> None:
    assert strictest_first(off, off.mandates, year) == list(off.mandates)
    assert strictest_first(off, sorted(off.mandates), year) == sorted(off.mandates)


def test_the_strictest_stands_first_and_the_other_beside_it(on: Policy) -> None:
    fujian = [name for name in on.mandates if on.mandates[name].jurisdiction == "350000"]
    order = strictest_first(on, sorted(fujian), 2022)
    national = order.index("CN-39-FJ")
    # 100 % of buses, taxis and postal vehicles before 80 % of them all.
    assert {"FJ-F04", "FJ-F07", "FJ-F09"} <= set(order[:national])
    assert order[national - 1] == "FJ-F09"
    assert strictest_first(on, ["CN-39-FJ", "FJ-F04"], 2022) == ["FJ-F04", "CN-39-FJ"]
    assert sorted(order) == sorted(fujian)


def test_equals_stand_together_the_document_of_the_place_first(on: Policy) -> None:
    jiangxi = ["CN-159-JX", "JX-F01", "JX-F02", "JX-F03"]
    assert strictest_first(on, jiangxi, 2018) == ["JX-F01", "CN-159-JX", "JX-F02", "JX-F03"]


def test_a_stricter_national_ratio_goes_first(on: Policy) -> None:
    def order(value: str, **changes: object) -> list[str]:
        local = on.mandates["JX-F01"]
        targets = tuple(t.model_copy(update={"value": value}) for t in local.targets)
        weaker = local.model_copy(update={"targets": targets} | changes)
        policy = _with(on, weaker)
        return strictest_first(policy, ["JX-F01", "JX-F02", "CN-159-JX"], 2018)

    assert order("0.54") == ["CN-159-JX", "JX-F01", "JX-F02"]
    assert order("0.54", jurisdiction="360100") == ["CN-159-JX", "JX-F01", "JX-F02"]
    # Other vehicles, or another place: nothing to set side by side.
    assert order("0.54", categories=("scenic",)) == ["JX-F01", "JX-F02", "CN-159-JX"]
    assert order("0.54", jurisdiction="350100") == ["JX-F01", "JX-F02", "CN-159-JX"]


def _with(policy: Policy, mandate: Mandate) -> Policy:
    return replace(policy, mandates=policy.mandates | {mandate.id: mandate})


def _unmarked(folder: Path) -> None:
    text = (project_root() / "data/documents/national/CN-39.yml").read_text(encoding="utf-8")
    text = text.replace("is_national: true\n", "")
    config(folder, {"data/documents/national/CN-39.yml": text})


def _same_id(folder: Path) -> None:
    text = (project_root() / "checks/mandates/national/CN-39-JX.yml").read_text(encoding="utf-8")
    config(
        folder,
        {"checks/mandates/national/CN-39-JX.yml": text.replace("id: CN-39-JX", "id: JX-F01")},
    )


@pytest.mark.parametrize(
    ("spoil", "said"), [(_unmarked, "is_national"), (_same_id, "JX-F01")], ids=["mark", "id"]
)
def test_what_is_not_marked_or_stands_twice_is_refused(
    tmp_path: Path, spoil: Callable[[Path], None], said: str
) -> None:
    config(tmp_path, {"data/national.yml": SWITCH})
    spoil(tmp_path)
    with pytest.raises(PolicyError, match=said):
        load_policy(tmp_path)
