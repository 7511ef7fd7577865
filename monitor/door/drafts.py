"""Drafts: what was uploaded and waits until somebody lets it count."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Final, Literal, Unpack

from monitor.door.acts import record_act
from monitor.door.database import Door, moment, stored
from monitor.door.draft import (
    COLUMNS,
    Draft,
    DraftChanges,
    DraftExplanation,
    NewDraft,
    asked_json,
    read_draft,
)
from monitor.door.draft_states import (
    CONFIRMABLE,
    DISCARDABLE,
    ENDED,
    UNCHECKED,
    UNFINISHED,
    DraftState,
)
from monitor.errors import WrongUse
from monitor.model import Text

_ID_BYTES: Final = 7  # 56 bits, of which ten characters show 50: nobody guesses a number
_ID_CHARACTERS: Final = 10
_LONGEST: Final = 2000  # characters of what somebody explains


Added = Literal["new", "same"]


class KeyTaken(WrongUse):
    """A sender's own mark that came before with something else."""


class TooManyWaiting(WrongUse):
    """A division has as many unchecked uploads as it may have; later there is room."""


def add_draft(door: Door, new: NewDraft, *, most_waiting: int, at: datetime) -> tuple[Draft, Added]:
    """Keep an upload as received; the same key of the same actor gives the draft that is there.

    Raises `KeyTaken` where the key came with other bytes or another question, `TooManyWaiting`
    where too many uploads of the division wait to be checked.
    """
    with door.transaction():
        if new.key is not None:
            held = _one(door, "actor = ? AND key = ?", new.actor, new.key)
            if held is not None:
                _ensure_same(held, new)
                return held, "same"
        waiting = door.row(
            f"SELECT count(*) FROM draft WHERE division = ? AND state IN ({_marks(UNCHECKED)})",  # noqa: S608  # marks only
            [new.division, *UNCHECKED],
        )
        if waiting and waiting[0] >= most_waiting:
            raise TooManyWaiting(
                Text(
                    f"本单位已有 {waiting[0]} 份上传在等待校验，最多 {most_waiting} 份。"
                    "请等其中一些校验完再上传；这份没有保存。",
                    f"{waiting[0]} uploads of this division wait to be checked, {most_waiting} at "
                    "most. Wait for some of them and upload again; this one was not kept.",
                )
            )
        number = _new_id()
        door.change(
            f"INSERT INTO draft ({COLUMNS}) VALUES ({_marks(range(20))})",  # noqa: S608  # our own
            [
                *(number, new.actor, new.account, new.division, DraftState.RECEIVED),
                *(stored(at), stored(at), new.sha256, new.size, new.file_name),
                *(asked_json(new.asked), None, new.key, *[None] * 7),
            ],
        )
        told = {"division": new.division, "sha256": new.sha256, "mode": new.asked.mode.value}
        record_act(door, new.actor, "draft_added", number, detail=told, at=at)
        return held_draft(door, number), "new"


def draft(door: Door, number: str) -> Draft | None:
    """The draft of a number; None where there is none."""
    return _one(door, "id = ?", number)


def held_draft(door: Door, number: str) -> Draft:
    """The draft of a number that must be there; raises LookupError."""
    found = draft(door, number)
    if found is None:
        raise LookupError(number)
    return found


def drafts(
    door: Door,
    *,
    divisions: Sequence[str] | None = None,
    states: Collection[DraftState] | None = None,
    limit: int | None = None,
) -> list[Draft]:
    """Drafts, the newest first; None is of all divisions, in all states, all of them."""
    conditions, given = ["true"], list[object]()
    for column, chosen in (("division", divisions), ("state", states)):
        if chosen is not None:
            conditions.append(f"{column} IN ({_marks(chosen)})")
            given += chosen
    query = (
        f"SELECT {COLUMNS} FROM draft WHERE {' AND '.join(conditions)} "  # noqa: S608  # our own
        "ORDER BY made_at DESC, id LIMIT ?"
    )
    return [read_draft(row) for row in door.rows(query, [*given, -1 if limit is None else limit])]


def move(
    door: Door,
    number: str,
    since: Collection[DraftState],
    to: DraftState,
    *,
    at: datetime,
    **changes: Unpack[DraftChanges],
) -> bool:
    """Bring a draft from one of the states `since` to another; False where it is in none of them.

    Who comes second changes nothing.
    """
    columns: dict[str, object] = {"state": to, "changed_at": stored(at)}
    for name, value in changes.items():
        if name == "words":
            words = value if isinstance(value, Text) else (None, None)
            columns |= {"zh": words[0], "en": words[1]}
        else:
            columns[name] = stored(value) if isinstance(value, datetime) else value
    setting = ", ".join(f"{name} = ?" for name in columns)
    changed = door.change(
        f"UPDATE draft SET {setting} WHERE id = ? AND state IN ({_marks(since)})",  # noqa: S608  # our own
        [*columns.values(), number, *since],
    )
    return changed == 1


