"""Uploads taken in: bytes into the archive as they come, a draft for each, its check queued."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from monitor.door.draft import Asked, Draft, NewDraft, asked_json
from monitor.door.draft_states import DISCARDABLE
from monitor.door.draft_steps import discard
from monitor.door.drafts import Added, add_draft
from monitor.door.rights import Visitor
from monitor.errors import WrongUse
from monitor.model import Text
from monitor.site.desk import Desk
from monitor.store.archive import Incoming, display_name

Upload = tuple[str, BinaryIO]  # its name and its bytes


@dataclass(frozen=True, slots=True)
class Taken:
    """The drafts that uploads became; `refused` says why the rest, from `left_out` on, did not."""

    drafts: tuple[Draft, ...]
    left_out: tuple[str, ...] = ()
    refused: Text | None = None


def take_in(
    desk: Desk,
    visitor: Visitor,
    division: str,
    asked: Asked,
    uploads: Sequence[Upload],
    *,
    token: str,
) -> Taken:
    """Keep each file and queue its check; none of them counts.

    `token` marks one sending of one form: sent twice, the same file is one draft. Blocking.
    """
    desk.home.create()
    drafts = []
    for place, (name, content) in enumerate(uploads):
        try:
            drafts.append(_take_one(desk, visitor, division, asked, name, content, token))
        except WrongUse as error:
            left_out = tuple(display_name(other) for other, _ in uploads[place:])
            return Taken(tuple(drafts), left_out, error.text)
    return Taken(tuple(drafts))


def _take_one(
    desk: Desk,
    visitor: Visitor,
    division: str,
    asked: Asked,
    name: str,
    content: BinaryIO,
    token: str,
) -> Draft:
    with Incoming(desk.home) as coming:
        content.seek(0)
        coming.take(content)
        return _add(
            *(desk, visitor, division, asked),
            sha256=coming.settle(),
            size=coming.size,
            file_name=display_name(name),
            token=token,
            coming=coming,
        )


def add_with_bytes(
    desk: Desk, new: NewDraft, coming: Incoming | None = None
) -> tuple[Draft, Added]:
    """The draft of an upload, its bytes in the archive with it; what is refused leaves none.

    Raises as `add_draft` does. Blocking.
    """
    with desk.door() as door, door.transaction():
        most = desk.settings.site.most_waiting
        draft, added = add_draft(door, new, most_waiting=most, at=desk.now())
        if coming is not None:
            coming.keep(new.file_name or "")
    return draft, added


def take_nil(desk: Desk, visitor: Visitor, division: str, asked: Asked, *, token: str) -> Draft:
    """The draft of a return without a file, its check queued; raises `WrongUse`."""
    return _add(desk, visitor, division, asked, token=token)


def take_again(desk: Desk, visitor: Visitor, old: Draft, asked: Asked) -> Draft:
    """The same bytes under another question, as a new draft in the place of the old one.

    Raises `WrongUse` where too many wait.
    """
    made = _add(
        *(desk, visitor, old.division, asked),
        sha256=old.sha256,
        size=old.size,
        file_name=old.file_name,
        token=f"{old.id} {old.changed_at.isoformat()}",
    )
    with desk.door() as door:
        if old.state in DISCARDABLE:
            discard(door, old.id, by=visitor.name, at=desk.now())
    return made


def _add(
    desk: Desk,
    visitor: Visitor,
    division: str,
    asked: Asked,
    *,
    token: str,
    sha256: str | None = None,
    size: int | None = None,
    file_name: str | None = None,
    coming: Incoming | None = None,
) -> Draft:
    # Over the content too: who goes back and chooses another file sends something new.
    content = "\n".join((token, division, sha256 or "nil", asked_json(asked)))
    new = NewDraft(
        actor=visitor.name,
        account=visitor.account,
        division=division,
        asked=asked,
        sha256=sha256,
        size=size,
        file_name=file_name,
        key=hashlib.sha256(content.encode()).hexdigest(),
    )
    draft, _ = add_with_bytes(desk, new, coming)
    desk.workers.check(draft.id)
    return draft
