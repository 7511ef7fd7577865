"""A confirmed draft let in force: received into the store exactly once, whatever dies meanwhile.

The confirmation is a row in the transaction of its submission, under the draft's number. So who
comes after a kill sees whether it was done; only what follows (letter, state) is done again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from monitor.corridor.columns_read import columns_of
from monitor.corridor.draft_check import check_draft, declared_of, kept_of
from monitor.corridor.draft_letter import promise_receipt
from monitor.corridor.draft_moved import has_moved
from monitor.corridor.draft_result import DraftResult, read_result
from monitor.corridor.inbox_receipt import receipt_of
from monitor.corridor.reception import receive
from monitor.door.database import Door
from monitor.door.draft import Draft
from monitor.door.draft_states import DraftState
from monitor.door.drafts import explanations, held_draft, move, unfinished
from monitor.door.folding import fold_acts
from monitor.errors import WrongUse
from monitor.model import SHANGHAI, Receipt, Status, Text
from monitor.policy.policy import Policy
from monitor.policy.recipients import RecipientBook
from monitor.store.confirmations import Confirmation, add_confirmation, confirmed_as
from monitor.store.explanations import NewExplanation, add_explanations
from monitor.store.home import Home
from monitor.store.knowledge import stored_moment
from monitor.store.locking import Waiting
from monitor.store.opening import open_store
from monitor.store.store import Store

LOOK_AGAIN: Final = Text(
    "校验之后，已生效的数据或规则有变，这份报送的结果与您核对时不同。请重新核对后再确认；尚未生效。",
    "What is held, or a rule, changed since the check, and the result is no longer what you looked "
    "at. Look at it again and confirm; it is not in force.",
)
CHECK_AGAIN: Final = Text(
    "校验结果已不在，正在重新校验；完成后请再确认。尚未生效。",
    "The result of the check is gone; it is checked anew. Confirm it then; it is not in force.",
)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What became of a draft: its state; the receipt and the submission where it is in force or
    was before.

    `letter` is the delivery of its receipt; `fault` why that could not be made.
    """

    state: DraftState
    receipt: Receipt | None = None
    submission: str | None = None
    words: Text | None = None
    letter: str | None = None
    fault: str | None = None


_TRIES: Final = 5  # how often others may come in between


class _FiguresMoved(Exception):  # no fault: the transaction is given up
    """What would be stored is not what was confirmed."""


def confirm_draft(
    home: Home,
    policy: Policy,
    door: Door,
    number: str,
    *,
    book: RecipientBook | None,
    now: datetime,
    waiting: Waiting,
    patience: float | None = None,
) -> Confirmed:
    """Bring a draft in `confirming` into force, or say why it must be looked at again.

    Called again it changes nothing; after a kill it goes on where that struck. Without `book` no
    letter is made. Raises what the corridor raises where we failed: the draft then stays as it is;
    `StoreBusy` where another writes for more than `patience` seconds.
    """
    held = held_draft(door, number)
    if held.state is not DraftState.CONFIRMING:
        return Confirmed(held.state, submission=held.submission, words=held.words)
    actor = held.signed_by or held.confirmed_by or held.actor
    done, letter, fault = None, None, None
    for _ in range(_TRIES):
        with open_store(home, write=True, waiting=waiting, actor=actor, patience=patience) as store:
            fold_acts(store, door)
            done = _done(store, policy, held) or _take_in(home, store, policy, door, held, now)
            if done is not None and done.state is DraftState.CONFIRMED and book is not None:
                letter, fault = _promise(store, door, policy, book, held, done)
        # Others may write while it is checked anew: its result says how far it saw.
        done = done or _check_anew(home, policy, held, waiting)
        if done is not None:
            break
    done = done or Confirmed(DraftState.CHECKED, words=LOOK_AGAIN)
    _finish(door, held, done, now)
    return replace(done, letter=letter, fault=fault)


def _promise(
    store: Store,
    door: Door,
    policy: Policy,
    book: RecipientBook,
    held: Draft,
    done: Confirmed,
) -> tuple[str | None, str | None]:
    """The delivery of the receipt, and why there is none: it is in force, letter or no letter."""
    try:
        seq = int((done.submission or "S0")[1:])
        return promise_receipt(store, door, policy, book, held, seq), None
    except Exception as error:  # noqa: BLE001  # whatever it is, the caller tells it
        store.one("SELECT 1")  # raises where the store cannot be used any more
        return None, type(error).__name__


def _check_anew(home: Home, policy: Policy, held: Draft, waiting: Waiting) -> Confirmed | None:
    """Look at what moved; None where it would still do what was confirmed."""
    try:
        result = check_draft(home, policy, held, now=_moment(held), waiting=waiting)
    except WrongUse as error:
        return Confirmed(DraftState.REFUSED, words=error.text)
    return None if result.fingerprint == held.seen else _to_look_at(result)