def unfinished(door: Door) -> list[Draft]:
    """What a start finds to go on with: to be checked, or coming into force; the oldest first."""
    return drafts(door, states=UNFINISHED)[::-1]


def expire(door: Door, *, days: int, at: datetime) -> list[str]:
    """Give up what nobody touched for so many days; gives the numbers. Their bytes stay kept."""
    gone = []
    with door.transaction():
        found = door.rows(
            f"SELECT id FROM draft WHERE changed_at < ? AND state IN ({_marks(DISCARDABLE)}) "  # noqa: S608  # marks only
            "ORDER BY made_at, id",
            [stored(at - timedelta(days=days)), *DISCARDABLE],
        )
        words = Text(
            f"{days} 天内无人确认，已放弃，未生效。需要时请重新上传。",
            f"Nobody confirmed it within {days} days: discarded, not in force. Upload it again "
            "where it is needed.",
        )
        for (number,) in found:
            if move(door, number, DISCARDABLE, DraftState.DISCARDED, at=at, words=words):
                record_act(door, "fleetmon", "draft_expired", number, at=at)
                gone.append(number)
    return gone


def ended_drafts(door: Door, *, days: int, at: datetime) -> list[str]:
    """The numbers of those that were confirmed or given up so many days ago."""
    found = door.rows(
        f"SELECT id FROM draft WHERE changed_at < ? AND state IN ({_marks(ENDED)})",  # noqa: S608  # marks only
        [stored(at - timedelta(days=days)), *ENDED],
    )
    return [number for (number,) in found]


def explain(
    door: Door,
    number: str,
    *,
    code: str,
    reason: str,
    words: str,
    until: date | None,
    by: str,
    at: datetime,
) -> None:
    """Say why a warning of a draft stands, in the place of what was said of it before.

    Raises `WrongUse` where the draft is not open to that, and where the words are too long.
    """
    said = words.strip()
    if len(said) > _LONGEST:
        raise WrongUse(
            Text(
                f"说明最多 {_LONGEST} 字，现有 {len(said)} 字。请缩短。",
                f"An explanation has {_LONGEST} characters at most; this has {len(said)}.",
            )
        )
    with door.transaction():
        held = draft(door, number)
        if held is None or held.state not in CONFIRMABLE:
            raise WrongUse(_unexplainable(held))
        door.change(
            "INSERT OR REPLACE INTO draft_explanation VALUES (?, ?, ?, ?, ?, ?, ?)",
            [number, code, reason, said, until.isoformat() if until else None, by, stored(at)],
        )
        detail = {"code": code, "reason": reason}
        record_act(door, by, "draft_explained", number, detail=detail, at=at)


def explanations(door: Door, number: str) -> tuple[DraftExplanation, ...]:
    """What was said of a draft's warnings, by code."""
    found = door.rows(
        "SELECT code, reason, words, until, made_by, made_at FROM draft_explanation "
        "WHERE draft = ? ORDER BY code",
        [number],
    )
    return tuple(
        DraftExplanation(
            *(code, reason, words, date.fromisoformat(until) if until else None),
            *(made_by, moment(made_at)),
        )
        for code, reason, words, until, made_by, made_at in found
    )


def _unexplainable(held: Draft | None) -> Text:
    """Why nothing can be said of a draft's warnings now."""
    if held is not None and held.state is DraftState.AWAITING:
        return Text(
            "这份上传已确认，正等待复核人复核，说明不能再改。要修改说明，请复核人先退回。",
            "It is confirmed and waits for the second person, so what was explained stays as it "
            "is. To change that, have it given back first.",
        )
    return Text(
        "这份上传现在不能说明：它尚未校验、未能读取，或已生效、已放弃、正在处理。",
        "Nothing can be explained now: it is not checked, was refused, is in force, discarded or "
        "at work.",
    )


def _ensure_same(held: Draft, new: NewDraft) -> None:
    if (held.division, held.sha256, held.asked) != (new.division, new.sha256, new.asked):
        raise KeyTaken(
            Text(
                f"这个提交标记已用于另一份内容（{held.id}）。新的内容请用新的标记。",
                f"This key was used for something else ({held.id}). Give new content a new key.",
            )
        )


def _new_id() -> str:
    letters = base64.b32encode(secrets.token_bytes(_ID_BYTES)).decode()
    return f"U{letters[:_ID_CHARACTERS]}"


def _marks(values: Collection[object]) -> str:
    return ", ".join("?" * len(values))


def _one(door: Door, where: str, *values: object) -> Draft | None:
    row = door.row(f"SELECT {COLUMNS} FROM draft WHERE {where}", values)  # noqa: S608  # our own
    return read_draft(row) if row else None
