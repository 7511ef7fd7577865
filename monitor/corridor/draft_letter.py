"""The receipt of a confirmed draft, promised once to whoever confirmed it."""

from __future__ import annotations

from typing import Final

from monitor.bulletins.receipt_letter import render_receipt
from monitor.delivery.compose import address_letter
from monitor.delivery.outbox import put
from monitor.door.accounts import Account, account_by_name
from monitor.door.database import Door
from monitor.door.draft import Draft
from monitor.model import SHANGHAI, Text
from monitor.policy.policy import Policy
from monitor.policy.recipient_file import is_address, is_name
from monitor.policy.recipients import Addressee, RecipientBook
from monitor.store import audit
from monitor.store.deliveries import add_deliveries, deliveries
from monitor.store.store import Store

RECEIPT: Final = "receipt"
_PERSON: Final = "user:"


def promise_receipt(
    store: Store, door: Door, policy: Policy, book: RecipientBook, draft: Draft, seq: int
) -> str | None:
    """Put the letter into the outbox and record that it is to be sent; done twice it is done once.

    Gives the delivery; None where who confirmed has no address. The letter is dated by the receipt,
    so that it is the same whenever it is made.
    """
    person = _confirmer(door, draft)
    if person is None or person.email is None or not is_address(person.email):
        return None
    summary = store.summaries("seq = ?", [seq])[0]
    at = summary.received_at.astimezone(SHANGHAI)
    shown = person.shown_name if is_name(person.shown_name) else person.name
    letter = address_letter(
        render_receipt(summary, policy, person.language),
        person.language,
        addressee=Addressee(
            division=draft.division,
            role=RECEIPT,
            name=Text(shown, shown),
            address=person.email,
            languages=(person.language,),
            forms=(),
            is_digest=False,
            receives=frozenset(),
        ),
        book=book,
        kind=RECEIPT,
        about=summary.submission,
        division=draft.division,
        day=at.date(),
        date=at,
        headers={
            "X-Fleetmon-Division": draft.division,
            "X-Fleetmon-Submission": summary.submission,
            "X-Fleetmon-Receipt": summary.receipt,
        },
        whose=f"{draft.division}_{summary.submission}_{RECEIPT}",
    )
    if deliveries(store, ids=[letter.delivery.id]):
        return letter.delivery.id
    put(store.home.outbox, letter.name, letter.message)
    with store.transaction():
        add_deliveries(store, [letter.delivery], at)
        audit.record(store, "receipt_promised", summary.submission, at=at)
    return letter.delivery.id


def _confirmer(door: Door, draft: Draft) -> Account | None:
    """Who confirmed it, where that was a person."""
    name = draft.confirmed_by or ""
    if not name.startswith(_PERSON):
        return None
    return account_by_name(door, name.removeprefix(_PERSON))
