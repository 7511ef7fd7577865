"""Who let a submission count: the draft that it was, who made, confirmed and signed it."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Final

from monitor.store.store import Store

_COLUMNS: Final = "draft, submission, made_by, confirmed_by, signed_by, corrects, reason"


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What was said of a submission when it was let in force; `submission` is its number.

    `signed_by` is the second person, None where none was needed; `corrects` the submission that it
    mends and `reason` why, in the sender's words.
    """

    draft: str
    submission: int
    made_by: str
    confirmed_by: str
    signed_by: str | None = None
    corrects: str | None = None
    reason: str | None = None


def add_confirmation(store: Store, confirmation: Confirmation) -> None:
    """Keep it, in the transaction of its submission; the store refuses a draft that it holds."""
    store.insert(f"confirmation ({_COLUMNS})", [astuple(confirmation)])


def confirmed_as(store: Store, draft: str) -> int | None:
    """The number of the submission that a draft became; None where it is none yet."""
    found = store.rows("SELECT submission FROM confirmation WHERE draft = ?", [draft])
    return int(found[0][0]) if found else None


def confirmation_of(store: Store, seq: int) -> Confirmation | None:
    """Who confirmed a submission; None where it came another way."""
    found = store.rows(f"SELECT {_COLUMNS} FROM confirmation WHERE submission = ?", [seq])
    return Confirmation(*found[0]) if found else None


def corrections_of(store: Store, submission: str) -> list[Confirmation]:
    """What was sent to mend a submission, in the order of recording."""
    found = store.rows(
        f"SELECT {_COLUMNS} FROM confirmation WHERE corrects = ? ORDER BY submission", [submission]
    )
    return [Confirmation(*row) for row in found]
