"""Seeded random submissions: small fleets, few vehicles, so that everything happens to them."""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from io import StringIO
from random import Random
from zoneinfo import ZoneInfo

from slow import Row, Span, Submission, additions, known
from slow_mandates import Setting

SHANGHAI = ZoneInfo("Asia/Shanghai")
HEADERS = [
    "车辆识别代号", "燃料种类", "初次登记日期", "行政区划代码", "车辆用途", "使用性质", "号牌号码",
    "号牌种类", "车辆类型", "车辆型号", "所有人", "统一社会信用代码", "单位性质", "运营区域",
    "新增原因", "豁免情形", "业务类型", "注销日期", "续驶里程", "最大设计总质量", "快充",
]  # fmt: skip
_VALUES = dict(
    zip(
        "0123456789ABCDEFGHJKLMNPRSTUVWXYZ",
        [*range(10), *range(1, 9), *range(1, 6), 7, 9, *range(2, 10)],
        strict=True,
    )
)
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
# Written where 燃料种类 is told by more than itself, or by nothing.
_FUELS = [
    *["纯电动"] * 6, "电", "C", "插电式混合动力", "插电式混合动力(含增程式)", "燃料电池", "增程式",
    "汽油", "汽油", "柴油", "天然气", "AE", "油电混合", "混合动力", "O", "氢", "其他", "无",
]  # fmt: skip
_PLACES = {
    "jiangxi": (["360100", "360200", "36GJXQ"], ["360102", "360121", "360202", "36GJXQ", "360100"]),
    "fujian": (
        ["350100", "350128", "350200", "350600"],
        ["350102", "350111", "350128", "350203", "350100", "350626", "350602"],
    ),
    "nanjing": (["320100"], ["320102", "320100"]),
}
_CATEGORIES = {
    "jiangxi": [
        "公交车", "公交车", "公交车", "公务用车", "执法执勤用车", "环卫车", "物流车", "邮政物流车",
        "港区物流车", "私人乘用车", "其他", "巡游出租车",
    ],
    "fujian": [
        "公交车", "公务用车", "公务用车", "执法执勤用车", "执法执勤用车", "邮政物流车", "环卫车",
        "巡游出租车", "网约出租车", "物流车", "公务租赁用车", "农村客运车", "分时租赁车",
        "景区车辆", "港区物流车", "私人乘用车", "电力工程车",
    ],
    "nanjing": ["公交车", "物流车", "私人乘用车", "环卫车", "电力工程车", "巡游出租车"],
}  # fmt: skip
_YEARS = {"jiangxi": (2017, 2020), "fujian": (2020, 2025), "nanjing": (2018, 2020)}
_NEAR = {"jiangxi": ("JX", "CN"), "fujian": ("FJ", "CN"), "nanjing": ("NJ", "CN")}
TOPS = {"jiangxi": "360000", "fujian": "350000", "nanjing": "320100"}


def vin(number: int) -> str:
    """The number-th valid VIN of a domestic maker, its year letter early enough for any date."""
    bare = f"LSVAA4180G{number:07d}"
    check = sum(_VALUES[c] * w for c, w in zip(bare, _WEIGHTS, strict=True)) % 11
    return bare[:8] + "0123456789X"[check] + bare[9:]


