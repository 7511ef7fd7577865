"""Each finding fires on a small file made for it, and nothing fires on a clean one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from extract_files import GOVERNMENT, INSTITUTION, Row, as_csv, bus, contract, vin
from openpyxl import Workbook
from still_gates import keep_gates_still

from monitor.corridor.declared import Declared
from monitor.corridor.periods import read_period
from monitor.corridor.reception import receive
from monitor.model import SHANGHAI, Receipt
from monitor.policy.policy import Policy, load_policy
from monitor.store.home import Home
from monitor.store.opening import open_store
from monitor.store.store import Store

RECEIVED = datetime(2019, 1, 5, 9, tzinfo=SHANGHAI)


@dataclass(frozen=True)
class Case:
    """Files sent one after the other; the last one's findings are `codes`, and no others."""

    codes: frozenset[str]
    files: list[bytes]
    sender: str | None = "360100"
    period: str | None = "2018"
    senders: list[str | None] = field(default_factory=list)


def one(code: str, row: Row, *also: str, sender: str | None = "360100") -> Case:
    return Case(frozenset({code, *also}), [as_csv([row])], sender)


def formula() -> bytes:
    """A workbook whose 续驶里程 is a formula that no program has worked out."""
    book, sheet = Workbook(), BytesIO()
    assert book.active is not None
    row = bus(201)
    book.active.append(list(row))
    book.active.append([*row.values()])
    book.active["S2"] = "=150*2"
    book.save(sheet)
    return sheet.getvalue()


def fujian(number: int, **changes: str) -> Row:
    return bus(
        number,
        **{
            "行政区划代码": "350102",
            "车辆用途": "公务用车",
            "使用性质": "非营运",
            "号牌号码": f"闽AD{number % 100000:05d}",
            "号牌种类": "52",
            "车辆类型": "小型轿车",
            "初次登记日期": "2022-03-05",
            "车辆型号": "BYD7006BEVA1",
        }
        | changes,
    )


FUJIAN_DAY = datetime(2023, 1, 5, 9, tzinfo=SHANGHAI)
MANY = [bus(300 + n) for n in range(24)]
HEAP = [
    bus(400 + n, 初次登记日期="2018-11-30" if n < 20 else f"2018-0{n - 15}-05") for n in range(24)
]
MONTHS = ("2017-01-05", "2017-05-05", "2017-09-05", "2017-12-05")
BEFORE = [
    bus(500 + n, 车辆识别代号=vin(500 + n, year="H"), 初次登记日期=day)
    for n, day in enumerate(MONTHS)
]

