"""An upload that waits to count, as it comes and as it is held."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypedDict

from monitor.door.database import moment
from monitor.door.draft_states import DraftState
from monitor.model import Mode, Period, Text


@dataclass(frozen=True, slots=True)
class Asked:
    """What the sender said of an upload; None is told from the file.

    `corrects` is the submission that it mends, `reason` why, in the sender's words.
    """

    kind: str | None = None
    period: Period | None = None
    mode: Mode = Mode.ADD
    nil_replaces: bool = False
    force: bool = False
    columns: str | None = None
    corrects: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class NewDraft:
    """An upload as it comes; `sha256` None is a nil return, its bytes are in the archive already.

    `key` is the sender's own mark of one act: sent twice it is one draft.
    """

    actor: str
    account: int | None
    division: str
    asked: Asked
    sha256: str | None = None
    size: int | None = None
    file_name: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """An upload as it is held; `seen` is the fingerprint of what its confirmer was shown.

    `submission` is what it became, or the one that it repeats; `words` say why it is as it is.
    """

    id: str
    actor: str
    account: int | None
    division: str
    state: DraftState
    made_at: datetime
    changed_at: datetime
    sha256: str | None
    size: int | None
    file_name: str | None
    asked: Asked
    seen: str | None
    key: str | None
    confirmed_by: str | None
    confirmed_at: datetime | None
    signed_by: str | None
    signed_at: datetime | None
    submission: str | None
    words: Text | None

    @property
    def is_nil(self) -> bool:
        """Whether it is a return without a file."""
        return self.sha256 is None


@dataclass(frozen=True, slots=True)
class DraftExplanation:
    """Why a warning stands; `reason` is a code of `data/explanations.yml`, `until` the last day."""

    code: str
    reason: str
    words: str
    until: date | None
    made_by: str
    made_at: datetime


class DraftChanges(TypedDict, total=False):
    """What may change of a draft beside its state; what is left out stays."""

    seen: str | None
    confirmed_by: str | None
    confirmed_at: datetime | None
    signed_by: str | None
    signed_at: datetime | None
    submission: str | None
    words: Text | None


COLUMNS: Final = (
    "id, actor, account, division, state, made_at, changed_at, sha256, size, file_name, asked, "
    "seen, key, confirmed_by, confirmed_at, signed_by, signed_at, submission, zh, en"
)


def asked_json(asked: Asked) -> str:
    """What was asked, as the door keeps it."""
    said = {
        "kind": asked.kind,
        "mode": asked.mode.value,
        "columns": asked.columns,
        "period": [day.isoformat() for day in asked.period] if asked.period else None,
        "nil_replaces": asked.nil_replaces,
        "force": asked.force,
        "corrects": asked.corrects,
        "reason": asked.reason,
    }
    return json.dumps(said, ensure_ascii=False)


def _asked(text: str) -> Asked:
    said = json.loads(text)
    period = Period(*map(date.fromisoformat, said["period"])) if said["period"] else None
    return Asked(**said | {"mode": Mode(said["mode"]), "period": period})


def read_draft(row: tuple[Any, ...]) -> Draft:
    """A draft from its row of `COLUMNS`."""
    said = dict(zip(COLUMNS.split(", "), row, strict=True))
    zh, en = said.pop("zh"), said.pop("en")
    for name in ("made_at", "changed_at", "confirmed_at", "signed_at"):
        said[name] = moment(said[name]) if said[name] else None
    return Draft(
        **said
        | {
            "state": DraftState(said["state"]),
            "asked": _asked(said["asked"]),
            "words": Text(zh, en) if zh is not None else None,
        }
    )
