"""Which of the letters that are due may go now: each recipient's number of the day respected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from monitor.model import SHANGHAI
from monitor.settings import MailSettings
from monitor.store.deliveries import Delivery, is_reachable, sent_on
from monitor.store.store import Store

# What comes once a week is not kept back by a bad day's letters.
_ALWAYS: Final = frozenset({"bulletin", "digest"})


def is_over_number(one: Delivery, today: Mapping[str, int], mail: MailSettings) -> bool:
    """Whether the recipient has had the day's number of letters; `today` counts by recipient."""
    had = today.get(one.recipient or "", 0)
    return one.kind not in _ALWAYS and had >= mail.most_per_recipient_per_day


def may_go(
    store: Store, mail: MailSettings, due: Iterable[Delivery], now: datetime
) -> tuple[list[Delivery], int]:
    """Those that may go now, in their order, and how many wait for their recipient's tomorrow.

    Without an address nothing goes to a server; a folder needs none.
    """
    today = sent_on(store, now.astimezone(SHANGHAI).date())
    going: list[Delivery] = []
    held_back = 0
    for one in due:
        recipient = one.recipient or ""
        if is_reachable(one.recipient):
            if is_over_number(one, today, mail):
                held_back += 1
                continue
        elif mail.transport != "folder":
            continue
        today[recipient] = today.get(recipient, 0) + 1
        going.append(one)
    return going, held_back
