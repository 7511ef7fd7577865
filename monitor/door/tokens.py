"""Tokens: what programs show instead of signing in; `fm_<id>_<secret>`.

The id is public and stands in acts; of the secret, only the SHA-256 is kept. Whoever issued a token
has seen it: it stops while they may not issue any, be their account disabled or of another role.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from monitor.door.account_rules import check_place
from monitor.door.acts import record_act
from monitor.door.database import Door, moment, stored
from monitor.door.rights import RIGHTS, Role, Verb, Visitor
from monitor.errors import WrongUse
from monitor.model import SHANGHAI, Text
from monitor.policy.divisions import DivisionTable
from monitor.policy.recipient_file import is_name

_ID_BYTES: Final = 5
_SECRET_BYTES: Final = 32
_TOKEN: Final = re.compile(r"fm_([0-9a-f]{10})_([A-Za-z0-9_-]{43})")
_LONGEST_LABEL: Final = 60
_NOBODYS: Final = bytes(32)  # the hash of no secret that anybody knows
_COLUMNS: Final = (
    "id, label, role, division, scopes, made_at, made_by, expires_at, revoked_at, used_on, "
    "EXISTS (SELECT 1 FROM account WHERE 'user:' || account.name = token.made_by "
    "AND (disabled_at IS NOT NULL OR account.role <> 'administrator'))"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A token without its secret; `used_on` is the last day (ISO) that it was shown.

    `is_stopped`: the person who issued it may not issue tokens any more.
    """

    id: str
    label: str
    role: Role
    division: str | None
    scopes: frozenset[Verb]
    made_at: datetime
    made_by: str
    expires_at: datetime
    revoked_at: datetime | None
    used_on: str | None
    is_stopped: bool = False

    def state(self, now: datetime) -> str:
        """`good` while it may be used, else why not: `revoked`, `expired` or `stopped`."""
        if self.revoked_at is not None:
            return "revoked"
        if now >= self.expires_at:
            return "expired"
        return "stopped" if self.is_stopped else "good"

    def is_good(self, now: datetime) -> bool:
        """Whether it may still be used."""
        return self.state(now) == "good"


class Issued(NamedTuple):
    """A new token, and the only time that its text is seen."""

    token: Token
    text: str


class TokenParts(NamedTuple):
    """What a token's text holds."""

    id: str
    secret: str


def issue_token(
    door: Door,
    table: DivisionTable,
    *,
    role: Role,
    division: str | None,
    scopes: Collection[Verb],
    label: str,
    days: int,
    most_days: int,
    actor: str,
    at: datetime,
) -> Issued:
    """A new token with some of a role's rights, for `days`; `most_days` is the setting's bound.

    Raises `WrongUse` where role, division, scopes, label or days do not do.
    """
    check_place(role, division, table)
    _check_scopes(role, scopes)
    _check_label(label)
    if not 1 <= days <= most_days:
        raise WrongUse(
            Text(
                f"令牌的有效期应为 1 到 {most_days} 天（设置 site.token_days），收到 {days}。",
                f"A token lasts 1 to {most_days} days (setting site.token_days), not {days}.",
            )
        )
    name, secret = secrets.token_hex(_ID_BYTES), secrets.token_urlsafe(_SECRET_BYTES)
    held = frozenset({*scopes, Verb.ENTER})
    ends_at = at + timedelta(days=days)
    with door.transaction():
        door.change(
            "INSERT INTO token (id, hash, label, role, division, scopes, made_at, made_by, "
            "expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                *(name, _digest(secret), label, role, division, " ".join(sorted(held))),
                *(stored(at), actor, stored(ends_at)),
            ],
        )
        told = {"role": role, "division": division, "scopes": " ".join(sorted(held)), "days": days}
        record_act(door, actor, "token_issued", name, detail=told, at=at)
    token = Token(name, label, role, division, held, at, actor, ends_at, None, None)
    return Issued(token, f"fm_{name}_{secret}")


def tokens(door: Door) -> list[Token]:
    """All of them, the newest first."""
    return [
        _token(row)
        for row in door.rows(f"SELECT {_COLUMNS} FROM token ORDER BY made_at DESC, id")  # noqa: S608  # our own
    ]


def token_by_id(door: Door, name: str) -> Token | None:
    """The token of an id."""
    row = door.row(f"SELECT {_COLUMNS} FROM token WHERE id = ?", [name])  # noqa: S608  # our own
    return _token(row) if row else None


