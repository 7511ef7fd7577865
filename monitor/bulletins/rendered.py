"""A bulletin or a request as a letter carries it: words, pictures in them, files beside them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

# What no file system takes in a name.
_UNFIT: Final = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')


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


def plain_file_name(text: str) -> str:
    """`text` as a file name that any file system takes, on one line."""
    return "".join(c for c in _UNFIT.sub(" ", text) if c.isprintable()).strip(" .") or "-"
