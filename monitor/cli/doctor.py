"""`doctor`: everything that the service needs, and what to mend."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.session import Session, print_json
from monitor.model import Text

if TYPE_CHECKING:
    from monitor.service.diagnosis import Result

_MARKS = {
    "ok": Text("正常", "ok"),
    "warn": Text("留意", "warn"),
    "fail": Text("故障", "FAIL"),
}
_INKS = {"ok": "green", "warn": "yellow", "fail": "bold red"}


@click.command()
@click.option("--all", "whole", is_flag=True, help="核对全部原始文件 / hash all of the archive")
@click.option("--strict", is_flag=True, help="留意项也算不合格 / warnings count too")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def doctor(session: Session, /, *, whole: bool, strict: bool, as_json: bool) -> None:
    """检查设置、规则、数据、邮件、备份与任务，说明如何处理 / what is well, and what to mend."""
    from monitor.service.doctor import examine  # noqa: PLC0415  # heavy

    found: list[tuple[str, Result]] = []
    for code, result in examine(session.workplace, whole=whole):
        found.append((code, result))
        if not as_json:
            _print(session, code, result)
    if as_json:
        print_json({"checks": [_document(session, code, result) for code, result in found]})
    else:
        _print_sum(session, [result for _, result in found])
    bad = {"fail", "warn"} if strict else {"fail"}
    if any(result.state in bad for _, result in found):
        sys.exit(1)


def _document(session: Session, code: str, result: Result) -> dict[str, Any]:
    mend = result.mend.to(session.language) if result.mend else None
    return {
        "code": code,
        "state": result.state.value,
        "what": result.what.to(session.language),
        "mend": mend,
    }


def _print(session: Session, code: str, result: Result) -> None:
    mark = _MARKS[result.state].to(session.language)
    line = f"{mark:<4}  {code:<11} {result.what.to(session.language)}"
    session.out.print(line, style=_INKS[result.state] if result.state != "ok" else "")
    if result.mend is not None:
        session.out.print(f"      → {result.mend.to(session.language)}")


def _print_sum(session: Session, results: list[Result]) -> None:
    bad = sum(1 for one in results if one.state == "fail")
    odd = sum(1 for one in results if one.state == "warn")
    session.out.print(
        session.say(
            f"共 {len(results)} 项：故障 {bad}，留意 {odd}。",
            f"{len(results)} checks: {bad} to mend, {odd} to watch.",
        )
    )
