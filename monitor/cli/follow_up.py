"""`follow-up`: who does what by when, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.options import DayType, MomentType
from monitor.cli.session import Session, print_json

if TYPE_CHECKING:
    from monitor.bulletins.supervision_parts import FollowUpRow
    from monitor.store.follow_ups import FollowUp, FollowUpEvent

_BY = click.option("--by", required=True, help="经办人 / who says so")
_REASON = click.option("--reason", required=True, help="理由 / why")
_STATES = click.Choice(["open", "done", "dropped", "all"])


@click.group(name="follow-up")
def follow_up() -> None:
    """督办事项：由谁、何事、何时以前、办结没有 / who does what by when, and whether it is done."""


@follow_up.command()
@click.option("--place", required=True, help="列入哪个省或市的名单 / whose list it is on")
@click.option(
    "--who", required=True, help="单位名称或地区代码 / a body's name or a division's code"
)
@click.option("--what", required=True, help="要做什么 / what is to be done")
@click.option("--due", "due_on", type=DayType(), required=True, help="期限（含当日）/ the last day")
@click.option("--about", help="有关条文编号 / the clause that it is about")
@click.option("--division", help="涉及的地区代码 / the division that it is about")
@click.option("--note", "words", help="说明 / a note")
@_BY
@click.pass_obj
def add(session: Session, /, **given: Any) -> None:
    """列入一项 / enter an item."""
    from monitor.corridor.following_up import enter  # noqa: PLC0415  # heavy

    with session.store(write=True) as store:
        item = enter(store, session.policy, at=session.now(), **given)
    session.out.print(session.say(f"已列入：{item}", f"Entered: {item}"))


def _say(
    session: Session,
    item: str,
    event: FollowUpEvent,
    told: tuple[str, str],
    *,
    words: str | None,
    by: str,
    due_on: date | None = None,
) -> None:
    from monitor.corridor.following_up import say  # noqa: PLC0415  # heavy

    with session.store(write=True) as store:
        say(store, item, event, words=words, due_on=due_on, by=by, at=session.now())
    session.out.print(session.say(*told))


@follow_up.command()
@click.argument("item")
@click.option("--note", "words", help="怎样办结的 / how it was done")
@_BY
@click.pass_obj
def close(session: Session, /, *, item: str, words: str | None, by: str) -> None:
    """办结 / it is done."""
    from monitor.store.follow_ups import FollowUpEvent  # noqa: PLC0415  # heavy

    told = (f"{item} 已办结。", f"{item} is done.")
    _say(session, item, FollowUpEvent.DONE, told, words=words, by=by)


@follow_up.command()
@click.argument("item")
@_REASON
@_BY
@click.pass_obj
def drop(session: Session, /, *, item: str, reason: str, by: str) -> None:
    """不再督办 / it is not followed up any more."""
    from monitor.store.follow_ups import FollowUpEvent  # noqa: PLC0415  # heavy

    told = (f"{item} 不再督办。", f"{item} is dropped.")
    _say(session, item, FollowUpEvent.DROPPED, told, words=reason, by=by)


@follow_up.command()
@click.argument("item")
@click.option("--due", "due_on", type=DayType(), required=True, help="新的期限 / the new last day")
@_REASON
@_BY
@click.pass_obj
def move(session: Session, /, *, item: str, due_on: date, reason: str, by: str) -> None:
    """改期 / another day; the first one stays known."""
    from monitor.store.follow_ups import FollowUpEvent  # noqa: PLC0415  # heavy

    told = (f"{item} 改为 {due_on} 以前。", f"{item} is due {due_on} now.")
    _say(session, item, FollowUpEvent.MOVED, told, words=reason, by=by, due_on=due_on)


@follow_up.command()
@click.argument("item")
@click.option("--due", "due_on", type=DayType(), help="新的期限 / a new last day")
@_REASON
@_BY
@click.pass_obj
def reopen(session: Session, /, *, item: str, due_on: date | None, reason: str, by: str) -> None:
    """重新督办 / it is to be done after all."""
    from monitor.store.follow_ups import FollowUpEvent  # noqa: PLC0415  # heavy

    told = (f"{item} 重新督办。", f"{item} is open again.")
    _say(session, item, FollowUpEvent.REOPENED, told, words=reason, by=by, due_on=due_on)


def _day_and_knowledge(command: Callable[..., None]) -> Callable[..., None]:
    day = click.option("--as-of", type=DayType(), help="逾期以此日计（默认今天）/ the day judged")
    known = click.option("--known-at", type=MomentType(), help="此刻所知 / what was known then")
    return day(known(command))


@follow_up.command(name="list")
@click.option("--place", "places", multiple=True, help="哪个省或市的名单 / whose list")
@click.option("--division", "divisions", multiple=True, help="点到的地区 / whom it names")
@click.option("--state", type=_STATES, default="open", show_default=True, help="状态 / state")
@_day_and_knowledge
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_items(
    session: Session,
    /,
    *,
    places: tuple[str, ...],
    divisions: tuple[str, ...],
    state: str,
    as_of: date | None,
    known_at: datetime | None,
    as_json: bool,
) -> None:
    """名单，逾期的在前 / the list, the longest overdue first."""
    from monitor.bulletins.supervision import follow_up_row, in_order  # noqa: PLC0415  # babel
    from monitor.policy.choosing import chosen_divisions  # noqa: PLC0415  # --help needs none of it
    from monitor.store.follow_ups import follow_ups  # noqa: PLC0415  # heavy

    policy, day = session.policy, as_of or session.now().date()
    chosen_divisions(policy, places)
    with session.store(write=False) as store:
        held = follow_ups(store, known_at)
    wanted = [
        item
        for item in held
        if state in {"all", item.state.value}
        and (not places or item.item.place in places)
        and (not divisions or any(item.names(code) for code in divisions))
    ]
    found = in_order(wanted)
    rows = [follow_up_row(item, day, policy, session.words) for item in found]
    if as_json:
        print_json(
            {
                "as_of": day.isoformat(),
                "known_at": known_at.isoformat() if known_at else None,
                "follow_ups": [_document(*pair) for pair in zip(found, rows, strict=True)],
            }
        )
        return
    from monitor.cli.evaluation_tables import print_items  # noqa: PLC0415  # rich

    print_items(session, rows)


@follow_up.command()
@click.argument("item")
@_day_and_knowledge
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def show(
    session: Session,
    /,
    *,
    item: str,
    as_of: date | None,
    known_at: datetime | None,
    as_json: bool,
) -> None:
    """一项的经过 / what happened to one item."""
    from monitor.bulletins.supervision import follow_up_row  # noqa: PLC0415  # babel
    from monitor.corridor.following_up import item_of  # noqa: PLC0415  # heavy

    with session.store(write=False) as store:
        held = item_of(store, item, known_at)
    row = follow_up_row(held, as_of or session.now().date(), session.policy, session.words)
    if as_json:
        print_json(_document(held, row))
        return
    from monitor.cli.evaluation_tables import print_events, print_items  # noqa: PLC0415  # rich

    print_items(session, [row])
    print_events(session, held)


def _document(item: FollowUp, row: FollowUpRow) -> dict[str, Any]:
    from monitor.bulletins.supervision_document import item_document  # noqa: PLC0415  # heavy

    events = [
        {
            "event": line.event.value,
            "due_on": line.due_on.isoformat() if line.due_on else None,
            "words": line.words,
            "by": line.made_by,
            "at": line.made_at.isoformat(),
        }
        for line in item.lines
    ]
    return item_document(row) | {"events": events}
