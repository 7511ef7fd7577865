"""A draft's check and confirmation as a worker does them: every end is a state with its words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from monitor.corridor.draft_check import check_draft
from monitor.corridor.draft_confirm import confirm_draft, duplicate_words
from monitor.corridor.draft_result import DraftResult
from monitor.door.database import Door
from monitor.door.draft_states import DraftState
from monitor.door.drafts import held_draft, move
from monitor.errors import FleetmonError, StoreBusy, WrongUse
from monitor.model import Status, Text
from monitor.policy.policy import Policy
from monitor.policy.recipients import RecipientBook
from monitor.store.confirmations import confirmed_as
from monitor.store.home import Home
from monitor.store.locking import Waiting
from monitor.store.opening import open_store

_PATIENCE_SECONDS: Final = 30.0
_OURS: Final = Text("我方出错，没有改变任何数据：", "We failed, and changed nothing: ")


def check_waiting(
    home: Home,
    policy: Policy,
    door: Door,
    number: str,
    *,
    now: datetime,
    waiting: Waiting,
    most_rows: int | None = None,
) -> DraftState:
    """Check a received draft and put it into the state that follows; who comes second does nothing.

    What goes wrong with it is words in its state; only what no Python sees is left to the caller.
    """
    if not move(door, number, (DraftState.RECEIVED,), DraftState.CHECKING, at=now, words=None):
        return held_draft(door, number).state
    state = DraftState.FAILED
    words: Text | None = None
    first: str | None = None
    try:
        held = held_draft(door, number)
        found = check_draft(home, policy, held, now=now, waiting=waiting, most_rows=most_rows)
        state, words, first = _follows(found)
    except WrongUse as error:
        state, words = DraftState.REFUSED, error.text
    except FleetmonError as error:
        words = _ours(error.text)
    except Exception as error:  # noqa: BLE001  # one upload's failure is not the others'
        words = _named(error)
    move(door, number, (DraftState.CHECKING,), state, at=now, submission=first, words=words)
    return held_draft(door, number).state


def _follows(found: DraftResult) -> tuple[DraftState, Text | None, str | None]:
    if found.status is Status.DUPLICATE:
        return DraftState.DUPLICATE, duplicate_words(found.first), found.first
    if found.status is Status.REFUSED:
        return DraftState.REFUSED, next((one.what for one in found.groups), None), None
    return DraftState.CHECKED, None, None


def confirm_waiting(
    home: Home,
    policy: Policy,
    door: Door,
    number: str,
    *,
    book: RecipientBook | None,
    now: datetime,
    waiting: Waiting,
    patience: float | None = None,
) -> tuple[DraftState, str | None]:
    """Bring a draft into force; gives its state and why its letter could not be made.

    Where we failed and nothing was stored, it is `checked` again, with words. It stays
    `confirming` where another writes for more than `patience` seconds: later is soon enough.
    """
    for is_last in (False, True):
        try:
            done = confirm_draft(
                *(home, policy, door, number),
                book=book,
                now=now,
                waiting=waiting,
                patience=patience,
            )
        except StoreBusy:
            return DraftState.CONFIRMING, None
        except Exception as error:  # noqa: BLE001  # told in words; a second try is one click
            words = _ours(error.text) if isinstance(error, FleetmonError) else None
            words = words or _named(error)
            if is_last or not is_stored(home, number):
                return give_up_confirming(home, door, number, words, at=now), None
        else:
            return done.state, done.fault
    raise AssertionError


def is_stored(home: Home, number: str) -> bool:
    """Whether a draft is in force, whatever became of the process that was at it."""
    return _stored_as(home, number) is not None


def give_up_confirming(
    home: Home, door: Door, number: str, words: Text, *, at: datetime
) -> DraftState:
    """Put a draft whose confirmation broke off where it belongs: in force if the store has it."""
    seq = _stored_as(home, number)
    if seq is not None:
        to, submission, said = DraftState.CONFIRMED, f"S{seq:06d}", None
    else:
        to, submission, said = DraftState.CHECKED, None, words
    since = (DraftState.CONFIRMING,)
    move(door, number, since, to, at=at, submission=submission, words=said)
    return held_draft(door, number).state


def _stored_as(home: Home, number: str) -> int | None:
    # As a writer: a reader beside one might not see yet what a killed process committed.
    with open_store(
        home, write=True, waiting=_silent, actor="fleetmon", patience=_PATIENCE_SECONDS
    ) as store:
        return confirmed_as(store, number)


def fail(
    door: Door, number: str, since: Sequence[DraftState], words: Text, *, at: datetime
) -> DraftState:
    """Say of a draft that its worker died at it."""
    move(door, number, since, DraftState.FAILED, at=at, words=words)
    return held_draft(door, number).state


def fault_words(what: Text) -> Text:
    """Words for what only we can mend."""
    return _ours(
        Text(
            f"{what.zh}。请再试一次；仍然不行，请告知编号。",
            f"{what.en}. Try once more; if it fails again, tell us the number.",
        )
    )


def rules_fault(error: Exception) -> Text:
    """Words for a draft at which our own rules could not be read: the file is not to blame."""
    why = error.text if isinstance(error, FleetmonError) else None
    why = why or Text(f"{type(error).__name__}。", f"{type(error).__name__}.")
    return Text(
        "我方的监测规则现在读不出来，不是您的文件有问题；文件已保存，没有改变任何数据。"
        f"请告知系统管理员；规则恢复后，同一份文件可以再校验、再确认。管理员请看：{why.zh}",
        "Our own rules cannot be read now; nothing is wrong with your file, which is kept, and "
        "nothing changed. Tell the system's administrator; once the rules are mended the same "
        f"file can be checked and confirmed again. For the administrator: {why.en}",
    )


def _named(error: BaseException) -> Text:
    name = type(error).__name__
    return fault_words(Text(f"程序出错（{name}）", f"an error of the program ({name})"))


def _ours(why: Text) -> Text:
    return Text(f"{_OURS.zh}{why.zh}", f"{_OURS.en}{why.en}")


def _silent(_words: Text) -> None:
    """Its turn comes soon."""
