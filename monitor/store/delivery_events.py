"""What happened to deliveries: each step kept once, and what follows from all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

from monitor.errors import WrongUse
from monitor.model import Text
from monitor.settings import MailSettings
from monitor.store import audit
from monitor.store.deliveries import UNSETTLED, Delivery, State, deliveries, first_state
from monitor.store.knowledge import read_moment, stored_moment
from monitor.store.store import Store

# What a sender notes of one attempt, in this order; the last four are its outcome. `data` stands
# before the end of the letter is handed over: from there on it may have been delivered.
# `unreachable` is no try of the letter's own: the server could not be spoken to.
StepName = Literal["started", "data", "sent", "refused", "deferred", "unreachable", "in_doubt"]
_FAILED: Final = frozenset({"deferred", "in_doubt"})
_ANSWERED: Final = frozenset({"sent", "refused", "deferred"})
_OUTCOMES: Final = _ANSWERED | {"unreachable", "in_doubt"}
_NO_OUTAGE: Final = frozenset({"data", "deferred", "again"})
_LONGEST_PAUSE: Final = timedelta(hours=24)
# A server that was away for a weekend must not be left alone for another day when it is back.
_LONGEST_OUTAGE_PAUSE: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Event:
    """One step of a delivery; `code` is the server's, `detail` holds no address."""

    delivery: str
    attempt: int
    at: datetime
    event: str
    code: int | None = None
    detail: str | None = None


class Bounce(NamedTuple):
    """What a returned letter was; `is_new` where it had not been told before."""

    delivery: str
    state: State
    is_new: bool


def fold(
    store: Store, steps: Sequence[Event], rules: MailSettings, at: datetime
) -> tuple[Delivery, ...]:
    """Take a sender's steps into the store in one transaction; gives the deliveries they changed.

    Steps that are held already change nothing, so the same steps may come twice. Steps of a
    delivery that the store does not know are left out.
    """
    known = {one.id: one for one in deliveries(store, ids={step.delivery for step in steps})}
    held = {(e.delivery, e.attempt, e.event) for e in events(store, known)}
    new = {
        (step.delivery, step.attempt, step.event): step
        for step in reversed(steps)
        if step.delivery in known
    }
    new = {key: step for key, step in reversed(new.items()) if key not in held}
    if not new:
        return ()
    touched = dict.fromkeys(step.delivery for step in new.values())
    with store.transaction():
        _insert(store, new.values())
        past: dict[str, list[Event]] = {name: [] for name in touched}
        for event in events(store, touched):
            past[event.delivery].append(event)
        for name in touched:
            _judge(store, known[name], past[name], rules, at)
        changed = deliveries(store, ids=touched)
        tally: dict[str, int] = {}
        for one in changed:
            tally[one.state.value] = tally.get(one.state.value, 0) + 1
        audit.record(store, "send", "deliveries", detail=tally, at=at)
    return tuple(changed)


def events(store: Store, ids: Iterable[str]) -> list[Event]:
    """All that happened to these deliveries, in order."""
    wanted = list(ids)
    return [
        Event(name, attempt, read_moment(moment), event, code, detail)
        for name, attempt, moment, event, code, detail in store.rows(
            'SELECT delivery, attempt, "at", event, code, detail FROM delivery_event '
            'WHERE list_contains(?::VARCHAR[], delivery) ORDER BY delivery, attempt, "at", event',
            [wanted],
        )
    ]


def settle(
    store: Store, name: str, outcome: Literal["sent", "again"], *, by: str, at: datetime
) -> Delivery:
    """End a doubt by somebody's word: it went out (or was handed over otherwise), or goes again.

    Raises `WrongUse` where there is no such delivery or its state leaves nothing to settle.
    """
    one = _named(store, name)
    closed = {State.SENT, State.SUPERSEDED} if outcome == "sent" else {State.SUPERSEDED}
    if outcome == "again":
        closed |= {State.NO_ADDRESS, State.WAITING}
    if one.state in closed:
        raise WrongUse(
            Text(
                f"寄送 {name} 的状态为 {one.state.value}，不能这样处理。"
                "已替换的请看新一份；没有地址的请先补收件人地址，下次寄送时即用。",
                f"Delivery {name} is {one.state.value}; that leaves nothing to settle this way. "
                "See the letter that replaced it; without an address, add the address first.",
            )
        )
    state = State.SENT if outcome == "sent" else first_state(one.recipient)
    with store.transaction():
        event = "settled" if outcome == "sent" else "again"
        _insert(store, [Event(name, one.attempts, at, event, detail=by)])
        _update(store, one, state, settled_at=at if outcome == "sent" else None)
        audit.record(
            store, "settle", name, detail={"by": by, "was": one.state.value, "as": outcome}, at=at
        )
    return _named(store, name)


def record_bounce(store: Store, message_id: str, status: str, at: datetime) -> Bounce | None:
    """Note that a letter came back; None where no delivery has this Message-ID.

    `status` is of RFC 3463, such as 5.1.1; one that does not begin with 5 tells of a delay and
    changes no state. Told twice it is the same.
    """
    found = store.rows("SELECT id FROM delivery WHERE message_id = ?", [message_id.strip()])
    if not found:
        return None
    one = _named(store, found[0][0])
    is_final = status.startswith("5")
    event = Event(one.id, one.attempts, at, "bounced" if is_final else "delayed", detail=status)
    past = events(store, [one.id])
    told = {(e.attempt, e.event) for e in past}
    if (event.attempt, event.event) in told or (is_final and _bounced(past)):
        return Bounce(one.id, one.state, is_new=False)
    with store.transaction():
        _insert(store, [event])
        if is_final and one.state in {State.SENT, State.IN_DOUBT}:
            _update(store, one, State.BOUNCED, settled_at=at)
        audit.record(store, "bounce", one.id, event.event, detail={"status": status}, at=at)
    return Bounce(one.id, _named(store, one.id).state, is_new=True)


