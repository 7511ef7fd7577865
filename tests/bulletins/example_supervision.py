"""How the cities of 福建 stand, and what is to be done: by hand, for the example bulletins."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from monitor.assess.part_figures import share_of
from monitor.assess.scorecard import Scorecard, card
from monitor.assess.shortlist import Chosen, shortlist_of
from monitor.bulletins.supervision_facts import SupervisionFacts
from monitor.model import SHANGHAI, Text
from monitor.policy.evaluation import Places, load_evaluations
from monitor.policy.policy import Policy
from monitor.policy.weighting import own_weights
from monitor.store.follow_ups import FollowUp, FollowUpEvent, FollowUpLine, NewFollowUp

FILE = Path(__file__).parent / "policy" / "evaluation" / "fujian.yml"
# By city: buses new-energy, buses counted, and what may yet count; verdicts met of those judged.
_BUSES = {
    "350100": (210, 212, 0),
    "350128": (18, 18, 0),
    "350200": (340, 340, 0),
    "350300": (63, 64, 0),
    "350400": (41, 41, 0),
    "350500": (188, 188, 0),
    "350600": (75, 77, 2),
    "350900": (52, 52, 0),
}
_VERDICTS = {
    "350100": (2, 3),
    "350128": (3, 3),
    "350200": (3, 3),
    "350300": (2, 3),
    "350400": (3, 3),
    "350500": (2, 3),
    "350600": (3, 3),
    "350900": (3, 3),
}
_MEMBERS = (
    *("350100", "350128", "350200", "350300", "350400"),
    *("350500", "350600", "350700", "350800", "350900"),
)
_WHAT = Text("打造推广应用示范区可以先考虑的地区", "places to look at first for a model area")


def scorecard_of(policy: Policy) -> Scorecard:
    """Of ten cities one is silent and one added nothing; no facilities are held."""
    (evaluation,) = load_evaluations(
        [FILE],
        codes=policy.codes,
        divisions=policy.divisions,
        mandates=policy.mandates,
        clauses={},
        kinds=("facility",),
    ).values()
    return card(
        evaluation,
        own_weights(evaluation),
        date(2025, 10, 31),
        figures={
            "bus_share": {
                code: share_of(sure, more, of) for code, (sure, of, more) in _BUSES.items()
            },
            "verdicts": {code: share_of(met, 0, of) for code, (met, of) in _VERDICTS.items()},
            "facilities": {},
        },
        members=_MEMBERS,
        not_ranked={
            "350700": Text("评判年度没有报送数据", "sent nothing for the judged year"),
            "350800": Text("评判年度没有新增车辆", "added no vehicle in the judged year"),
        },
    )


def chosen_of(scorecard: Scorecard) -> Chosen:
    """The first three; the clause names no number."""
    return shortlist_of(scorecard, "FJ-S04", _WHAT, Places(0, 3, is_named=False), None)


def _item(
    code: str, new: NewFollowUp, *lines: tuple[str, date | None, str | None, int]
) -> FollowUp:
    """An item; each line: what happened, the day it is then due, words, the day in October."""
    return FollowUp(
        code,
        new,
        tuple(
            FollowUpLine(
                FollowUpEvent(event),
                due_on,
                words,
                "林海燕",
                datetime(2025, 10, day, 10, 20, tzinfo=SHANGHAI),
            )
            for event, due_on, words, day in lines
        ),
    )


def follow_ups_of() -> tuple[FollowUp, ...]:
    """One overdue, one put off, one done since the last issue, one done before it."""
    province = "350000"
    return (
        _item(
            "F000001",
            NewFollowUp(province, "350100", False, "逐辆说明 2 辆非新能源公交车的原因", "FJ-F04"),
            ("added", date(2025, 10, 20), None, 9),
        ),
        _item(
            "F000002",
            NewFollowUp(
                province, "省交通运输厅", True, "核实巡游出租车的更新计划", "FJ-F07", "350500"
            ),
            ("added", date(2025, 10, 31), "由联席会议办公室交办", 9),
            ("moved", date(2025, 11, 28), "企业尚未报送", 27),
        ),
        _item(
            "F000003",
            NewFollowUp(province, "350128", False, "补报九月的登记数据"),
            ("added", date(2025, 10, 25), None, 9),
            ("done", None, "已于 10 月 28 日报全", 28),
        ),
        _item(
            "F000004",
            NewFollowUp(province, "350200", False, "核对注销车辆"),
            ("added", date(2025, 10, 15), None, 9),
            ("done", None, "数据无误", 14),
        ),
    )


def supervision_of_fujian(policy: Policy) -> SupervisionFacts:
    """What the bulletin of the province rests on; its previous issue told until 24 October."""
    scorecard = scorecard_of(policy)
    return SupervisionFacts(
        scorecard,
        chosen_of(scorecard),
        follow_ups_of(),
        datetime(2025, 10, 24, 8, 0, tzinfo=SHANGHAI),
    )


def supervision_of_fuzhou() -> SupervisionFacts:
    """A city has no scorecard: only what names it."""
    items = tuple(item for item in follow_ups_of() if item.names("350100"))
    return SupervisionFacts(None, None, items, None)
