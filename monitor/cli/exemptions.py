"""`exemptions`: what is claimed and what it makes of the figures; decided; and its evidence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click

from monitor.cli.door import note_unmasked
from monitor.cli.options import FILE, DayType, MomentType
from monitor.cli.session import Session, print_json

_Command = Callable[..., None]


@click.group(invoke_without_command=True)
@click.option("--as-of", type=DayType(), help="判定日（含当日，默认今天）/ the day judged")
@click.option("--known-at", type=MomentType(), help="只用此刻以前收到的 / what had come by then")
@click.option("--division", "divisions", multiple=True, help="地区代码 / division")
@click.option("--list", "listed", is_flag=True, help="逐车列出 / vehicle by vehicle")
@click.option("--unmask", is_flag=True, help="显示完整识别代号 / show whole VINs")
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def exemptions(
    context: click.Context,
    /,
    *,
    divisions: tuple[str, ...],
    listed: bool,
    unmask: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """豁免申报与审定 / exemptions claimed, and decided."""
    if context.invoked_subcommand is not None:
        return
    from monitor.cli import exemption_tables as tables  # noqa: PLC0415  # rich
    from monitor.corridor.exemption_documents import claimed  # noqa: PLC0415  # heavy
    from monitor.corridor.exemption_effect import claims_and_effects  # noqa: PLC0415  # heavy
    from monitor.policy.choosing import chosen_divisions  # noqa: PLC0415  # --help needs none of it

    session: Session = context.obj
    policy = session.policy
    as_of: date = given["as_of"] or session.now().date()
    table = policy.divisions
    chosen = chosen_divisions(policy, divisions) or (*table.provinces, *table.divisions)
    with session.store(write=False) as store:
        groups, effects = claims_and_effects(store, policy, chosen, as_of, given["known_at"])
    if unmask:
        vehicles = sum(group.vehicles for group in groups)
        note_unmasked(session, " ".join(divisions) or "all", "exemptions", vehicles)
    if as_json:
        ruleset, language = policy.ruleset, session.language
        print_json(
            claimed(
                groups, effects, as_of, given["known_at"], ruleset, language=language, unmask=unmask
            )
        )
        return
    tables.print_groups(session, groups)
    if listed:
        tables.print_claims(session, groups, unmask=unmask)
    tables.print_effects(session, effects)


def _chosen(command: _Command) -> _Command:
    """Which claims are meant, and who speaks."""
    for option in reversed(
        (
            click.option("--division", required=True, help="地区代码 / division"),
            click.option("--vin", "vins", multiple=True, help="车辆识别代号 / a vehicle"),
            click.option("--group", help="整组：列表中的组号 / a whole group by its key"),
            click.option("--by", required=True, help="经办人 / who says so"),
        )
    ):
        command = option(command)
    return command


@exemptions.command()
@_chosen
@click.argument("decision", type=click.Choice(["approved", "refused", "withdrawn"]))
@click.option("--until", type=DayType(), help="同意至此登记日 / approved if registered by then")
@click.option("--reason", required=True, help="理由 / why")
@click.pass_obj
def decide(session: Session, /, *, division: str, decision: str, **given: Any) -> None:
    """审定：同意、不同意，或撤销此前的审定 / approve, refuse, or take a decision back."""
    from monitor.corridor.deciding import decide as decide_claims  # noqa: PLC0415  # heavy
    from monitor.store.exemptions import Decision  # noqa: PLC0415  # heavy

    with session.store(write=True) as store:
        vehicles = decide_claims(
            store,
            session.policy,
            division,
            decision=Decision(decision),
            at=session.now(),
            **given,
        )
    session.out.print(
        session.say(
            f"已审定 {vehicles} 辆车的豁免申报。", f"Decided the claims of {vehicles} vehicles."
        )
    )


@exemptions.command()
@_chosen
@click.option("--words", required=True, help="材料说明 / what it shows")
@click.option("--file", type=FILE, help="材料文件 / a file")
@click.pass_obj
def evidence(session: Session, /, *, division: str, file: Path | None, **given: Any) -> None:
    """为申报附上材料 / put evidence beside claims."""
    from monitor.corridor.deciding import add_claim_evidence  # noqa: PLC0415  # heavy
    from monitor.store.archive import keep  # noqa: PLC0415  # heavy

    with session.store(write=True) as store:
        named = add_claim_evidence(
            store,
            session.policy,
            division,
            kept=keep(session.home, file) if file is not None else None,
            at=session.now(),
            **given,
        )
    session.out.print(session.say(f"材料已登记：{named}", f"Evidence kept: {named}"))
