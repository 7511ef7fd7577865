"""A bulletin as a letter: the same bulletin to the same recipient is the same bytes."""

from __future__ import annotations

import hashlib
import re
from binascii import b2a_base64
from collections.abc import Iterator, Mapping
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from functools import lru_cache
from pathlib import PurePath
from typing import Final
from urllib.parse import quote

from monitor.bulletins.rendered import Attachment, Picture, RenderedBulletin

# RFC 2606: no letter to this domain can reach anybody, whatever server it is handed to.
DOMAIN: Final = "fleetmon.invalid"
# A file name stays on its one line: the continuations of RFC 2231 come out as nonsense in older
# mail programs. Everything else is folded as usual.
LETTER_POLICY: Final = policy.SMTP.clone(refold_source="none")
_SHOWN: Final = re.compile(r'"cid:([^"]*)"')
_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")
_LONGEST_STEM: Final = 80  # characters; nine bytes each keep the line within the 998 of RFC 5322
_DIGEST_CHARACTERS: Final = 16
_LINE_END: Final = b"\r\n"
_BASE64_LINE: Final = 76
# Identifiers and links: the header registry would put long ones into encoded words.
_UNFOLDED: Final = frozenset({"List-Unsubscribe", "References", "In-Reply-To"})
_BODIES_KEPT: Final = 8  # the forms that the desks of one division want, in both languages


def build_message(
    rendered: RenderedBulletin,
    *,
    sender: Address,
    recipient: Address,
    message_id: str,
    date: datetime,
    headers: Mapping[str, str],
    subject: str | None = None,
) -> bytes:
    """Write the letter with CRLF line ends: plain text, HTML beside it, then what is attached.

    `date` carries its zone; `subject` stands in place of the rendered one. Raises ValueError for a
    header value or a file name with a line break, so that nothing a data file holds can add a
    header; for a picture that the HTML does not show; and for one that it shows and that is not
    there.
    """
    head = EmailMessage(policy=LETTER_POLICY)
    head["From"] = sender
    head["To"] = recipient
    head["Subject"] = rendered.subject if subject is None else subject
    head["Date"] = date
    head["Message-ID"] = message_id
    # RFC 3834: an automatic letter, so that no absence notice answers it.
    head["Auto-Submitted"] = "auto-generated"
    for name, value in headers.items():
        if name in _UNFOLDED:
            head.set_raw(name, _plain_line(value))
        else:
            head[name] = value
    return head.as_bytes().removesuffix(_LINE_END) + _body(rendered)


@lru_cache(maxsize=_BODIES_KEPT)
def _body(rendered: RenderedBulletin) -> bytes:
    """All of a letter but who writes to whom: written once for all who get the same.

    The package sets heads and boundaries around marks, in whose places the contents are then put
    whole: it would go through them line by line, three times.
    """
    message = EmailMessage(policy=LETTER_POLICY)
    message.set_content("", cte="base64")
    page = _placed(rendered.html, rendered.pictures)
    message.add_alternative("", subtype="html", cte="base64")
    plain, html = message.iter_parts()
    for part in (plain, html):
        # set_content drops Content-* headers, so the language is told after it.
        part["Content-Language"] = rendered.language_tag
    if rendered.pictures:
        _show(html, rendered.pictures)
    for number, attachment in enumerate(rendered.attachments, start=1):
        _attach(message, attachment, number)
    digest = hashlib.sha256(digest_of(rendered).encode()).hexdigest()[:24]
    _finish(message, digest)
    contents = [_in_lines(rendered.text), _in_lines(page)]
    contents += [picture.content for picture in rendered.pictures]
    contents += [attachment.content for attachment in rendered.attachments]
    marks = [f"=_content_{digest}_{number}." for number in range(len(contents))]
    leaves = [part for part in message.walk() if not part.is_multipart()]
    for part, mark in zip(leaves, marks, strict=True):
        part.set_payload(mark)
    written = message.as_bytes()
    for mark, content in zip(marks, contents, strict=True):
        written = written.replace(mark.encode(), _base64(content), 1)
    return written


def _in_lines(text: str) -> bytes:
    """Text as it goes by mail: CRLF at the end of each line."""
    return _LINE_END.join(text.encode().splitlines()) + _LINE_END


