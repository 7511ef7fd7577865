"""data/reconciliation.yml: read strictly, part of the ruleset, a province's own if it has one."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.assess.reconciliation import Mismatch
from monitor.errors import PolicyError
from monitor.policy.policy import Policy, load_policy
from monitor.policy.project import project_root

from .histories import History, bus, contract, of_kind

WRITTEN = (project_root() / "data" / "reconciliation.yml").read_text("utf-8")


def with_rules(folder: Path, old: str, new: str) -> Policy:
    (folder / "data").mkdir(parents=True)
    assert old in WRITTEN
    (folder / "data" / "reconciliation.yml").write_text(WRITTEN.replace(old, new), "utf-8")
    return load_policy(folder)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("categories: [bus,", "categories: [coach,"),
        ("owner_kinds: [government,", "owner_kinds: [ministry,"),
        ("replacing_reasons: [replaced,", "replacing_reasons: [swapped,"),
        ("same_energy: [[phev, reev]]", "same_energy: [[phev, erev]]"),
        ("early_days: 30", "early_days: -30"),
        ("early_days: 30", "early_days: 30\nearly_days: 31"),
        ("early_days: 30", "early: 30"),
    ],
)
def test_what_cannot_be_meant_stops_the_start(tmp_path: Path, old: str, new: str) -> None:
    with pytest.raises(PolicyError, match=r"reconciliation\.yml"):
        with_rules(tmp_path, old, new)


def test_it_is_part_of_the_ruleset(tmp_path: Path, policy: Policy) -> None:
    changed = with_rules(tmp_path, "early_days: 30", "early_days: 31")
    assert changed.ruleset != policy.ruleset
    assert len(changed.files) == len(policy.files)


def test_every_choice_is_recorded(policy: Policy) -> None:
    for reading in policy.reconciliation.readings:
        assert reading.what.zh
        assert reading.what.en
        assert reading.by


def test_a_province_may_expect_contracts_of_others(history: History, tmp_path: Path) -> None:
    history.contracts(contract(数量="1"))
    history.registrations(
        bus(1), bus(2, 单位性质="其他企业", 所有人="洪客隆客运有限公司", 统一社会信用代码="")
    )
    assert history.reconciled().unmatched == ()
    history.policy = with_rules(
        tmp_path / "config",
        "owner_kinds: [government,",
        "owner_kinds: [enterprise, government,",
    )
    found = of_kind(history.reconciled(), Mismatch.REGISTERED_NOT_BOUGHT)
    assert [one.organisation for one in found] == ["洪客隆客运有限公司"]
