"""The code tables, divisions and column maps against an independent list of CONTRACT's words."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
import yaml

from monitor.policy.codes import normal_name
from monitor.policy.columns import normal_header
from monitor.policy.policy import Policy, load_policy

ROOT = Path(__file__).resolve().parents[2]

NEW = (
    "电 C Ｃ 纯电 纯电动 超级电容 纯电动（超级电容） 插电混动 插电式混合动力 "
    "插电式混合动力(含增程式) 增程式 燃料电池 氢燃料"
)
NOT_NEW = (
    "汽油 A 柴油 B 天然气 E LNG CNG 液化石油气 F LPG 甲醇 L 乙醇 M 混合油 D 双燃料 AE BE "
    "AF BF A1 非插电式混合动力 油电混合 48VHEV"
)
OPEN = "混合动力 混动 O AO BO AC BC 汽油/电混合动力 柴油／电混合动力 氢 X 太阳能 N 其他 Z"
CATEGORIES = {
    "公交车": "bus", "公务用车": "official", "执法执勤用车": "law_enforcement",
    "公务租赁用车": "official_rental", "环卫车": "sanitation", "物流车": "logistics",
    "邮政物流车": "postal", "港区物流车": "port", "巡游出租车": "cruising_taxi",
    "网约出租车": "ride_hailing", "分时租赁车": "car_share", "农村客运车": "rural_passenger",
    "景区车辆": "scenic", "电力工程车": "utility", "私人乘用车": "private", "其他": "other",
}  # fmt: skip
REGISTRATION = {
    "车辆识别代号": "vin", "燃料种类": "fuel", "初次登记日期": "registered_on",
    "行政区划代码": "division_code", "车辆用途": "category", "使用性质": "use",
    "号牌号码": "plate", "号牌种类": "plate_kind", "车辆类型": "vehicle_type",
    "车辆型号": "model", "所有人": "owner", "统一社会信用代码": "credit_code",
    "单位性质": "owner_kind", "运营区域": "area", "新增原因": "reason", "豁免情形": "exemption",
    "业务类型": "business", "注销日期": "retired_on", "续驶里程": "range_km",
    "最大设计总质量": "gross_mass_kg", "快充": "fast_charge",
    "车架号": "vin", "VIN": "vin", "注册日期": "registered_on", "登记日期": "registered_on",
    "能源类型": "fuel", "燃油类型": "fuel", "能源种类": "fuel", "机动车所有人": "owner",
    "车牌号": "plate", "车牌号码": "plate", "续驶里程(km)": "range_km", "车辆识别代号*": "vin",
    "clsbdh": "vin", "CLSBDH": "vin", "rlzl": "fuel", "ccdjrq": "registered_on", "syxz": "use",
    "hphm": "plate", "hpzl": "plate_kind", "cllx": "vehicle_type", "clxh": "model",
    "syr": "owner", "fzjg": "issuing_office", "zt": "status", "glbm": "managing_office",
    "busFrameId": "vin", "busRegDate": "registered_on", "fuelType": "fuel",
    "busUseNature": "use", "vehicleType": "model", "carType": "vehicle_type",
}  # fmt: skip
PROCUREMENT = {
    "合同编号": "contract_no", "采购单位": "buyer", "车辆用途": "category", "燃料种类": "fuel",
    "数量": "quantity", "合同签订日期": "signed_on", "行政区划代码": "division_code",
    "统一社会信用代码": "credit_code", "单位性质": "owner_kind", "车辆型号": "model",
    "单价": "unit_price", "合同金额": "amount", "计划交付日期": "delivery_on",
    "供应商": "supplier", "采购方式": "method", "新增原因": "reason", "运营区域": "area",
    "豁免情形": "exemption", "采购人（甲方）": "buyer", "主要标的数量": "quantity",
    "供应商（乙方）": "supplier", "单价（元）": "unit_price",
}  # fmt: skip


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy()


@pytest.mark.parametrize(
    ("written", "new_energy"),
    [
        (word, verdict)
        for words, verdict in ((NEW, "yes"), (NOT_NEW, "no"), (OPEN, "undetermined"))
        for word in words.split()
    ]
    + [("无", "none"), ("Y", "none")],
)
def test_a_written_fuel_counts_as_it_must(policy: Policy, written: str, new_energy: str) -> None:
    fuels = policy.codes["fuel"]
    entry = fuels.entries[fuels.by_writing[normal_name(written)]]
    assert policy.codes["energy"].entries[entry.energy or ""].new_energy == new_energy


@pytest.mark.parametrize("bare", ["出租车", "新能源"])
def test_words_that_do_not_tell_are_not_guessed(policy: Policy, bare: str) -> None:
    assert bare not in policy.codes["category"].by_writing
    assert bare not in policy.codes["fuel"].by_writing


def test_categories_and_their_kinds(policy: Policy) -> None:
    table = policy.codes["category"]
    assert {name: table.by_writing[normal_name(name)] for name in CATEGORIES} == CATEGORIES
    assert set(table.entries) == set(CATEGORIES.values())
    kinds = {code: e.kind_of for code, e in table.entries.items() if e.kind_of}
    assert kinds == {"law_enforcement": "official", "postal": "logistics", "port": "logistics"}


def test_only_the_sure_uses_give_a_category(policy: Policy) -> None:
    uses = policy.codes["use"].entries
    assert set(uses) == set("ABCDEFGHIJKLMNOPQRSTUZ")
    sure = {code: entry.category for code, entry in uses.items() if entry.category}
    assert sure == {"C": "bus", "D": "cruising_taxi", "T": "ride_hailing",
                    "H": "law_enforcement", "F": "logistics"}  # fmt: skip
    persons = {code: e.person_category for code, e in uses.items() if e.person_category}
    assert persons == {"A": "private"}
    known = set(policy.codes["category"].entries)
    assert all(set(entry.may_be) <= known for entry in uses.values())


def test_what_is_an_addition(policy: Policy) -> None:
    business, reason = policy.codes["business"], policy.codes["reason"]
    assert business.where(effect="addition") == {"A"}
    assert business.where(effect="deregistration") == {"G"}
    for word in ("转移登记", "变更登记", "转入", "过户转入", "补换领号牌", "补领登记证书"):
        assert business.entries[business.by_writing[word]].effect == "none"
    counted = {w: reason.entries[reason.by_writing[w]].counted
               for w in ("新增", "更换", "更新", "报废更新", "注销更新", "过户转入")}  # fmt: skip
    assert [word for word, yes in counted.items() if not yes] == ["过户转入"]


def test_owners_areas_and_plates(policy: Policy) -> None:
    owners = policy.codes["owner_kind"]
    words = ("党政机关", "事业单位", "国有企业", "其他企业", "个人")
    codes = [owners.by_writing[word] for word in words]
    assert codes == ["government", "institution", "soe", "enterprise", "person"]
    prefixes = {e.code: e.credit_prefixes for e in owners.entries.values() if e.credit_prefixes}
    assert prefixes == {"government": ("11",), "institution": ("12",)}
    areas = policy.codes["area"]
    assert [areas.by_writing[w] for w in ("中心城区", "农村", "景区", "港区", "海岛", "其他")] == [
        "urban_core", "rural", "scenic", "port", "island", "other",
    ]  # fmt: skip
    plates = policy.codes["plate_kind"]
    assert plates.where(new_energy="yes") == {"51", "52"}
    assert plates.by_writing["2"] == "02"
    assert plates.entries["51"].form == "large_new_energy"
    assert plates.entries["52"].form == "small_new_energy"


def test_standard_vehicle_weights_are_the_annexs_eleven_lines(policy: Policy) -> None:
    weights = Counter(str(entry.weight) for entry in policy.weights.entries)
    assert weights == Counter(["0.8", "1", "1", "12", "20", "5", "30", "50", "3", "1.5", "0.6"])
    energies = set(policy.codes["energy"].entries)
    classes = {e.vehicle_class for e in policy.codes["vehicle_type"].entries.values()}
    for entry in policy.weights.entries:
        assert set(entry.energy) <= energies
        assert set(entry.vehicle_class) <= classes


def test_every_name_and_code_stands_for_one_thing() -> None:
    tables: dict[str, dict[str, str]] = {}
    for path in (ROOT / "data/codes").glob("*.yml"):
        held = yaml.safe_load(path.read_text(encoding="utf-8"))
        if held["table"] == "standard_vehicle":
            continue
        taken = tables.setdefault(held["table"], {})
        for entry in held["entries"]:
            code = str(entry["code"])
            assert entry["label"]["zh"]
            assert entry["label"]["en"]
            for name in {code, str(entry.get("letter", code)), *map(str, entry.get("names", []))}:
                assert taken.setdefault(normal_name(name), code) == code, (path.name, name)
    assert set(tables) == {
        "energy", "fuel", "category", "use", "owner_kind", "area", "reason", "exemption",
        "purchase_method", "business", "plate_kind", "vehicle_type", "yes_no", "unit",
        "permit_issue", "facility", "access", "platform_level", "battery_destination",
        "tender_subject", "document_form", "reported_unit",
    }  # fmt: skip


def test_divisions_and_who_reports_for_whom(policy: Policy) -> None:
    table = policy.divisions
    counts = {code: len(table.members(code)) for code in ("360000", "350000", "320000")}
    assert counts == {"360000": 12, "350000": 10, "320000": 13}
    of = table.reports_to
    assert [of[c] for c in ("350128", "350181", "36GJXQ", "360482", "360425")] == [
        "350128", "350100", "36GJXQ", "360400", "360400",
    ]  # fmt: skip
    for name, code in {"平潭": "350128", "平潭县": "350128", "平潭综合实验区": "350128",
                       "赣江新区": "36GJXQ", "福州": "350100", "抚州": "361000",
                       "南京市": "320100", "江西南昌": "360100", "江西省南昌": "360100",
                       "江西南昌市": "360100", "江西省南昌市": "360100",
                       "江西省赣江新区": "36GJXQ"}.items():  # fmt: skip
        assert of[name] == code
    assert table.divisions["36GJXQ"].counties == {}
    assert table.divisions["360100"].plates == ("赣A", "赣M")
    assert table.divisions["360900"].plates == ("赣C",)
    assert table.divisions["320500"].plates == ("苏E", "苏U")
    assert of["360105"] == "360100"
    assert table.abolished["360105"] == date(2019, 12, 31)
    assert table.abolished["350402"] == date(2021, 12, 31)


def test_counties_lie_in_their_prefecture_and_stand_once(policy: Policy) -> None:
    seen: Counter[str] = Counter(list(policy.divisions.abolished))
    for code, division in policy.divisions.divisions.items():
        seen.update(list(division.counties))
        assert all(county[:4] == code[:4] for county in division.counties), code
    assert max(seen.values()) == 1
    real = [c for d in policy.divisions.divisions.values() for c in d.counties if c[4:] != "01"]
    per_province = Counter(code[:2] for code in real)
    assert per_province == {"36": 100, "35": 84, "32": 95}


@pytest.mark.parametrize(
    ("kind", "headers"), [("registration", REGISTRATION), ("procurement", PROCUREMENT)]
)
def test_headers_are_found(policy: Policy, kind: str, headers: dict[str, str]) -> None:
    known = policy.columns[kind].by_header()
    assert {name: known[normal_header(name)] for name in headers} == headers
    assert "materialtype" not in known
    assert "djrq" not in known


def test_required_columns(policy: Policy) -> None:
    registration, procurement = policy.columns["registration"], policy.columns["procurement"]
    assert {c for c, n in registration.columns.items() if n.required} == {
        "vin", "fuel", "registered_on",
    }  # fmt: skip
    assert registration.required_one_of == (("category", "use"),)
    assert {c for c, n in procurement.columns.items() if n.required} == {
        "contract_no", "buyer", "category", "fuel", "quantity", "signed_on",
    }  # fmt: skip
    for columns in (registration, procurement):
        assert columns.required_without_sender == ("division_code",)


def test_an_alias_stands_for_one_column_of_a_kind() -> None:
    taken: dict[tuple[str, str], str] = {}
    for path in sorted((ROOT / "data/columns").glob("*.yml")):
        held = yaml.safe_load(path.read_text(encoding="utf-8"))
        if not held.get("default", True):
            continue
        for column, names in held["columns"].items():
            for name in (column, names["header"], *names.get("aliases", [])):
                key = (held["kind"], normal_header(name))
                assert taken.setdefault(key, column) == column, (path.name, name)
