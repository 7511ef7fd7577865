"""Tables and lines for people at a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from monitor.bulletins.meanings import RECEIPT_WORDS
from monitor.cli.session import Session
from monitor.model import Assessment, Receipt, RowKey, Severity, Status, plural

if TYPE_CHECKING:
    from rich.table import Table

    from monitor.model import Finding

STYLES = {
    "met": "green",
    "on_track": "green",
    "not_met": "bold red",
    "out_of_reach": "bold red",
    "behind": "yellow",
    "undetermined": "yellow",
    "no_data": "yellow",
}
_SHOWN_FINDINGS = 3
_UNBOUNDED = 1 << 20
_NAMED_CATEGORIES = 3


def _titled(title: str, *, show_lines: bool = False) -> Table:
    """An empty table as all of these are set."""
    from rich.table import Table  # noqa: PLC0415  # --help and --json need none of it

    return Table(title=title, title_justify="left", header_style="bold", show_lines=show_lines)


def print_table(
    session: Session, title: str, columns: Sequence[tuple[str, bool]], rows: Iterable[Sequence[str]]
) -> None:
    """A table; `columns` are headings, each with whether it holds numbers."""
    _print_rows(session, title, columns, list(rows), markup=False)


def _print_rows(
    session: Session,
    title: str,
    columns: Sequence[tuple[str, bool]],
    rows: Sequence[Sequence[str]],
    *,
    markup: bool,
) -> None:
    def filled(lines: Iterable[Sequence[str]]) -> Table:
        table = _titled(title)
        for heading, is_number in columns:
            table.add_column(heading, justify="right" if is_number else "left", overflow="fold")
        for line in lines:
            table.add_row(*line)
        return table

    # Where no cell needs folding, a column set as one cell comes out the same, ten times as fast.
    if rows and not any("\n" in cell for row in rows for cell in row):
        whole = filled([["\n".join(cells) for cells in zip(*rows, strict=True)]])
        unbounded = session.out.options.update(max_width=_UNBOUNDED, markup=markup)
        if session.out.measure(whole, options=unbounded).maximum <= session.out.width:
            session.out.print(whole, markup=markup)
            return
    session.out.print(filled(rows), markup=markup)


def print_assessments(
    session: Session,
    title: str,
    rows: Iterable[Assessment],
    beside: Mapping[RowKey, str] | None = None,
) -> None:
    """The verdict table: one line a row, breakdowns indented; `beside` has words for some rows."""
    say, divisions = session.say, session.policy.divisions
    categories = session.policy.codes["category"]
    lines = []
    for a in rows:
        words = session.status_word(a.status)
        style = STYLES.get(a.status)
        what = say("、", ", ").join(
            categories.label(code).to(session.language) if code != "all" else say("全部", "all")
            for code in a.categories
        )
        indent = "  " if a.role == "breakdown" else ""
        needed = "—" if a.needed_next is None else str(a.needed_next)
        lines.append(
            (
                f"{indent}{a.mandate}",
                divisions.name(a.division).to(session.language),
                a.period,
                what if len(a.categories) <= _NAMED_CATEGORIES else say("多类车辆", "several"),
                f"{a.target.op} {a.target.value}" if a.target else "—",
                "—" if a.denominator is None else str(a.denominator),
                number_range(a),
                a.share or "—",
                str(a.short_by),
                needed,
                f"[{style}]{words}[/]" if style else words,
                *(() if beside is None else (beside.get(a.key, ""),)),
            )
        )
    headings = (
        (say("要求", "mandate"), False),
        (say("地区", "division"), False),
        (say("年度", "year"), False),
        (say("车辆", "vehicles"), False),
        (say("目标", "target"), True),
        (say("计入", "counted"), True),
        (say("新能源", "new-energy"), True),
        (say("占比", "share"), True),
        (say("差", "short"), True),
        (say("再需", "needed"), True),
        (say("判定", "verdict"), False),
        *(() if beside is None else ((say("按所取读法", "as taken"), False),)),
    )
    _print_rows(session, title, headings, lines, markup=True)


def print_matrix(session: Session, title: str, rows: Sequence[Assessment]) -> None:
    """Divisions down, mandates across: the verdict in words, the counts and the share below."""
    say, language = session.say, session.language
    labels = session.policy.codes["category"]
    columns = list(dict.fromkeys((a.mandate, a.categories) for a in rows))
    table = _titled(title, show_lines=True)
    table.add_column(say("地区", "division"))
    for mandate, categories in columns:
        what = say("、", ", ").join(
            say("全部", "all") if code == "all" else labels.label(code).to(language)
            for code in categories[:_NAMED_CATEGORIES]
        )
        table.add_column(f"{mandate}\n{what}", overflow="fold")
    found = {(a.division, a.mandate, a.categories): a for a in rows}
    for division in dict.fromkeys(a.division for a in rows):
        cells = [_cell(session, found.get((division, *column))) for column in columns]
        table.add_row(session.policy.divisions.name(division).to(language), *cells)
    session.out.print(table, markup=True)


def _cell(session: Session, a: Assessment | None) -> str:
    if a is None:
        return "—"
    words = session.status_word(a.status)
    style = STYLES.get(a.status)
    shown = f"[{style}]{words}[/]" if style else words
    if a.denominator is None:
        return f"{shown}\n{number_range(a)}"
    if not a.denominator:
        return shown
    return f"{shown}\n{number_range(a)} / {a.denominator}  {a.share}"


def number_range(assessment: Assessment) -> str:
    """The new-energy vehicles of a row, from those surely so to those that may be."""
    low, more = assessment.numerator, assessment.undetermined
    if more in {0, "0"}:
        return str(low)
    if isinstance(low, int) and isinstance(more, int):
        return f"{low}–{low + more}"
    return f"{low} (+{more})"


def print_receipt(session: Session, receipt: Receipt) -> None:
    """A receipt in words, its findings after it."""
    say, out = session.say, session.out
    words = RECEIPT_WORDS[receipt.status].to(session.language)
    name = receipt.file or say("零报告", "nil return")
    out.print(f"{name}  {words}", style="bold")
    if receipt.first and receipt.status is Status.DUPLICATE:
        out.print(
            "  " + say(f"与 {receipt.first} 完全相同", f"exactly the same as {receipt.first}")
        )
    rows = receipt.rows
    out.print(
        "  "
        + say(
            f"读入 {rows.read} 行：计入 {rows.accepted}，退回 {rows.rejected}，略过 {rows.ignored}",
            f"{plural(rows.read, 'row')} read: {rows.accepted} accepted, "
            f"{rows.rejected} set aside, {rows.ignored} ignored",
        )
    )
    if receipt.changes is not None and receipt.status in {
        Status.ACCEPTED,
        Status.WITH_FINDINGS,
        Status.NIL,
    }:
        out.print("  " + _changes(session, receipt))
    if receipt.code:
        out.print("  " + say(f"回执 {receipt.code}", f"receipt {receipt.code}"))
    for told in receipt.interpretations:
        out.print("  · " + told.message.to(session.language), style="dim")
    print_findings(session, receipt.findings, dict(receipt.tallies))


def _changes(session: Session, receipt: Receipt) -> str:
    c = receipt.changes
    if c is None:
        return ""
    if receipt.rows.accepted and not (c.added or c.corrected or c.withdrawn):
        return session.say("与已有数据一致，没有改变", "changes nothing in what is held")
    return session.say(
        f"新增 {c.added}，更正 {c.corrected}，未变 {c.unchanged}，撤下 {c.withdrawn}",
        f"{c.added} added, {c.corrected} corrected, {c.unchanged} unchanged, "
        f"{c.withdrawn} withdrawn",
    )


def print_findings(
    session: Session, findings: Sequence[Finding], tallies: Mapping[str, int]
) -> None:
    """Findings grouped by what is wrong: how many, the first few with where and how to mend."""
    say, out = session.say, session.out
    shown: dict[str, list[Finding]] = {}
    for finding in findings:
        shown.setdefault(finding.code, []).append(finding)
    for code, found in shown.items():
        is_error = found[0].severity is Severity.ERROR
        mark = say("退回", "set aside") if is_error else say("提示", "note")
        rows = tallies.get(code, len(found))
        out.print(f"  [{mark}] {code}  {rows}", style="red" if is_error else "yellow")
        for finding in found[:_SHOWN_FINDINGS]:
            out.print(f"      {finding.message.to(session.language)}")
        if rows > _SHOWN_FINDINGS:
            more = rows - min(len(found), _SHOWN_FINDINGS)
            out.print(say(f"      另有 {more} 条", f"      {more} more"), style="dim")
