"""`export`: what is held, for other engines to read."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from monitor import __version__
from monitor.cli.options import MomentType
from monitor.cli.session import Session, print_json
from monitor.model import plural

_MEBIBYTE = 1 << 20


@click.group()
def export() -> None:
    """导出数据供其他引擎使用 / write what is held for other engines."""


@export.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--known-at", type=MomentType(), help="只含此刻以前收到的 / only what had come by then"
)
@click.option("--replace", is_flag=True, help="替换该处已有的导出 / in place of an earlier export")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON / one JSON document")
@click.pass_obj
def facts(
    session: Session, /, folder: Path, known_at: datetime | None, *, replace: bool, as_json: bool
) -> None:
    """把车辆事实写成分区 Parquet，供集群使用 / the facts as partitioned Parquet, for a cluster."""
    from monitor.store.facts_export import export_facts  # noqa: PLC0415  # imports duckdb
    from monitor.store.facts_manifest import FACTS  # noqa: PLC0415  # imports duckdb

    made = export_facts(
        session.home,
        folder.absolute(),
        known_at=known_at,
        replace=replace,
        at=session.now(),
        program=__version__,
        waiting=session.waiting,
    )
    manifest, size = made.manifest, f"{made.size / _MEBIBYTE:.1f}"
    if as_json:
        print_json(
            {
                "tables": [
                    {"name": name, "rows": rows} for name, rows in sorted(manifest.rows.items())
                ],
                "folder": str(made.folder),
                "files": made.files,
                "bytes": made.size,
                "known_at": manifest.known_at.isoformat() if manifest.known_at else None,
                "history": manifest.history,
                "decisions": manifest.decisions,
            }
        )
        return
    session.out.print(
        session.say(
            f"已导出 {manifest.rows[FACTS]} 行车辆事实（{manifest.history} 批报送）到 "
            f"{made.folder}：{made.files} 个文件，{size} MiB，行数与数据库核对一致。",
            f"Exported {plural(manifest.rows[FACTS], 'vehicle row')} "
            f"({plural(manifest.history, 'submission')}) to {made.folder}: "
            f"{plural(made.files, 'file')}, {size} MiB; the rows agree with the store.",
        )
    )
    session.out.print(
        session.say(
            "其中没有车架号、号牌、所有人和信用代码；每行只有批次与行号，凭本数据库才能对上车辆，"
            "仍请按内部资料保管。",
            "It holds no VIN, plate, owner or credit code. A row is known by submission and line, "
            "which this store alone can tie to a vehicle; keep it as internal all the same.",
        )
    )
