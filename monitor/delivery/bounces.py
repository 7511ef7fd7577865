"""Letters that came back: which of ours, and why, out of a mailbox that anybody may write to."""

from __future__ import annotations

import logging
import mailbox
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Final

from flufl.bounce import all_failures

from monitor.errors import WrongUse
from monitor.model import Text

_LARGEST_FILE: Final = 256 << 20
_LARGEST_LETTER: Final = 16 << 20
_MOST_PARTS: Final = 64
_MOST_LETTERS: Final = 1 << 17
_SEARCHED: Final = 1 << 20  # characters of each text that are looked through
# A delivery's own: nothing else that a mailbox holds can be taken for it.
_OURS: Final = re.compile(r"<d[0-9a-f]{16}@[A-Za-z0-9._-]{1,255}>")
_NAMED: Final = re.compile(r"(?im)^message-id:\s*(<[^>\r\n]{1,300}>)")
_STATUS: Final = re.compile(r"\b[45]\.\d{1,3}\.\d{1,3}\b")  # RFC 3463
_FAILED: Final = "5.0.0"
_DELAYED: Final = "4.0.0"
_TOLD_AS: Final = {"failed": _FAILED, "delayed": _DELAYED}


@dataclass(frozen=True, slots=True)
class Returned:
    """One of our letters that came back; `status` is of RFC 3463."""

    message_id: str
    status: str


@dataclass(slots=True)
class MailboxRead:
    """What a mailbox held: letters of ours that came back, and how many others.

    `skipped` are too large or too intricate to be looked into.
    """

    returned: list[Returned] = field(default_factory=list)
    letters: int = 0
    unrelated: int = 0
    skipped: int = 0


def read_bounces(path: Path) -> MailboxRead:
    """Look through an mbox or a single letter; whatever it holds, nothing of it is carried out.

    Raises `WrongUse` where the file cannot be read or is too large.
    """
    try:
        size = path.stat().st_size
        if size > _LARGEST_FILE:
            raise _unreadable(path, f"{size >> 20} MB > {_LARGEST_FILE >> 20} MB")
        found = MailboxRead()
        for content in _letters(path):
            found.letters += 1
            if _is_too_much(content) or found.letters > _MOST_LETTERS:
                found.skipped += 1
                continue
            returned = _returned(content)
            found.returned += returned
            found.unrelated += not returned
    except OSError as error:
        raise _unreadable(path, error.strerror or type(error).__name__) from error
    return found


def _letters(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        is_mailbox = stream.read(5) == b"From "
    if not is_mailbox:
        yield path.read_bytes()
        return
    box = mailbox.mbox(path, create=False)
    try:
        for key in box.iterkeys():
            yield box.get_bytes(key)
    finally:
        box.close()


def _is_too_much(content: bytes) -> bool:
    return len(content) > _LARGEST_LETTER or content.lower().count(b"content-type") > _MOST_PARTS


def _returned(content: bytes) -> list[Returned]:
    """The letters of ours that a message returns; none where it is no bounce."""
    try:
        message = message_from_bytes(content)
        status = _status(message)
        if status is None:
            return []
        ours = dict.fromkeys(name for text in _texts(message) for name in _OURS.findall(text))
        # A bounce is of one letter; the first that it names is the one, its references follow.
        return [Returned(name, status) for name in list(ours)[:1]]
    except Exception:  # noqa: BLE001  # a message may be anything; one that defeats the parser is none of ours
        return []


def _status(message: Message) -> str | None:
    """Why the message came back; None where it is no bounce, or tells that all is well."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            return _of_report(part)
    with _unlogged():
        delayed, failed = all_failures(message)
    if failed:
        return _FAILED
    return _DELAYED if delayed else None


@contextmanager
def _unlogged() -> Iterator[None]:
    """Keep the library from showing a traceback for each letter that defeats it: they are counted
    as none of ours.
    """
    its_log = logging.getLogger("flufl.bounce")
    before, its_log.disabled = its_log.disabled, True
    try:
        yield
    finally:
        its_log.disabled = before


def _of_report(part: Message) -> str | None:
    """The gravest that a report says of a recipient (RFC 3464)."""
    told = []
    for block in part.get_payload() if part.is_multipart() else ():
        if isinstance(block, Message):
            action = str(block.get("Action", "")).strip().lower()
            if action in _TOLD_AS:
                status = _STATUS.search(str(block.get("Status", "")))
                usual = _TOLD_AS[action]
                # Who gives up after days of delay says `failed` with the class of the delay.
                told.append(usual[0] + status.group()[1:] if status else usual)
    return max(told, default=None)


def _texts(message: Message) -> Iterator[str]:
    """Where the returned letter may be named, the surest places first."""
    parts = list(message.walk())[1:]
    for part in parts:
        yield str(part.get("Message-ID", ""))
    texts = [
        payload[:_SEARCHED].decode("utf-8", "replace")
        for part in (*parts, message)
        if isinstance(payload := part.get_payload(decode=True), bytes)
    ]
    for text in texts:
        yield from _NAMED.findall(text)
    yield from texts
    for header in ("X-Original-Message-ID", "In-Reply-To", "References"):
        yield str(message.get(header, ""))


def _unreadable(path: Path, reason: str) -> WrongUse:
    return WrongUse(
        Text(
            f"读不到退信文件 {path}：{reason}。请给出 mbox 或单封 .eml 文件，过大的请分开。",
            f"Cannot read the bounces in {path}: {reason}. Give an mbox or one .eml file; split "
            "what is too large.",
        )
    )
