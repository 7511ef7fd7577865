"""What does not fit between contracts, registrations and retirements, one kind after the other."""

from __future__ import annotations

from datetime import date

import pytest

from monitor.assess.reconciliation import Mismatch

from .histories import (
    BUS_COMPANY,
    NANCHANG,
    OTHER_COMPANY,
    YINGTAN,
    History,
    bus,
    contract,
    of_kind,
    vin,
)

PETROL = {"燃料种类": "汽油", "号牌号码": ""}


def test_what_fits_is_not_listed(history: History) -> None:
    history.contracts(contract())
    history.registrations(bus(1), bus(2))
    found = history.reconciled()
    assert found.unmatched == ()
    assert found.open_lines == ()
    assert found.matched == 2
    assert found.matched_by == ((NANCHANG, 2),)
    assert NANCHANG in found.compared
    assert found.usual_delay_days == 12


def test_bought_and_not_registered(history: History) -> None:
    receipt = history.contracts(contract(数量="5"))
    history.registrations(bus(1), bus(2), bus(3, "2020-06-03"))
    found = history.reconciled()
    (one,) = found.unmatched
    assert one.mismatch is Mismatch.BOUGHT_NOT_REGISTERED
    assert (one.vehicles, one.since, one.days) == (2, date(2020, 5, 8), 237)
    assert (one.contract_no, one.organisation) == ("NCZC-2020-0001", BUS_COMPANY[0])
    assert (one.submission, one.file, one.line) == (receipt["submission"], "1.csv", 2)
    assert not one.is_data_gap
    (line,) = found.open_lines
    assert (line.vehicles, line.due_on) == (2, date(2020, 5, 20))


def test_what_is_still_to_be_delivered_is_not_late(history: History) -> None:
    history.contracts(contract(合同签订日期="2020-11-20", 计划交付日期="2021-03-05"))
    history.registrations(bus(1, 所有人=OTHER_COMPANY[0], 统一社会信用代码=OTHER_COMPANY[1]))
    (one,) = of_kind(history.reconciled(), Mismatch.BOUGHT_NOT_REGISTERED)
    assert (one.vehicles, one.days, one.since) == (2, None, date(2021, 3, 5))


def test_without_a_planned_delivery_the_usual_time_is_taken(history: History) -> None:
    history.contracts(contract(计划交付日期=""))
    history.registrations(bus(1, **PETROL))
    found = history.reconciled()
    (one,) = of_kind(found, Mismatch.BOUGHT_NOT_REGISTERED)
    assert one.since == date(2020, 2, 20)
    (line,) = found.open_lines
    assert line.due_on == date(2020, 5, 5)


def test_silence_of_the_register_is_a_gap(history: History) -> None:
    history.contracts(contract())
    history.registrations(bus(9, "2020-03-05", 车辆用途="物流车"), period="2020-01..2020-06")
    (one,) = of_kind(history.reconciled(), Mismatch.BOUGHT_NOT_REGISTERED)
    assert one.is_data_gap
    (line,) = history.reconciled().open_lines
    assert line.is_data_gap
    assert not history.reconciled(date(2020, 6, 30)).open_lines[0].is_data_gap


def test_registered_and_not_bought(history: History) -> None:
    history.contracts(contract())
    history.registrations(
        bus(1),
        bus(2),
        bus(3, "2020-08-03"),
        bus(4, "2020-01-03"),
        bus(5, 单位性质="其他企业", 所有人=OTHER_COMPANY[0], 统一社会信用代码=OTHER_COMPANY[1]),
        bus(6, 车辆用途="物流车"),
    )
    history.registrations(bus(7, "2019-08-03"), period="2019")
    found = of_kind(history.reconciled(), Mismatch.REGISTERED_NOT_BOUGHT)
    assert {(one.vin, one.is_data_gap) for one in found} == {(vin(3), False), (vin(4), True)}
    assert found[0].organisation == BUS_COMPANY[0]


def test_without_contracts_nothing_is_missed(history: History) -> None:
    history.registrations(bus(1), bus(2))
    found = history.reconciled()
    assert found.unmatched == ()
    assert found.compared == ()


def test_fuel_of_the_contract_against_the_register(history: History) -> None:
    history.contracts(contract())
    history.registrations(bus(1), bus(2, **PETROL))
    found = history.reconciled()
    (one,) = found.unmatched
    assert one.mismatch is Mismatch.FUEL_DIFFERS
    assert (one.vin, one.energy, one.other) == (vin(2), "petrol", "bev")
    assert one.contract_no == "NCZC-2020-0001"
    assert found.matched == 2