class Scenario:
    """Draws submissions one after the other, each in sight of what came before."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # seeded: the same scenario each time
        self.region = self.random.choice(["jiangxi", "jiangxi", "fujian", "fujian", "nanjing"])
        self.near = _NEAR[self.region]
        self.vins = [vin(n) for n in range(1, self.random.choice([4, 12, 40]))]
        first = _YEARS[self.region][0]
        self.clock = datetime(first + 1, 1, 5, 9, tzinfo=SHANGHAI)
        self.sent: list[Submission] = []
        self.setting = self._setting()

    def draw(self) -> list[Submission]:
        """All submissions, in the order in which they are recorded."""
        for _ in range(self.random.randint(2, 7)):
            self.clock += timedelta(days=self.random.randint(0, 250), hours=1)
            self.sent.append(self._submission())
        return self.sent

    def moments(self) -> list[tuple[date, datetime | None]]:
        """Days judged and moments of knowledge worth asking for."""
        first, last = _YEARS[self.region]
        last += self.random.random() < 0.1  # the year in which all of them have ended
        days = [date(self.random.randint(first, last), 12, 31) for _ in range(2)]
        middle = date(self.random.randint(first, last), self.random.randint(1, 12), 15)
        at = self.random.choice(self.sent).received_at
        return [(days[0], None), (middle, None), (days[1], at), (date(last, 12, 31), None)]

    def _setting(self) -> Setting:
        """Half of the time numbers that a small fleet can reach, or that an opening figure bears
        on; sometimes the state's own demands too.
        """
        draw, targets, openings = self.random, {}, {}
        for name in ("JX-F03", "NJ-F01", "NJ-F04"):
            if draw.random() < 0.5:
                first = draw.choice([2018, 2019, 2020])
                targets[name] = dict.fromkeys(range(first, 2021), draw.choice([1, 4, 9, 30]))
            if draw.random() < 0.4:
                openings[name] = draw.choice([2016, 2017, 2018]), draw.choice([0, 2, 3])
        return Setting(targets, openings, national=draw.random() < 0.2)

    def _decision(self) -> Submission | None:
        """Somebody decides over a few exemptions that one division's additions claim."""
        draw, state = self.random, known(self.sent, self.clock)
        claims = [
            vehicle
            for vehicle in additions(state, self.clock.date())
            if state.rows[vehicle.division, vehicle.vin].vehicle.claims
        ]
        if not claims:
            return None
        division = draw.choice(claims).division
        mine = [vehicle for vehicle in claims if vehicle.division == division]
        chosen = draw.sample(mine, min(len(mine), draw.randint(1, 3)))
        until = None
        decision = draw.choice(["approved", "refused", "refused", "withdrawn"])
        if decision == "approved" and draw.random() < 0.7:
            until = min(vehicle.registered_on for vehicle in chosen)
        return Submission(
            self.clock,
            division,
            "decide",
            vins=sorted(vehicle.vin for vehicle in chosen),
            decision=decision,
            until=until,
        )

    def _submission(self) -> Submission:
        draw, region = self.random, self.region
        decided = self._decision() if draw.random() < 0.3 else None
        if decided is not None:
            return decided
        codes, _ = _PLACES[region]
        sender: str | None = draw.choice([*codes, *codes, TOPS[region], None])
        what = draw.random()
        state = known(self.sent, self.clock)
        if what < 0.1 and sender is not None:
            return Submission(
                self.clock, sender, "nil", self._period(), nil_replaces=draw.random() < 0.4
            )
        if what < 0.2:
            held = [*state.rows, *state.ends]
            if held:
                division = draw.choice(held)[0]
                mine = sorted({v for d, v in held if d == division})
                gone = draw.sample(mine, min(len(mine), draw.randint(1, 2)))
                return Submission(self.clock, division, "withdraw", vins=gone)
        replaces = what < 0.35 and sender is not None
        rows = self._rows(sender)
        period = self._period() if replaces or draw.random() < 0.5 else None
        received = self.clock
        if what > 0.85 and self.sent:
            received -= timedelta(days=draw.randint(1, 300))
        return Submission(
            received,
            sender,
            "replace" if replaces else "add",
            period,
            rows,
            force=draw.random() < 0.5,
        )

    def _period(self) -> Span:
        first, last = _YEARS[self.region]
        year = self.random.randint(first, last)
        return self.random.choice(
            [
                (date(year, 1, 1), date(year, 12, 31)),
                (date(year, 1, 1), date(year, 6, 30)),
                (date(year, 7, 1), date(year, 12, 31)),
                (date(first, 1, 1), date(last, 12, 31)),
            ]
        )

    def _rows(self, sender: str | None) -> list[Row]:
        draw = self.random
        earlier = [row for sent in self.sent for row in sent.rows]
        rows = []
        named: set[str] = set()
        for _ in range(draw.randint(1, 25)):
            again = earlier and draw.random() < 0.25
            row = dict(draw.choice(earlier)) if again else self._row(sender)
            if row["车辆识别代号"] not in named or draw.random() < 0.03:
                rows.append(row)
                named.add(row["车辆识别代号"])
        rows += [self._near(row) for row in draw.sample(rows, min(len(rows), draw.randint(0, 2)))]
        if draw.random() < 0.4:
            rows += [self._end(row) for row in draw.sample(earlier or rows, 1)]
        return rows

    def _near(self, row: Row) -> Row:
        """The same vehicle again: in other dress, or saying something else."""
        twin = dict(row)
        change = self.random.choice(["nothing", "所有人", "车辆用途", "初次登记日期", "燃料种类"])
        if change == "所有人":
            twin["所有人"] = "某某公司"
        elif change == "车辆用途":
            twin["车辆用途"] = "其他"
        elif change == "燃料种类":
            twin["燃料种类"] = "燃料电池"
        elif change == "初次登记日期" and isinstance(row["初次登记日期"], date):
            twin["初次登记日期"] = row["初次登记日期"] + timedelta(days=1)
        return twin

    def _end(self, row: Row) -> Row:
        ended = dict(row) | {"业务类型": "注销登记"}
        day = row["初次登记日期"]
        if isinstance(day, date):
            ended["注销日期"] = day + timedelta(days=self.random.randint(0, 900))
        return ended

    def _row(self, sender: str | None) -> Row:
        draw, region = self.random, self.region
        first, last = _YEARS[region]
        day = date(draw.randint(first, last), draw.choice([1, 1, 6, 12]), draw.randint(1, 28))
        day = min(day, self.clock.date() + timedelta(days=draw.choice([0, 0, 0, 0, 1])))
        codes = _PLACES[region][1]
        fuels = [*_FUELS[:12], "混合动力", "汽油"] if region == "nanjing" else _FUELS
        row: Row = {
            "车辆识别代号": draw.choice(self.vins),
            "燃料种类": draw.choice(fuels),
            "初次登记日期": day,
            "行政区划代码": draw.choice([*codes, ""] if sender else codes),
            "车辆用途": draw.choice(_CATEGORIES[region]),
        }
        if draw.random() < 0.15:
            row["车辆用途"] = ""
            row["使用性质"] = draw.choice(
                ["公交客运", "警用", "货运", "非营运", "出租客运", "租赁"]
            )
        elif draw.random() < 0.15:
            row["使用性质"] = draw.choice(["租赁", "非营运"])
        if draw.random() < 0.25:
            row |= draw.choice(
                [
                    {"号牌号码": "闽AD12345"}, {"号牌号码": "赣A12345F"}, {"号牌种类": "52"},
                    {"号牌号码": "闽A12345"}, {"号牌种类": "02"}, {"车辆型号": "ZK6650BEVG21"},
                    {"车辆型号": "BYD7152WT5HEVA"}, {"车辆型号": "GTM6480PHEV"},
                ]
            )  # fmt: skip
        row |= draw.choice(
            [
                {"单位性质": "党政机关"}, {"单位性质": "国有企业"}, {"单位性质": "其他企业"},
                {"统一社会信用代码": "12350000488000054F"}, {"所有人": "个人"}, {}, {},
                {"单位性质": "事业单位"},
            ]
        )  # fmt: skip
        row["运营区域"] = draw.choice(["中心城区", "中心城区", "农村", "其他", ""])
        row["新增原因"] = draw.choice(["", "", "新增", "更新", "报废更新", "过户转入"])
        if draw.random() < 0.2:
            row["豁免情形"] = draw.choice(
                ["特种专业技术用车", "执法执勤用车", "实物保障岗位用车", "领导特批"]
            )
        row["业务类型"] = draw.choice(["", "", "注册登记", "注册登记", "转入", "变更登记"])
        if draw.random() < 0.1:
            row["注销日期"] = day + timedelta(days=draw.randint(0, 700))
        if region == "nanjing":
            row |= self._body()
        return self._spoiled(row) if draw.random() < 0.04 else row

    def _body(self) -> Row:
        draw = self.random
        return {
            "车辆类型": draw.choice(["小型轿车", "大型普通客车", "专项作业车", "重型货车", ""]),
            "续驶里程": draw.choice([None, 100, 149, 150, 400]),
            "最大设计总质量": draw.choice([None, 2000, 3500, 18000]),
            "快充": draw.choice(["", "是", "否"]),
        }

    def _spoiled(self, row: Row) -> Row:
        return row | self.random.choice(
            [
                {"车辆识别代号": ""}, {"车辆识别代号": "LSVAA418OG0000001"}, {"燃料种类": ""},
                {"燃料种类": "煤"}, {"初次登记日期": "去年"}, {"行政区划代码": "999999"},
                {"行政区划代码": "350502"}, {"车辆用途": "飞机"}, {"业务类型": "抽签"},
                {"车辆用途": "", "使用性质": ""},
            ]
        )  # fmt: skip


def written(rows: list[Row]) -> bytes:
    """The rows as a sender's CSV."""
    sheet = StringIO()
    writer = csv.DictWriter(sheet, HEADERS, restval="")
    writer.writeheader()
    writer.writerows(
        {key: "" if value is None else value for key, value in r.items()} for r in rows
    )
    return sheet.getvalue().encode("utf-8")