REGISTRATION = [
    Case(frozenset({"row_overlong"}), [as_csv([bus(1)], tail=",多出的一格")]),
    Case(frozenset({"formula_without_value", "sheet_formula"}), [formula()]),
    one("vin_missing", bus(2, 车辆识别代号="")),
    one("vin_malformed", bus(3, 车辆识别代号="LZYTGTD10J1O00003")),
    one("vin_check_digit", bus(4, 车辆识别代号=vin(4)[:16] + "5")),
    one("vin_year_contradicts_date", bus(5, 初次登记日期="2016-03-05"), "date_outside_period"),
    one("energy_missing", bus(6, 燃料种类="")),
    one("energy_unknown", bus(7, 燃料种类="煤气灯")),
    one(
        "energy_undetermined",
        bus(8, 燃料种类="混合动力", 车辆型号="ZK6105G", 号牌号码="赣A12345", 号牌种类="01"),
    ),
    one("energy_contradicts_plate", bus(9, 燃料种类="柴油", 车辆型号="ZK6105G")),
    one("energy_contradicts_model", bus(10, 燃料种类="燃料电池", 号牌号码="赣A00010F")),
    one("battery_contradicts_plate", bus(11, 号牌号码="赣A00011F")),
    one("date_missing", bus(12, 初次登记日期="")),
    one("date_invalid", bus(13, 初次登记日期="2018-02-30")),
    one("date_in_future", bus(14, 初次登记日期="2019-01-06"), "date_outside_period"),
    one("date_outside_period", bus(15, 初次登记日期="2019-01-04")),
    one("retired_date_invalid", bus(16, 注销日期="二月三十日")),
    one("retired_before_registered", bus(17, 初次登记日期="2018-05-05", 注销日期="2018-05-04")),
    one("retired_in_future", bus(18, 注销日期="2019-01-06")),
    one("retirement_undated", bus(19, 业务类型="注销登记")),
    one("division_missing", bus(20, 行政区划代码=""), sender=None),
    one("division_unknown", bus(21, 行政区划代码="369999")),
    one("division_foreign", bus(22, 行政区划代码="360202", 号牌号码="赣H00022D")),
    one("division_code_abolished", bus(23, 行政区划代码="360122")),
    one("category_missing", bus(24, 车辆用途="", 使用性质="")),
    one("category_unknown", bus(25, 车辆用途="飞行汽车")),
    one("category_derived", bus(26, 车辆用途="")),
    one("category_undetermined", bus(27, 车辆用途="", 使用性质="公路客运")),
    one("scope_unknown", fujian(28, 单位性质="", 统一社会信用代码=""), sender="350100"),
    one("owner_kind_unknown", bus(29, 单位性质="帮会")),
    one("owner_kind_contradicts_code", bus(30, 单位性质="党政机关", 统一社会信用代码=INSTITUTION)),
    one("area_unknown", bus(31, 运营区域="月球")),
    one("exemption_unrecognised", bus(32, 豁免情形="领导特批")),
    one("business_unknown", bus(33, 业务类型="抽签登记")),
    one("reason_unknown", bus(34, 新增原因="捡到")),
    one("plate_malformed", bus(35, 号牌号码="赣A1234")),
    one("plate_kind_unknown", bus(36, 号牌种类="77")),
    one("plate_contradicts_kind", bus(37, 号牌种类="02")),
    one("plate_elsewhere", bus(38, 号牌号码="赣C00038D")),
    one(
        "credit_code_check_digit",
        bus(39, 统一社会信用代码=GOVERNMENT[:17] + "?", 单位性质="党政机关"),
    ),
    one("number_unreadable", bus(40, 续驶里程="很远")),
    one("number_implausible", bus(41, 续驶里程="30000")),
    Case(frozenset({"duplicate_row"}), [as_csv([bus(42), bus(42)])]),
    Case(
        frozenset({"duplicate_conflict"}), [as_csv([bus(43), bus(43, 初次登记日期="2018-09-09")])]
    ),
    Case(
        frozenset({"claimed_elsewhere"}),
        [
            as_csv([bus(44)]),
            as_csv([bus(44, 行政区划代码="360202", 号牌号码="赣H00044D")]),
        ],
        senders=["360100", "360200"],
    ),
    Case(
        frozenset({"addition_turned"}),
        [as_csv([bus(45)]), as_csv([bus(45, 业务类型="变更登记")])],
    ),
    Case(
        frozenset({"count_jump"}),
        [as_csv(BEFORE), as_csv(MANY)],
        period=None,
    ),
    Case(frozenset({"count_implausible"}), [as_csv(HEAP)]),
]

PROCUREMENT = [
    Case(frozenset({"row_overlong"}), [as_csv([contract(1)], tail=",多出的一格")]),
    one("contract_missing", contract(2, 合同编号="")),
    one("buyer_missing", contract(3, 采购单位="")),
    one("quantity_invalid", contract(4, 数量="0")),
    one("quantity_implausible", contract(5, 数量="13,800,000")),
    one("energy_missing", contract(6, 燃料种类="")),
    one("energy_unknown", contract(7, 燃料种类="煤气灯")),
    one("energy_undetermined", contract(8, 燃料种类="混合动力", 车辆型号="ZK6105G")),
    one("category_missing", contract(9, 车辆用途="")),
    one("category_unknown", contract(10, 车辆用途="飞行汽车")),
    one("date_missing", contract(11, 合同签订日期="")),
    one("date_invalid", contract(12, 合同签订日期="2018-02-30")),
    one(
        "date_in_future",
        contract(13, 合同签订日期="2019-01-06", 计划交付日期="2019-06-30"),
        "date_outside_period",
    ),
    one("date_outside_period", contract(14, 合同签订日期="2019-01-04", 计划交付日期="2019-06-30")),
    one("delivery_date_invalid", contract(15, 计划交付日期="尽快")),
    one(
        "delivery_before_signature",
        contract(16, 合同签订日期="2018-09-01", 计划交付日期="2018-08-31"),
    ),
    one("division_missing", contract(17, 行政区划代码=""), sender=None),
    one("division_unknown", contract(18, 行政区划代码="369999")),
    one("division_foreign", contract(19, 行政区划代码="360202")),
    one("owner_kind_unknown", contract(20, 单位性质="帮会")),
    one("area_unknown", contract(21, 运营区域="月球")),
    one("exemption_unrecognised", contract(22, 豁免情形="领导特批")),
    one("reason_unknown", contract(23, 新增原因="捡到")),
    one("credit_code_check_digit", contract(24, 统一社会信用代码="9.13601E+17")),
    Case(frozenset({"duplicate_row"}), [as_csv([contract(25), contract(25)])]),
    Case(frozenset({"duplicate_conflict"}), [as_csv([contract(26), contract(26, 数量="13")])]),
    Case(
        frozenset({"count_jump"}),
        [
            as_csv([contract(30 + n, 合同签订日期=day) for n, day in enumerate(MONTHS)]),
            as_csv([contract(40 + n) for n in range(24)]),
        ],
        period=None,
    ),
]
CASES = {"registration": REGISTRATION, "procurement": PROCUREMENT}


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(None)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(Home(tmp_path / "home"), write=True, waiting=lambda _words: None) as opened:
        yield opened


