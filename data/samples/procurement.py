"""Contracts behind the registrations: one line a batch, signed some months before."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from draw import Draw
from dresses import Dress, Paper
from filings import Filing
from fleet import CATEGORY_NAMES, FUELS, Vehicle
from layouts import Cell
from models import MODELS
from owners import Owner

_BOUGHT = ("bus", "official", "law_enforcement", "sanitation", "postal")
_METHODS = ("公开招标", "公开招标", "竞争性谈判", "竞争性磋商", "单一来源")
_HEADER = (
    "合同编号", "采购单位", "行政区划代码", "统一社会信用代码", "单位性质", "车辆用途", "燃料种类",
    "车辆型号", "数量", "单价", "合同金额", "合同签订日期", "计划交付日期", "供应商", "采购方式",
    "新增原因", "运营区域", "豁免情形",
)  # fmt: skip
_INITIALS = {"360000": "JX", "350000": "FJ"}
Order = dict[str, tuple[Owner, int]]


def contracts(
    province: str,
    name: str,
    folder: str,
    dresses: dict[int, Dress],
    sent: list[Filing],
    open_orders: Order,
) -> list[Filing]:
    """A province's contract lines, a file a year, sent by its public resources exchange."""
    years = sorted(dresses)
    lines: dict[int, list[list[Cell]]] = defaultdict(list)
    for batch in _batches(sent):
        if batch[0].registered_on.year >= years[0]:
            signed, row = _line(batch)
            lines[max(years[0], signed.year)].append(row)
    for city, (buyer, quantity) in open_orders.items():
        code = next(v.owner.code for f in sent for v in f.vehicles if v.owner.name == buyer.name)
        lines[years[-1]].append(_order(city, buyer, code, quantity, years[-1]))
    filed = []
    for place, year in enumerate(years):
        rows = sorted(
            lines[year], key=lambda row: (f"{row[11]}", f"{row[1]}", f"{row[7]}", f"{row[12]}")
        )
        for number, row in enumerate(rows, 1):
            row[0] = f"{_INITIALS[province]}ZC-{year}-{number:04d}"
        received = f"{year + 1}-01-{13 + place:02d}T15:{10 + 7 * place:02d}+08:00"
        paper = Paper(
            _HEADER,
            rows,
            f"{name}{year}年车辆采购合同汇总表",
            f"{name}公共资源交易中心",
            date.fromisoformat(received[:10]),
        )
        dress = dresses[year]
        path = f"{folder}/{province}-{name}-采购合同-{year}{dress.suffix}"
        # The first file holds also what was signed in the autumn before.
        period = f"{year - 1}-09..{year}-12" if place == 0 else str(year)
        filed.append(Filing(path, "procurement", province, period, received, paper, dress))
    return filed


def _batches(sent: list[Filing]) -> list[list[Vehicle]]:
    """Counted vehicles by batch, each by its city's last word."""
    latest: dict[tuple[str, str], Vehicle] = {}
    for filing in sorted(sent, key=lambda f: f.received_at):
        for vehicle in filing.vehicles:
            if vehicle.business == "注册登记":
                latest[vehicle.city, vehicle.vin] = vehicle
    found: dict[tuple[str, str, str], list[Vehicle]] = defaultdict(list)
    for vehicle in latest.values():
        if vehicle.is_counted and vehicle.category in _BOUGHT:
            found[vehicle.city, vehicle.batch, vehicle.exemption].append(vehicle)
    return list(found.values())


def _line(batch: list[Vehicle]) -> tuple[date, list[Cell]]:
    first = batch[0]
    draw = Draw("contract", first.batch, first.exemption, first.city)
    days = [v.registered_on for v in batch]
    signed = _workday(min(days) - timedelta(days=draw.between(50, 110)))
    due = _workday(min(days) - timedelta(days=draw.between(3, 15)))
    return signed, _row(
        first.owner,
        first.owner.code,
        first.county,
        first,
        len(batch),
        (signed, due),
        draw.pick(_METHODS),
    )


def _row(
    buyer: Owner,
    code: str,
    county: str,
    like: Vehicle,
    quantity: int,
    days: tuple[date, date],
    method: str,
) -> list[Cell]:
    price = like.model.price
    return [
        "", buyer.name, county, code, buyer.kind, CATEGORY_NAMES[like.category], like.fuel_name,
        like.model.name, f"{quantity}辆" if quantity % 5 == 0 else quantity, price,
        f"{price * quantity:,}", *days, like.model.supplier, method, like.reason, like.area,
        like.exemption,
    ]  # fmt: skip


def _order(city: str, buyer: Owner, code: str, quantity: int, year: int) -> list[Cell]:
    """Ordered at the end of the year, to come in the next one."""
    model = next(m for family, m in MODELS if family == "bus" and m.name == "XMQ6106AGBEVL22")
    draw = Draw("order", city, year)
    signed = _workday(date(year, 11, draw.between(3, 27)))
    due = _workday(date(year + 1, 3, draw.between(5, 28)))
    return [
        "", buyer.name, buyer.county, code, buyer.kind, CATEGORY_NAMES["bus"], FUELS["bev"],
        model.name, quantity, model.price, f"{model.price * quantity:,}", signed, due,
        model.supplier, "公开招标", "更新", "", "",
    ]  # fmt: skip


def _workday(day: date) -> date:
    return day - timedelta(days=max(0, day.weekday() - 4))
