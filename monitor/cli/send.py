"""`send`: what is due goes out, or is shown."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.hold import hold_words
from monitor.cli.session import Session, print_json
from monitor.cli.tables import print_table
from monitor.corridor.documents import moment
from monitor.delivery.words import STATES
from monitor.service.words import COUNTS

if TYPE_CHECKING:
    from monitor.delivery.preview import Planned
    from monitor.delivery.report import SendReport
    from monitor.store.mail_hold import MailHold


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
        "hold": _hold(report.hold),
        "faults": [why.to(session.language) for why in report.faults],
    }


def _print(session: Session, report: SendReport) -> None:
    say = session.say
    if report.is_busy:
        click.echo(say("另一个寄送进程正在运行。", "Another sender is at work."), err=True)
        return
    if report.hold is not None:
        _tell_hold(session, report.hold)
    told = {name: count for name, count in report.counts().items() if count}
    for name, count in told.items():
        session.out.print(f"{COUNTS[name].to(session.language)}  {count}")
    if not told:
        session.out.print(say("没有要寄的信件。", "There is nothing to send."))
    for why in report.faults:
        click.echo(why.to(session.language), err=True)


def _hold(hold: MailHold | None) -> dict[str, Any] | None:
    if hold is None:
        return None
    return {"since": moment(hold.held_at), "by": hold.held_by, "reason": hold.reason}


def _tell_hold(session: Session, hold: MailHold) -> None:
    release = session.say(
        "恢复：fleetmon hold --release --by 姓名。",
        " To end it: fleetmon hold --release --by NAME.",
    )
    click.echo(hold_words(hold).to(session.language) + release, err=True)


def _preview(session: Session, *, as_json: bool) -> None:
    from monitor.delivery.preview import preview  # noqa: PLC0415  # heavy
    from monitor.store.mail_hold import mail_hold  # noqa: PLC0415  # heavy

    with session.store(write=False) as store:
        planned = preview(store, session.settings.mail, session.now())
        hold = mail_hold(store)
    if as_json:
        print_json(
            {
                "deliveries": [_document(session, one) for one in planned],
                "held": hold is not None,
                "hold": _hold(hold),
            }
        )
        return
    say = session.say
    if hold is not None:
        _tell_hold(session, hold)
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
                STATES[one.delivery.state.value].to(session.language),
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
