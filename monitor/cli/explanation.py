"""What stands behind a figure, for people."""

from __future__ import annotations

from collections import Counter

from monitor.assess.answer_words import figure_of
from monitor.cli.session import Session
from monitor.cli.tables import print_table
from monitor.corridor.clause_explanation import ClauseExplanation
from monitor.corridor.explanation import Explanation
from monitor.model import Text, plural

_COUNTS_AS = {
    "new_energy": Text("新能源", "new-energy"),
    "undetermined": Text("待定", "undetermined"),
    "other_energy": Text("非新能源", "not new-energy"),
    "exempt": Text("豁免", "exempt"),
    "out_of_scope": Text("范围外", "out of scope"),
    "scope_unknown": Text("范围不明", "scope unknown"),
}


_ANSWERS_AS = {
    "against": Text("不符", "against it"),
    "undetermined": Text("待定", "undetermined"),
    "counted": Text("符合", "for it"),
    "reported": Text("报送", "reported"),
}


def print_answer(session: Session, told: ClauseExplanation) -> None:
    """Clause, figure and rows of an explain code of an answer."""
    say, out, language = session.say, session.out, session.language
    clause, a = told.clause, told.answer
    document = clause.document
    title = document if isinstance(document, str) else f"《{document.title}》"
    out.print(f"{clause.id}  {title} {clause.section}", style="bold")
    out.print(f"  {clause.words}")
    out.print(f"  {clause.meaning.to(language)}")
    division = session.policy.divisions.name(a.division).to(language)
    figure = figure_of(a, session.policy).to(language)
    status = session.status_word(a.status)
    out.print(f"{division} {a.period} {a.name.to(language)}: {figure}  {status}")
    _mind_rules(session, told)
    for reading in clause.readings:
        out.print(say("口径：", "Reading: ") + reading.what.to(language), style="dim")
    if not told.is_traceable:
        out.print(
            say(
                "这个数字由登记与名单逐车比对得出，不列出车辆。",
                "The figure comes of setting the register against the list; no vehicle is named.",
            )
        )
        return
    print_table(
        session,
        say(f"{len(told.rows)} 行", plural(len(told.rows), "row")),
        (
            (say("批次", "submission"), False),
            (say("行", "line"), True),
            (say("编号", "known by"), False),
            (say("日期", "day"), False),
            (say("计作", "counts as"), False),
        ),
        [
            (
                row.submission,
                str(row.line),
                " ".join(part for part in row.known_by if part),
                row.dated_on.isoformat(),
                _ANSWERS_AS[row.counts_as].to(language),
            )
            for row in told.rows
        ],
    )


def _mind_rules(session: Session, told: Explanation | ClauseExplanation) -> None:
    if not told.same_ruleset:
        session.out.print(
            session.say(
                f"注意：规则已变为 {told.ruleset_now[:8]}，以下按现行规则列出。",
                f"Mind: the rules are now {told.ruleset_now[:8]}; what follows is by them.",
            ),
            style="yellow",
        )


def print_explanation(session: Session, told: Explanation) -> None:
    """Clause, figure, files and rows of one explain code."""
    say, out, language = session.say, session.out, session.language
    mandate, a = told.mandate, told.assessment
    document = mandate.document
    title = document if isinstance(document, str) else f"《{document.title}》"
    out.print(f"{mandate.id}  {title} {mandate.section}", style="bold")
    out.print(f"  {mandate.words}")
    out.print(f"  {mandate.meaning.to(language)}")
    division = session.policy.divisions.name(a.division).to(language)
    status = session.status_word(a.status)
    out.print(f"{division} {a.period}: {a.numerator} / {a.denominator}  {a.share or '—'}  {status}")
    known = told.code.known_at
    out.print(
        say(
            f"判定日 {told.code.as_of}，知悉时点 {known or '全部'}，历史序号 {told.code.history}，"
            f"规则 {told.code.ruleset}",
            f"as of {told.code.as_of}, known at {known or 'all'}, history {told.code.history}, "
            f"ruleset {told.code.ruleset}",
        )
    )
    _mind_rules(session, told)
    for reading in mandate.readings:
        out.print(say("口径：", "Reading: ") + reading.what.to(language), style="dim")
    files = Counter((row.submission, row.file or "", row.sha256 or "") for row in told.rows)
    print_table(
        session,
        say("文件", "Files"),
        (
            (say("批次", "submission"), False),
            (say("文件", "file"), False),
            ("SHA-256", False),
            (say("行数", "rows"), True),
        ),
        [(s, f, h[:16], str(n)) for (s, f, h), n in files.items()],
    )
    print_table(
        session,
        say(f"{len(told.rows)} 行", plural(len(told.rows), "row")),
        (
            (say("批次", "submission"), False),
            (say("行", "line"), True),
            ("VIN", False),
            (say("初次登记", "registered"), False),
            (say("车辆", "category"), False),
            (say("能源", "energy"), False),
            (say("计作", "counts as"), False),
        ),
        [
            (
                row.submission,
                str(row.line),
                row.vin or "—",
                row.registered_on.isoformat(),
                session.policy.codes["category"].label(row.category).to(language),
                session.policy.codes["energy"].label(row.energy).to(language),
                _COUNTS_AS[row.counts_as].to(language),
            )
            for row in told.rows
        ],
    )
