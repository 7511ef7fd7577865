"""A platform's list and the records of batteries set against the register, in a real store."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from io import StringIO
from pathlib import Path

import pytest
from attribution.weeks import FUJIAN, FUZHOU, NOW, XIAMEN, car, vin
from still_gates import keep_gates_still

from monitor.assess.answer import ClauseAnswer
from monitor.assess.clause_answers import answer_clauses
from monitor.corridor.answering import answer, gather_evidence
from monitor.corridor.answers_moved import answers_moved
from monitor.corridor.clause_explanation import explain_answer, is_of_clause
from monitor.corridor.declared import Declared
from monitor.corridor.evaluating import evaluate
from monitor.corridor.judge import hold
from monitor.corridor.reception import receive
from monitor.model import SHANGHAI, Mode, Period, Receipt, Status
from monitor.policy.policy import Policy
from monitor.store.home import Home
from monitor.store.opening import open_store
from monitor.store.store import Store

Row = dict[str, str]
END = date(2023, 12, 31)


@dataclass
class Sender:
    """Files of every kind through the product's own door; rules without Great Expectations."""

    store: Store
    policy: Policy
    folder: Path
    sent: int = field(default=0)

    def send(
        self,
        kind: str,
        *rows: Row,
        sender: str = FUZHOU,
        mode: Mode = Mode.ADD,
        period: Period | None = None,
        at: datetime = datetime(2023, 12, 20, 9, tzinfo=SHANGHAI),
    ) -> Receipt:
        self.sent += 1
        file = self.folder / f"{self.sent}.csv"
        sheet = StringIO()
        heads = list(dict.fromkeys(head for row in rows for head in row))
        writer = csv.DictWriter(sheet, heads, restval="")
        writer.writeheader()
        writer.writerows(rows)
        file.write_text(sheet.getvalue(), "utf-8")
        declared = Declared(
            received_at=at, kind=kind, division=sender, period=period, mode=mode, backfill=True
        )
        told = receive(self.store, self.policy, file, declared, now=NOW)
        assert told.status is not Status.REFUSED, told.findings
        return told

    def answers(self, clause: str, as_of: date = END) -> list[ClauseAnswer]:
        found = answer(self.store, self.policy, as_of, None, clauses=(clause,))
        return list(found.rows)


@pytest.fixture
def sender(tmp_path: Path, policy: Policy, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sender]:
    keep_gates_still(monkeypatch)
    with open_store(Home(tmp_path / "home"), write=True, waiting=lambda _words: None) as store:
        yield Sender(store, policy, tmp_path)


def on_platform(number: int, online: str = "2023-12-19", **more: str) -> Row:
    return {
        "车辆识别代号": vin(number),
        "接入日期": "2023-05-01",
        "最近上线日期": online,
        "平台级别": "省级",
    } | more


def of(answers: list[ClauseAnswer], division: str) -> ClauseAnswer:
    (found,) = [one for one in answers if one.division == division and one.period == "2023"]
    return found


def facts(one: ClauseAnswer) -> dict[str, str]:
    return {fact.what.zh: fact.value for fact in one.facts}


def test_the_share_on_the_platform_is_of_the_registered_fleet(sender: Sender) -> None:
    sender.send(
        "registration",
        *(car(n) for n in range(1, 6)),
        car(6, "汽油"),
        car(7, 业务类型="注册登记", 注销日期="2023-11-01"),
    )
    sender.send("registration", car(20, 行政区划代码="350203"), sender=XIAMEN)
    sender.send(
        "platform",
        on_platform(1),
        on_platform(2, online="2023-09-01"),
        on_platform(3, 退出日期="2023-10-01"),
        on_platform(6),  # a petrol car has nothing to do there
        on_platform(99),  # nobody registered it
    )
    answers = sender.answers("FJ-S01")
    city, province = of(answers, FUZHOU), of(answers, FUJIAN)
    assert (city.numerator, city.denominator) == (2, 5)
    assert (province.numerator, province.denominator) == (2, 6)
    told = facts(city)
    assert told["其中名单收到前 30 天内上线"] == "1"
    assert told["在平台而不在登记中"] == "1"
    assert told["在登记而不在平台"] == "3"
    assert told["用途“公务用车”：5 辆中接入 2 辆"] == "0.4000"
    assert XIAMEN not in {one.division for one in answers}  # it sent no list
    assert province.missing_divisions