@pytest.fixture
def _rules_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Great Expectations, which repeats the tallies; the clean files run it."""
    keep_gates_still(monkeypatch)


def send(store: Store, policy: Policy, folder: Path, kind: str, case: Case) -> list[Receipt]:
    received = FUJIAN_DAY if case.sender == "350100" else RECEIVED
    period = "2022" if case.sender == "350100" else case.period
    receipts = []
    senders = case.senders or [case.sender] * len(case.files)
    for place, (content, sender) in enumerate(zip(case.files, senders, strict=True)):
        file = folder / f"{place}.csv"
        file.write_bytes(content)
        declared = Declared(
            received_at=received,
            kind=kind,
            division=sender,
            period=read_period(period) if period else None,
        )
        receipts.append(receive(store, policy, file, declared, now=received))
    return receipts


def name_of(case: Case) -> str:
    return "+".join(sorted(case.codes))


@pytest.mark.usefixtures("_rules_only")
@pytest.mark.parametrize("case", REGISTRATION, ids=name_of)
def test_registration_finding(case: Case, store: Store, policy: Policy, tmp_path: Path) -> None:
    fires_alone(case, "registration", store, policy, tmp_path)


@pytest.mark.usefixtures("_rules_only")
@pytest.mark.parametrize("case", PROCUREMENT, ids=name_of)
def test_procurement_finding(case: Case, store: Store, policy: Policy, tmp_path: Path) -> None:
    fires_alone(case, "procurement", store, policy, tmp_path)


def fires_alone(case: Case, kind: str, store: Store, policy: Policy, folder: Path) -> None:
    *earlier, last = send(store, policy, folder, kind, case)
    assert not [finding for receipt in earlier for finding in receipt.findings]
    assert {finding.code for finding in last.findings} == case.codes
    rules = policy.rules[kind].by_code()
    for finding in last.findings:
        if finding.code in rules:
            assert finding.severity is rules[finding.code].severity
        assert finding.message.zh
        assert finding.message.en
        assert "{" not in finding.message.zh + finding.message.en
    errors = {code for code in case.codes & rules.keys() if rules[code].severity.value == "error"}
    assert bool(last.rows.rejected) is bool(errors)


@pytest.mark.usefixtures("_rules_only")
def test_formula_in_procurement(store: Store, policy: Policy, tmp_path: Path) -> None:
    book, sheet = Workbook(), BytesIO()
    assert book.active is not None
    row = contract(60)
    book.active.append(list(row))
    book.active.append([*row.values()])
    book.active["K2"] = "=1000000+150000"
    book.save(sheet)
    case = Case(frozenset({"formula_without_value", "sheet_formula"}), [sheet.getvalue()])
    fires_alone(case, "procurement", store, policy, tmp_path)


@pytest.mark.parametrize(
    ("kind", "rows"),
    [
        (
            "registration",
            [
                *(bus(n) for n in range(600, 612)),
                bus(612, 燃料种类="柴油", 车辆型号="ZK6105G", 号牌号码="赣A12345", 号牌种类="01"),
                bus(
                    613,
                    燃料种类="插电式混合动力(含增程式)",
                    车辆型号="ZK6105CHEVPG",
                    号牌号码="赣A00613F",
                ),
                bus(
                    614,
                    单位性质="",
                    统一社会信用代码=INSTITUTION,
                    车辆用途="环卫车",
                    使用性质="非营运",
                ),
                bus(615, 注销日期="2018-12-30"),
            ],
        ),
        ("procurement", [contract(n) for n in range(600, 606)]),
    ],
    ids=["registration", "procurement"],
)
def test_clean_file(
    kind: str, rows: list[Row], store: Store, policy: Policy, tmp_path: Path
) -> None:
    case = Case(frozenset(), [as_csv(rows)])
    (receipt,) = send(store, policy, tmp_path, kind, case)
    assert not receipt.findings
    assert receipt.status.value == "accepted"
    assert receipt.rows == (len(rows), len(rows), 0, 0)


@pytest.mark.parametrize("kind", ["registration", "procurement"])
def test_every_declared_code_has_its_file(kind: str, policy: Policy) -> None:
    fired = {code for case in CASES[kind] for code in case.codes}
    if kind == "procurement":
        fired.add("formula_without_value")  # test_formula_in_procurement
    assert not set(policy.rules[kind].by_code()) - fired
