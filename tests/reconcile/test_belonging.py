"""Which vehicle belongs to which contract: by VIN, by buyer, by model, in turn."""

from __future__ import annotations

from monitor.assess.reconciliation import Mismatch

from .histories import BUS_COMPANY, OTHER_COMPANY, History, bus, contract, of_kind, vin

BOUGHT, REGISTERED = Mismatch.BOUGHT_NOT_REGISTERED, Mismatch.REGISTERED_NOT_BOUGHT


def test_a_contract_that_names_its_vehicle_is_met_by_that_one_only(history: History) -> None:
    history.contracts(
        *(contract(数量="1", 车辆识别代号=vin(n)) for n in (1, 2, 3)),
    )
    history.registrations(
        bus(1, 车辆型号="ZK6650BEVG21", 所有人="", 统一社会信用代码=""),
        bus(2, "2020-02-01"),
        bus(4),
    )
    found = history.reconciled()
    assert [one.vin for one in of_kind(found, BOUGHT)] == [vin(3)]
    assert [one.vin for one in of_kind(found, REGISTERED)] == [vin(4)]
    assert found.matched == 2


def test_lines_of_one_contract_differ_by_their_vehicles(history: History) -> None:
    receipt = history.contracts(*(contract(数量="1", 车辆识别代号=vin(n)) for n in range(1, 6)))
    assert receipt["rows"]["accepted"] == 5
    assert not [f for f in receipt["findings"] if f["code"].startswith("duplicate")]
    history.registrations(bus(7, 车辆用途="物流车"))
    assert len(of_kind(history.reconciled(), BOUGHT)) == 5


def test_fuel_of_a_vehicle_that_the_contract_names(history: History) -> None:
    history.contracts(contract(数量="1", 车辆识别代号=vin(1)))
    history.registrations(bus(1, 燃料种类="柴油", 号牌号码=""))
    (one,) = history.reconciled().unmatched
    assert (one.mismatch, one.vin) == (Mismatch.FUEL_DIFFERS, vin(1))


def test_one_code_is_one_buyer_whatever_the_name(history: History) -> None:
    history.contracts(contract(采购单位="南昌公交集团"))
    history.registrations(bus(1), bus(2))
    assert history.reconciled().unmatched == ()


def test_two_codes_are_two_buyers_whatever_the_name(history: History) -> None:
    history.contracts(contract(统一社会信用代码=OTHER_COMPANY[1], 数量="1"))
    history.registrations(bus(1))
    found = history.reconciled()
    assert {one.mismatch for one in found.unmatched} == {BOUGHT, REGISTERED}


def test_names_tell_where_a_code_is_missing(history: History) -> None:
    history.contracts(
        contract(采购单位="洪都公交（集团）有限公司", 统一社会信用代码="", 数量="1"),
        contract("NCZC-2020-0002", 采购单位=OTHER_COMPANY[0], 统一社会信用代码="", 数量="1"),
        contract("NCZC-2020-0003", 数量="1"),
    )
    history.registrations(
        bus(1, 所有人=" 洪都公交(集团) 有限公司", 统一社会信用代码=""),
        bus(2, 所有人=OTHER_COMPANY[0], 统一社会信用代码=OTHER_COMPANY[1]),
        bus(3, 统一社会信用代码=""),
    )
    assert history.reconciled().unmatched == ()


def test_other_buyers_do_not_share(history: History) -> None:
    history.contracts(contract(数量="1"))
    history.registrations(bus(1, 所有人=OTHER_COMPANY[0], 统一社会信用代码=OTHER_COMPANY[1]))
    found = history.reconciled()
    assert {one.mismatch for one in found.unmatched} == {BOUGHT, REGISTERED}


def test_a_missing_buyer_may_be_any(history: History) -> None:
    history.contracts(contract(采购单位="/", 统一社会信用代码="", 数量="1"))
    history.registrations(bus(1))
    assert history.reconciled().unmatched == ()


def test_a_missing_model_may_be_any_and_another_is_another(history: History) -> None:
    history.contracts(
        contract(车辆型号="详见公告正文", 数量="1"), contract("NCZC-2020-0002", 数量="1")
    )
    history.registrations(bus(1, 车辆型号="XMQ6106AGBEVL22"), bus(2, 车辆型号="宇通牌ZK6105BEVG29"))
    assert history.reconciled().unmatched == ()
    history.registrations(bus(3, 车辆型号="XMQ6106AGBEVL22"))
    assert [one.vin for one in history.reconciled().unmatched] == [vin(3)]


def test_a_kind_is_met_by_the_category_that_the_register_tells(history: History) -> None:
    history.contracts(contract(车辆用途="邮政物流车", 车辆型号="SH5041XYZ", 数量="2"))
    history.registrations(
        bus(1, 车辆用途="", 使用性质="货运", 车辆型号="SH5041XYZ"),
        bus(2, 车辆用途="", 使用性质="非营运", 车辆型号="SH5041XYZ"),
    )
    assert history.reconciled().unmatched == ()


def test_what_was_registered_before_signing_was_not_bought_by_it(history: History) -> None:
    history.contracts(contract(数量="1"))
    history.registrations(bus(1, "2020-02-19"))
    found = history.reconciled()
    assert {one.mismatch for one in found.unmatched} == {BOUGHT, REGISTERED}


def test_near_deliveries_come_first(history: History) -> None:
    history.contracts(
        contract("NCZC-2020-0001", 计划交付日期="2020-12-04", 合同签订日期="2020-01-06"),
        contract("NCZC-2020-0002", 计划交付日期="2020-06-05"),
        contract("NCZC-2020-0003", 计划交付日期="2020-05-08"),
    )
    history.registrations(bus(1), bus(2), bus(3))
    found = of_kind(history.reconciled(), BOUGHT)
    assert {one.contract_no: one.vehicles for one in found} == {
        "NCZC-2020-0001": 2,
        "NCZC-2020-0002": 1,
    }


def test_far_deliveries_are_met_by_what_is_left_over(history: History) -> None:
    history.contracts(contract(计划交付日期="2020-12-04"))
    history.registrations(bus(1, "2020-03-02"), bus(2, "2020-03-02"), bus(3, "2020-03-02"))
    found = history.reconciled()
    assert found.matched == 2
    assert [one.mismatch for one in found.unmatched] == [REGISTERED]


def test_the_buyer_of_a_contract_is_kept_tidied(history: History) -> None:
    history.contracts(contract(采购单位=f"　{BUS_COMPANY[0]} ", 数量="3"))
    history.registrations(bus(1))
    (one,) = history.reconciled().unmatched
    assert one.organisation == BUS_COMPANY[0]
