"""Townships with public charging, against a dated list of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from monitor.assess.answer import ClauseAnswer
from monitor.assess.clause_answers import answer_clauses
from monitor.assess.clause_evidence import ClauseEvidence
from monitor.model import Period
from monitor.policy.policy import Policy
from monitor.policy.townships import load_townships

from .conftest import EVER, Frame

FUJIAN, PUTIAN, NINGDE = "350000", "350300", "350900"
LIST = """\
province: "350000"
as_of: 2024-06-30
source: 省民政厅公布的名单
counties:
  "350305":
    - {code: "350305108", name: 湄洲镇}
    - {code: "350305103", name: 东庄镇}
    - {code: "350305001", name: 霞皋街道, is_subdistrict: true}
  "350921":
    - {code: "350921101", name: 长春镇}
"""


@pytest.fixture(scope="module")
def listed(policy: Policy, tmp_path_factory: pytest.TempPathFactory) -> Policy:
    file: Path = tmp_path_factory.mktemp("townships") / "fujian.yml"
    file.write_text(LIST, "utf-8")
    return replace(policy, townships=load_townships([file], policy.divisions))


def station(**more: Any) -> dict[str, Any]:
    return {
        "facility": "station",
        "opened_on": date(2023, 1, 1),
        "access": "public",
        "division": PUTIAN,
        "county": "350305",
    } | more


def answers(policy: Policy, rows: pl.DataFrame) -> dict[str, ClauseAnswer]:
    spans: dict[str, list[Period]] = {code: [EVER] for code in policy.divisions.members(FUJIAN)}
    held = ClauseEvidence(
        as_of=date(2025, 12, 31),
        known_at=None,
        history=1,
        records={"facility": rows},
        coverage={"facility": spans},
    )
    found = answer_clauses(policy, held, clauses=("FJ-I01",))
    return {one.division: one for one in found if one.period == "2025"}


def test_every_township_has_one_or_is_counted_as_lacking(listed: Policy, frame: Frame) -> None:
    rows = frame(
        "facility",
        station(township_code="350305108"),
        station(township="湄洲镇"),  # the same, by its name
        station(township="霞皋街道"),
        station(township="东庄镇", access="private"),
        station(township="没有的镇"),
        station(township="长春镇", division=NINGDE, county="350921", closed_on=date(2024, 1, 1)),
    )
    found = answers(listed, rows)
    whole, putian = found[FUJIAN], found[PUTIAN]
    assert (whole.numerator, whole.denominator, whole.status) == (1, 3, "not_met")
    assert (putian.numerator, putian.denominator, putian.misses) == (1, 2, 1)
    told = {fact.what.zh: fact.value for fact in putian.facts}
    assert told == {"街道另列：1 个中有 1 个": "1", "所在乡镇不明的设施": "1"}
    assert "省民政厅" in whole.sources[0].zh


def test_all_of_them_is_all_of_them(listed: Policy, frame: Frame) -> None:
    rows = frame(
        "facility",
        *(station(township_code=code) for code in ("350305108", "350305103")),
        station(township_code="350921101", division=NINGDE, county="350921"),
    )
    assert answers(listed, rows)[FUJIAN].status == "met"


def test_without_a_list_nothing_is_said_of_all(policy: Policy, frame: Frame) -> None:
    found = answers(policy, frame("facility", station(township_code="350305108")))[FUJIAN]
    assert (found.status, found.denominator) == ("not_computable", None)
    assert "data/townships" in found.missing[0].zh
    assert found.facts[0].value == "1"
