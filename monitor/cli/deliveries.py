"""`deliveries`: how far each letter got, and doubts ended by somebody's word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from monitor.cli.session import Session, print_json
from monitor.cli.tables import print_table
from monitor.corridor.documents import moment
from monitor.delivery.words import KINDS, STATES, STEPS, said
from monitor.errors import WrongUse
from monitor.model import Text

if TYPE_CHECKING:
    from monitor.store.deliveries import Delivery
    from monitor.store.delivery_events import Event

_SHOWN = 200


@click.command(name="deliveries")
@click.argument("delivery", required=False)
@click.option("--state", type=click.Choice(list(STATES)), help="只列这一状态 / only this state")
@click.option(
    "--settle",
    nargs=2,
    metavar="ID sent|again",
    help="确认存疑的：已送达或再寄 / end a doubt: it went out, or goes again",
)
@click.option("--again", metavar="ID", help="再寄一次 / send once more")
@click.option("--by", help="经办人 / who says so")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def deliveries(
    session: Session,
    /,
    *,
    delivery: str | None,
    state: str | None,
    settle: tuple[str, str] | None,
    again: str | None,
    by: str | None,
    as_json: bool,
) -> None:
    """每封信寄到哪一步；存疑的由人确认 / how far each letter got; settle what is in doubt."""
    if settle or again:
        _settle(session, *((again, "again") if again else settle or ("", "")), by=by)
        delivery = again or (settle[0] if settle else None)
    if delivery is not None:
        _show(session, delivery, as_json=as_json)
    else:
        _list(session, state, as_json=as_json)


def _settle(session: Session, name: str, outcome: str, *, by: str | None) -> None:
    from monitor.delivery.readdressing import send_again  # noqa: PLC0415  # heavy
    from monitor.store.delivery_events import settle  # noqa: PLC0415  # heavy
    from monitor.store.locking import alone  # noqa: PLC0415  # heavy

    if by is None or not by.strip():
        raise WrongUse(Text("请用 --by 写明经办人。", "Say with --by who decides this."))
    if outcome not in {"sent", "again"}:
        raise WrongUse(
            Text(
                f"--settle 的结论应为 sent 或 again，不是 {outcome}。",
                f"--settle ends with sent or again, not {outcome}.",
            )
        )
    if outcome == "sent":
        with session.store(write=True) as store:
            settle(store, name, "sent", by=by.strip(), at=session.now())
        return
    book = session.book
    session.home.create()
    with alone(session.home.runs / "send.lock") as is_alone, session.store(write=True) as store:
        told = send_again(
            store, book, name, by=by.strip(), at=session.now(), is_sender_idle=is_alone
        )
    click.echo(told.to(session.language), err=True)


def _show(session: Session, name: str, *, as_json: bool) -> None:
    from monitor.delivery.preview import subject_of  # noqa: PLC0415  # heavy
    from monitor.store.deliveries import deliveries as held  # noqa: PLC0415  # heavy
    from monitor.store.delivery_events import events  # noqa: PLC0415  # heavy

    with session.store(write=False) as store:
        found = held(store, ids=[name])
        steps = events(store, [name])
    if not found:
        raise WrongUse(
            Text(
                f"没有寄送 {name}。可用 fleetmon deliveries 查看全部。",
                f"There is no delivery {name}. See fleetmon deliveries.",
            )
        )
    (one,) = found
    if as_json:
        told = _document(one) | {"events": [_step(step) for step in steps]}
        print_json({"deliveries": [told | {"subject": subject_of(session.home, one)}]})
        return
    _details(session, one, subject_of(session.home, one))
    _steps(session, steps)


def _details(session: Session, one: Delivery, subject: str | None) -> None:
    from monitor.delivery.outbox import place_of  # noqa: PLC0415  # heavy

    say, language = session.say, session.language
    place = place_of(session.home, one.file_name)
    gone = say("（不在）", " (not there)") if not place.is_file() else ""
    lines = (
        (say("寄送", "delivery"), one.id),
        (say("状态", "state"), STATES[one.state.value].to(language)),
        (say("种类", "kind"), said(KINDS, one.kind).to(language)),
        (say("主题", "subject"), subject or _no_letter(one).to(language)),
        (say("地区", "division"), one.division or "—"),
        (say("角色", "role"), one.role),
        (say("收件地址", "address"), one.recipient or say("没有", "none")),
        (say("信件", "file"), f"{place.parent.name}/{place.name}{gone}"),
        ("Message-ID", one.message_id),
        (say("生成时间", "made"), f"{one.made_at:%Y-%m-%d %H:%M}"),
        (say("已试次数", "tries"), str(one.attempts)),
        (say("下次寄送", "next try"), f"{one.next_try_at:%Y-%m-%d %H:%M}")
        if one.next_try_at
        else ("", ""),
        (say("可能重复", "possibly sent twice"), str(one.doubles)) if one.doubles else ("", ""),
    )
    colon = say("：", ": ")
    for name, value in lines:
        if name:
            session.out.print(f"{name}{colon}{value}", soft_wrap=True)


def _no_letter(one: Delivery) -> Text:
    if one.state.value == "superseded":
        return Text("信件未寄出，已由另一封代替", "never sent: another letter took its place")
    return Text("信件不在或内容已变", "letter gone or changed")


def _steps(session: Session, steps: list[Event]) -> None:
    if steps:
        session.out.print(session.say("经过：", "What happened:"))
    for step in steps:
        words = said(STEPS, step.event).to(session.language)
        answered = " ".join(str(part) for part in (step.code, step.detail) if part is not None)
        number = session.say(f"第 {step.attempt} 次", f"try {step.attempt}")
        session.out.print(
            f"  {step.at:%Y-%m-%d %H:%M:%S}  {number}  {words}  {answered}".rstrip(),
            soft_wrap=True,
        )


def _list(session: Session, state: str | None, *, as_json: bool) -> None:
    from monitor.store.deliveries import State, counts  # noqa: PLC0415  # heavy
    from monitor.store.deliveries import deliveries as held  # noqa: PLC0415  # heavy

    states = None if state is None else [State(state)]
    with session.store(write=False) as store:
        found = held(store, states=states, most=None if as_json else _SHOWN)
        tally = counts(store)
    numbers = {name.value: count for name, count in tally.items()}
    if as_json:
        print_json({"deliveries": [_document(one) for one in found], "counts": numbers})
        return
    _table(session, found)
    said = [
        f"{STATES[name].to(session.language)} {count}" for name, count in numbers.items() if count
    ]
    session.out.print("  ".join(said) or session.say("还没有寄送。", "There are none yet."))


def _table(session: Session, found: list[Delivery]) -> None:
    say = session.say
    print_table(
        session,
        say("寄送", "Deliveries"),
        (
            (say("寄送", "delivery"), False),
            (say("种类", "kind"), False),
            (say("地区", "division"), False),
            (say("收件人", "to"), False),
            (say("生成时间", "made"), False),
            (say("状态", "state"), False),
            (say("次数", "tries"), True),
            (say("下次", "next try"), False),
        ),
        (
            (
                *(one.id, said(KINDS, one.kind).to(session.language), one.division or ""),
                one.recipient or one.role,
                f"{one.made_at:%Y-%m-%d %H:%M}",
                STATES[one.state.value].to(session.language),
                str(one.attempts),
                f"{one.next_try_at:%Y-%m-%d %H:%M}" if one.next_try_at else "",
            )
            for one in found
        ),
    )


def _document(one: Delivery) -> dict[str, Any]:
    return {
        "delivery": one.id,
        "kind": one.kind,
        "about": one.about,
        "division": one.division,
        "role": one.role,
        "recipient": one.recipient,
        "language": one.language,
        "file": one.file_name,
        "sha256": one.sha256,
        "message_id": one.message_id,
        "made_at": moment(one.made_at),
        "state": one.state.value,
        "attempts": one.attempts,
        "next_try_at": moment(one.next_try_at),
        "settled_at": moment(one.settled_at),
        "possible_doubles": one.doubles,
    }


def _step(step: Event) -> dict[str, Any]:
    return {
        "attempt": step.attempt,
        "at": moment(step.at),
        "event": step.event,
        "code": step.code,
        "detail": step.detail,
    }
