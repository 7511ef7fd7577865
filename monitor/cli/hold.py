"""`hold`: all mail stopped, and let go again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from monitor.cli.session import Session
from monitor.errors import WrongUse
from monitor.model import Text

if TYPE_CHECKING:
    from monitor.store.mail_hold import MailHold


@click.command()
@click.option("--reason", help="暂停的原因 / why")
@click.option("--release", is_flag=True, help="恢复寄送 / let mail go out again")
@click.option("--by", help="经办人 / who says so")
@click.pass_obj
def hold(session: Session, /, *, reason: str | None, release: bool, by: str | None) -> None:
    """暂停全部邮件，或恢复；不带选项时显示状态 / hold all mail, or release it; else its state."""
    from monitor.store.mail_hold import (  # noqa: PLC0415  # heavy
        hold_mail,
        mail_hold,
        release_mail,
    )

    named = (by or "").strip()
    if (release or reason) and not named:
        raise WrongUse(Text("请用 --by 写明经办人。", "Say with --by who decides this."))
    if release and reason:
        raise WrongUse(Text("--release 与 --reason 不能同用。", "--release goes without --reason."))
    say = session.say
    if not named:
        with session.store(write=False) as store:
            lasting = mail_hold(store)
        if lasting is None:
            session.out.print(say("邮件正常寄送。", "Mail goes out."))
            return
    elif release:
        with session.store(write=True) as store:
            ended = release_mail(store, by=named, at=session.now())
        session.out.print(
            say("邮件恢复寄送。", "Mail goes out again.")
            if ended
            else say("邮件本来就没有暂停。", "Mail was not on hold.")
        )
        return
    else:
        with session.store(write=True) as store:
            lasting = hold_mail(store, by=named, reason=reason, at=session.now())
    session.out.print(hold_words(lasting).to(session.language), soft_wrap=True)


def hold_words(lasting: MailHold) -> Text:
    """Who stopped all mail, since when and why."""
    zh, en = (f"：{lasting.reason}", f": {lasting.reason}") if lasting.reason else ("", "")
    since = f"{lasting.held_at:%Y-%m-%d %H:%M}"
    return Text(
        f"全部邮件自 {since} 起暂停寄送（{lasting.held_by}{zh}）。",
        f"All mail is on hold since {since} ({lasting.held_by}{en}).",
    )