def test_a_list_of_a_year_says_nothing_of_the_year_before(sender: Sender) -> None:
    sender.send("registration", car(1, 初次登记日期="2022-05-01"))
    sender.send("platform", on_platform(1))
    years = {
        one.period: (one.numerator, one.denominator, one.status)
        for one in sender.answers("FJ-S01")
        if one.division == FUJIAN
    }
    assert years["2022"] == (0, 1, "no_data")
    assert years["2023"] == (1, 1, "on_track")


CODE = "01EPE0100000123456789012"


def battery(number: int, code: str, **more: str) -> Row:
    return {
        "电池编码": code,
        "车辆识别代号": vin(number),
        "退役日期": "2023-06-30",
        "去向": "再生利用",
        "移交日期": "2023-07-10",
    } | more


def test_batteries_of_retired_vehicles_have_a_destination(sender: Sender) -> None:
    retired = {"业务类型": "注册登记", "注销日期": "2023-06-30"}
    sender.send(
        "registration",
        *(car(n, **retired) for n in (1, 2, 3)),
        car(4),
        car(5, "汽油", **retired),
    )
    sender.send(
        "battery",
        battery(1, CODE),
        battery(2, CODE),  # one code on two vehicles
        battery(2, "SHORT", 去向="", 移交日期=""),
        battery(4, CODE[:-1] + "3"),  # the register does not know it as retired
    )
    (province,) = [
        one
        for one in sender.answers("FJ-S03")
        if one.division == FUJIAN and one.period == "2023" and one.measure == "recovered"
    ]
    assert (province.numerator, province.denominator, province.status) == (1, 3, "trend")
    told = facts(province)
    assert told["没有电池记录的退役车辆"] == "1"
    assert told["退役到移交，最长"] == "10"
    assert told["不合 GB/T 34014 的电池编码"] == "1"
    assert told["一码绑定两辆车的电池编码"] == "1"
    assert told["有电池记录而登记中未退役或查不到的车辆"] == "1"


def test_a_list_moves_no_figure_of_the_register(sender: Sender) -> None:
    """A vehicle on the lists of two divisions is claimed by neither."""
    sender.send("registration", car(1))
    before = sender.store.rows("SELECT * FROM claim")
    sender.send("platform", on_platform(1))
    sender.send("platform", on_platform(1), sender=XIAMEN)
    assert sender.store.rows("SELECT * FROM claim") == before


def permit(number: str, plate: str, fuel: str = "", **more: str) -> Row:
    return {
        "通行证编号": number,
        "发证日期": "2019-03-05",
        "办理类型": "新办",
        "号牌号码": plate,
        "燃料种类": fuel,
        "行政区划代码": "320102",
    } | more


NANJING = "320100"


def test_each_wrong_permit_is_listed_with_its_place_in_the_file(sender: Sender) -> None:
    year = Period(date(2019, 1, 1), date(2019, 12, 31))
    sender.send(
        "permit",
        permit("A1", "苏AD12345"),
        permit("A2", "苏A8K562", "柴油"),
        sender=NANJING,
        period=year,
    )
    (found,) = [one for one in sender.answers("NJ-R01") if one.period == "2019"]
    assert (found.numerator, found.denominator, found.misses) == (1, 2, 1)
    assert (found.status, found.consequence) == ("not_met", "violation")
    assert is_of_clause(sender.policy, found.explain)
    told = explain_answer(sender.store, sender.policy, found.explain, unmask=False)
    assert [(row.line, row.known_by[0], row.counts_as) for row in told.rows] == [
        (3, "A2", "against"),
        (2, "A1", "counted"),
    ]
    # The permit is put right: what is known later says so, what was known then stays.
    early = sender.store.history()
    sender.send(
        "permit",
        permit("A2", "苏A8K562", "插电式混合动力"),
        sender=NANJING,
        at=datetime(2023, 12, 21, 9, tzinfo=SHANGHAI),
    )
    (later,) = [one for one in sender.answers("NJ-R01") if one.period == "2019"]
    assert (later.numerator, later.status) == (2, "met")
    held = gather_evidence(sender.store, sender.policy, END, None, early)
    then = answer_clauses(sender.policy, held, clauses=("NJ-R01",))
    assert next(one for one in then if one.period == "2019").explain == found.explain
    assert next(one for one in then if one.period == "2019").numerator == 1


