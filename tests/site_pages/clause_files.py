"""Small reports that answer clauses: permits of 南京, piles of two cities, figures, documents."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from monitor.corridor.declared import Declared
from monitor.corridor.reception import receive
from monitor.model import Status
from monitor.policy.policy import Policy
from monitor.store.home import Home
from monitor.store.opening import open_store

PERMITS = """\
通行证编号,发证日期,办理类型,有效期止,号牌号码,燃料种类,行政区划代码
宁货证00001,2019-03-04,新办,2020-03-03,苏AD12345,纯电动,320102
宁货证00002,2019-05-06,新办,2020-05-05,苏A2P345,柴油,320102
宁货证00003,2019-07-08,续办,2020-07-07,苏A6T789,柴油,320104
宁货证00004,2019-09-10,新办,2020-09-09,苏AD45678,纯电动,320105
宁货证00005,2020-11-12,新办,2021-11-11,苏AF67890,插电式混合动力,320106
宁货证00006,2022-12-14,新办,2023-12-13,苏AD78901,纯电动,320106
"""
PILES = {
    "360100": """\
设施编号,设施类型,投运日期,服务对象,行政区划代码,乡镇
NC-00001,充电桩,2019-04-01,公共,360103,绳金塔街道
NC-00002,充电桩,2020-06-01,专用,360104,三家店街道
NC-00003,充电站,2020-06-01,公共,360104,三家店街道
""",
    "360400": """\
设施编号,设施类型,投运日期,服务对象,行政区划代码,乡镇
JJ-00001,充电桩,2019-08-01,公共,360402,五里街道
JJ-00002,充电桩,2020-08-01,公共,360402,五里街道
JJ-00003,充电桩,2020-09-01,公共,360402,五里街道
""",
}
PLATFORMS = {
    "360100": """\
车辆识别代号,接入日期,平台级别,最近上线日期
LA60DSBZ3KB012622,2019-05-01,省级,2020-06-30
LZYTBGCW9L1000016,2020-06-01,企业,2020-06-30
""",
}
FIGURES = {
    "320100": """\
条文编号,指标,统计截止日期,数值,单位,出处
NJ-I05,乘用车产量,2021-12-31,9.8,万辆,南京市统计局
NJ-I05,商用车产量,2021-12-31,1.1,万辆,南京市统计局
""",
    "320000": """\
条文编号,指标,统计截止日期,数值,单位,出处
JS-I01,新能源汽车产量,2021-12-31,10.3,万辆,江苏省统计局
""",
    "360000": """\
条文编号,指标,统计截止日期,数值,单位,出处
JX-I01,,2020-12-31,31.7,万辆,江西省工业和信息化厅
""",
}
DOCUMENTS = {
    "320100": """\
条文编号,事项,日期,名称,形式,发布机构
NJ-S06,市新能源汽车产业地标建设领导小组,2019-02-12,关于成立市新能源汽车产业地标建设领导小组的通知,机构,南京市人民政府办公厅
""",
}


def hand_in(home: Home, policy: Policy, folder: Path, at: datetime, *kinds: str) -> None:
    """All of these reports, as their senders would, or those of some kinds."""
    sent = [("permit", "320100", PERMITS)]
    for kind, texts in (
        ("facility", PILES),
        ("platform", PLATFORMS),
        ("figure", FIGURES),
        ("document", DOCUMENTS),
    ):
        sent += [(kind, division, text) for division, text in texts.items()]
    with open_store(home, write=True, waiting=lambda _words: None, actor="cli:test") as store:
        for kind, division, text in sent:
            if not kinds or kind in kinds:
                file = folder / f"{division}-{kind}.csv"
                file.write_text(text, "utf-8")
                declared = Declared(received_at=at, division=division)
                found = receive(store, policy, file, declared, now=at)
                assert found.status is Status.ACCEPTED, (kind, division, found.findings)
                assert found.kind == kind
