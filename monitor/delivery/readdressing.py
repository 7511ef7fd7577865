"""Letters that waited for an address: put right, as they would have been made, once there is one.

Everything but the head's To stays to the byte, the Message-ID too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from typing import Final

from monitor.delivery.compose import recipient_of
from monitor.delivery.message import LETTER_POLICY
from monitor.delivery.outbox import name_with, put
from monitor.policy.recipients import Addressee, RecipientBook
from monitor.store import audit
from monitor.store.deliveries import Delivery, State, deliveries, is_reachable, unclaimed
from monitor.store.knowledge import stored_moment
from monitor.store.store import Store

_HEAD_END: Final = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class _Mended:
    """A delivery with the letter that takes the place of its own; None: another tells the same."""

    one: Delivery
    recipient: str
    letter: bytes | None = None


def is_any_known(store: Store, book: RecipientBook) -> bool:
    """Whether `readdress` has anything to do."""
    return next(_mended(store, book), None) is not None


def readdress(store: Store, book: RecipientBook, at: datetime) -> int:
    """Address every letter whose desk is in the book with an address by now; gives how many.

    In a writer's session of the sender. A letter whose file is not as promised is left, and one
    that its recipient has had under another number is superseded. The new files come first and
    the old ones go last: whoever is killed between leaves files without a row, which are swept.
    """
    found = list(_mended(store, book))
    for mended in found:
        if mended.letter is not None:
            put(store.home.outbox, name_with(mended.one.file_name, mended.letter), mended.letter)
    if not found:
        return 0
    with store.transaction():
        for mended in found:
            _record(store, mended, at)
        addressed = sum(mended.letter is not None for mended in found)
        tally = {"letters": addressed, "superseded": len(found) - addressed}
        audit.record(store, "readdress", "deliveries", detail=tally, at=at)
    for name in unclaimed(store, [mended.one.file_name for mended in found]):
        (store.home.outbox / name).unlink(missing_ok=True)
    return addressed


def _mended(store: Store, book: RecipientBook) -> Iterator[_Mended]:
    taken: set[tuple[str, str, str, str]] = set()
    for one in deliveries(store, states=[State.NO_ADDRESS]):
        letter = _letter(store, one)
        desks = _desks(book, one)
        if not desks or letter is None:
            continue
        had = _told(store, one)
        for desk in desks:
            recipient = str(desk.address)
            key = (one.kind, one.about, one.language, recipient.lower())
            if recipient.lower() not in had and key not in taken:
                taken.add(key)
                to = recipient_of(desk, one.language)
                yield _Mended(one, recipient, _addressed_to(letter, to))
                break
        else:
            yield _Mended(one, str(desks[0].address))


def _desks(book: RecipientBook, one: Delivery) -> tuple[Addressee, ...]:
    """The desks that the delivery may be for; none as long as one of them has no address."""
    of = (
        (*book.unknown_sender, *book.operators)
        if one.division is None
        else book.desks.get(one.division, ())
    )
    found = tuple(desk for desk in of if desk.role == one.role)
    return found if all(is_reachable(desk.address) for desk in found) else ()


def _told(store: Store, one: Delivery) -> set[str]:
    """Who is told the same by another delivery: it was made again when the address was known."""
    return {
        str(recipient).lower()
        for (recipient,) in store.rows(
            "SELECT recipient FROM delivery WHERE kind = ? AND about = ? AND language = ? "
            "AND id != ? AND recipient IS NOT NULL AND state != ?",
            [one.kind, one.about, one.language, one.id, State.SUPERSEDED.value],
        )
    }


def _letter(store: Store, one: Delivery) -> bytes | None:
    try:
        content = (store.home.outbox / one.file_name).read_bytes()
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == one.sha256 else None


def _addressed_to(letter: bytes, recipient: Address) -> bytes:
    """The letter with another To: the lines of all other headers are kept as they stand."""
    head, end, body = letter.partition(_HEAD_END)
    parsed = BytesHeaderParser(EmailMessage, policy=LETTER_POLICY).parsebytes(head + end)
    parsed.replace_header("To", recipient)
    return parsed.as_bytes() + body


def _record(store: Store, mended: _Mended, at: datetime) -> None:
    one, letter = mended.one, mended.letter
    if letter is None:
        store.connection.execute(
            "UPDATE delivery SET state = ?, settled_at = ?, next_try_at = NULL WHERE id = ?",
            [State.SUPERSEDED.value, stored_moment(at), one.id],
        )
        return
    name, digest = name_with(one.file_name, letter), hashlib.sha256(letter).hexdigest()
    store.connection.execute(
        "UPDATE delivery SET recipient = ?, file_name = ?, sha256 = ?, state = ?, "
        "next_try_at = NULL WHERE id = ?",
        [mended.recipient, name, digest, State.WAITING.value, one.id],
    )
    store.connection.execute(
        "UPDATE correction SET file_name = ?, sha256 = ? WHERE file_name = ?",
        [name, digest, one.file_name],
    )
