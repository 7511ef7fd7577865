"""A bulletin or a request as a letter carries it: words, pictures in them, files beside them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG that stands in the HTML as `cid:NAME`; `name` is plain ASCII."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file sent along; `media_type` is like `application/pdf` or `text/csv; charset=utf-8`."""

    file_name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class RenderedBulletin:
    """The two forms of a mail with what belongs to them; same inputs, same bytes."""

    subject: str
    html: str
    text: str
    language_tag: str
    pictures: tuple[Picture, ...] = ()
    attachments: tuple[Attachment, ...] = ()
