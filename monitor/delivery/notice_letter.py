"""A notice, a digest or a letter to the operators, addressed to one desk of the book."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from typing import Final

from monitor.bulletins.rendered import RenderedBulletin
from monitor.delivery.message import DOMAIN, build_message
from monitor.delivery.outbox import letter_name
from monitor.model import SHANGHAI, Language
from monitor.policy.recipients import Addressee, RecipientBook
from monitor.store.deliveries import NewDelivery, delivery_id
from monitor.store.notices import desk_of

_NOBODY: Final = "system"  # stands for a division in the name of an operators' letter


@dataclass(frozen=True, slots=True)
class NoticeLetter:
    """A letter, its name in the outbox, and the row that lets it be sent."""

    name: str
    message: bytes
    delivery: NewDelivery


def compose_notice(
    rendered: RenderedBulletin,
    book: RecipientBook,
    addressee: Addressee,
    language: Language,
    *,
    kind: str,
    about: str,
    made_at: datetime,
) -> NoticeLetter:
    """Address what was set to one desk; the same (kind, about, desk, language) is one delivery.

    A desk without an address gets an unreachable one: the letter then waits for it.
    """
    desk = desk_of(addressee.address, addressee.role, addressee.division)
    number = delivery_id(kind, about, desk, language)
    sender = Address(book.sender_name.to(language), addr_spec=book.sender_address)
    message_id = f"<{number.lower()}@{sender.domain}>"
    message = build_message(
        rendered,
        sender=sender,
        recipient=_recipient(addressee, language),
        message_id=message_id,
        date=made_at.astimezone(SHANGHAI),
        headers=_headers(book, addressee, kind),
    )
    day = made_at.astimezone(SHANGHAI).date()
    name = letter_name(day, f"{addressee.division or _NOBODY}_{kind}", language, message)
    return NoticeLetter(
        name,
        message,
        NewDelivery(
            id=number,
            kind=kind,
            about=about,
            division=addressee.division or None,
            role=addressee.role,
            recipient=addressee.address,
            language=language,
            file_name=name,
            sha256=hashlib.sha256(message).hexdigest(),
            message_id=message_id,
        ),
    )


def _recipient(addressee: Addressee, language: Language) -> Address:
    name = addressee.name.to(language)
    if addressee.address is not None:
        return Address(name, addr_spec=addressee.address)
    place = ".".join(part for part in (addressee.role, addressee.division.lower()) if part)
    return Address(name, place, DOMAIN)


def _headers(book: RecipientBook, addressee: Addressee, kind: str) -> Mapping[str, str]:
    headers = {"X-Fleetmon-Kind": kind}
    if addressee.division:
        headers["X-Fleetmon-Division"] = addressee.division
    if book.reply_to:
        headers["Reply-To"] = book.reply_to
    if book.unsubscribe:
        headers["List-Unsubscribe"] = f"<{book.unsubscribe}>"
    return headers
