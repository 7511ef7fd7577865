"""Random weeks: whatever happens between two bulletins, the parts sum to the whole."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest
from thorough import TIMES

from attribution.weeks import (
    FUZHOU,
    NEXT_MONDAY,
    XIAMEN,
    Row,
    Weeks,
    car,
)
from monitor.model import Mode, Period

COUNTY = {FUZHOU: "350102", XIAMEN: "350203"}
FUELS = ["纯电动", "纯电动", "汽油", "柴油", "混合动力", "插电式混合动力"]
KINDS = ["公务用车", "公务用车", "执法执勤用车", "公交车", "环卫车"]
CORRECTS = {"correct", "withdraw", "replace"}


class Drawn:
    """What is sent, drawn in sight of what is held."""

    def __init__(self, seed: int, weeks: Weeks) -> None:
        self.random = Random(seed)  # seeded: the same weeks each time
        self.weeks = weeks
        self.held: dict[tuple[str, int], Row] = {}
        self.news: set[str] = set()
        self.number = 0

    def row(self, number: int, division: str) -> Row:
        draw = self.random
        day = date(2023, 1, 1) + timedelta(days=draw.randint(0, 150))
        return car(
            number,
            draw.choice(FUELS),
            初次登记日期=day.isoformat(),
            行政区划代码=COUNTY[division],
            车辆用途=draw.choice(KINDS),
            单位性质=draw.choice(["党政机关", "国有企业", "其他企业", ""]),
            豁免情形=draw.choice(["", "", "", "特种专业技术用车"]),
        )

    def event(self, kind: str) -> None:
        draw, weeks = self.random, self.weeks
        division = draw.choice([FUZHOU, XIAMEN])
        mine = [number for code, number in self.held if code == division]
        weeks.day += timedelta(minutes=1)
        self.news.add(kind)
        if kind == "new" or not mine:
            self.news.add("new")
            numbers = [self.number + n + 1 for n in range(draw.randint(1, 6))]
            self.number = numbers[-1]
            self.send(division, {n: self.row(n, division) for n in numbers})
        elif kind == "repeat":
            self.send(division, {n: self.held[division, n] for n in mine})
        elif kind == "correct":
            chosen = draw.sample(mine, min(len(mine), 3))
            self.send(division, {n: self.row(n, division) for n in chosen})
        elif kind == "exempt":
            number = draw.choice(mine)
            exemption = draw.choice(["特种专业技术用车", "处置突发事件应急用车", ""])
            self.send(division, {number: self.held[division, number] | {"豁免情形": exemption}})
        elif kind == "withdraw":
            number = draw.choice(mine)
            weeks.withdraw(number, sender=division)
            del self.held[division, number]
        elif kind == "replace":
            kept = {n: self.held[division, n] for n in mine[::2]}
            period = Period(date(2023, 1, 1), date(2023, 12, 31))
            self.held = {key: row for key, row in self.held.items() if key[0] != division}
            self.send(division, kept, Mode.REPLACE, period)
        elif kind == "claim":
            other = XIAMEN if division == FUZHOU else FUZHOU
            number = draw.choice(mine)
            if (other, number) not in self.held:
                self.send(other, {number: self.row(number, other)})
        else:
            ended = self.held[division, draw.choice(mine)]
            weeks.send([ended | {"业务类型": "注销登记", "注销日期": "2023-06-10"}], division)

    def send(
        self,
        division: str,
        rows: dict[int, Row],
        mode: Mode = Mode.ADD,
        period: Period | None = None,
    ) -> None:
        self.held |= {(division, number): row for number, row in rows.items()}
        self.weeks.send(rows.values(), division, mode, period)


@pytest.mark.parametrize("seed", range(3 * TIMES))
def test_the_parts_sum_to_the_whole(seed: int, weeks: Weeks) -> None:
    drawn = Drawn(seed, weeks)
    for _ in range(3):
        drawn.event("new")
    for kind in drawn.random.choices(["correct", "claim", "withdraw", "end"], k=2):
        drawn.event(kind)
    run = weeks.keep(drawn.random.choice([date(2023, 6, 5), NEXT_MONDAY]))
    weeks.next_week()
    drawn.news.clear()
    everything = ["new", "repeat", "correct", "exempt", "withdraw", "replace", "claim", "end"]
    allowed = drawn.random.sample(everything, drawn.random.randint(1, 5))
    for kind in drawn.random.choices(allowed, k=5):
        drawn.event(kind)
    found = weeks.explain(run)
    causes = {part.cause for one in found for part in one.parts}
    assert causes <= {"day", "new_data", "correction", "exemption"}
    if not drawn.news & CORRECTS:
        assert "correction" not in causes
    if "exempt" not in drawn.news and "correct" not in drawn.news:
        assert "exemption" not in causes
    if not drawn.news & {"new", "claim", "end"}:
        assert "new_data" not in causes
