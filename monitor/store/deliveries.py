"""Deliveries: what is to go to whom, each once, and how far it got."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final

from monitor.model import SHANGHAI, Language
from monitor.store.knowledge import read_moment, stored_moment
from monitor.store.store import Store

_ID_CHARACTERS: Final = 16
# RFC 2606: nothing under this name can be reached, so no letter to it is handed to a server.
_UNREACHABLE: Final = ".invalid"


class State(StrEnum):
    """How far a delivery got.

    `waiting` and `deferred` are tried (again) when due; `in_doubt` was handed over and not
    answered; `no_address` waits for an address; the others have ended.
    """

    WAITING = "waiting"
    DEFERRED = "deferred"
    IN_DOUBT = "in_doubt"
    NO_ADDRESS = "no_address"
    SENT = "sent"
    REFUSED = "refused"
    GIVEN_UP = "given_up"
    SUPERSEDED = "superseded"
    BOUNCED = "bounced"


UNSETTLED: Final = (State.WAITING, State.DEFERRED, State.IN_DOUBT, State.NO_ADDRESS)


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """One letter to one recipient; the same `id` is the same delivery, whoever adds it.

    `about` of a bulletin is `DIVISION AS_OF DIGEST`. `recipient` is the bare address, None where
    none is known; `file_name` the letter's in the outbox, `sha256` of its bytes; `message_id`
    stands in its head, angle brackets and all.
    """

    id: str
    kind: str
    about: str
    division: str | None
    role: str
    recipient: str | None
    language: Language
    file_name: str
    sha256: str
    message_id: str
    run: int | None = None


@dataclass(frozen=True, slots=True)
class Delivery(NewDelivery):
    """A delivery as it is kept; `doubles` counts how often the letter may have gone out twice."""

    made_at: datetime = datetime.min.replace(tzinfo=UTC)
    state: State = State.WAITING
    attempts: int = 0
    next_try_at: datetime | None = None
    settled_at: datetime | None = None
    doubles: int = 0


_NEW: Final = (
    "id, kind, about, division, role, recipient, language, file_name, sha256, message_id, run"
)
_ALL: Final = f"{_NEW}, made_at, state, attempts, next_try_at, settled_at, doubles"
_DAY: Final = "split_part(about, ' ', 2)"


def delivery_id(kind: str, about: str, recipient: str, language: str) -> str:
    """The key of a delivery; where no address is known, `recipient` is `ROLE.DIVISION`."""
    key = f"{kind}|{about}|{recipient}|{language}"
    return "D" + hashlib.sha256(key.encode()).hexdigest()[:_ID_CHARACTERS]


def is_reachable(recipient: str | None) -> bool:
    """Whether a mail server may be handed this address."""
    return recipient is not None and not recipient.lower().endswith(_UNREACHABLE)


def add_deliveries(store: Store, new: Sequence[NewDelivery], at: datetime) -> tuple[str, ...]:
    """Keep what is to be sent, in the caller's transaction; gives the ids that were not held.

    An id that is held is left as it is; one that was superseded waits again, and is given too.
    """
    held = {one.id: one.state for one in deliveries(store, ids=[one.id for one in new])}
    fresh = {one.id: one for one in new if one.id not in held}
    moment = stored_moment(at)
    store.insert(
        f"delivery ({_NEW}, made_at, state, attempts, doubles)",
        [
            [
                *(getattr(one, name) for name in NewDelivery.__slots__),
                *(moment, first_state(one.recipient).value, 0, 0),
            ]
            for one in fresh.values()
        ],
    )
    revived = {one.id: one for one in new if held.get(one.id) is State.SUPERSEDED}
    for one in revived.values():
        store.connection.execute(
            "UPDATE delivery SET state = ?, settled_at = NULL, next_try_at = NULL, made_at = ?, "
            "file_name = ?, sha256 = ?, run = ? WHERE id = ?",
            [first_state(one.recipient).value, moment, one.file_name, one.sha256, one.run, one.id],
        )
    return (*fresh, *revived)


def first_state(recipient: str | None, wanted: State = State.WAITING) -> State:
    """The state `wanted` of a delivery that is to go out; one without an address has its own."""
    return wanted if is_reachable(recipient) else State.NO_ADDRESS


def supersede(store: Store, new: Sequence[NewDelivery], at: datetime) -> tuple[str, ...]:
    """End what has not gone out yet and is replaced by `new`, in the caller's transaction.

    That is an earlier content of the same bulletin (`about` but for its last word) to the same
    recipient, or to the same desk while its address was not known. One in doubt is not sent again
    either; that it may have arrived stays counted. Gives the ids that ended.
    """
    columns = ("kind", "language", "division", "about", "recipient", "role")
    replacing = [[getattr(one, name) for one in new] for name in columns]
    ended = store.rows(
        "UPDATE delivery SET state = ?, settled_at = ?, next_try_at = NULL FROM (SELECT "
        + ", ".join(f"unnest(?::VARCHAR[]) AS {name}" for name in columns)
        + ", unnest(?::VARCHAR[]) AS subject) AS new "
        "WHERE delivery.kind = new.kind AND delivery.language = new.language "
        "AND delivery.division IS NOT DISTINCT FROM new.division "
        "AND starts_with(delivery.about, new.subject) AND list_contains(?::VARCHAR[], state) "
        # Two desks of one role are not each other's replacement.
        "AND NOT list_contains(?::VARCHAR[], id) "
        "AND ((delivery.about != new.about "
        "      AND delivery.recipient IS NOT DISTINCT FROM new.recipient) "
        "     OR (state = ? AND delivery.role = new.role)) RETURNING id",
        [
            *(State.SUPERSEDED.value, stored_moment(at)),
            *(*replacing, [subject_of(one.about) for one in new]),
            [state.value for state in UNSETTLED],
            *([one.id for one in new], State.NO_ADDRESS.value),
        ],
    )
    return tuple(dict.fromkeys(name for (name,) in ended))


def sent_of_day(store: Store, kind: str, as_of: date) -> list[Delivery]:
    """The deliveries about that day that a recipient has, in the order of their making.

    One that was handed over unanswered, and then replaced, may lie there too.
    """
    found = store.rows(
        f"SELECT {_ALL} FROM delivery WHERE kind = ? AND {_DAY} = ? "
        "AND (state IN (?, ?) OR (state = ? AND EXISTS (FROM delivery_event AS handed "
        "     WHERE handed.delivery = delivery.id AND event = 'data' AND NOT EXISTS ("
        "         FROM delivery_event AS answer WHERE answer.delivery = handed.delivery "
        "         AND answer.attempt = handed.attempt AND event IN ('deferred', 'refused'))))) "
        "ORDER BY made_at, id",
        [
            *(kind, as_of.isoformat()),
            *(State.SENT.value, State.IN_DOUBT.value, State.SUPERSEDED.value),
        ],
    )
    return [_read(row) for row in found]


def subject_of(about: str) -> str:
    """What a bulletin's delivery is about, whatever the content: its division and day."""
    return about.rpartition(" ")[0] + " "


