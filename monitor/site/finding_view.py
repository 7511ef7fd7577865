"""Findings as a page and a download show them: by reason, with how to mend, the first lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from monitor.bulletins.words import Words
from monitor.corridor.draft_result import FindingGroup
from monitor.extracts.lively_cells import spreadsheet_csv
from monitor.model import Finding, Severity, Text

# What the command line says of its own switches, said of this page's.
_HERE: Final = MappingProxyType(
    {
        "replace_with_rejected_rows": (
            Text(
                "替换文件中有行被退回，没有执行替换：原有的记录会被撤下，退回的行将无从弥补。",
                "Rows of the replacement were set aside, so nothing would be replaced: what is "
                "held would go, with nothing in the place of those rows.",
            ),
            Text(
                "请改正文件后重新上传；或在“更改认出的内容”中勾选“有退回的行也替换”。",
                "Mend the file and upload it again, or tick “replace although rows are set aside” "
                "below.",
            ),
        ),
        "nil_contradicts_rows": (
            Text(
                "这一期间已有记录，与零报告矛盾：零报告表示没有车辆。",
                "There are rows of the period, against a nil return: nil says that there is no "
                "vehicle.",
            ),
            Text(
                "如确实应为零，请在“更改认出的内容”中勾选“撤下这一期间已有的记录”；否则放弃这份零报告。",
                "If it is nil, tick “withdraw what is held for the period” below; else discard "
                "this return.",
            ),
        ),
    }
)

# Of what was asked of a file, not of the file itself.
AS_ASKED: Final = frozenset(_HERE)


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line of a file; `said` holds the sender's cell only for who may see it."""

    line: int | None
    column: str | None
    value: str | None
    said: Text


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """All findings of one reason; `more` is how many lines are not shown here."""

    code: str
    is_error: bool
    rows: int
    column: str | None
    what: Text
    because: Text | None
    mend: Text | None
    lines: tuple[ShownLine, ...]
    more: int


def shown_groups(groups: Iterable[FindingGroup], *, with_rows: bool) -> tuple[ShownGroup, ...]:
    """Groups for a page; without `with_rows` no cell of the sender's is among them."""
    return tuple(_shown(group, with_rows=with_rows) for group in groups)


def rows_shown(groups: Iterable[ShownGroup]) -> int:
    """How many of the sender's lines stand on the page with their cells."""
    return sum(line.value is not None for group in groups for line in group.lines)


def _shown(group: FindingGroup, *, with_rows: bool) -> ShownGroup:
    what, mend = _HERE.get(group.code, (group.what, group.mend))
    lines = tuple(
        ShownLine(one.line, one.column, one.value, one.message)
        if with_rows
        else ShownLine(one.line, one.column, None, what)
        for one in group.shown
        if one.line is not None
    )
    return ShownGroup(
        code=group.code,
        is_error=group.severity is Severity.ERROR,
        rows=group.rows,
        column=group.column,
        what=what,
        because=group.because,
        mend=mend,
        lines=lines,
        more=group.rows - len(lines) if lines else 0,
    )


def group_findings(groups: Iterable[FindingGroup]) -> list[Finding]:
    """The lines that a check keeps of each reason, as single findings."""
    return [
        Finding(group.code, group.severity, one.message, one.line, one.column, one.value)
        for group in groups
        for one in group.shown
    ]


def findings_csv(findings: Sequence[Finding], tallies: Mapping[str, int], words: Words) -> bytes:
    """Findings, one a line, with how many there are of each reason; the first line says what is
    left out.
    """
    header = [
        *(words("级别"), words("代码"), words("本类总数")),
        *(words("行号"), words("列"), words("填报值"), words("说明")),
    ]
    total = sum(tallies.values())
    head = [
        [words.plural("共 %(num)s 条，下面列出 %(shown)s 条", total, shown=f"{len(findings):,}")]
    ]
    grades = {Severity.ERROR: words("退回"), Severity.WARNING: words("提示，仍计入")}
    rows = [
        [
            *(grades[one.severity], one.code, str(tallies.get(one.code, 1))),
            str(one.line or ""),
            *(one.column or "", one.value or "", words.text(one.message)),
        ]
        for one in findings
    ]
    return spreadsheet_csv([*(head if len(findings) < total else []), header, *rows])
