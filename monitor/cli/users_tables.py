"""Accounts and tokens as tables for people at a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from monitor.cli.session import Session
from monitor.door.role_words import ROLES, TOKEN_STATES
from monitor.model import Text

if TYPE_CHECKING:
    from monitor.door.accounts import Account
    from monitor.door.tokens import Token


def print_accounts(session: Session, found: Sequence[Account]) -> None:
    """Who may come in, one a line."""
    from monitor.cli.tables import print_table  # noqa: PLC0415  # rich

    say = session.say
    print_table(
        session,
        say("账户", "Accounts"),
        (
            (say("用户名", "name"), False),
            (say("姓名", "shown as"), False),
            (say("角色", "role"), False),
            (say("地区", "division"), False),
            (say("邮箱", "address"), False),
            (say("状态", "state"), False),
        ),
        [
            (
                one.name,
                one.shown_name,
                ROLES[one.role].to(session.language),
                _division(session, one.division),
                one.email or "",
                _state(one).to(session.language),
            )
            for one in found
        ],
    )


def print_tokens(session: Session, found: Sequence[Token]) -> None:
    """Tokens, one a line."""
    from monitor.cli.tables import print_table  # noqa: PLC0415  # rich

    say, now = session.say, session.now()
    print_table(
        session,
        say("令牌", "Tokens"),
        (
            (say("编号", "id"), False),
            (say("说明", "label"), False),
            (say("角色", "role"), False),
            (say("地区", "division"), False),
            (say("权限", "scopes"), False),
            (say("到期", "ends"), False),
            (say("最近使用", "last used"), False),
            (say("状态", "state"), False),
        ),
        [
            (
                one.id,
                one.label,
                ROLES[one.role].to(session.language),
                _division(session, one.division),
                " ".join(sorted(one.scopes)),
                f"{one.expires_at:%Y-%m-%d}",
                one.used_on or "—",
                TOKEN_STATES[one.state(now)].to(session.language),
            )
            for one in found
        ],
    )


def _division(session: Session, code: str | None) -> str:
    if code is None:
        return session.say("全部", "all")
    return session.policy.divisions.name(code).to(session.language)


def _state(account: Account) -> Text:
    if account.is_disabled:
        return Text("已停用", "disabled")
    if account.has_password or account.subject is not None:
        return Text("可登录", "may come in")
    return Text("未设密码", "no password yet")
