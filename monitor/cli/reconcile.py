"""`reconcile`: contracts against registrations against retirements, in counts and in lists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from monitor.assess.reconciliation import Mismatch, OpenLine, Reconciliation, Unmatched
from monitor.cli.door import note_unmasked
from monitor.cli.options import FILE, DayType, MomentType
from monitor.cli.session import Session, print_json, write_file
from monitor.corridor import documents

MOST_ITEMS = 1000


@click.command()
@click.option("--as-of", type=DayType(), help="判定日（含当日，默认今天）/ the day judged")
@click.option("--known-at", type=MomentType(), help="只用此刻以前收到的 / what had come by then")
@click.option("--division", "divisions", multiple=True, help="地区代码 / division")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice([mismatch.value for mismatch in Mismatch]),
    help="不符事项 / what does not fit",
)
@click.option("--list", "listed", is_flag=True, help="逐条列出 / line by line")
@click.option("--csv", "file", type=FILE, help="逐条写入 CSV / the lines into a file")
@click.option("--unmask", is_flag=True, help="显示完整识别代号 / show whole VINs")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def reconcile(
    session: Session,
    /,
    *,
    kinds: tuple[str, ...],
    listed: bool,
    file: Path | None,
    unmask: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """合同、登记、注销相互核对 / contracts, registrations and retirements against each other."""
    from monitor.cli import reconciliation_tables as tables  # noqa: PLC0415  # rich
    from monitor.corridor.explanation import masked  # noqa: PLC0415  # heavy
    from monitor.corridor.judge import hold  # noqa: PLC0415  # heavy
    from monitor.corridor.reconciling import reconcile as reconcile_held  # noqa: PLC0415  # heavy
    from monitor.policy.choosing import chosen_divisions  # noqa: PLC0415  # --help needs none of it

    as_of: date = given["as_of"] or session.now().date()
    policy = session.policy
    chosen = chosen_divisions(policy, given["divisions"])
    with session.store(write=False) as store:
        hold(store, as_of, given["known_at"])
        found = reconcile_held(store, policy, as_of)
    if chosen is not None:
        found = found.of({member for code in chosen for member in policy.divisions.members(code)})
    items = [one for one in found.unmatched if not kinds or one.mismatch.value in kinds]
    vins = {one.vin: one.vin if unmask else masked(one.vin) for one in items}
    if unmask:
        note_unmasked(session, " ".join(given["divisions"]) or "all", "reconcile", len(items))
    if file is not None:
        write_file(file, tables.as_csv(session, items, vins))
    if as_json:
        document = {
            "as_of": as_of.isoformat(),
            "known_at": documents.moment(given["known_at"]),
            "ruleset": policy.ruleset,
            **_document(found, items, vins),
        }
        print_json(document)
    elif listed:
        tables.print_list(session, items, vins)
    else:
        tables.print_counts(session, found, items)
        tables.print_notes(session, found, items)
    if file is not None and not as_json:
        session.out.print(session.say(f"{len(items)} 条已写入 {file}", f"{len(items)} in {file}"))


def _document(
    found: Reconciliation, items: Sequence[Unmatched], vins: dict[str | None, str | None]
) -> dict[str, Any]:
    groups: dict[tuple[Mismatch, str], list[Unmatched]] = {}
    for one in items:
        groups.setdefault((one.mismatch, one.division), []).append(one)
    return {
        "usual_delay_days": found.usual_delay_days,
        "matched": found.matched,
        "compared": list(found.compared),
        "reconciliations": [
            {
                "mismatch": mismatch.value,
                "division": division,
                "vehicles": sum(one.vehicles for one in group),
                "items_total": len(group),
                "items": [_item(one, vins[one.vin]) for one in group[:MOST_ITEMS]],
            }
            for (mismatch, division), group in groups.items()
        ],
        "open_lines": [_open_line(line) for line in found.open_lines],
    }


def _item(one: Unmatched, vin: str | None) -> dict[str, Any]:
    return {
        "category": one.category,
        "energy": one.energy,
        "contract_no": one.contract_no,
        "organisation": one.organisation,
        "model": one.model,
        "vin": vin,
        "other": one.other,
        "since": one.since.isoformat() if one.since else None,
        "days": one.days,
        "data_gap": one.is_data_gap,
        "submission": one.submission,
        "file": one.file,
        "line": one.line,
        "vehicles": one.vehicles,
    }


def _open_line(line: OpenLine) -> dict[str, Any]:
    return {
        "division": line.division,
        "category": line.category,
        "energy": line.energy,
        "owner_kind": line.owner_kind,
        "area": line.area,
        "exemption": line.exemption,
        "due_on": line.due_on.isoformat(),
        "vehicles": line.vehicles,
        "data_gap": line.is_data_gap,
    }