def _named(store: Store, name: str) -> Delivery:
    found = deliveries(store, ids=[name])
    if not found:
        raise WrongUse(
            Text(
                f"没有寄送 {name}。可用 fleetmon deliveries 查看全部。",
                f"There is no delivery {name}. See fleetmon deliveries.",
            )
        )
    return found[0]


def _insert(store: Store, new: Iterable[Event]) -> None:
    for one in new:
        store.connection.execute(
            'INSERT INTO delivery_event (delivery, attempt, "at", event, code, detail) '
            "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [one.delivery, one.attempt, stored_moment(one.at), one.event, one.code, one.detail],
        )


def _update(
    store: Store,
    one: Delivery,
    state: State,
    *,
    next_try_at: datetime | None = None,
    settled_at: datetime | None = None,
) -> None:
    store.connection.execute(
        "UPDATE delivery SET state = ?, next_try_at = ?, settled_at = ? WHERE id = ?",
        [
            state.value,
            stored_moment(next_try_at) if next_try_at else None,
            stored_moment(settled_at) if settled_at else None,
            one.id,
        ],
    )


def _judge(
    store: Store, one: Delivery, past: Sequence[Event], rules: MailSettings, at: datetime
) -> None:
    """Put a delivery into the state that follows from all its steps."""
    attempt = max(event.attempt for event in past)
    steps = {event.event: event for event in past if event.attempt == attempt}
    store.connection.execute(
        "UPDATE delivery SET attempts = ?, doubles = ? WHERE id = ?",
        [attempt, _doubles(past), one.id],
    )
    if one.state not in UNSETTLED and "sent" not in steps:
        return  # superseded or settled by somebody while it was tried
    bounced = _bounced(past)
    if bounced is not None:  # perhaps told before the sender's own steps
        _update(store, one, State.BOUNCED, settled_at=bounced.at)
        return
    if "sent" in steps:
        _update(store, one, State.SENT, settled_at=steps["sent"].at)
        return
    if "refused" in steps:
        _update(store, one, State.REFUSED, settled_at=steps["refused"].at)
        return
    failed = _failed(past)
    is_last = failed >= rules.tries
    deferred = first_state(one.recipient, State.DEFERRED)
    if "deferred" in steps and is_last:
        _update(store, one, State.GIVEN_UP, settled_at=steps["deferred"].at)
    elif "deferred" in steps:
        next_try_at = steps["deferred"].at + pause(rules, failed, _LONGEST_PAUSE)
        _update(store, one, deferred, next_try_at=next_try_at)
    elif "unreachable" in steps:
        other = (event.attempt for event in past if event.event in _NO_OUTAGE)
        since = max(other, default=0)
        outages = sum(e.event == "unreachable" and e.attempt > since for e in past)
        next_try_at = steps["unreachable"].at + pause(rules, outages, _LONGEST_OUTAGE_PAUSE)
        still = State.IN_DOUBT if one.state is State.IN_DOUBT else deferred
        _update(store, one, still, next_try_at=next_try_at)
    elif "data" in steps and is_last and "in_doubt" not in steps:
        # Its sender died of it over and over: no server's silence that somebody could ask about.
        _update(store, one, State.GIVEN_UP, settled_at=steps["data"].at)
    elif "data" in steps:
        asks = rules.when_in_doubt == "ask" or is_last
        next_try_at = at + pause(rules, failed, _LONGEST_PAUSE)
        _update(store, one, State.IN_DOUBT, next_try_at=None if asks else next_try_at)
    else:  # cut off before anything was handed over: surely not delivered
        _update(store, one, one.state, next_try_at=at)


def _bounced(past: Sequence[Event]) -> Event | None:
    """That it came back for good, unless somebody had it sent again after that."""
    again = max(((e.attempt, e.at) for e in past if e.event == "again"), default=None)
    returned = [e for e in past if e.event == "bounced"]
    return next((e for e in returned if again is None or (e.attempt, e.at) > again), None)


def _failed(past: Sequence[Event]) -> int:
    """Tries that failed since somebody had it sent again; a sender that died of it is one."""
    again = max((event.attempt for event in past if event.event == "again"), default=0)
    steps: dict[int, set[str]] = {}
    for event in past:
        if event.attempt > again:
            steps.setdefault(event.attempt, set()).add(event.event)
    return sum(
        bool(found & _FAILED) or ("data" in found and not found & _OUTCOMES)
        for found in steps.values()
    )


def _doubles(past: Sequence[Event]) -> int:
    """How many attempts handed the letter over after one that was never answered."""
    handed = sorted(event.attempt for event in past if event.event == "data")
    answered = {event.attempt for event in past if event.event in _ANSWERED}
    first = next((attempt for attempt in handed if attempt not in answered), None)
    return 0 if first is None else sum(attempt > first for attempt in handed)


def pause(rules: MailSettings, failed: int, longest: timedelta) -> timedelta:
    """How long to wait after the `failed`th failure: growing, and never beyond `longest`."""
    most = longest.total_seconds() / 60
    minutes = min(rules.first_pause_minutes, most)
    for _ in range(failed - 1):
        minutes = min(minutes * rules.pause_factor, most)
    return timedelta(minutes=minutes)
