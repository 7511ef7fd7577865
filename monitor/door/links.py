"""Links that are good for one use: to set the first administrator up, or to set a password.

Only the SHA-256 of a link's secret is kept; the link itself is shown once, to whoever made it.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from monitor.door.account_rules import check_name, check_words
from monitor.door.accounts import Account, account_by_id, add_account, keep_password
from monitor.door.acts import record_act
from monitor.door.database import Door, moment, stored
from monitor.door.devices import forget_devices
from monitor.door.passwords import fault_of, hash_password
from monitor.door.rights import Role
from monitor.door.throttle import clear_tries
from monitor.errors import WrongUse
from monitor.model import Language, Text
from monitor.policy.divisions import DivisionTable

PATH: Final = "/link/"
_SECRET_BYTES: Final = 32
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_KEPT: Final = timedelta(days=30)  # after its use or end; acts tell of it for longer


class Purpose(StrEnum):
    """What a link is for."""

    SETUP = "setup"
    PASSWORD = "password"  # noqa: S105  # a word, not a secret


_LIFE: Final = {Purpose.SETUP: timedelta(days=7), Purpose.PASSWORD: timedelta(days=3)}
_GONE: Final = Text(
    "这个链接已用过、已过期或不完整。请向管理员索取新的链接；首次安装请重启服务，"
    "会重新给出一个设置链接。",
    "This link was used, has expired or is not whole. Ask an administrator for a new one; on a new "
    "installation, start the service again: it gives another.",
)


@dataclass(frozen=True, slots=True)
class Link:
    """A link that can still be used; `account` is None for the first administrator."""

    purpose: Purpose
    account: Account | None
    expires_at: datetime


def setup_link(door: Door, now: datetime, *, actor: str = "service") -> str | None:
    """The secret of a new link to make the first administrator; None where an account exists.

    It replaces any made before: only the one that was shown last is good.
    """
    with door.transaction():
        if _has_accounts(door):
            return None
        door.change("DELETE FROM link WHERE purpose = ? AND used_at IS NULL", [Purpose.SETUP.value])
        return _make(door, Purpose.SETUP, None, actor=actor, now=now)


def password_link(door: Door, account: Account, *, actor: str, now: datetime) -> str:
    """The secret of a new link to set an account's password; it replaces any made before.

    Raises `WrongUse` where the account is disabled.
    """
    with door.transaction():
        held = account_by_id(door, account.id)
        if held is None or held.is_disabled:
            raise WrongUse(
                Text(
                    f"账户 {account.name} 已停用。请先恢复：fleetmon users enable {account.name}。",
                    f"The account {account.name} is disabled. Enable it first: "
                    f"fleetmon users enable {account.name}.",
                )
            )
        door.change("DELETE FROM link WHERE account = ? AND used_at IS NULL", [held.id])
        return _make(door, Purpose.PASSWORD, held, actor=actor, now=now)


def link_address(address: str, secret: str) -> str:
    """A link as it is given to somebody; `address` is the site's."""
    return f"{address.rstrip('/')}{PATH}{secret}"


def link_of(door: Door, secret: str, now: datetime) -> Link | None:
    """What a link is for, without using it; None where it is of no use any more."""
    digest = _digest(secret)
    if digest is None:
        return None
    row = door.row(
        "SELECT purpose, account, expires_at FROM link WHERE hash = ? AND used_at IS NULL",
        [digest],
    )
    if row is None or now >= moment(row[2]):
        return None
    purpose = Purpose(row[0])
    if purpose is Purpose.SETUP:
        return None if _has_accounts(door) else Link(purpose, None, moment(row[2]))
    account = account_by_id(door, row[1])
    if account is None or account.is_disabled:
        return None
    return Link(purpose, account, moment(row[2]))


def use_link(door: Door, secret: str, password: str, *, now: datetime) -> Account | Text:
    """Set a password by a link, once; else why not, and the link is as good as before."""
    link = link_of(door, secret, now)
    if link is None or link.account is None:
        return _GONE
    account = link.account
    fault = fault_of(password, (account.name, account.shown_name, account.email))
    if fault is not None:
        return fault
    made = hash_password(password)
    with door.transaction():
        if link_of(door, secret, now) != link:
            return _GONE
        _mark_used(door, secret, account, now)
        keep_password(door, account, made, actor=account.actor, at=now)
        clear_tries(door, account.name)
        forget_devices(door, account.id)  # whose they were may be why there is a link
        return account_by_id(door, account.id) or account


def use_setup_link(
    door: Door,
    table: DivisionTable,
    secret: str,
    *,
    name: str,
    password: str,
    shown_name: str | None = None,
    email: str | None = None,
    language: Language = "zh",
    now: datetime,
) -> Account | Text:
    """Make the first administrator by the set-up link, once; else why not."""
    link = link_of(door, secret, now)
    if link is None or link.purpose is not Purpose.SETUP:
        return _GONE
    try:
        check_name(name)
        check_words(shown_name or name, email)
    except WrongUse as wrong:
        return wrong.text
    fault = fault_of(password, (name, shown_name, email))
    if fault is not None:
        return fault
    made = hash_password(password)
    with door.transaction():
        if link_of(door, secret, now) != link:
            return _GONE
        account = add_account(
            door,
            table,
            name=name,
            role=Role.ADMINISTRATOR,
            shown_name=shown_name,
            email=email,
            language=language,
            actor=f"user:{name}",
            at=now,
        )
        _mark_used(door, secret, account, now)
        keep_password(door, account, made, actor=account.actor, at=now)
        return account_by_id(door, account.id) or account


def sweep_links(door: Door, now: datetime) -> int:
    """Remove the links that ended a month ago; gives how many."""
    return door.change("DELETE FROM link WHERE expires_at < ?", [stored(now - _KEPT)])


def _make(
    door: Door, purpose: Purpose, account: Account | None, *, actor: str, now: datetime
) -> str:
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    door.change(
        "INSERT INTO link (hash, account, purpose, made_at, expires_at) VALUES (?, ?, ?, ?, ?)",
        [
            *(_digest(secret), account.id if account else None, purpose.value),
            *(stored(now), stored(now + _LIFE[purpose])),
        ],
    )
    told = {"purpose": purpose.value}
    record_act(door, actor, "link_made", account.name if account else "setup", detail=told, at=now)
    return secret


def _mark_used(door: Door, secret: str, account: Account, now: datetime) -> None:
    door.change("UPDATE link SET used_at = ? WHERE hash = ?", [stored(now), _digest(secret)])
    record_act(door, account.actor, "link_used", account.name, at=now)


def _has_accounts(door: Door) -> bool:
    return door.row("SELECT 1 FROM account LIMIT 1") is not None


def _digest(secret: str) -> bytes | None:
    """What is kept of a link's secret; None for what was never one."""
    return hashlib.sha256(secret.encode()).digest() if _SECRET.fullmatch(secret) else None
