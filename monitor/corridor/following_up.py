"""The follow-up list kept: what people enter, put off, settle and take up again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from monitor.corridor.masking import mask
from monitor.errors import WrongUse
from monitor.model import Text
from monitor.policy.choosing import ensure_clauses
from monitor.policy.members import belongs, body_of
from monitor.policy.policy import Policy
from monitor.store.follow_ups import (
    FollowUp,
    FollowUpEvent,
    FollowUpLine,
    FollowUpState,
    NewFollowUp,
    add_follow_up,
    add_line,
    follow_ups,
)
from monitor.store.store import Store

# What each event is said of: an item in this state.
_SAID_OF: Final = {
    FollowUpEvent.MOVED: (FollowUpState.OPEN,),
    FollowUpEvent.DONE: (FollowUpState.OPEN,),
    FollowUpEvent.DROPPED: (FollowUpState.OPEN,),
    FollowUpEvent.REOPENED: (FollowUpState.DONE, FollowUpState.DROPPED),
}
_STATE_WORDS: Final = {
    FollowUpState.OPEN: Text("尚未办结", "still open"),
    FollowUpState.DONE: Text("已办结", "done"),
    FollowUpState.DROPPED: Text("已不再督办", "dropped"),
}
# The words of an item go into bulletins, where no vehicle and no person's data may stand.
_PERSONAL: Final = ("[vin]", "[plate]", "[id]", "[phone]", "[address]", "[secret]")


def enter(
    store: Store,
    policy: Policy,
    *,
    place: str,
    who: str,
    what: str,
    due_on: date,
    about: str | None = None,
    division: str | None = None,
    words: str | None = None,
    by: str,
    at: datetime,
) -> str:
    """Enter something to be done; gives its id. Raises `WrongUse` where it cannot be meant."""
    new = _new(policy, place, who, what, about, division)
    note, name = _plain(words), _named(by)
    with store.transaction():
        return add_follow_up(store, new, due_on=due_on, words=note, by=name, at=at)


def say(
    store: Store,
    item: str,
    event: FollowUpEvent,
    *,
    words: str | None,
    due_on: date | None = None,
    by: str,
    at: datetime,
) -> FollowUp:
    """Say what happened to an item; gives it as it was before.

    Raises `WrongUse` for one that is not there, or of which this cannot be said.
    """
    note, name = _plain(words), _named(by)
    if event is not FollowUpEvent.DONE and note is None:
        raise WrongUse(Text("请用 --reason 写明理由。", "Say why, with --reason."))
    with store.transaction():
        held = item_of(store, item)
        if held.state not in _SAID_OF[event]:
            state = _STATE_WORDS[held.state]
            raise WrongUse(
                Text(
                    f"{item} {state.zh}，没有改动。用 fleetmon follow-up show {item} 查看经过。",
                    f"{item} is {state.en}; nothing was changed. fleetmon follow-up show {item} "
                    "tells what happened.",
                )
            )
        add_line(store, item, FollowUpLine(event, due_on, note, name, at))
    return held


def item_of(store: Store, item: str, known_at: datetime | None = None) -> FollowUp:
    """One item; raises `WrongUse` where there is none of the id."""
    found = next((one for one in follow_ups(store, known_at) if one.id == item), None)
    if found is None:
        raise WrongUse(
            Text(
                f"没有督办事项 {item}。可用 fleetmon follow-up list 查看全部。",
                f"There is no item {item}. See fleetmon follow-up list.",
            )
        )
    return found


def _new(
    policy: Policy, place: str, who: str, what: str, about: str | None, division: str | None
) -> NewFollowUp:
    if not policy.divisions.known(place):
        raise WrongUse(
            Text(
                f"没有这个地区：{place}。可用 fleetmon divisions 查看全部。",
                f"No such division: {place}. See fleetmon divisions.",
            )
        )
    if about is not None:
        ensure_clauses(policy, [about])
    if division is not None and not belongs(policy, place, division):
        raise WrongUse(
            Text(
                f"{division} 不属于 {place}。可用 fleetmon divisions 查看各地代码。",
                f"{division} does not belong to {place}. See fleetmon divisions.",
            )
        )
    said = _plain(what)
    if said is None:
        raise WrongUse(Text("请写明要做什么。", "Say what is to be done."))
    if belongs(policy, place, who):
        return NewFollowUp(place, who, False, said, about, division)
    body = body_of(policy, place, who)
    if body is None:
        names = "、".join(
            one.name for one in policy.bodies.entries.values() if one.jurisdiction == place
        )
        raise WrongUse(
            Text(
                f"不知道由谁办理：{who} 不是 {place} 的地区代码，也不在 data/bodies.yml 中。"
                f"{place} 的单位有：{names or '（无）'}。",
                f"Nobody is called so: {who} is no code of {place} and no body of data/bodies.yml. "
                f"The bodies of {place}: {names or '(none)'}.",
            )
        )
    return NewFollowUp(place, body.name, True, said, about, division)


def _plain(words: str | None) -> str | None:
    """Words on one line, None for none; refused where a vehicle or a person stands in them."""
    said = " ".join((words or "").split())
    masked = mask(said)
    if any(word in masked and word not in said for word in _PERSONAL):
        raise WrongUse(
            Text(
                "事项说明会登在通报上，不能含车辆识别代号、号牌、证件号、电话或邮箱。"
                "请改写，例如写批次号和行号。",
                "These words go into bulletins and cannot hold a VIN, a plate, an identity number, "
                "a telephone or a mail address. Name the submission and the line instead.",
            )
        )
    return said or None


def _named(by: str) -> str:
    if not by.strip():
        raise WrongUse(Text("请用 --by 写明经办人。", "Say who you are, with --by."))
    return " ".join(by.split())
