"""`audit`: who did what, and whether the log of it is as it was written."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from monitor.cli.session import Session, print_json
from monitor.errors import WrongUse
from monitor.model import Text, plural

if TYPE_CHECKING:
    from monitor.store.audit import AuditLine

_HASH_LENGTH = 64


@click.group(invoke_without_command=True)
@click.option("--last", type=click.IntRange(min=1), help="只列最近 N 条 / the last N lines only")
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def audit(context: click.Context, /, last: int | None, *, as_json: bool) -> None:
    """谁在何时做了什么 / who did what; `audit verify`: 记录是否被改动 / whether it was changed."""
    if context.invoked_subcommand is not None:
        return
    session: Session = context.obj
    from monitor.store.audit import audit_lines, moment_of  # noqa: PLC0415  # imports duckdb
    from monitor.store.audit_reading import detail_words  # noqa: PLC0415  # imports duckdb

    with session.store(write=False) as store:
        lines = audit_lines(store)[-(last or 0) :]
    if as_json:
        print_json({"audit": [_document(line) for line in lines]})
        return
    from monitor.cli.tables import print_table  # noqa: PLC0415  # rich

    say = session.say
    print_table(
        session,
        say("审计记录", "Audit log"),
        (
            (say("编号", "seq"), True),
            (say("时间", "when"), False),
            (say("操作者", "who"), False),
            (say("操作", "action"), False),
            (say("对象", "object"), False),
            (say("结果", "outcome"), False),
            (say("细节", "detail"), False),
        ),
        [
            (
                str(line.seq),
                f"{moment_of(line):%Y-%m-%d %H:%M:%S}",
                line.actor,
                line.action,
                line.object,
                line.outcome,
                detail_words(line.detail),
            )
            for line in lines
        ],
    )


@audit.command()
@click.option("--expect", help="另行记下的 编号:校验值 / a head noted elsewhere, SEQ:HASH")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def verify(session: Session, /, expect: str | None, *, as_json: bool) -> None:
    """核对审计记录是否完整、未被改动 / check that the log is whole and unchanged."""
    from monitor.store import audit_check  # noqa: PLC0415  # imports duckdb

    expected = _head(expect) if expect else None
    filed = audit_check.read_files(session.home)  # before the table: see monitor.store.audit_check
    with session.store(write=False) as store:
        report = audit_check.verify(store, filed, expected)
    if as_json:
        faults = [
            {"code": f.code, "where": f.where, "message": f.text.to(session.language)}
            for f in report.faults
        ]
        print_json({"faults": faults, "lines": report.lines, "head": report.head})
    else:
        for fault in report.faults:
            session.out.print(f"{fault.code}  {fault.text.to(session.language)}")
        told = session.say(
            f"共 {report.lines} 条，{len(report.faults)} 处不符。末条：{report.head}",
            f"{plural(report.lines, 'line')}, {plural(len(report.faults), 'fault')}. "
            f"Head: {report.head}",
        )
        session.out.print(told)
    if report.faults:
        sys.exit(1)


def _document(line: AuditLine) -> dict[str, object]:
    from monitor.store.audit import moment_of  # noqa: PLC0415  # imports duckdb

    return {
        "seq": line.seq,
        "at": moment_of(line).isoformat(),
        "actor": line.actor,
        "action": line.action,
        "object": line.object,
        "outcome": line.outcome,
        "detail": json.loads(line.detail),
        "hash": line.hash,
    }


def _head(text: str) -> tuple[int, str]:
    seq, _, digest = text.partition(":")
    if not seq.isdigit() or len(digest) != _HASH_LENGTH:
        raise WrongUse(
            Text(
                f"--expect 应为 编号:校验值，如 audit verify 末行所示；收到 {text}。",
                f"--expect is SEQ:HASH as the last line of audit verify shows; got {text}.",
            )
        )
    return int(seq), digest.lower()
