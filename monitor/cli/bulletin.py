"""`bulletin`: every form of a bulletin made, its letter put into the outbox or held."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.options import judged_options
from monitor.cli.session import Session, print_json
from monitor.errors import WrongUse
from monitor.model import Language, Text

if TYPE_CHECKING:
    from monitor.corridor.press import Published


@click.command()
@judged_options
@click.option("--all", "everyone", is_flag=True, help="全部地区 / every division")
@click.option("--both", is_flag=True, help="中英文各一份 / in Chinese and in English")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def bulletin(
    session: Session, /, *, everyone: bool, both: bool, as_json: bool, **given: Any
) -> None:
    """生成通报，放入发件箱；暂扣的退出码为 1 / bulletins into the outbox; 1 where one is held."""
    from monitor.corridor.judge import hold  # noqa: PLC0415  # heavy
    from monitor.corridor.publish import everyone_concerned, publish  # noqa: PLC0415  # heavy
    from monitor.policy.choosing import (  # noqa: PLC0415  # --help needs none of it
        chosen_divisions,
        chosen_mandates,
    )

    as_of: date = given["as_of"] or session.now().date()
    known_at: datetime | None = given["known_at"]
    policy = session.policy
    chosen = chosen_divisions(policy, given["divisions"])
    if chosen is not None and everyone:
        raise WrongUse(Text("--all 与 --division 不能同用。", "--all goes without --division."))
    languages: tuple[Language, ...] = ("zh", "en") if both else (session.language,)
    with session.store(write=True) as store:
        held = hold(store, as_of, known_at)
        published, _ = publish(
            store,
            policy,
            held,
            divisions=chosen or everyone_concerned(policy),
            book=session.book,
            languages=languages,
            started_at=session.now(),
            mandates=chosen_mandates(policy, given["mandates"]),
            progress=session.bar("生成通报", "Rendering bulletins", quiet=as_json),
        )
    if as_json:
        print_json({"as_of": as_of.isoformat(), "bulletins": [_document(one) for one in published]})
    else:
        _print(session, published)
    if any(one.holds for one in published):
        sys.exit(1)


def _document(one: Published) -> dict[str, Any]:
    return {
        "division": one.division,
        "language": one.language,
        "issue": one.issue_number,
        "letter": str(one.path) if one.path else None,
        "letters": [str(path) for path in one.letters],
        "forms": str(one.forms) if one.forms else None,
        "held_because": [{"zh": why.zh, "en": why.en} for why in one.holds],
    }


def _print(session: Session, published: Sequence[Published]) -> None:
    for one in published:
        name = session.policy.divisions.name(one.division).to(session.language)
        for path in one.letters or (one.forms,):
            session.out.print(f"{name}  {one.language}  {path}", soft_wrap=True)
    reasons = dict.fromkeys(why.to(session.language) for one in published for why in one.holds)
    if reasons:
        count = sum(bool(one.holds) for one in published)
        session.out.print(
            session.say(f"其中 {count} 份暂扣，未放入发件箱：", f"{count} of them are held:"),
            style="bold",
        )
        for reason in reasons:
            session.out.print(f"  {reason}", soft_wrap=True)
