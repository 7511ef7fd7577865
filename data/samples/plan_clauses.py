"""Who sent what beside vehicles: extracts for the clauses that are no fleet mandates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import reported
from clause_filings import Row, filing
from dresses import Dress
from facilities import Register, facilities, spots
from filings import Filing
from fleet import Factory
from places import FUJIAN, JIANGXI, NANJING
from vehicle_lists import batteries, battery_code, new_energy_of, permits, platform, strangers

_TITLED = Dress(suffix=".xlsx", title=True, dates="real")
_GB = Dress(encoding="gb18030")
_2020, _2025 = date(2020, 12, 31), date(2025, 12, 31)

# Townships as in data/examples/townships; three of them have no public charging.
_FUZHOU = spots("""
350111 鼓山镇 350111100
350111 新店镇 350111101
350111 岳峰镇 350111102
350111 宦溪镇 350111103
350121 上街镇 350121100
350121 南屿镇 350121101
350121 荆溪镇 350121102
350121 洋里乡 350121200
350111 茶园街道 350111001
""")
_PINGTAN = spots("""
350128 苏平镇 350128100
350128 君山镇 350128101
350128 海坛街道 350128001
350128 屿头乡 350128200
""")
_NANCHANG = spots("""
360121 莲塘镇
360121 向塘镇
360112 长堎镇
360124 民和镇
360111 湖坊镇
360104 青云谱镇
360102 扬子洲镇
""")
_PINGXIANG = spots("""
360302 安源镇
360313 湘东镇
360322 上栗镇
360323 芦溪镇
""")
_NANJING = spots("""
320115 东山街道
320113 仙林街道
320105 沙洲街道
320102 孝陵卫街道
320104 夫子庙街道
320115 禄口街道
320113 尧化街道
320115 秣陵街道
""")


def filings(factory: Factory, sent: Sequence[Filing]) -> list[Filing]:
    """All of them; `sent` are the registrations, whose vehicles the lists name."""
    return [*_nanjing(factory, sent), *_fujian(factory, sent), *_jiangxi(factory, sent)]


def _nanjing(factory: Factory, sent: Sequence[Filing]) -> list[Filing]:
    own, office = ("320100", "南京"), "公安局交通管理局"
    found = [
        filing("permit", own, f"{year}", at, permits(factory, year), dress, office=office)
        for year, at, dress in (
            (2019, "2020-01-10T10:00+08:00", None),
            (2020, "2021-01-11T10:05+08:00", _GB),
            (2021, "2022-01-10T10:10+08:00", _TITLED),
        )
    ]
    register = Register(
        "320100", "南京", _NANJING, date(2017, 3, 1), _2020, swaps=1, hydrogen=1, homes=4
    )
    held = new_energy_of(sent, "320100", _2020)
    listed = platform(held, strangers(factory, NANJING, 2, 2020), _2020, "市级")
    days = [date(2020, month, 9) for month in (5, 7, 9, 11)]
    gone = batteries(held[:4], days, "南京循环动力科技有限公司")
    figures = reported.figures("320100", reported.NANJING_FIGURES)
    documents = reported.documents("320100", reported.NANJING_DOCUMENTS)
    province = reported.figures("320000", reported.JIANGSU_FIGURES)
    return [
        *found,
        filing("facility", own, "2017-01..2020-12", "2021-01-12T09:20+08:00", facilities(register)),
        filing("platform", own, "2019-01..2020-12", "2021-01-12T09:40+08:00", listed),
        filing("battery", own, "2020", "2021-01-12T10:00+08:00", gone),
        filing("figure", own, "2019-01..2020-12", "2021-01-20T15:00+08:00", figures),
        filing("document", own, "2018-01..2020-12", "2021-01-20T15:30+08:00", documents),
        filing(
            "figure", ("320000", "江苏省"), "2020-01..2021-12", "2022-01-21T09:00+08:00", province
        ),
    ]


def _fujian(factory: Factory, sent: Sequence[Filing]) -> list[Filing]:
    fuzhou, pingtan, province = ("350100", "福州"), ("350128", "平潭"), ("350000", "福建省")
    city = Register(
        "350100", "福州", _FUZHOU, date(2019, 3, 1), _2025, swaps=2, hydrogen=1, homes=4
    )
    island = Register("350128", "平潭", _PINGTAN, date(2021, 5, 1), _2025, homes=2)
    held = new_energy_of(sent, "350128", _2025)
    listed = platform(held, strangers(factory, FUJIAN["350128"], 3, 2025), _2025, "省级")
    figures = {
        year: reported.figures("350000", reported.FUJIAN_FIGURES[year]) for year in (2024, 2025)
    }
    documents = reported.documents("350000", reported.FUJIAN_DOCUMENTS)
    return [
        filing(
            "facility",
            fuzhou,
            "2019-01..2025-12",
            "2026-01-12T09:00+08:00",
            facilities(city),
            _TITLED,
        ),
        filing(
            "facility", pingtan, "2021-01..2025-12", "2026-01-13T09:00+08:00", facilities(island)
        ),
        filing("platform", pingtan, "2022-01..2025-12", "2026-01-13T09:20+08:00", listed),
        filing("battery", province, "2025", "2026-01-14T09:00+08:00", _fujian_batteries(sent), _GB),
        filing(
            "tender",
            province,
            "2024-01..2025-12",
            "2026-01-15T09:00+08:00",
            reported.sanitation_tenders(),
        ),
        filing(
            "building",
            province,
            "2024-01..2025-12",
            "2026-01-15T09:30+08:00",
            reported.buildings(),
            _TITLED,
        ),
        filing("figure", province, "2024", "2025-01-20T09:00+08:00", figures[2024]),
        filing("figure", province, "2025", "2026-01-20T09:00+08:00", figures[2025], _TITLED),
        filing("document", province, "2022-01..2025-12", "2026-01-20T09:30+08:00", documents),
    ]


def _fujian_batteries(sent: Sequence[Filing]) -> list[Row]:
    """Batteries that were exchanged: one code has lost a digit, one stands for two vehicles."""
    vehicles = [
        v for code in ("350100", "350200", "350500") for v in new_energy_of(sent, code, _2025)[:5]
    ]
    days = [date(2025, 2 + place % 9, 3 + place) for place in range(len(vehicles))]
    rows = batteries(vehicles, days, "福建绿循环科技有限公司")
    rows[3]["电池编码"] = f"{rows[3]['电池编码']}"[:-1]
    rows[8]["电池编码"] = battery_code(vehicles[7])
    return rows


def _jiangxi(factory: Factory, sent: Sequence[Filing]) -> list[Filing]:
    nanchang, pingxiang, province = ("360100", "南昌"), ("360300", "萍乡"), ("360000", "江西省")
    capital = Register("360100", "南昌", _NANCHANG, date(2016, 9, 1), _2020, swaps=1, homes=4)
    city = Register("360300", "萍乡", _PINGXIANG, date(2018, 4, 1), _2020, hydrogen=1, homes=2)
    held = new_energy_of(sent, "360300", _2020)
    buses = [v for v in held if v.category == "bus"]
    listed = platform(held, strangers(factory, JIANGXI["360300"], 2, 2020), _2020, "省级")
    listed += platform(buses, (), _2020, "企业")
    retired = sorted(
        (v for v in new_energy_of(sent, "360100", _2020) if v.retired_on), key=lambda v: v.vin
    )
    gone = batteries(
        retired, [v.retired_on for v in retired if v.retired_on], "江西赣循环动力科技有限公司"
    )
    figures = reported.figures("360000", reported.JIANGXI_FIGURES)
    documents = reported.documents("360000", reported.JIANGXI_DOCUMENTS)
    return [
        filing(
            "facility",
            nanchang,
            "2016-01..2020-12",
            "2021-01-13T09:00+08:00",
            facilities(capital),
            _GB,
        ),
        filing(
            "facility", pingxiang, "2018-01..2020-12", "2021-01-14T09:00+08:00", facilities(city)
        ),
        filing("platform", pingxiang, "2018-01..2020-12", "2021-01-14T09:20+08:00", listed),
        filing("battery", nanchang, "2020", "2021-01-15T09:00+08:00", gone),
        filing(
            "tender",
            province,
            "2018-01..2020-12",
            "2021-01-18T09:00+08:00",
            reported.official_tenders(),
        ),
        filing("figure", province, "2019-01..2020-12", "2021-01-19T09:00+08:00", figures),
        filing("document", province, "2018-01..2020-12", "2021-01-19T09:30+08:00", documents),
    ]
