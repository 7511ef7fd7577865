"""From facts to letters: who writes to whom, under which name and date, once for each desk."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from email.headerregistry import Address
from pathlib import PurePath
from typing import Final
from urllib.parse import quote

from monitor.bulletins.correction_facts import CorrectionFacts
from monitor.bulletins.facts import BulletinFacts
from monitor.bulletins.forms import Forms
from monitor.bulletins.rendered import Attachment, RenderedBulletin
from monitor.delivery.message import DOMAIN, build_message, digest_of
from monitor.delivery.outbox import letter_name
from monitor.model import SHANGHAI, Language, Text
from monitor.policy.recipients import Addressee, RecipientBook
from monitor.store.deliveries import NewDelivery, delivery_id
from monitor.store.notices import desk_of

BULLETIN: Final = "bulletin"
CORRECTION: Final = "correction"
OPERATORS: Final = "operators"
_LATE: Final = Text("【补发】", "Late: ")
_REVISED: Final = Text("【修订】", "Revised: ")
_MAILTO: Final = "mailto:"


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter, the name that it has in the outbox, and the row without which it is not sent."""

    name: str
    message: bytes
    delivery: NewDelivery


def bulletin_about(facts: BulletinFacts, rendered: RenderedBulletin) -> str:
    """What a bulletin's deliveries are about: `DIVISION AS_OF DIGEST`."""
    return f"{facts.division} {facts.as_of.isoformat()} {digest_of(rendered)}"


def compose(
    facts: BulletinFacts,
    made: Forms,
    language: Language,
    *,
    addressee: Addressee,
    book: RecipientBook,
    run: int | None = None,
    is_late: bool = False,
    earlier: Sequence[str] = (),
) -> Letter:
    """Address a bulletin to one desk, with the forms that it wants; same inputs, same bytes.

    The letter is dated by what it knows, not by a clock: the moment of knowledge, else the end of
    the day judged. `earlier` are the Message-IDs of other contents of this bulletin that the desk
    was sent: it then says that it replaces them.
    """
    end_of_day = datetime.combine(facts.as_of, time(23, 59, 59), SHANGHAI)
    marks = (_REVISED.to(language) if earlier else "") + (_LATE.to(language) if is_late else "")
    thread = {"In-Reply-To": earlier[-1], "References": " ".join(earlier)} if earlier else {}
    return address_letter(
        replace(made.letter, attachments=_wanted(made.letter, addressee)),
        language,
        addressee=addressee,
        book=book,
        kind=BULLETIN,
        about=bulletin_about(facts, made.letter),
        division=facts.division,
        day=facts.as_of,
        date=(facts.known_at or end_of_day).astimezone(SHANGHAI),
        subject=f"{marks}{made.letter.subject}",
        headers=headers_of(facts) | thread,
        run=run,
    )


def compose_correction(
    facts: CorrectionFacts,
    rendered: RenderedBulletin,
    language: Language,
    *,
    addressee: Addressee,
    book: RecipientBook,
) -> Letter:
    """Address a correction request to one desk of who sent the file, dated by its receipt."""
    summary = facts.summary
    received_at = summary.received_at.astimezone(SHANGHAI)
    return address_letter(
        rendered,
        language,
        addressee=addressee,
        book=book,
        kind=CORRECTION,
        about=summary.submission,
        division=summary.division,
        day=received_at.date(),
        date=received_at,
        headers={
            **({"X-Fleetmon-Division": summary.division} if summary.division else {}),
            "X-Fleetmon-Submission": summary.submission,
            "X-Fleetmon-Receipt": summary.receipt,
            "X-Fleetmon-Ruleset": summary.ruleset,
        },
        whose=f"{summary.division or 'unknown'}_{summary.submission}",
    )


def address_letter(
    rendered: RenderedBulletin,
    language: Language,
    *,
    addressee: Addressee,
    book: RecipientBook,
    kind: str,
    about: str,
    division: str | None,
    day: date,
    date: datetime,
    headers: Mapping[str, str],
    subject: str | None = None,
    whose: str | None = None,
    run: int | None = None,
) -> Letter:
    """Address anything that was set to one desk of the book.

    The delivery is known by `kind`, `about`, the desk and the language. A desk without an address
    is written to by name at one that cannot be reached: the letter then waits for an address.
    `day` and `whose` (else the division) are in the letter's name in the outbox.
    """
    desk = desk_of(addressee.address, addressee.role, addressee.division)
    number = delivery_id(kind, about, desk, language)
    sender = Address(book.sender_name.to(language), addr_spec=book.sender_address)
    message_id = f"<{number.lower()}@{sender.domain}>"
    message = build_message(
        rendered,
        sender=sender,
        recipient=recipient_of(addressee, language),
        message_id=message_id,
        date=date,
        headers={
            **({"Reply-To": book.reply_to} if book.reply_to else {}),
            # Who keeps the service running cannot unsubscribe from being told that it fails.
            **(
                {}
                if kind == OPERATORS
                else {"List-Unsubscribe": f"<{_unsubscribe(book, addressee)}>"}
            ),
            "X-Fleetmon-Kind": kind,
            **headers,
        },
        subject=subject,
    )
    name = letter_name(day, whose or division or addressee.role, language, message)
    row = NewDelivery(
        id=number,
        kind=kind,
        about=about,
        division=division,
        role=addressee.role,
        recipient=addressee.address,
        language=language,
        file_name=name,
        sha256=hashlib.sha256(message).hexdigest(),
        message_id=message_id,
        run=run,
    )
    return Letter(name, message, row)


def recipient_of(addressee: Addressee, language: Language) -> Address:
    """Whom the letter names, at the desk's address or at one that cannot be reached."""
    name = addressee.name.to(language)
    if addressee.address is not None:
        return Address(name, addr_spec=addressee.address)
    place = ".".join(part for part in (addressee.role, addressee.division.lower()) if part)
    return Address(name, place, DOMAIN)


def headers_of(facts: BulletinFacts) -> dict[str, str]:
    """Say what the letter is about, for those who file letters by program."""
    return {
        "X-Fleetmon-Division": facts.division,
        "X-Fleetmon-As-Of": facts.as_of.isoformat(),
        "X-Fleetmon-Issue": str(facts.issue_number),
        "X-Fleetmon-Ruleset": facts.ruleset,
        "X-Fleetmon-History": str(facts.history),
    }


def _wanted(rendered: RenderedBulletin, addressee: Addressee) -> tuple[Attachment, ...]:
    return tuple(
        file
        for file in rendered.attachments
        if PurePath(file.file_name).suffix.removeprefix(".") in addressee.forms
    )


def _unsubscribe(book: RecipientBook, addressee: Addressee) -> str:
    """Where one writes to get no more (RFC 2369): as the book says, else to who answers letters.

    A mailto link carries who asks. One click (RFC 8058) needs a page that is not here.
    """
    given = book.unsubscribe or f"{_MAILTO}{book.reply_to or book.sender_address}"
    if not given.startswith(_MAILTO) or "?" in given:
        return given
    who = " ".join(part for part in ("unsubscribe", addressee.division, addressee.role) if part)
    return f"{given}?subject={quote(who)}"
