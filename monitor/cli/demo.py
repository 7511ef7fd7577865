"""`demo`: the whole weekly job on the bundled samples, in a fresh home."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import click

from monitor.cli.session import Session
from monitor.errors import WrongUse
from monitor.model import Assessment, Text, plural

# The last day of each province's mandates that the samples reach.
_MARKER = ".demo"
# On vehicles, and what answers the clauses that are no fleet mandates.
_MANIFESTS = ("manifest.csv", "clauses.csv")
_JUDGED = {"360000": date(2020, 12, 31), "350000": date(2025, 12, 31)}


@click.command()
@click.pass_obj
def demo(session: Session) -> None:
    """在全新的数据文件夹中用示例走完整个周报流程 / the weekly job on bundled samples."""
    from monitor.corridor.judge import hold  # noqa: PLC0415  # heavy
    from monitor.corridor.publish import publish  # noqa: PLC0415  # heavy
    from monitor.corridor.reception import receive_manifest  # noqa: PLC0415  # heavy
    from monitor.policy.project import project_root  # noqa: PLC0415

    session.home_folder = _fresh(session)
    say, out, policy = session.say, session.out, session.policy
    samples = project_root() / "data" / "samples"
    with session.store(write=True) as store:
        receipts = [
            receipt
            for manifest in _MANIFESTS
            for receipt in receive_manifest(
                store,
                policy,
                samples / manifest,
                now=session.now(),
                progress=session.bar("接收示例报表", "Receiving samples"),
            )
        ]
        read = sum(r.rows.read for r in receipts)
        accepted = sum(r.rows.accepted for r in receipts)
        rejected = sum(r.rows.rejected for r in receipts)
        out.print(
            say(
                f"收到 {len(receipts)} 份报表，读入 {read} 行：计入 {accepted}，退回 {rejected}",
                f"{plural(len(receipts), 'submission')}, {plural(read, 'row')} read: "
                f"{accepted} accepted, {rejected} set aside",
            )
        )
        rows: list[Assessment] = []
        paths: list[Path] = []
        for province, as_of in _JUDGED.items():
            held = hold(store, as_of, None)
            codes = (province, *policy.divisions.members(province))
            published, judged = publish(
                store,
                policy,
                held,
                divisions=codes,
                book=session.book,
                languages=("zh", "en"),
                started_at=session.now(),
                mandates=_of_province(policy, province),
                progress=session.bar("生成通报", "Rendering bulletins"),
            )
            rows += [a for a in judged if a.period == str(as_of.year) and a.target is not None]
            paths += [path for one in published for path in one.letters]
    _print(session, rows, paths)


def _fresh(session: Session) -> Path:
    """An empty home: the one given, or `demo` under the default; only a demo's own is cleared."""
    home = session.home_folder if session.home_is_given else session.home_folder / "demo"
    marker = home / _MARKER
    if marker.exists():
        shutil.rmtree(home)
    elif home.exists() and any(home.iterdir()):
        raise WrongUse(
            Text(
                f"{home} 已有数据，demo 只在空文件夹中运行。请另选 --home。",
                f"{home} holds data; demo runs in an empty folder only. Choose another --home.",
            )
        )
    home.mkdir(parents=True, exist_ok=True)
    marker.touch()
    return home


def _of_province(policy: Any, province: str) -> tuple[str, ...]:
    return tuple(m.id for m in policy.mandates.values() if m.jurisdiction == province)


def _print(session: Session, rows: list[Assessment], paths: list[Path]) -> None:
    from monitor.cli.tables import print_matrix  # noqa: PLC0415  # rich

    say, out = session.say, session.out
    for province, as_of in _JUDGED.items():
        mine = [a for a in rows if session.policy.mandates[a.mandate].jurisdiction == province]
        name = session.policy.divisions.name(province).to(session.language)
        print_matrix(session, f"{name}  {as_of}", [a for a in mine if a.role == "finding"])
    out.print(say(f"{len(paths)} 份通报在：", f"{plural(len(paths), 'bulletin')} in:"))
    out.print(f"  {paths[0].parent}", soft_wrap=True)
    for path in paths[:4]:
        out.print(f"    {path.name}", soft_wrap=True)
    out.print(
        say(
            f"网页、PDF、XLSX、JSON、CSV 在：{session.home.bulletins}",
            f"Pages, PDF, XLSX, JSON, CSV: {session.home.bulletins}",
        ),
        soft_wrap=True,
    )
    out.print(
        say(f"数据文件夹：{session.home_folder}", f"Home: {session.home_folder}"), soft_wrap=True
    )
