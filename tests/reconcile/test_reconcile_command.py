"""`fleetmon reconcile`: counts, lists, a file, a document."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from monitor.cli.reconcile import reconcile
from monitor.cli.session import make_session

from .histories import BUS_COMPANY, NANCHANG, YINGTAN, History, bus, contract, vin


@pytest.fixture
def mixed(history: History) -> History:
    """Three bought of which one came, one nobody bought, one claimed twice."""
    history.contracts(contract(数量="3", 采购单位="=cmd|'/c calc'!A1"))
    history.registrations(bus(1), bus(2, 车辆型号="XMQ6106AGBEVL22"))
    history.registrations(
        bus(1, "2020-07-01", 行政区划代码="360602"), period="2020", division=YINGTAN
    )
    return history


def told(history: History, words: Sequence[str], language: str = "zh") -> str:
    session = make_session(history.home, None, language, debug=False)
    with redirect_stdout(StringIO()) as out:
        code = reconcile.main(["--as-of", "2020-12-31", *words], obj=session, standalone_mode=False)
    assert code in {None, 0}
    return out.getvalue()


def test_the_document(mixed: History) -> None:
    document = json.loads(told(mixed, ["--json"]))
    assert document["as_of"] == "2020-12-31"
    assert document["known_at"] is None
    assert document["ruleset"] == mixed.policy.ruleset
    assert document["usual_delay_days"] == 12
    assert NANCHANG in document["compared"]
    found = {(r["mismatch"], r["division"]): r for r in document["reconciliations"]}
    assert {key: r["vehicles"] for key, r in found.items()} == {
        ("bought_not_registered", NANCHANG): 2,
        ("registered_not_bought", NANCHANG): 1,
        ("claimed_twice", NANCHANG): 1,
        ("claimed_twice", YINGTAN): 1,
    }
    open_line = found["bought_not_registered", NANCHANG]
    assert open_line["items_total"] == len(open_line["items"]) == 1
    assert open_line["items"][0] | {"submission": None} == {
        "category": "bus",
        "energy": "bev",
        "contract_no": "NCZC-2020-0001",
        "organisation": "=cmd|'/c calc'!A1",
        "model": "ZK6105BEVG29",
        "vin": None,
        "other": None,
        "since": "2020-05-08",
        "days": 237,
        "data_gap": False,
        "submission": None,
        "file": "1.csv",
        "line": 2,
        "vehicles": 2,
    }
    unbought = found["registered_not_bought", NANCHANG]["items"][0]
    assert unbought["vin"] == f"{vin(2)[:3]}{'*' * 10}{vin(2)[-4:]}"
    assert unbought["organisation"] == BUS_COMPANY[0]
    assert document["open_lines"][0]["due_on"] == "2020-05-20"


def test_chosen_divisions_and_kinds(mixed: History) -> None:
    words = ["--json", "--division", YINGTAN, "--kind", "claimed_twice", "--unmask"]
    document = json.loads(told(mixed, words))
    (only,) = document["reconciliations"]
    assert (only["division"], only["items"][0]["vin"]) == (YINGTAN, vin(1))
    whole = json.loads(told(mixed, ["--json", "--division", "360000"]))
    assert len(whole["reconciliations"]) == 4


def test_the_table_and_its_notes(mixed: History) -> None:
    table = told(mixed, [])
    for word in ("南昌市", "鹰潭市", "合计", "已购未登记", "通常相隔 12 天", "口径："):
        assert word in table
    english = told(mixed, [], language="en")
    for word in ("Nanchang", "total", "Bought and", "Reading:"):
        assert word in english
    assert vin(2) not in table


def test_the_list_for_stewards(mixed: History) -> None:
    listed = told(mixed, ["--list", "--unmask"])
    for word in ("NCZC-2020-0001", "2.csv:3", "237", vin(2)):
        assert word in listed
    assert vin(2) not in told(mixed, ["--list"])


def test_the_file_carries_nothing_out(mixed: History, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    told(mixed, ["--csv", str(file)])
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    with file.open(encoding="utf-8-sig", newline="") as source:
        rows = list(csv.DictReader(source))
    assert len(rows) == 4
    assert rows[0]["单位"] == "'=cmd|'/c calc'!A1"
    assert rows[0]["辆数"] == "2"
    assert rows[2]["对照"] in {"鹰潭市", "南昌市"}


def test_an_empty_home_reconciles_to_nothing(history: History) -> None:
    document = json.loads(told(history, ["--json"]))
    assert document["reconciliations"] == []
    assert document["open_lines"] == []
    assert "没有收到采购合同" in told(history, [])