def deliveries(
    store: Store,
    *,
    ids: Iterable[str] | None = None,
    files: Iterable[str] | None = None,
    states: Iterable[State] | None = None,
    days: Iterable[date] | None = None,
    most: int | None = None,
) -> list[Delivery]:
    """Deliveries in the order of their making; the last `most` of them where that is given.

    `days` are those that bulletins are about.
    """
    conditions, parameters = ["true"], []
    asked = (("id", ids), ("file_name", files), ("state", states), (_DAY, days))
    for column, wanted in asked:
        if wanted is not None:
            conditions.append(f"list_contains(?::VARCHAR[], {column})")
            parameters.append([str(one) for one in wanted])
    found = store.rows(
        f"SELECT {_ALL} FROM delivery WHERE {' AND '.join(conditions)} "
        "ORDER BY made_at DESC, id DESC LIMIT ?",
        [*parameters, most],
    )
    return [_read(row) for row in reversed(found)]


def due(
    store: Store, now: datetime, most: int | None = None, *, unaddressed: bool = False
) -> list[Delivery]:
    """What may be sent now: new, deferred until now, or to be sent in doubt.

    Bulletins come first, then the oldest. With `unaddressed` also what has no address: a
    folder needs none.
    """
    moment = stored_moment(now)
    open_states = [State.WAITING, State.DEFERRED, *([State.NO_ADDRESS] if unaddressed else [])]
    found = store.rows(
        f"SELECT {_ALL} FROM delivery WHERE (list_contains(?::VARCHAR[], state) "
        "AND coalesce(next_try_at, ?) <= ?) OR (state = ? AND next_try_at <= ?) "
        "ORDER BY kind NOT IN ('bulletin', 'digest'), made_at, id LIMIT ?",
        [
            [state.value for state in open_states],
            *(moment, moment, State.IN_DOUBT.value, moment, most),
        ],
    )
    return [_read(row) for row in found]


def counts(store: Store) -> dict[State, int]:
    """How many deliveries are in each state; every state is named."""
    found = dict(store.rows("SELECT state, count(*) FROM delivery GROUP BY state"))
    return {state: int(found.get(state.value, 0)) for state in State}


def none_taken_since(store: Store) -> datetime | None:
    """When the oldest letter was made that was put off, if none has been taken since; else None."""
    made_at = store.one(
        "SELECT min(made_at) FROM delivery WHERE state = ? AND made_at > "
        "(SELECT coalesce(max(settled_at), '-infinity') FROM delivery WHERE state = ?)",
        [State.DEFERRED.value, State.SENT.value],
    )
    return read_moment(made_at) if made_at is not None else None


def sent_on(store: Store, day: date) -> dict[str, int]:
    """How many letters each recipient was handed on a day of Asia/Shanghai."""
    start = datetime.combine(day, time(), SHANGHAI)
    return dict(
        store.rows(
            "SELECT recipient, count(DISTINCT (delivery, attempt)) FROM delivery_event "
            "JOIN delivery ON id = delivery WHERE event = 'sent' AND recipient IS NOT NULL "
            'AND "at" >= ? AND "at" < ? GROUP BY recipient',
            [stored_moment(start), stored_moment(start + timedelta(days=1))],
        )
    )


def unclaimed(store: Store, names: Sequence[str]) -> list[str]:
    """Those letters that nothing in the store names: what they belong to was never committed."""
    claimed = {
        name
        for (name,) in store.rows(
            "SELECT file_name FROM delivery UNION SELECT file_name FROM bulletin "
            "UNION SELECT file_name FROM correction"
        )
    }
    return [name for name in names if name not in claimed]


def _read(row: tuple[Any, ...]) -> Delivery:
    said = dict(zip(_ALL.split(", "), row, strict=True))
    for name in ("made_at", "next_try_at", "settled_at"):
        said[name] = read_moment(said[name]) if said[name] else None
    return Delivery(**said | {"state": State(said["state"])})