def _base64(content: bytes) -> bytes:
    """Lines of 76 characters, each with its end (RFC 2045)."""
    whole = b2a_base64(content, newline=False)
    places = range(0, len(whole), _BASE64_LINE)
    lines = [whole[at : at + _BASE64_LINE] for at in places]
    return _LINE_END.join([*lines, b""])


def _plain_line(value: str) -> str:
    """Words of a header that is written as it is, since folding would encode what is in it."""
    if not value.isascii() or not value.isprintable():
        message = f"not a header of one plain line: {value!r}"
        raise ValueError(message)
    return value.replace("> <", f">{_LINE_END.decode()} <")


@lru_cache(maxsize=_BODIES_KEPT)
def digest_of(rendered: RenderedBulletin) -> str:
    """A short hash of all that the letter will carry."""
    seen = hashlib.sha256(f"{rendered.subject}\0{rendered.html}\0{rendered.text}".encode())
    for picture in rendered.pictures:
        seen.update(f"\0{picture.name}\0".encode() + hashlib.sha256(picture.content).digest())
    for file in rendered.attachments:
        seen.update(f"\0{file.file_name}\0".encode() + hashlib.sha256(file.content).digest())
    return seen.hexdigest()[:_DIGEST_CHARACTERS]


def _content_id(picture: Picture) -> str:
    digest = hashlib.sha256(picture.content).hexdigest()[:_DIGEST_CHARACTERS]
    return f"{picture.name}.{digest}@{DOMAIN}"


def _placed(html: str, pictures: tuple[Picture, ...]) -> str:
    """The page with `cid:NAME` spelled out to the whole Content-ID of each picture (RFC 2392)."""
    for picture in pictures:
        if not _PLAIN_NAME.fullmatch(picture.name):
            message = f"not a plain name of a picture: {picture.name!r}"
            raise ValueError(message)
        asked = f'"cid:{picture.name}"'
        if asked not in html:
            message = f"the page does not show {picture.name}"
            raise ValueError(message)
        html = html.replace(asked, f'"cid:{_content_id(picture)}"')
    if {*_SHOWN.findall(html)} != {_content_id(picture) for picture in pictures}:
        message = "the page shows a picture that is not there"
        raise ValueError(message)
    return html


def _show(html: MIMEPart, pictures: tuple[Picture, ...]) -> None:
    """Put the pictures beside the page, which becomes the root of a multipart/related."""
    for picture in pictures:
        html.add_related(
            b"",
            "image",
            "png",
            cid=f"<{_content_id(picture)}>",
            disposition="inline",
            filename=f"{picture.name}.png",
        )
    html.set_param("type", "text/html")


def _attach(message: EmailMessage, attachment: Attachment, number: int) -> None:
    """Add a file; its name stands in UTF-8, and for old programs in ASCII beside the type."""
    name = attachment.file_name
    if not name or not name.isprintable() or PurePath(name).name != name:
        fault = f"not a plain file name: {name!r}"
        raise ValueError(fault)
    suffix = PurePath(name).suffix
    main, _, rest = attachment.media_type.partition("/")
    subtype, *parameters = (piece.strip() for piece in rest.split(";"))
    told = dict(piece.split("=", 1) for piece in parameters)
    told["name"] = name if _PLAIN_NAME.fullmatch(name) else f"attachment-{number}{suffix}"
    message.add_attachment(b"", main, subtype, params=told)
    part = list(message.iter_parts())[-1]
    del part["Content-Disposition"]
    stem = name.removesuffix(suffix)[:_LONGEST_STEM]
    short = stem + suffix
    written = (
        f'filename="{short}"'
        if _PLAIN_NAME.fullmatch(short)
        else f"filename*=utf-8''{quote(short, safe='')}"
    )
    part.set_raw("Content-Disposition", f"attachment; {written}")


def _finish(message: EmailMessage, digest: str) -> None:
    """Set every boundary, and leave MIME-Version to the letter's own head."""
    for number, part in enumerate(_multiparts(message)):
        part.set_boundary(f"=_fleetmon_{digest}_{number}")
    for part in message.walk():
        if part is not message:
            del part["MIME-Version"]


def _multiparts(part: MIMEPart) -> Iterator[MIMEPart]:
    if part.is_multipart():
        yield part
        for inner in part.iter_parts():
            yield from _multiparts(inner)
