"""What people decide of a draft: confirm, sign, give back, discard; each once and written down."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final, Unpack

from monitor.door.acts import record_act
from monitor.door.database import Door
from monitor.door.draft import Draft, DraftChanges
from monitor.door.draft_states import CONFIRMABLE, DISCARDABLE, STATE_WORDS, DraftState
from monitor.door.drafts import held_draft, move
from monitor.errors import WrongUse
from monitor.model import Text

_LONGEST: Final = 2000  # characters of a reason


def confirm(
    door: Door, number: str, *, seen: str, by: str, needs_second: bool, at: datetime
) -> Draft:
    """Let a checked draft come into force, or hand it to the second person.

    `seen` is the fingerprint of the result that was looked at. Raises `WrongUse` where the draft
    is not open to it any more.
    """
    to = DraftState.AWAITING if needs_second else DraftState.CONFIRMING
    return _step(
        *(door, number, CONFIRMABLE, to, "draft_confirmed", by, at),
        seen=seen,
        confirmed_by=by,
        confirmed_at=at,
        signed_by=None,
        signed_at=None,
        words=None,
    )


def sign(door: Door, number: str, *, seen: str, by: str, at: datetime) -> Draft:
    """Let a draft come into force as its second person; raises `WrongUse` for the first one, and
    where another result was looked at than the first one confirmed.
    """
    held = held_draft(door, number)
    if held.confirmed_by == by:
        raise WrongUse(
            Text(
                "复核须由另一人进行：您已确认过这份报送。请本单位另一位复核人登录处理。",
                "Another person has to sign: you confirmed this report yourself.",
            )
        )
    if held.seen != seen:
        raise WrongUse(
            Text(
                "校验结果在确认之后有变。请刷新页面，重新核对。",
                "The result changed since it was confirmed. Load the page again and look at it.",
            )
        )
    since, to = (DraftState.AWAITING,), DraftState.CONFIRMING
    return _step(door, number, since, to, "draft_signed", by, at, signed_by=by, signed_at=at)


def give_back(door: Door, number: str, *, reason: str, by: str, at: datetime) -> Draft:
    """Give a draft back to who confirmed it, with a reason; raises `WrongUse` without one."""
    said = reason.strip()[:_LONGEST]
    if not said:
        raise WrongUse(Text("退回须说明理由。", "Say why it is given back."))
    since, to = (DraftState.AWAITING,), DraftState.RETURNED
    return _step(door, number, since, to, "draft_returned", by, at, words=Text(said, said))


def discard(door: Door, number: str, *, by: str, at: datetime) -> Draft:
    """Give a draft up; its bytes stay kept. Raises `WrongUse` where it is at work or in force."""
    return _step(door, number, DISCARDABLE, DraftState.DISCARDED, "draft_discarded", by, at)


def _step(
    door: Door,
    number: str,
    since: Collection[DraftState],
    to: DraftState,
    action: str,
    by: str,
    at: datetime,
    **changes: Unpack[DraftChanges],
) -> Draft:
    with door.transaction():
        if not move(door, number, since, to, at=at, **changes):
            now = STATE_WORDS[held_draft(door, number).state]
            raise WrongUse(
                Text(
                    f"这份上传现在的状态是“{now.zh}”，不能这样处理。请刷新页面。",
                    f'The upload is now "{now.en}", and this cannot be done. Load the page again.',
                )
            )
        held = held_draft(door, number)
        record_act(door, by, action, number, detail={"division": held.division}, at=at)
        return held
