"""`bounces`: letters that came back, out of mailbox files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from monitor.cli.options import FILE
from monitor.cli.session import Session, print_json
from monitor.delivery.words import STATES
from monitor.model import plural


@click.command()
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def bounces(session: Session, /, files: tuple[Path, ...], *, as_json: bool) -> None:
    """从邮箱文件（mbox 或 .eml）登记退信 / note bounces from mbox or .eml files."""
    from monitor.delivery.bounces import read_bounces  # noqa: PLC0415  # heavy
    from monitor.store.delivery_events import record_bounce  # noqa: PLC0415  # heavy

    boxes = [read_bounces(file) for file in files]
    lines: list[dict[str, Any]] = []
    counts = {"letters": 0, "unrelated": 0, "skipped": 0, "unknown": 0}
    with session.store(write=True) as store:
        for box in boxes:
            counts["letters"] += box.letters
            counts["unrelated"] += box.unrelated
            counts["skipped"] += box.skipped
            for one in box.returned:
                noted = record_bounce(store, one.message_id, one.status, session.now())
                if noted is None:
                    counts["unknown"] += 1
                    continue
                lines.append(
                    {
                        "delivery": noted.delivery,
                        "status": one.status,
                        "state": noted.state.value,
                        "new": noted.is_new,
                    }
                )
    if as_json:
        print_json({"bounces": lines} | counts)
        return
    for line in lines:
        state = STATES[line["state"]].to(session.language)
        known = "" if line["new"] else session.say("（已登记）", " (noted before)")
        session.out.print(f"{line['delivery']}  {line['status']}  {state}{known}")
    session.out.print(
        session.say(
            f"共 {counts['letters']} 封：退信 {len(lines)}，与本系统无关 {counts['unrelated']}，"
            f"不是本库寄出的 {counts['unknown']}，过大或过繁未读 {counts['skipped']}。",
            f"{plural(counts['letters'], 'letter')}: {plural(len(lines), 'bounce')}, "
            f"{counts['unrelated']} not ours, "
            f"{counts['unknown']} of deliveries not held here, {counts['skipped']} too large or "
            "intricate to be read.",
        )
    )
