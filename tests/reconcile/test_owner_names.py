"""Owners' names: an organisation's is kept, a person's never."""

from __future__ import annotations

import polars as pl
import pytest

from .histories import BUS_COMPANY, History, bus

PERSON = "欧阳建国"
ORGANISATION = bus(99)


def kept_owners(history: History) -> list[str | None]:
    parts = sorted((history.home / "facts").iterdir())
    return pl.concat(pl.read_parquet(part, columns=["owner"]) for part in parts)["owner"].to_list()


PERSONS = (
    {"单位性质": "个人"},
    {"车辆用途": "私人乘用车", "单位性质": ""},
    {"车辆用途": "巡游出租车", "单位性质": ""},
    {"车辆用途": "", "使用性质": "非营运", "单位性质": ""},
    # a sole trader, then one who calls himself an enterprise
    {"车辆用途": "物流车", "单位性质": "", "统一社会信用代码": "92360102MA35G1HB6F"},
    {"车辆用途": "物流车", "单位性质": "其他企业", "统一社会信用代码": "92360102MA35G1HB6F"},
    # the number of an identity card, then a code whose check character is wrong
    {"车辆用途": "物流车", "单位性质": "", "统一社会信用代码": "110101198003077571"},
    {"车辆用途": "物流车", "单位性质": "", "统一社会信用代码": "91360100MA31J4EU2X"},
)


def test_a_person_is_never_kept(history: History) -> None:
    persons = [
        bus(number, 所有人=PERSON, 统一社会信用代码="") | told
        for number, told in enumerate(PERSONS, 1)
    ]
    history.registrations(*persons, ORGANISATION)
    assert kept_owners(history) == [*(None for _ in persons), BUS_COMPANY[0]]
    holding = {
        file.relative_to(history.home).parts[0]
        for file in history.home.rglob("*")
        if file.is_file() and PERSON.encode() in file.read_bytes()
    }
    assert holding == {"archive"}


@pytest.mark.parametrize(
    "told",
    [
        {"单位性质": "其他企业", "统一社会信用代码": ""},
        {"单位性质": "", "统一社会信用代码": BUS_COMPANY[1]},
    ],
    ids=["by kind", "by code"],
)
def test_an_organisation_is_kept_tidied(history: History, told: dict[str, str]) -> None:
    history.registrations(bus(1, 所有人="　南昌公交（集团） ") | told)
    assert kept_owners(history) == ["南昌公交(集团)"]