def resume(
    home: Home,
    policy: Policy,
    door: Door,
    *,
    book: RecipientBook | None,
    now: datetime,
    waiting: Waiting,
) -> list[tuple[str, Confirmed]]:
    """Finish every draft that was coming into force when a process ended, the oldest first."""
    return [
        (one.id, confirm_draft(home, policy, door, one.id, book=book, now=now, waiting=waiting))
        for one in unfinished(door)
        if one.state is DraftState.CONFIRMING
    ]


def _done(store: Store, policy: Policy, held: Draft) -> Confirmed | None:
    """What a process before this one did with the draft, if it did it."""
    seq = confirmed_as(store, held.id)
    if seq is not None:
        return _in_force(_receipt(store, policy, seq))
    found = store.rows(
        "SELECT r.submission FROM reception AS r JOIN submission AS s ON s.seq = r.submission "
        "WHERE r.outcome = ? AND r.sha256 = ? AND r.received_at = ? AND s.division = ?",
        [Status.DUPLICATE.value, held.sha256, stored_moment(_moment(held)), held.division],
    )
    return _duplicate(_receipt(store, policy, int(found[0][0]))) if found else None


def _take_in(
    home: Home, store: Store, policy: Policy, door: Door, held: Draft, now: datetime
) -> Confirmed | None:
    """Receive a draft as it was confirmed; None where it must be checked anew first."""
    at = _moment(held)
    result = read_result(home, held.id)
    if result is None or held.seen != result.fingerprint:
        is_gone = result is None
        return Confirmed(
            DraftState.RECEIVED if is_gone else DraftState.CHECKED,
            words=CHECK_AGAIN if is_gone else LOOK_AGAIN,
        )
    is_same_day = result.checked_on == at.astimezone(SHANGHAI).date()
    if not is_same_day or has_moved(store, policy, held.division, result):
        return None
    try:
        settle = _settling(store, door, held, result, at)
        declared, kept = declared_of(held, at), kept_of(home, held)
        receipt = receive(store, policy, kept, declared, now=now, settle=settle)
    except _FiguresMoved:
        return None
    except WrongUse as error:  # what was asked is no longer possible: its sender must be told
        return Confirmed(DraftState.REFUSED, words=error.text)
    return _duplicate(receipt) if receipt.status is Status.DUPLICATE else _in_force(receipt)


def _settling(
    store: Store, door: Door, held: Draft, result: DraftResult, at: datetime
) -> Callable[[Receipt], None]:
    """What is kept with the submission; raises `_FiguresMoved` where it is not what was shown."""
    tallies = {group.code: group.rows for group in result.groups}

    def settle(receipt: Receipt) -> None:
        shown = [result.status, result.kind, result.rows, result.changes, tallies]
        if [*_outcome(receipt), dict(receipt.tallies)] != shown:
            raise _FiguresMoved
        seq = int((receipt.submission or "S0")[1:])
        add_confirmation(
            store,
            Confirmation(
                draft=held.id,
                submission=seq,
                made_by=held.actor,
                confirmed_by=held.confirmed_by or held.actor,
                signed_by=held.signed_by,
                corrects=held.asked.corrects,
                reason=held.asked.reason,
            ),
        )
        said = [
            NewExplanation(one.code, one.reason, one.words, one.until, one.made_by)
            for one in explanations(door, held.id)
            if one.code in tallies
        ]
        add_explanations(store, seq, said, at)

    return settle


def _outcome(receipt: Receipt) -> list[object]:
    return [receipt.status, receipt.kind, receipt.rows, receipt.changes]


def _to_look_at(result: DraftResult) -> Confirmed:
    """The result of a check that was made anew is to be seen before anything counts."""
    if result.status is Status.DUPLICATE:
        return Confirmed(
            DraftState.DUPLICATE, submission=result.first, words=duplicate_words(result.first)
        )
    state = DraftState.REFUSED if result.status is Status.REFUSED else DraftState.CHECKED
    return Confirmed(state, words=LOOK_AGAIN)


def duplicate_words(first: str | None) -> Text:
    """Say of what a draft is a repetition."""
    return Text(
        f"与已生效的 {first} 完全相同，没有改变。", f"The same as {first}; nothing changed."
    )


def _in_force(receipt: Receipt) -> Confirmed:
    return Confirmed(DraftState.CONFIRMED, receipt, receipt.submission)


def _duplicate(receipt: Receipt) -> Confirmed:
    first = receipt.first or receipt.submission
    return Confirmed(DraftState.DUPLICATE, receipt, first, duplicate_words(first))


def _receipt(store: Store, policy: Policy, seq: int) -> Receipt:
    return replace(receipt_of(store, seq), columns=columns_of(store, policy, seq))


def _moment(held: Draft) -> datetime:
    """When it was confirmed, by the second person where there is one: its receipt."""
    return held.signed_at or held.confirmed_at or held.changed_at


def _finish(door: Door, held: Draft, done: Confirmed, now: datetime) -> None:
    move(
        door,
        held.id,
        (DraftState.CONFIRMING,),
        done.state,
        at=now,
        submission=done.submission,
        words=done.words,
    )
