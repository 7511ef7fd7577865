"""The follow-up list: entered by people, changed by events, known as it was at any moment."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from attribution.weeks import FUJIAN, FUZHOU, MONDAY, NANJING, NEXT_MONDAY, XIAMEN, Weeks, vin
from click.testing import CliRunner, Result

from monitor.bulletins.supervision_facts import SupervisionFacts
from monitor.cli.evaluation import evaluate
from monitor.cli.follow_up import follow_up
from monitor.cli.session import make_session
from monitor.corridor.following_up import enter, item_of, say
from monitor.corridor.gathering import facts_of, gather_run
from monitor.corridor.judge import hold
from monitor.errors import WrongUse
from monitor.model import SHANGHAI
from monitor.store.follow_ups import FollowUpEvent, FollowUpState, follow_ups
from monitor.store.home import Home
from monitor.store.opening import open_store

from .test_evaluating import HALF, bus

START = datetime(2023, 6, 5, 9, tzinfo=SHANGHAI)
DUE = date(2023, 6, 15)


def at(days: int) -> datetime:
    return START + timedelta(days=days)


def add(weeks: Weeks, days: int = 0, **changes: Any) -> str:
    given: dict[str, Any] = {
        "place": FUJIAN,
        "who": FUZHOU,
        "what": "逐辆说明 2 辆非新能源公交车的原因",
        "due_on": DUE,
        "about": "FJ-F04",
        "by": "林海燕",
        "at": at(days),
    }
    return enter(weeks.store, weeks.policy, **(given | changes))


def happened(weeks: Weeks, item: str, event: FollowUpEvent, days: int, **given: Any) -> None:
    told: dict[str, Any] = {"words": "已核实", "by": "陈静", "at": at(days)} | given
    say(weeks.store, item, event, **told)


# --- one item's life ---------------------------------------------------------------------------


def test_an_items_life_is_kept_event_by_event(weeks: Weeks) -> None:
    item = add(weeks)
    happened(weeks, item, FollowUpEvent.MOVED, 1, due_on=date(2023, 6, 30))
    happened(weeks, item, FollowUpEvent.DONE, 2, words=None)
    happened(weeks, item, FollowUpEvent.REOPENED, 3, words="数据有误")
    happened(weeks, item, FollowUpEvent.DROPPED, 4)
    states = [item_of(weeks.store, item, at(days)).state for days in range(5)]
    assert states == [
        FollowUpState.OPEN,
        FollowUpState.OPEN,
        FollowUpState.DONE,
        FollowUpState.OPEN,
        FollowUpState.DROPPED,
    ]
    held = item_of(weeks.store, item)
    assert [line.event.value for line in held.lines] == [
        *("added", "moved", "done", "reopened", "dropped"),
    ]
    assert (held.first_due_on, held.due_on) == (DUE, date(2023, 6, 30))
    assert (held.added.made_by, held.added.made_at) == ("林海燕", at(0))
    assert held.settled is not None
    assert held.settled.made_at == at(4)
    assert held.settled.words == "已核实"


def test_nothing_is_known_before_it_was_entered(weeks: Weeks) -> None:
    add(weeks, days=3)
    assert follow_ups(weeks.store, at(2)) == ()
    assert len(follow_ups(weeks.store, at(3))) == 1
    with pytest.raises(WrongUse, match="F000001"):
        item_of(weeks.store, "F000001", at(2))


def test_overdue_is_a_matter_of_the_day_and_of_open_items(weeks: Weeks) -> None:
    item = add(weeks)
    held = item_of(weeks.store, item)
    assert [held.days_late(DUE + timedelta(days=n)) for n in (-1, 0, 1, 30)] == [0, 0, 1, 30]
    happened(weeks, item, FollowUpEvent.DONE, 60)
    assert item_of(weeks.store, item).days_late(DUE + timedelta(days=30)) == 0
    assert item_of(weeks.store, item, at(30)).days_late(DUE + timedelta(days=30)) == 30


def test_every_change_has_its_line_in_the_audit_log_without_words(weeks: Weeks) -> None:
    item = add(weeks)
    happened(weeks, item, FollowUpEvent.DONE, 2)
    lines = weeks.store.rows("SELECT object, detail FROM audit WHERE action = 'follow_up'")
    assert [(name, json.loads(detail)["event"]) for name, detail in lines] == [
        (item, "added"),
        (item, "done"),
    ]
    assert all("公交车" not in detail for _, detail in lines)


@pytest.mark.parametrize(
    ("first", "event"),
    [
        (None, FollowUpEvent.REOPENED),
        (FollowUpEvent.DONE, FollowUpEvent.DONE),
        (FollowUpEvent.DONE, FollowUpEvent.MOVED),
        (FollowUpEvent.DROPPED, FollowUpEvent.DONE),
    ],
)
def test_what_cannot_happen_to_an_item_is_refused_and_not_kept(
    weeks: Weeks, first: FollowUpEvent | None, event: FollowUpEvent
) -> None:
    item = add(weeks)
    if first is not None:
        happened(weeks, item, first, 1)
    before = item_of(weeks.store, item)
    with pytest.raises(WrongUse, match=item):
        happened(weeks, item, event, 2)
    assert item_of(weeks.store, item) == before


def test_only_what_is_done_needs_no_reason(weeks: Weeks) -> None:
    item = add(weeks)
    for event in (FollowUpEvent.MOVED, FollowUpEvent.DROPPED):
        with pytest.raises(WrongUse, match="--reason"):
            happened(weeks, item, event, 1, words="  ")
    happened(weeks, item, FollowUpEvent.DONE, 1, words=None)


# --- what is entered ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"place": "990000"}, "990000"),
        ({"who": "市经信委"}, "市经信委"),  # a body of 南京
        ({"who": "360100"}, "360100"),
        ({"division": "360100"}, "360100"),
        ({"about": "FJ-F99"}, "FJ-F99"),
        ({"what": "  "}, "要做什么"),
        ({"by": " "}, "--by"),
        ({"what": f"核实车辆 {vin(1)}"}, "VIN"),
        ({"what": "核实闽A12345D"}, "plate"),
        ({"words": "联系 13900001234"}, "telephone"),
    ],
)
def test_what_cannot_be_meant_is_refused(weeks: Weeks, given: dict[str, Any], word: str) -> None:
    with pytest.raises(WrongUse, match=word):
        add(weeks, **given)
    assert follow_ups(weeks.store) == ()


@pytest.mark.parametrize(
    ("place", "who", "kept", "is_body"),
    [
        (FUJIAN, "省工信厅", "省工信厅", True),
        (FUJIAN, "福建省工业和信息化厅", "省工信厅", True),  # by its full name
        (FUJIAN, FUZHOU, FUZHOU, False),
        (FUJIAN, FUJIAN, FUJIAN, False),
        (NANJING, "320104", "320104", False),  # a district of the city
        (NANJING, "市经信委", "市经信委", True),
    ],
)
def test_who_is_a_body_of_the_place_a_division_or_a_district(
    weeks: Weeks, place: str, who: str, kept: str, *, is_body: bool
) -> None:
    item = item_of(weeks.store, add(weeks, place=place, who=who, about=None)).item
    assert (item.who, item.is_body) == (kept, is_body)


# --- carried on from bulletin to bulletin ------------------------------------------------------


def facts(
    weeks: Weeks, division: str, as_of: date, known_at: datetime | None = None
) -> SupervisionFacts:
    held = hold(weeks.store, as_of, known_at)
    run = 1 << 20  # after every one that there is
    known = gather_run(
        weeks.store, weeks.policy, held, run, (), divisions=[division], mandates=None
    )
    found = facts_of(weeks.policy, held, known, division).supervision
    assert found is not None
    return found


def issue(weeks: Weeks, as_of: date, known_at: datetime) -> None:
    run = weeks.keep(as_of=as_of, known_at=known_at)
    for division in (FUJIAN, FUZHOU):
        weeks.store.add_bulletin(
            *(run,),
            division=division,
            as_of=as_of,
            issue_number=run,
            language="zh",
            name=f"{as_of}_{division}",
            digest="0" * 16,
        )


def test_a_bulletin_carries_on_what_is_open_and_tells_once_of_what_was_settled(
    weeks: Weeks,
) -> None:
    weeks.send([bus(1, "350102")], period=HALF)
    kept, done, early = (add(weeks, what=f"事项 {n}") for n in (1, 2, 3))
    happened(weeks, early, FollowUpEvent.DONE, 2)
    issue(weeks, MONDAY, at(7))
    happened(weeks, done, FollowUpEvent.DONE, 9)
    found = facts(weeks, FUJIAN, NEXT_MONDAY, at(14))
    assert found.told_until == at(7)
    assert [(item.id, item.state.value) for item in found.items] == [
        (kept, "open"),
        (done, "done"),
        (early, "done"),
    ]
    assert found.scorecard is not None
    assert facts(weeks, FUZHOU, NEXT_MONDAY, at(14)).scorecard is None


def test_an_earlier_bulletin_made_again_has_the_list_as_it_was(weeks: Weeks) -> None:
    weeks.send([bus(1, "350102")], period=HALF)
    item = add(weeks)
    then = facts(weeks, FUJIAN, MONDAY, at(7))
    happened(weeks, item, FollowUpEvent.DONE, 9)
    add(weeks, days=10)
    assert facts(weeks, FUJIAN, MONDAY, at(7)) == then
    assert len(facts(weeks, FUJIAN, MONDAY, at(12)).items) == 2


def test_a_city_gets_the_items_that_name_it(weeks: Weeks) -> None:
    weeks.send([bus(1, "350102")], period=HALF)
    add(weeks)
    about = add(weeks, who="省工信厅", division=XIAMEN)
    assert [item.id for item in facts(weeks, XIAMEN, MONDAY).items] == [about]


# --- by hand -----------------------------------------------------------------------------------


@pytest.fixture
def by_hand(tmp_path: Any, policy: Any) -> Weeks:
    """A home that nobody holds."""
    with open_store(Home(tmp_path / "home"), write=True, waiting=lambda _words: None) as store:
        made = Weeks(store, policy, tmp_path)
        made.send([bus(1, "350102"), bus(2, "350102", "汽油")], period=HALF)
    return made


def asked(weeks: Weeks, *words: str, language: str = "zh", command: Any = follow_up) -> Result:
    session = make_session(
        weeks.folder / "home", None, "en" if language == "en" else "zh", debug=False
    )
    session.policy = weeks.policy  # read once for all commands
    told = CliRunner().invoke(command, words, obj=session)
    assert told.exit_code == 0, (told.output, told.exception)
    return told


def test_the_list_is_kept_by_commands(by_hand: Weeks) -> None:
    asked(
        by_hand,
        *("add", "--place", FUJIAN, "--who", FUZHOU, "--what", "说明 1 辆汽油公交车的原因"),
        *("--due", "2023-06-15", "--about", "FJ-F04", "--by", "林海燕"),
    )
    overdue = asked(by_hand, "list", "--as-of", "2023-06-20")
    assert "逾期 5 天" in overdue.output
    asked(
        by_hand,
        *("move", "F000001", "--due", "2023-06-30", "--reason", "等数据", "--by", "林海燕"),
    )
    asked(by_hand, "close", "F000001", "--note", "已说明", "--by", "陈静")
    assert "没有督办事项" in asked(by_hand, "list").output
    listed = json.loads(asked(by_hand, "list", "--state", "all", "--json").stdout)
    (one,) = listed["follow_ups"]
    assert (one["state"], one["due_on"], one["about"]) == ("done", "2023-06-30", "FJ-F04")
    assert [event["event"] for event in one["events"]] == ["added", "moved", "done"]
    asked(by_hand, "reopen", "F000001", "--reason", "又有一辆", "--by", "林海燕")
    asked(by_hand, "drop", "F000001", "--reason", "另案处理", "--by", "林海燕")
    shown = asked(by_hand, "show", "F000001", language="en").output
    for word in ("entered", "put off", "done", "open again", "dropped", "另案处理"):
        assert word in shown


@pytest.mark.parametrize("language", ["zh", "en"])
def test_evaluate_prints_parts_ranks_weights_and_proposals(by_hand: Weeks, language: str) -> None:
    told = asked(
        *(by_hand, "--place", FUJIAN, "--as-of", "2023-06-30"),
        language=language,
        command=evaluate,
    ).output
    words = {
        "zh": ("权重由使用单位决定", "尚未收到这类报表", "不排位次", "FJ-S04", "可列入督办的"),
        "en": (
            "user's to decide",
            "no extract of this kind",
            "Not ranked",
            "FJ-S04",
            "followed up",
        ),
    }
    for word in words[language]:
        assert word in told
    assert "评判年度新增" in told if language == "zh" else "评判年度" not in told


def test_evaluate_gives_one_document_of_exact_numbers(by_hand: Weeks) -> None:
    told = json.loads(asked(by_hand, "--as-of", "2023-06-30", "--json", command=evaluate).stdout)
    found = {one["place"]: one for one in told["evaluations"]}
    assert set(found) == {"350000", "360000", "320100"}
    (fuzhou,) = found["350000"]["places"]
    assert fuzhou["parts"]["bus_share"]["score"]["least"] == "1/2"
    assert fuzhou["rank"] == {"best": 1, "worst": 1}
    assert found["350000"]["weights"]["is_default"] is True
    assert found["360000"]["places"] == []


def test_other_weights_are_tried_and_said_to_be(by_hand: Weeks) -> None:
    file = by_hand.folder / "weights.yml"
    file.write_text(
        'place: "350000"\nby: 省工信厅\non: 2023-06-01\nweights: {bus_share: "3", '
        'public_share: "0", verdicts: "1", complete: "0", in_time: "0", facilities: "1"}\n',
        "utf-8",
    )
    words = ("--as-of", "2023-06-30", "--weights", str(file))
    told = asked(by_hand, *words, command=evaluate).output
    assert "没有采用" in told
    assert "省工信厅" in told
    document = json.loads(asked(by_hand, *words, "--json", command=evaluate).stdout)
    (one,) = document["evaluations"]
    assert one["weights"]["shares"]["bus_share"] == "3/4"
    (fuzhou,) = one["places"]
    assert fuzhou["total"]["least"] == "3/8"  # 3/4 of a half and a quarter of nothing met