@pytest.mark.parametrize(
    ("bought", "registered"),
    [
        ("纯电动", {"燃料种类": "混合动力", "号牌号码": "赣A00001D", "车辆型号": "XMQ6106"}),
        ("纯电动", {"燃料种类": "混合动力", "号牌号码": "赣A12345", "车辆型号": "XMQ6106"}),
        ("混合动力", {"燃料种类": "柴油", "号牌号码": "赣A12345", "车辆型号": "XMQ6106"}),
        ("插电式混合动力", {"燃料种类": "增程式", "车辆型号": "XMQ6106"}),
    ],
    ids=["told by the plate", "not told by the register", "not told by the contract", "same class"],
)
def test_fuels_that_do_not_contradict(
    history: History, bought: str, registered: dict[str, str]
) -> None:
    history.contracts(contract(燃料种类=bought, 车辆型号="XMQ6106", 数量="1"))
    history.registrations(bus(1, **registered))
    assert history.reconciled().unmatched == ()


def test_one_retirement_for_one_replacement(history: History) -> None:
    old = bus(90, "2011-05-20", 号牌号码="", 燃料种类="柴油")
    history.registrations(old, period="2011")
    history.registrations(
        *(bus(n, "2020-03-02", 新增原因="报废更新") for n in (1, 2)),
        bus(3, "2020-11-02", 新增原因="更新"),
        old | {"业务类型": "注销登记", "注销日期": "2020-06-15"},
    )
    found = of_kind(history.reconciled(), Mismatch.REPLACEMENT_WITHOUT_RETIREMENT)
    assert [(one.vin, one.days, one.is_data_gap) for one in found] == [
        (vin(2), 304, False),
        (vin(3), None, False),
    ]


def test_a_retirement_too_long_ago_or_of_another_owner_does_not_count(history: History) -> None:
    old = {n: bus(n, "2011-05-20", 号牌号码="", 燃料种类="柴油") for n in (90, 91)}
    history.registrations(
        old[90] | {"业务类型": "注销登记", "注销日期": "2018-06-15"},
        old[91]
        | {"业务类型": "注销登记", "注销日期": "2020-06-15", "所有人": OTHER_COMPANY[0]}
        | {"统一社会信用代码": OTHER_COMPANY[1]},
        bus(1, "2020-06-20", 新增原因="更换"),
        period="2018-01..2020-12",
    )
    (one,) = of_kind(history.reconciled(), Mismatch.REPLACEMENT_WITHOUT_RETIREMENT)
    assert one.vin == vin(1)


def test_never_a_retirement_is_a_gap(history: History) -> None:
    history.registrations(bus(1, 新增原因="报废更新"))
    (one,) = history.reconciled().unmatched
    assert one.mismatch is Mismatch.REPLACEMENT_WITHOUT_RETIREMENT
    assert one.is_data_gap


def test_the_same_vehicle_in_two_divisions(history: History) -> None:
    history.registrations(bus(1))
    history.registrations(bus(1, "2020-07-01", 行政区划代码="360602"), division=YINGTAN)
    found = history.reconciled()
    assert [(one.division, one.other) for one in found.unmatched] == [
        (NANCHANG, YINGTAN),
        (YINGTAN, NANCHANG),
    ]
    assert {one.mismatch for one in found.unmatched} == {Mismatch.CLAIMED_TWICE}
    assert [one.division for one in found.of([YINGTAN]).unmatched] == [YINGTAN]
    assert history.reconciled(date(2020, 6, 1)).unmatched == ()
    history.run(
        *("withdraw", "--vin", vin(1), "--division", YINGTAN, "--kind", "registration"),
        *("--reason", "误报", "--received-at", "2022-01-09T09:00+08:00"),
    )
    assert history.reconciled().unmatched == ()


def test_contracts_of_vehicles_transferred_in_take_no_part(history: History) -> None:
    history.contracts(contract(新增原因="过户转入"), contract("NCZC-2020-0002", 数量="1"))
    history.registrations(bus(1))
    found = history.reconciled()
    assert found.unmatched == ()
    assert found.matched == 1


def test_what_is_signed_later_is_not_known_yet(history: History) -> None:
    history.contracts(contract())
    history.registrations(bus(1), bus(2))
    found = history.reconciled(date(2020, 2, 19))
    assert found.unmatched == ()
    assert found.open_lines == ()
    assert of_kind(history.reconciled(date(2020, 2, 20)), Mismatch.BOUGHT_NOT_REGISTERED)
