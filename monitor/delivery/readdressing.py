"""Letters whose desk has another address by now than they bear: put right, as they would have been
made: what waited for an address on every send, what failed when somebody has it sent again.

Everything but the head's To stays to the byte, the Message-ID too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from typing import Final

from monitor.delivery.compose import recipient_of
from monitor.delivery.message import LETTER_POLICY
from monitor.delivery.outbox import name_with, place_of, put
from monitor.errors import WrongUse
from monitor.model import Text
from monitor.policy.recipients import Addressee, RecipientBook
from monitor.store import audit
from monitor.store.deliveries import (
    UNSETTLED,
    Delivery,
    State,
    deliveries,
    is_reachable,
    unclaimed,
)
from monitor.store.delivery_events import settle
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
    return _keep(store, list(_mended(store, book)), "deliveries", at)


def send_again(
    store: Store, book: RecipientBook, name: str, *, by: str, at: datetime, is_sender_idle: bool
) -> Text:
    """Have a letter go out once more, to where its desk is reached by now; gives words for it.

    In a writer's session. Raises `WrongUse` where there is no such delivery, where its state leaves
    nothing to be sent, and where a sender is at work that may hold the letter with its old address.
    """
    one = next(iter(deliveries(store, ids=[name])), None)
    mended = None if one is None else _moved(store, book, one)
    if mended is not None and mended.one.state in UNSETTLED and not is_sender_idle:
        raise WrongUse(
            Text(
                f"收件地址已更改，但寄送进程正在运行，寄送 {name} 可能正用旧地址寄出。请稍后再试。",
                f"The address has changed, but a sender is at work and may have delivery {name} in "
                "hand with the old one. Try again when it has ended.",
            )
        )
    settle(store, name, "again", by=by, at=at)
    if mended is None:
        return Text("将按原地址再寄。", "It goes again, to the same address.")
    if _keep(store, [mended], name, at):
        return Text(
            f"收件人名单中的地址已更改，改寄 {mended.recipient}。",
            f"The recipients have another address by now; it goes to {mended.recipient}.",
        )
    return Text(
        f"另一封信已把同样内容寄往现在的地址 {mended.recipient}，本封不再寄。",
        f"Another letter tells {mended.recipient}, the present address, the same; this one is not "
        "sent again.",
    )


def _keep(store: Store, found: Sequence[_Mended], what: str, at: datetime) -> int:
    """Lay the new letters down, record them, take the old ones away; gives how many go out."""
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
        audit.record(store, "readdress", what, detail=tally, at=at)
    for name in unclaimed(store, [mended.one.file_name for mended in found]):
        place_of(store.home, name).unlink(missing_ok=True)
    return addressed


def _mended(store: Store, book: RecipientBook) -> Iterator[_Mended]:
    taken: set[tuple[str, str, str, str]] = set()
    for one in deliveries(store, states=[State.NO_ADDRESS]):
        mended = _mend(store, book, one, taken)
        if mended is not None:
            yield mended


def _moved(store: Store, book: RecipientBook, one: Delivery) -> _Mended | None:
    """A delivery whose desk is reached elsewhere by now; None where its address still stands."""
    known = {str(desk.address).lower() for desk in _desks(book, one)}
    return None if (one.recipient or "").lower() in known else _mend(store, book, one, set())


def _mend(
    store: Store, book: RecipientBook, one: Delivery, taken: set[tuple[str, str, str, str]]
) -> _Mended | None:
    letter = _letter(store, one)
    desks = _desks(book, one)
    if not desks or letter is None:
        return None
    had = _told(store, one)
    for desk in desks:
        recipient = str(desk.address)
        key = (one.kind, one.about, one.language, recipient.lower())
        if recipient.lower() not in had and key not in taken:
            taken.add(key)
            to = recipient_of(desk, one.language)
            return _Mended(one, recipient, _addressed_to(letter, to))
    return _Mended(one, str(desks[0].address))


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
        content = place_of(store.home, one.file_name).read_bytes()
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
