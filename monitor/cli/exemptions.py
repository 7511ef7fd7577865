"""`exemptions`: what is claimed and what it makes of the figures; decided; and its evidence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli import documents
from monitor.cli.options import FILE, DayType, MomentType
from monitor.cli.session import Session, print_json

if TYPE_CHECKING:
    from monitor.corridor.exemption_effect import ExemptionEffect
    from monitor.corridor.exemptions import Claim, ClaimGroup
    from monitor.model import Assessment

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
    from monitor.corridor.exemption_effect import with_and_without  # noqa: PLC0415  # heavy
    from monitor.corridor.exemptions import claims  # noqa: PLC0415  # heavy
    from monitor.policy.choosing import chosen_divisions  # noqa: PLC0415  # --help needs none of it

    session: Session = context.obj
    policy = session.policy
    as_of: date = given["as_of"] or session.now().date()
    table = policy.divisions
    chosen = chosen_divisions(policy, divisions) or (*table.provinces, *table.divisions)
    members = tuple(dict.fromkeys(member for code in chosen for member in table.members(code)))
    with session.store(write=False) as store:
        concerned = tuple(dict.fromkeys((*chosen, *members)))
        effects = with_and_without(store, policy, concerned, as_of, given["known_at"])
        groups = claims(store, policy, members, as_of, given["known_at"])
    claiming = {group.division for group in groups}
    effects = tuple(
        one for one in effects if not claiming.isdisjoint(table.members(one.decided.division))
    )
    if as_json:
        print_json(
            {
                "as_of": as_of.isoformat(),
                "known_at": documents.moment(given["known_at"]),
                "ruleset": policy.ruleset,
                "exemptions": [_group(one, session, unmask=unmask) for one in groups],
                "effects": [_effect(one) for one in effects],
            }
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


def _group(group: ClaimGroup, session: Session, *, unmask: bool) -> dict[str, Any]:
    return {
        "group": group.key,
        "division": group.division,
        "exemption": group.exemption,
        "name": group.name.to(session.language),
        "recognised": group.is_recognised,
        "owner_kind": group.owner_kind,
        "category": group.category,
        "vehicles": group.vehicles,
        "states": {state.value: count for state, count in group.states.items()},
        "years": dict(group.years),
        "mandates": list(group.mandates),
        "submissions": list(group.submissions),
        "evidence": [
            {
                "id": one.id,
                "words": one.words,
                "sha256": one.sha256,
                "file": one.file_name,
                "vehicles": len(one.vins),
                "by": one.made_by,
                "at": one.made_at.isoformat(),
            }
            for one in group.evidence
        ],
        "claims": [_claim(claim, unmask=unmask) for claim in group.claims],
    }


def _claim(claim: Claim, *, unmask: bool) -> dict[str, Any]:
    from monitor.corridor.explanation import masked  # noqa: PLC0415  # heavy

    return {
        "vin": claim.vin if unmask else masked(claim.vin),
        "registered_on": claim.registered_on.isoformat(),
        "energy": claim.energy,
        "submission": claim.submission,
        "file": claim.file,
        "line": claim.line,
        "state": claim.state.value,
        "until": claim.until.isoformat() if claim.until else None,
        "reason": claim.reason,
        "by": claim.made_by,
        "at": claim.made_at.isoformat() if claim.made_at else None,
    }


def _effect(effect: ExemptionEffect) -> dict[str, Any]:
    row = effect.decided
    return {
        "mandate": row.mandate,
        "division": row.division,
        "period": row.period,
        "role": row.role,
        "categories": list(row.categories),
        "decided": _figure(row),
        "all_claimed": _figure(effect.all_claimed),
        "none_claimed": _figure(effect.none_claimed),
    }


def _figure(row: Assessment) -> dict[str, Any]:
    return {
        "denominator": row.denominator,
        "numerator": row.numerator,
        "undetermined": row.undetermined,
        "exempt": row.excluded.exempt,
        "share": row.share,
        "short_by": row.short_by,
        "status": row.status,
        "consequence": row.consequence,
        "explain": row.explain,
    }
