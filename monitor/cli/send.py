"""`send`: what is due goes out, or is shown."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.deliveries import STATE_WORDS
from monitor.cli.session import Session, print_json
from monitor.cli.tables import print_table
from monitor.model import Text

if TYPE_CHECKING:
    from monitor.delivery.preview import Planned
    from monitor.delivery.report import SendReport

_COUNTS = {
    "sent": Text("已寄出", "sent"),
    "deferred": Text("稍后再试", "to be tried again"),
    "refused": Text("被拒收", "refused"),
    "given_up": Text("多次未成，不再试", "given up"),
    "in_doubt": Text("是否送达存疑", "in doubt"),
    "no_address": Text("没有收件地址", "without an address"),
    "held_back": Text("收件人今天已达上限，明天寄", "for tomorrow: the recipient has had enough"),
    "left": Text("尚待寄出", "still to be sent"),
    "unreadable": Text("信件不在或内容已变", "letter gone or changed"),
    "doubles": Text("可能重复", "possibly sent twice"),
}


@click.command()
@click.option("--dry-run", is_flag=True, help="只列出将寄什么给谁 / show what would go to whom")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def send(session: Session, /, *, dry_run: bool, as_json: bool) -> None:
    """寄出到期的信件；有被拒收、放弃或没有地址的，退出码为 1 / send what is due."""
    if dry_run:
        _preview(session, as_json=as_json)
        return
    from monitor.delivery.sending import send_due  # noqa: PLC0415  # heavy

    report = send_due(
        session.home,
        session.settings.mail,
        open_store=session.store,
        now=session.now,
        book=lambda: session.book,
    )
    if as_json:
        print_json({"deliveries": report.counts()} | _state(session, report))
    else:
        _print(session, report)
    if not report.is_well:
        sys.exit(1)


def _state(session: Session, report: SendReport) -> dict[str, Any]:
    return {
        "busy": report.is_busy,
        "held": report.hold is not None,
        "faults": [why.to(session.language) for why in report.faults],
    }


def _print(session: Session, report: SendReport) -> None:
    say = session.say
    if report.is_busy:
        click.echo(say("另一个寄送进程正在运行。", "Another sender is at work."), err=True)
        return
    if report.hold is not None:
        reason = report.hold.reason or say("未说明原因", "no reason given")
        click.echo(
            say(
                f"全部邮件自 {report.hold.held_at:%Y-%m-%d %H:%M} 起暂停寄送"
                f"（{report.hold.held_by}：{reason}）。恢复：fleetmon hold --release --by 姓名。",
                f"All mail is on hold since {report.hold.held_at:%Y-%m-%d %H:%M} "
                f"({report.hold.held_by}: {reason}). To end it: fleetmon hold --release --by NAME.",
            ),
            err=True,
        )
    told = {name: count for name, count in report.counts().items() if count}
    for name, count in told.items():
        session.out.print(f"{_COUNTS[name].to(session.language)}  {count}")
    if not told:
        session.out.print(say("没有要寄的信件。", "There is nothing to send."))
    for why in report.faults:
        click.echo(why.to(session.language), err=True)


def _preview(session: Session, *, as_json: bool) -> None:
    from monitor.delivery.preview import preview  # noqa: PLC0415  # heavy

    with session.store(write=False) as store:
        planned = preview(store, session.settings.mail, session.now())
    if as_json:
        print_json({"deliveries": [_document(session, one) for one in planned]})
        return
    say = session.say
    if not planned:
        session.out.print(say("没有要寄的信件。", "There is nothing to send."))
        return
    print_table(
        session,
        say("将寄出的信件（未作任何改动）", "What would go out (nothing was changed)"),
        (
            (say("寄送", "delivery"), False),
            (say("收件人", "to"), False),
            (say("主题", "subject"), False),
            (say("状态", "state"), False),
            (say("未寄原因", "why not"), False),
        ),
        (
            (
                one.delivery.id,
                one.delivery.recipient or one.delivery.role,
                one.subject,
                STATE_WORDS[one.delivery.state.value].to(session.language),
                one.why_not.to(session.language) if one.why_not else "",
            )
            for one in planned
        ),
    )


def _document(session: Session, one: Planned) -> dict[str, Any]:
    return {
        "delivery": one.delivery.id,
        "kind": one.delivery.kind,
        "division": one.delivery.division,
        "role": one.delivery.role,
        "recipient": one.delivery.recipient,
        "subject": one.subject,
        "state": one.delivery.state.value,
        "goes": one.why_not is None,
        "why_not": one.why_not.to(session.language) if one.why_not else None,
    }