def tokens_of(door: Door, maker: str, now: datetime) -> list[Token]:
    """The tokens that somebody (`user:NAME`) issued and that could be used, stopped ones too."""
    return [
        one
        for one in tokens(door)
        if one.made_by == maker and one.state(now) in {"good", "stopped"}
    ]


def revoke_token(door: Door, name: str, *, actor: str, at: datetime) -> Token | None:
    """End a token at once and for good; None where there is none of this id."""
    with door.transaction():
        token = token_by_id(door, name)
        if token is not None and token.revoked_at is None:
            door.change("UPDATE token SET revoked_at = ? WHERE id = ?", [stored(at), name])
            record_act(door, actor, "token_revoked", name, at=at)
        return token_by_id(door, name)


def token_parts(text: str) -> TokenParts | None:
    """What a token's text holds; None for what is no token."""
    found = _TOKEN.fullmatch(text)
    return TokenParts(*found.groups()) if found else None


def visitor_of_token(door: Door, text: str, now: datetime) -> Visitor | None:
    """Who a token stands for; None where it is none of ours, has ended, was revoked or is stopped.

    That a token of ours was refused is written down once a day, not at every try of a program.
    """
    parts = token_parts(text)
    if parts is None:
        return None
    row = door.row("SELECT hash FROM token WHERE id = ?", [parts.id])
    kept = row[0] if row else _NOBODYS
    is_ours = hmac.compare_digest(kept, _digest(parts.secret))
    token = token_by_id(door, parts.id)
    if token is None:
        return None
    if not is_ours or not token.is_good(now):
        _note_refused(door, token, token.state(now) if is_ours else "secret", now)
        return None
    _note_used(door, token, now)
    return Visitor(
        f"token:{token.id}",
        token.role,
        token.division,
        shown_name=token.label,
        verbs=token.scopes,
    )


def _note_used(door: Door, token: Token, now: datetime) -> None:
    today = _day(now)
    if token.used_on is None or token.used_on < today:
        door.change("UPDATE token SET used_on = ? WHERE id = ?", [today, token.id])


def _note_refused(door: Door, token: Token, reason: str, now: datetime) -> None:
    today = _day(now)
    if door.row("SELECT 1 FROM token WHERE id = ? AND refused_on >= ?", [token.id, today]):
        return
    with door.transaction():
        changed = door.change(
            "UPDATE token SET refused_on = ? WHERE id = ? AND coalesce(refused_on, '') < ?",
            [today, token.id, today],
        )
        if changed:
            actor, detail = f"token:{token.id}", {"reason": reason}
            record_act(door, actor, "token_refused", token.id, "refused", detail=detail, at=now)


def _check_scopes(role: Role, scopes: Collection[Verb]) -> None:
    beyond = sorted(set(scopes) - RIGHTS[role])
    if beyond or not scopes:
        listed = " ".join(sorted(RIGHTS[role] - {Verb.ENTER}))
        given = " ".join(beyond) or "—"
        raise WrongUse(
            Text(
                f"权限 {given} 不可用：{role.value} 的令牌可有的权限为 {listed}，至少选一项。",
                f"The scopes {given} will not do: a token of a {role.value} has one or more of "
                f"{listed}.",
            )
        )


def _check_label(label: str) -> None:
    if not is_name(label) or len(label) > _LONGEST_LABEL:
        raise WrongUse(
            Text(
                f"令牌的说明 {label!a} 不可用：应为一行文字，最多 {_LONGEST_LABEL} 个字，"
                "写明给哪个程序用。",
                f"The label {label!a} will not do: one line of at most {_LONGEST_LABEL} characters "
                "that says which program it is for.",
            )
        )


def _token(row: tuple[Any, ...]) -> Token:
    name, label, role, division, scopes, made_at, made_by, expires_at, revoked_at, *rest = row
    used_on, is_stopped = rest
    known = {verb.value: verb for verb in Verb}
    return Token(
        *(name, label, Role(role), division),
        scopes=frozenset(known[word] for word in scopes.split() if word in known),
        made_at=moment(made_at),
        made_by=made_by,
        expires_at=moment(expires_at),
        revoked_at=moment(revoked_at) if revoked_at else None,
        used_on=used_on,
        is_stopped=bool(is_stopped),
    )


def _day(now: datetime) -> str:
    return now.astimezone(SHANGHAI).date().isoformat()


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
