"""Accounts: who they are, and what administrators change in them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, TypedDict

from monitor.door.account_rules import check_name, check_place, check_words, is_account_name
from monitor.door.acts import record_act
from monitor.door.database import Door, stored
from monitor.door.devices import forget_devices
from monitor.door.rights import Role, Verb, Visitor, may
from monitor.errors import WrongUse
from monitor.model import Language, Text
from monitor.policy.divisions import DivisionTable

_COLUMNS: Final = (
    "id, name, shown_name, email, role, division, language, disabled_at IS NOT NULL, "
    "password_hash IS NOT NULL, subject"
)


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may come in; `division` None is the whole installation.

    `subject` is who they are to the bureau's own sign-in (OIDC), where it knows them.
    """

    id: int
    name: str
    shown_name: str
    email: str | None
    role: Role
    division: str | None
    language: Language
    is_disabled: bool
    has_password: bool
    subject: str | None

    @property
    def actor(self) -> str:
        """How acts name them."""
        return f"user:{self.name}"


class AccountChanges(TypedDict, total=False):
    """What may be changed of an account; what is left out stays."""

    shown_name: str
    email: str | None
    role: Role
    division: str | None
    language: Language
    subject: str | None


def visitor_of(account: Account) -> Visitor:
    """An account as rights see it; one that is disabled has none."""
    role = None if account.is_disabled else account.role
    return Visitor(account.actor, role, account.division, account.id, account.shown_name)


def may_grant(giver: Visitor, division: str | None, table: DivisionTable) -> bool:
    """Whether somebody may make or change an account or token of a division (None: of all).

    An administrator of a province gives nothing beyond it. Asked of what is, and of what it is to
    become.
    """
    if division is None:
        return giver.division is None and giver.has(Verb.ADMINISTER)
    return may(giver, Verb.ADMINISTER, division, table)


def account_by_name(door: Door, name: str) -> Account | None:
    """The account of a name, in whichever case and width it was typed."""
    typed = unicodedata.normalize("NFKC", name).strip()
    return _one(door, "name = ?", typed) if is_account_name(typed) else None


def account_by_id(door: Door, number: int) -> Account | None:
    """The account of a number."""
    return _one(door, "id = ?", number)


def account_by_subject(door: Door, subject: str) -> Account | None:
    """The account that the bureau's own sign-in knows under this subject."""
    return _one(door, "subject = ?", subject) if subject and subject.isprintable() else None


def accounts(door: Door) -> list[Account]:
    """All of them, by name."""
    query = f"SELECT {_COLUMNS} FROM account ORDER BY name"  # noqa: S608  # names of our own
    return [_account(row) for row in door.rows(query)]


def password_hash_of(door: Door, account: Account) -> str | None:
    """The kept hash of an account's password; None where none was set or the account is gone."""
    found = door.row("SELECT password_hash FROM account WHERE id = ?", [account.id])
    return found[0] if found else None


def add_account(
    door: Door,
    table: DivisionTable,
    *,
    name: str,
    role: Role,
    division: str | None = None,
    shown_name: str | None = None,
    email: str | None = None,
    language: Language = "zh",
    subject: str | None = None,
    actor: str,
    at: datetime,
) -> Account:
    """Add somebody, still without a password; raises `WrongUse` where that cannot be."""
    shown = shown_name or name
    check_name(name)
    check_words(shown, email)
    check_place(role, division, table)
    with door.transaction():
        if account_by_name(door, name):
            raise WrongUse(
                Text(
                    f"用户名 {name} 已有人使用。请换一个，或用 fleetmon users list 查看。",
                    f"The user name {name} is taken. Choose another; see fleetmon users list.",
                )
            )
        _ensure_free(door, subject)
        door.change(
            "INSERT INTO account (name, shown_name, email, role, division, language, subject, "
            "made_at, made_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [name, shown, email, role, division, language, subject, stored(at), actor],
        )
        told = {"role": role, "division": division}
        record_act(door, actor, "account_added", name, detail=told, at=at)
        return _held(door, "name = ?", name)


