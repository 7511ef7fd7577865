"""`subject`: what is held on a vehicle, given out or blanked."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Any

import click

from monitor.cli.session import Session, print_json
from monitor.errors import WrongUse
from monitor.model import Text


@click.group()
def subject() -> None:
    """某一车辆（或其所有人）的资料：导出、隐去 / what is held on a vehicle or its owner."""


@subject.command()
@click.option("--vin", help="车辆识别代号 / a vehicle")
@click.option("--owner", help="所有人单位全称 / an owner's full name")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON / one JSON document")
@click.pass_obj
def export(session: Session, /, *, vin: str | None, owner: str | None, as_json: bool) -> None:
    """导出所存的全部内容（默认 CSV）/ everything that is held, as CSV or JSON."""
    from monitor.corridor.subjects import export_subject, vehicles_of  # noqa: PLC0415  # heavy
    from monitor.extracts.lively_cells import spreadsheet_csv  # noqa: PLC0415  # as above

    with session.store(write=True) as store:
        vins = [vin] if vin else vehicles_of(store, owner.strip()) if owner else []
        if not vins:
            raise WrongUse(
                Text(
                    "请给出 --vin，或库中登记过的 --owner 全称。",
                    "Give --vin, or --owner by a full name under which vehicles are held.",
                )
            )
        found = [export_subject(store, one, at=session.now()) for one in vins]
    if as_json:
        print_json({"vehicles": [asdict(one) for one in found]})
        return
    cells = [["vin", "part", "submission", "line", "field", "value"]]
    for one in found:
        for part, items in asdict(one).items():
            for item in items if isinstance(items, list) else []:
                cells += _cells(one.vin, part, item)
    sys.stdout.write(spreadsheet_csv(cells).decode())


def _cells(vin: str, part: str, item: dict[str, Any]) -> list[list[str]]:
    place = [vin, part, str(item.get("submission", "")), str(item.get("line", ""))]
    return [
        [*place, name, str(value)]
        for name, value in item.items()
        if value is not None and name not in {"submission", "line"}
    ]


@subject.command()
@click.option("--vin", "vins", multiple=True, required=True, help="车辆识别代号 / a vehicle")
@click.option("--reason", required=True, help="法律依据或请求 / by which right")
@click.option("--by", required=True, help="经办人 / who says so")
@click.pass_obj
def blank(session: Session, /, *, vins: tuple[str, ...], reason: str, by: str) -> None:
    """隐去车辆识别代号、号牌与个人姓名，数字不变 / blank a vehicle; no figure moves."""
    from monitor.corridor.subject_blanking import blank_subject  # noqa: PLC0415  # heavy
    from monitor.store.blanking import rewrite_database  # noqa: PLC0415  # heavy

    with session.store(write=True) as store:
        done = [
            blank_subject(store, session.policy, vin, reason=reason, by=by, at=session.now())
            for vin in vins
        ]
    rewrite_database(session.home, actor=session.actor, waiting=session.waiting)
    rows, files = sum(one.rows for one in done), sum(one.files for one in done)
    session.out.print(
        session.say(
            f"已隐去 {len(done)} 辆车：{rows} 行记录、{files} 份原始文件。各项数字不变。"
            "较早的备份仍含原文，到期清理；从其恢复后请再执行一次。",
            f"Blanked {len(done)} vehicles: {rows} rows and {files} received files. No figure has "
            "moved. Earlier backups still hold them until they go; after restoring one, do it "
            "again.",
        )
    )
