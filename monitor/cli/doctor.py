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
_MOST_ITEMS = 40  # of one check on a terminal: every desk of a province and its cities
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
        _print_document(session, found)
    else:
        _print_sum(session, [result for _, result in found])
    bad = {"fail", "warn"} if strict else {"fail"}
    if any(result.state in bad for _, result in found):
        sys.exit(1)


def _print_document(session: Session, found: list[tuple[str, Result]]) -> None:
    states = [result.state.value for _, result in found]
    worst = next(state for state in ("fail", "warn", "ok") if state in {*states, "ok"})
    print_json(
        {"state": worst, "checks": [_document(session, code, result) for code, result in found]}
    )


def _document(session: Session, code: str, result: Result) -> dict[str, Any]:
    return {
        "code": code,
        "state": result.state.value,
        "what": _said(session, result.what),
        "mend": _said(session, result.mend) if result.mend else None,
        "items": [_said(session, one) for one in result.items],
    }


def _said(session: Session, words: Text) -> str:
    """Words for the output: names of files may hold what no terminal and no JSON can."""
    said = words.to(session.language)
    return "".join(
        letter if letter.isprintable() or letter == "\n" else "\N{REPLACEMENT CHARACTER}"
        for letter in said
    )


def _print(session: Session, code: str, result: Result) -> None:
    mark = _MARKS[result.state].to(session.language)
    line = f"{mark:<4}  {code:<11} {_said(session, result.what)}"
    ink = _INKS[result.state] if result.state != "ok" else ""
    session.out.print(line, style=ink, soft_wrap=True)  # commands and paths stay whole
    for one in result.items[:_MOST_ITEMS]:
        session.out.print(f"      · {_said(session, one)}", soft_wrap=True)
    more = len(result.items) - _MOST_ITEMS
    if more > 0:
        said = session.say(
            f"另有 {more} 项，全部见 fleetmon doctor --json",
            f"{more} more; fleetmon doctor --json has all of them",
        )
        session.out.print(f"      · {said}", soft_wrap=True)
    if result.mend is not None:
        session.out.print(f"      → {_said(session, result.mend)}", soft_wrap=True)


def _print_sum(session: Session, results: list[Result]) -> None:
    bad = sum(1 for one in results if one.state == "fail")
    odd = sum(1 for one in results if one.state == "warn")
    session.out.print(
        session.say(
            f"共 {len(results)} 项：故障 {bad}，留意 {odd}。",
            f"{len(results)} checks: {bad} to mend, {odd} to watch.",
        )
    )
