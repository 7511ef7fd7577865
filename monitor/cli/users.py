"""`users`: who may come in; accounts and their one-time links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from monitor.cli.door import ROLE, at_door, tell
from monitor.cli.session import Session, print_json
from monitor.cli.tokens import token
from monitor.cli.users_tables import print_accounts
from monitor.door.rights import Role
from monitor.errors import WrongUse
from monitor.model import Language, Text, plural

if TYPE_CHECKING:
    from monitor.door.accounts import Account, AccountChanges
    from monitor.door.database import Door

_LANGUAGE = click.Choice(["zh", "en"])


@click.group()
def users() -> None:
    """账户、一次性链接与令牌 / accounts, one-time links and tokens."""


users.add_command(token)


@users.command()
@click.argument("name")
@click.option("--role", type=ROLE, required=True, help="角色 / role")
@click.option("--division", help="地区代码；省代码；不填为全部 / division; none: all of them")
@click.option("--name", "shown_name", help="显示的姓名 / name as shown")
@click.option("--email", help="邮箱 / address for receipts")
@click.option("--account-language", type=_LANGUAGE, help="页面语言 / language of the pages")
@click.option("--subject", help="统一身份认证的身份 / who they are to the single sign-on")
@click.pass_obj
def add(
    session: Session,
    /,
    *,
    name: str,
    role: str,
    division: str | None,
    shown_name: str | None,
    email: str | None,
    account_language: Language | None,
    subject: str | None,
) -> None:
    """添加账户 / add an account."""
    from monitor.door.accounts import add_account  # noqa: PLC0415  # --help needs none of it

    with at_door(session) as door:
        made = add_account(
            door,
            session.policy.divisions,
            name=name,
            role=Role(role),
            division=division,
            shown_name=shown_name,
            email=email,
            language=account_language or session.language,
            subject=subject,
            actor=session.actor,
            at=session.now(),
        )
    tell(
        session,
        f"已添加账户 {made.name}。用 fleetmon users link {made.name} 取得设置密码的链接。",
        f"Added the account {made.name}. fleetmon users link {made.name} gives a link to set its "
        "password.",
    )


@users.command(name="list")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_accounts(session: Session, /, *, as_json: bool) -> None:
    """全部账户 / all accounts."""
    from monitor.door.accounts import accounts  # noqa: PLC0415  # --help needs none of it

    with at_door(session) as door:
        found = accounts(door)
    if as_json:
        print_json({"accounts": [_account_document(one) for one in found]})
    else:
        print_accounts(session, found)


@users.command()
@click.argument("name")
@click.option("--role", type=ROLE, help="角色 / role")
@click.option("--division", help="地区代码 / division")
@click.option("--everywhere", is_flag=True, help="不限地区 / of no division: of all of them")
@click.option("--name", "shown_name", help="显示的姓名 / name as shown")
@click.option("--email", help="邮箱；空为去掉 / address; empty: none")
@click.option("--account-language", type=_LANGUAGE, help="页面语言 / language of the pages")
@click.option("--subject", help="统一身份认证的身份；空为去掉 / single sign-on; empty: none")
@click.pass_obj
def change(
    session: Session,
    /,
    *,
    name: str,
    role: str | None,
    division: str | None,
    everywhere: bool,
    shown_name: str | None,
    email: str | None,
    account_language: Language | None,
    subject: str | None,
) -> None:
    """修改账户；改角色或地区后须重新登录 / change an account; a new role ends its sessions."""
    from monitor.door.accounts import change_account  # noqa: PLC0415  # --help needs none of it

    if everywhere and division is not None:
        raise WrongUse(
            Text("--everywhere 与 --division 不能同用。", "--everywhere goes without --division.")
        )
    changes: AccountChanges = {}
    if role is not None:
        changes["role"] = Role(role)
    if everywhere or division is not None:
        changes["division"] = division
    if shown_name is not None:
        changes["shown_name"] = shown_name
    if email is not None:
        changes["email"] = email or None
    if account_language is not None:
        changes["language"] = account_language
    if subject is not None:
        changes["subject"] = subject or None
    if not changes:
        raise WrongUse(
            Text(
                "请写明要改什么，例如 --role signer；见 fleetmon users change --help。",
                "Say what to change, such as --role signer; see fleetmon users change --help.",
            )
        )
    table, at = session.policy.divisions, session.now()
    with at_door(session) as door:
        held = _account_of(door, name)
        changed = change_account(door, table, held, changes, actor=session.actor, at=at)
    tell(
        session,
        f"账户 {changed.name} 已修改。" if changed != held else f"账户 {changed.name} 没有变化。",
        f"Changed the account {changed.name}."
        if changed != held
        else f"The account {changed.name} is as it was.",
    )


@users.command()
@click.argument("name")
@click.pass_obj
def disable(session: Session, /, *, name: str) -> None:
    """停用账户，立即生效 / shut an account out, at once."""
    from monitor.door.accounts import disable as shut_out  # noqa: PLC0415  # --help needs none
    from monitor.door.tokens import tokens_of  # noqa: PLC0415  # the same

    with at_door(session) as door:
        held = shut_out(door, _account_of(door, name), actor=session.actor, at=session.now())
        stopped = len(tokens_of(door, held.actor, session.now()))
    tell(session, f"账户 {held.name} 已停用。", f"The account {held.name} is disabled.")
    if stopped:
        tell(
            session,
            f"由其发放的令牌 {stopped} 个随之停用，使用它们的程序不再能进入。请另发新的"
            "（fleetmon users token issue）。",
            f"With it {plural(stopped, 'token')} stopped that it had issued; programs that use "
            "them are shut out. Issue others (fleetmon users token issue).",
        )


@users.command()
@click.argument("name")
@click.pass_obj
def enable(session: Session, /, *, name: str) -> None:
    """恢复停用的账户 / let a disabled account in again."""
    from monitor.door.accounts import enable as let_in  # noqa: PLC0415  # --help needs none of it

    with at_door(session) as door:
        held = let_in(door, _account_of(door, name), actor=session.actor, at=session.now())
    tell(session, f"账户 {held.name} 可以登录。", f"The account {held.name} may come in.")


@users.command()
@click.argument("name")
@click.pass_obj
def link(session: Session, /, *, name: str) -> None:
    """一次性链接，用来设置密码 / a link that sets an account's password, once."""
    from monitor.door.links import link_address, password_link  # noqa: PLC0415  # --help needs none

    at = session.now()
    with at_door(session) as door:
        secret = password_link(door, _account_of(door, name), actor=session.actor, now=at)
    settings = session.settings
    address = settings.site.address or f"http://{settings.service.host}:{settings.service.port}"
    click.echo(link_address(address, secret))
    tell(
        session,
        "这个链接只显示这一次，只能用一次，三天内有效。请只交给本人。",
        "This link is shown only now, works once, and for three days. Give it to nobody else.",
    )


def _account_of(door: Door, name: str) -> Account:
    from monitor.door.accounts import account_by_name  # noqa: PLC0415  # --help needs none of it

    found = account_by_name(door, name)
    if found is None:
        raise WrongUse(
            Text(
                f"没有账户 {name!a}。可用 fleetmon users list 查看。",
                f"There is no account {name!a}. See fleetmon users list.",
            )
        )
    return found


def _account_document(one: Account) -> dict[str, Any]:
    return {
        "name": one.name,
        "shown_name": one.shown_name,
        "email": one.email,
        "role": one.role.value,
        "division": one.division,
        "language": one.language,
        "is_disabled": one.is_disabled,
        "has_password": one.has_password,
        "subject": one.subject,
    }
