"""`users token`: what programs show instead of signing in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from monitor.cli.door import ROLE, at_door, tell
from monitor.cli.session import Session, print_json
from monitor.cli.users_tables import print_tokens
from monitor.corridor.documents import moment
from monitor.door.rights import Role, Verb
from monitor.errors import WrongUse
from monitor.model import Text

if TYPE_CHECKING:
    from monitor.door.tokens import Token

_SCOPE = click.Choice([verb.value for verb in Verb if verb is not Verb.ENTER])


@click.group()
def token() -> None:
    """程序使用的令牌 / tokens, for programs."""


@token.command()
@click.option("--role", type=ROLE, required=True, help="角色 / role")
@click.option("--division", help="地区代码；省代码；不填为全部 / division; none: all of them")
@click.option(
    "--scope", "scopes", type=_SCOPE, multiple=True, required=True, help="权限，可多次 / right"
)
@click.option("--label", required=True, help="给哪个程序用 / which program it is for")
@click.option("--days", type=int, help="有效天数（默认至上限）/ how long it lasts")
@click.pass_obj
def issue(
    session: Session,
    /,
    *,
    role: str,
    division: str | None,
    scopes: tuple[str, ...],
    label: str,
    days: int | None,
) -> None:
    """发放令牌，只显示一次 / issue a token; it is shown once."""
    from monitor.door.tokens import issue_token  # noqa: PLC0415  # --help needs none of it

    most_days = session.settings.site.token_days
    with at_door(session) as door:
        issued = issue_token(
            door,
            session.policy.divisions,
            role=Role(role),
            division=division,
            scopes={Verb(scope) for scope in scopes},
            label=label,
            days=most_days if days is None else days,
            most_days=most_days,
            actor=session.actor,
            at=session.now(),
        )
    click.echo(issued.text)
    ends_at = f"{issued.token.expires_at:%Y-%m-%d %H:%M}"
    tell(
        session,
        f"令牌 {issued.token.id} 只显示这一次，{ends_at} 到期。请存放在只有该程序可读的地方。",
        f"The token {issued.token.id} is shown only now and ends at {ends_at}. Keep it where only "
        "its program can read it.",
    )


@token.command(name="list")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_tokens(session: Session, /, *, as_json: bool) -> None:
    """全部令牌，不含密文 / all tokens, without their secrets."""
    from monitor.door.tokens import tokens  # noqa: PLC0415  # --help needs none of it

    with at_door(session) as door:
        found = tokens(door)
    if as_json:
        print_json({"tokens": [_token_document(one) for one in found]})
    else:
        print_tokens(session, found)


@token.command()
@click.argument("name", metavar="ID")
@click.pass_obj
def revoke(session: Session, /, *, name: str) -> None:
    """作废令牌，立即生效 / end a token, at once."""
    from monitor.door.tokens import revoke_token  # noqa: PLC0415  # --help needs none of it

    with at_door(session) as door:
        ended = revoke_token(door, name, actor=session.actor, at=session.now())
    if ended is None:
        raise WrongUse(
            Text(
                f"没有编号为 {name!a} 的令牌。可用 fleetmon users token list 查看。",
                f"There is no token {name!a}. See fleetmon users token list.",
            )
        )
    tell(session, f"令牌 {ended.id} 已作废。", f"The token {ended.id} is revoked.")


def _token_document(one: Token) -> dict[str, Any]:
    return {
        "id": one.id,
        "label": one.label,
        "role": one.role.value,
        "division": one.division,
        "scopes": sorted(one.scopes),
        "made_at": moment(one.made_at),
        "made_by": one.made_by,
        "expires_at": moment(one.expires_at),
        "revoked_at": moment(one.revoked_at),
        "used_on": one.used_on,
        "is_stopped": one.is_stopped,
    }