def test_a_replacement_takes_back_what_it_does_not_hold(sender: Sender) -> None:
    year = Period(date(2019, 1, 1), date(2019, 12, 31))
    sender.send(
        "permit", permit("A1", "苏AD12345"), permit("A2", "苏A8K562", "柴油"), sender=NANJING
    )
    told = sender.send(
        "permit",
        permit("A1", "苏AD12345"),
        sender=NANJING,
        mode=Mode.REPLACE,
        period=year,
        at=datetime(2023, 12, 21, 9, tzinfo=SHANGHAI),
    )
    assert told.changes is not None
    assert (told.changes.withdrawn, told.changes.unchanged) == (1, 1)
    (found,) = [one for one in sender.answers("NJ-R01") if one.period == "2019"]
    assert (found.numerator, found.denominator, found.status) == (1, 1, "met")


def test_a_province_reports_figures_of_its_own_and_nobody_else_does(sender: Sender) -> None:
    def figure(division: str) -> Row:
        return {
            "条文编号": "FJ-I03",
            "统计截止日期": "2022-12-31",
            "数值": "860",
            "单位": "亿元",
            "出处": "统计年报",
            "行政区划代码": division,
        }

    sender.send("figure", figure(FUJIAN), sender=FUJIAN)
    (found,) = [one for one in sender.answers("FJ-I03") if one.period == "2022"]
    assert (found.value, found.status) == ("860", "trend")
    told = sender.send("figure", figure(FUJIAN), sender=FUZHOU)
    assert [one.code for one in told.findings] == ["division_foreign"]


def test_a_check_shows_what_a_file_would_move_and_keeps_nothing(sender: Sender) -> None:
    before = sender.store.history()
    told = sender.send("permit", permit("A1", "苏AD12345"), sender=NANJING)
    moved = answers_moved(sender.store, sender.policy, {told.kind}, END, before)
    (nineteen,) = [one for one in moved if one.after and one.after.period == "2019"]
    assert nineteen.before is not None
    assert nineteen.after is not None
    assert (nineteen.before.status, nineteen.after.status) == ("no_data", "met")
    assert {one.after.clause for one in moved if one.after} == {"NJ-R01"}
    assert answers_moved(sender.store, sender.policy, {"registration"}, END, before) == ()


def facility(number: int, division: str, **more: str) -> Row:
    return {
        "设施编号": f"F{number}",
        "设施类型": "充电桩",
        "投运日期": "2023-05-01",
        "服务对象": "公共",
        "行政区划代码": division,
    } | more


def test_new_public_facilities_are_a_part_of_the_scorecard(sender: Sender) -> None:
    year = Period(date(2023, 1, 1), END)
    sender.send("registration", car(1), period=year)
    sender.send("registration", car(20, 行政区划代码="350203"), sender=XIAMEN, period=year)
    sender.send(
        "facility",
        facility(1, "350102"),
        facility(2, "350102"),
        facility(3, "350102", 投运日期="2022-05-01"),
        facility(4, "350102", 服务对象="专用"),
        period=year,
    )
    held = hold(sender.store, END, None)
    card = evaluate(sender.store, sender.policy, held, sender.policy.evaluations[FUJIAN]).scorecard
    assert "facilities" in {part.part.id for part in card.parts}
    (fuzhou,) = card.places
    assert fuzhou.parts["facilities"].figure is not None
    assert fuzhou.parts["facilities"].figure.sure == 2
    # Who sent nothing of the kind is not ranked, and that is said.
    why = {one.place: one.why.en for one in card.not_ranked}
    assert "sent nothing of this part" in why[XIAMEN]


def test_a_network_over_the_province_reaches_every_city_that_has_vehicles(sender: Sender) -> None:
    day = datetime(2020, 12, 20, 9, tzinfo=SHANGHAI)
    early = {"初次登记日期": "2020-05-01"}
    nanchang, jiujiang = "360100", "360400"
    sender.send("registration", car(1, 行政区划代码="360102", **early), sender=nanchang, at=day)
    sender.send("registration", car(2, 行政区划代码="360402", **early), sender=jiujiang, at=day)
    connected = {"接入日期": "2020-06-01", "最近上线日期": "2020-12-19"}

    def verdict() -> tuple[str, str]:
        found = [
            one
            for one in sender.answers("JX-S01", date(2020, 12, 31))
            if one.division == "360000" and one.period == "2020" and one.line == 2
        ]
        return found[0].status, found[0].facts[0].value

    sender.send("platform", on_platform(1, **connected), sender=nanchang, at=day)
    assert verdict() == ("not_met", "1 / 2")
    sender.send("platform", on_platform(2, **connected), sender=jiujiang, at=day)
    assert verdict() == ("met", "2 / 2")