def change_account(
    door: Door,
    table: DivisionTable,
    account: Account,
    changes: AccountChanges,
    *,
    actor: str,
    at: datetime,
) -> Account:
    """Change what is named; a new role, division or subject ends the account's sessions and links.

    Raises `WrongUse` where the role does not go with the division, and for the last administrator.
    """
    with door.transaction():
        before = _held(door, "id = ?", account.id)
        after = replace(before, **changes)
        changed = sorted(name for name in changes if getattr(after, name) != getattr(before, name))
        if not changed:
            return before
        check_words(after.shown_name, after.email)
        check_place(after.role, after.division, table)
        if after.subject != before.subject:
            _ensure_free(door, after.subject)
        if (after.role, after.division) != (before.role, before.division):
            _ensure_another_administrator(door, before)
        if {"role", "division", "subject"} & set(changed):
            _end_what_is_out(door, before)
        door.change(
            f"UPDATE account SET {', '.join(f'{name} = ?' for name in changed)} WHERE id = ?",  # noqa: S608  # names of our own
            [*(getattr(after, name) for name in changed), before.id],
        )
        told = {"changed": " ".join(changed), "role": after.role, "division": after.division}
        record_act(door, actor, "account_changed", before.name, detail=told, at=at)
        return _held(door, "id = ?", account.id)


def disable(door: Door, account: Account, *, actor: str, at: datetime) -> Account:
    """Shut an account out at once: its sessions and links end, and the tokens that it issued stop
    (`monitor.door.tokens`); raises `WrongUse` for the last administrator.
    """
    with door.transaction():
        held = _held(door, "id = ?", account.id)
        if not held.is_disabled:
            _ensure_another_administrator(door, held)
            door.change("UPDATE account SET disabled_at = ? WHERE id = ?", [stored(at), held.id])
            _end_what_is_out(door, held)
            forget_devices(door, held.id)
            record_act(door, actor, "account_disabled", held.name, at=at)
        return _held(door, "id = ?", account.id)


def enable(door: Door, account: Account, *, actor: str, at: datetime) -> Account:
    """Let an account in again, with the password it had."""
    with door.transaction():
        held = _held(door, "id = ?", account.id)
        if held.is_disabled:
            door.change("UPDATE account SET disabled_at = NULL WHERE id = ?", [held.id])
            close_sessions(door, held)  # one that was opened while it was being disabled
            record_act(door, actor, "account_enabled", held.name, at=at)
        return _held(door, "id = ?", account.id)


def keep_password(
    door: Door, account: Account, password_hash: str, *, actor: str, at: datetime
) -> None:
    """Let a new password hold from now on; every session and link of the account ends."""
    with door.transaction():
        door.change(
            "UPDATE account SET password_hash = ? WHERE id = ?", [password_hash, account.id]
        )
        _end_what_is_out(door, account)
        record_act(door, actor, "password_set", account.name, at=at)


def close_sessions(door: Door, account: Account) -> int:
    """End every session of an account; gives how many."""
    return door.change("DELETE FROM session WHERE account = ?", [account.id])


def _end_what_is_out(door: Door, account: Account) -> None:
    """End what was given out for the account as it was: its sessions, and links not used yet."""
    close_sessions(door, account)
    door.change("DELETE FROM link WHERE account = ? AND used_at IS NULL", [account.id])


def _ensure_free(door: Door, subject: str | None) -> None:
    if subject is not None and account_by_subject(door, subject) is not None:
        raise WrongUse(
            Text(
                "这个统一身份认证的身份已属于另一个账户。请先在那个账户中去掉它。",
                "This identity of the single sign-on is another account's. Take it off there "
                "first.",
            )
        )


def _ensure_another_administrator(door: Door, account: Account) -> None:
    """Raise `WrongUse` where without this account nobody could give rights any more."""
    is_one = account.role is Role.ADMINISTRATOR and account.division is None
    if not is_one or account.is_disabled:
        return
    others = door.row(
        "SELECT count(*) FROM account WHERE role = ? AND division IS NULL AND disabled_at IS NULL "
        "AND id <> ?",
        [Role.ADMINISTRATOR, account.id],
    )
    if others == (0,):
        raise WrongUse(
            Text(
                f"{account.name} 是最后一个可用的管理员，不能停用或改任。请先添加另一个管理员。",
                f"{account.name} is the last administrator who may come in, and can be neither "
                "disabled nor given another role. Add another administrator first.",
            )
        )


def _one(door: Door, where: str, value: str | int) -> Account | None:
    row = door.row(f"SELECT {_COLUMNS} FROM account WHERE {where}", [value])  # noqa: S608  # our own
    return _account(row) if row else None


def _held(door: Door, where: str, value: str | int) -> Account:
    found = _one(door, where, value)
    if found is None:
        raise LookupError(value)  # accounts are never deleted
    return found


def _account(row: tuple[Any, ...]) -> Account:
    number, name, shown_name, email, role, division, language, is_disabled, has_password, sub = row
    return Account(
        *(number, name, shown_name, email, Role(role), division),
        language="en" if language == "en" else "zh",
        is_disabled=bool(is_disabled),
        has_password=bool(has_password),
        subject=sub,
    )
