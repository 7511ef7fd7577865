"""Signing in: a name and a password, or the word of the bureau's own sign-in.

A password is tried outside every transaction: the work takes a quarter of a second, and nobody
else at the door shall wait for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from monitor.door.accounts import (
    Account,
    account_by_id,
    account_by_name,
    account_by_subject,
    keep_password,
    password_hash_of,
)
from monitor.door.acts import PUBLIC, UNKNOWN, record_act
from monitor.door.database import Door
from monitor.door.devices import device_of
from monitor.door.passwords import fault_of, hash_password, is_outdated, verify
from monitor.door.throttle import (
    claim_try,
    clear_tries,
    pause_after,
    strangers_to_tell,
    tries_of,
)
from monitor.model import Text

_AT_HOME: Final = "password"  # what a person who is signed in tries, strangers cannot
_WRONG: Final = Text(
    "用户名或密码不对。请核对后再试；忘记密码请向管理员索取重设链接。",
    "The user name or the password is wrong. Check both and try again; if you forgot the "
    "password, ask an administrator for a link to set a new one.",
)
_WRONG_NOW: Final = Text(
    "现用密码不对，密码没有改动。请核对后再试。",
    "The present password is wrong, and nothing was changed. Check it and try again.",
)
_DISABLED: Final = Text(
    "这个账户已停用。如需恢复，请联系管理员。",
    "This account is disabled. Ask an administrator if you need it again.",
)
_NOT_HERE: Final = Text(
    "统一身份认证确认了您的身份，但本系统没有与之对应的账户。请联系管理员添加。",
    "The single sign-on knows you, but no account here belongs to you. Ask an administrator for "
    "one.",
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why somebody does not come in; `wait` is how long until another try is worth it."""

    text: Text
    wait: timedelta | None = None


def sign_in(
    door: Door, name: str, password: str, *, now: datetime, device: str | None = None
) -> Account | Refusal:
    """The account of a name and its password; the same refusal whichever of them is wrong.

    `device` is the secret of the browser's own cookie: one that is known waits for itself only.
    """
    account = account_by_name(door, name)
    by = device_of(door, account.id if account else None, device)
    wait = claim_try(door, name, now, by=by)
    if wait is not None:
        return _later(wait)
    kept = password_hash_of(door, account) if account is not None else None
    if not verify(kept, password) or account is None or kept is None:
        _record_failure(door, account, "password", name=name, by=by, now=now)
        return Refusal(_WRONG)
    fresh = hash_password(password) if is_outdated(kept) else kept
    with door.transaction():
        # What it was tried against may have changed meanwhile.
        held = account_by_id(door, account.id)
        if held is None or password_hash_of(door, held) != kept:
            return Refusal(_WRONG)
        if held.is_disabled:
            _record_failure(door, held, "disabled", name=name, by=by, now=now)
            return Refusal(_DISABLED)
        clear_tries(door, name, by=by)
        if fresh != kept:
            door.change("UPDATE account SET password_hash = ? WHERE id = ?", [fresh, held.id])
        record_act(door, held.actor, "sign_in", held.name, detail={"by": "password"}, at=now)
        return held


def sign_in_by_subject(door: Door, subject: str, *, now: datetime) -> Account | Refusal:
    """The account that the bureau's own sign-in has vouched for."""
    with door.transaction():
        account = account_by_subject(door, subject)
        if account is None:
            _record_failure(door, None, "no_account", name=None, now=now)
            return Refusal(_NOT_HERE)
        if account.is_disabled:
            _record_failure(door, account, "disabled", name=None, now=now)
            return Refusal(_DISABLED)
        record_act(door, account.actor, "sign_in", account.name, detail={"by": "oidc"}, at=now)
        return account


def change_password(
    door: Door, account: Account, current: str, new: str, *, now: datetime
) -> Refusal | None:
    """Let somebody signed in set a new password; None where it is done, and every session over.

    Guesses at the present one are counted as at the sign-in, and apart from it: a browser left open
    is no way around, and strangers who guess elsewhere keep nobody from a new password.
    """
    fault = fault_of(new, (account.name, account.shown_name, account.email))
    if fault is not None:
        return Refusal(fault)
    wait = claim_try(door, account.name, now, by=_AT_HOME)
    if wait is not None:
        return _later(wait)
    kept = password_hash_of(door, account)
    if not verify(kept, current):
        _record_failure(door, account, "password", name=account.name, by=_AT_HOME, now=now)
        return Refusal(_WRONG_NOW)
    made = hash_password(new)
    with door.transaction():
        held = account_by_id(door, account.id)
        if held is None or held.is_disabled or password_hash_of(door, held) != kept:
            return Refusal(_WRONG_NOW)
        clear_tries(door, held.name, by=_AT_HOME)
        keep_password(door, held, made, actor=held.actor, at=now)
    return None


def _record_failure(
    door: Door,
    account: Account | None,
    reason: str,
    *,
    name: str | None,
    by: str = "",
    now: datetime,
) -> None:
    detail: dict[str, str | int] = {"reason": reason}
    if account is not None:
        pause = pause_after(tries_of(door, name, by=by)) if name is not None else timedelta(0)
        if pause:
            detail["wait_seconds"] = int(pause.total_seconds())
        record_act(door, PUBLIC, "sign_in_failed", account.name, "refused", detail=detail, at=now)
        return
    with door.transaction():
        tries = strangers_to_tell(door, now)
        if tries:
            detail["tries"] = tries
            record_act(door, PUBLIC, "sign_in_failed", UNKNOWN, "refused", detail=detail, at=now)


def _later(wait: timedelta) -> Refusal:
    seconds = int(wait.total_seconds()) + 1
    minutes = -(-seconds // 60)
    return Refusal(
        Text(
            f"这个用户名连续多次登录失败，请在约 {minutes} 分钟后再试。"
            "忘记密码请向管理员索取重设链接。",
            f"Signing in failed too often under this user name. Try again in about {minutes} "
            f"minute{'' if minutes == 1 else 's'}; if you forgot the password, ask an "
            "administrator for a link to set a new one.",
        ),
        wait,
    )
