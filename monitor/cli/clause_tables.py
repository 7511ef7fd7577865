"""Clauses in words and tables: one clause told plainly, and all of them with what answers each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from monitor.assess.clause_words import ANSWERED, CLASSES, body_words
from monitor.cli.session import Session, print_json
from monitor.model import Text, plural

if TYPE_CHECKING:
    from monitor.policy.clause_coverage import Coverage
    from monitor.policy.clause_targets import ClauseTarget
    from monitor.policy.clauses import Clause
    from monitor.policy.mandates import Mandate

STRENGTHS = {
    "mandatory": Text("强制", "mandatory"),
    "floor_encouraged": Text("鼓励，有下限", "encouraged floor"),
    "in_principle": Text("原则上", "in principle"),
    "declared": Text("目标", "declared"),
    "promote": Text("推广", "promote"),
    "aim": Text("力争", "aim"),
}
_OPS = {
    "exists": Text("有", "to be there"),
    "non_decreasing": Text("不降低", "not to be lowered"),
    "rising": Text("逐年提高", "to rise"),
}


def evidence_word(kind: str, session: Session) -> str:
    """The extract kind that answers a clause, in words."""
    if kind == "none":
        return session.say("无", "none")
    return session.policy.kind_label(kind).to(session.language)


def target_words(target: ClauseTarget, session: Session) -> str:
    """One target as a person writes it: when, what, how much."""
    say, language = session.say, session.language
    when = say("每年", "every year") if target.every_year else str(target.period or "")
    item = target.item.to(language) if target.item else ""
    if target.op in _OPS:
        told = _OPS[target.op].to(language) + (say("：", ": ") + item if item else "")
        return f"{when} {told}".strip()
    number = target.value or f"{target.value_min}–{target.value_max}"
    sign = {"range": "", "about": say("约 ", "about ")}.get(target.op, f"{target.op} ")
    words = " ".join(
        part for part in (when, item, f"{sign}{number} {_unit(target, session)}") if part
    )
    if target.threshold is not None:
        bar = target.threshold
        unit = session.policy.codes["unit"].label(bar.unit).to(language)
        words += say("，其中", ", where ") + f"{bar.what.to(language)} {bar.op} {bar.value} {unit}"
    if target.strength is not None:
        strength = STRENGTHS[target.strength].to(language)
        words += say(f"（{strength}）", f" ({strength})")
    return words


def _unit(target: ClauseTarget, session: Session) -> str:
    label = session.policy.codes["unit"].label(target.unit or "")
    return label.to(session.language)


def answering_words(of: Mandate | Clause | Coverage, session: Session) -> str:
    """Who answers, each with its present name where it is another one."""
    from monitor.policy.clause_coverage import bodies_of  # noqa: PLC0415  # --help needs none of it

    shown = [
        body_words(written, body).to(session.language)
        for written, body in bodies_of(session.policy, of).items()
    ]
    return session.say("、", ", ").join(shown)


def print_clause(session: Session, clause: Clause) -> None:
    """A clause in plain words."""
    say, out, language = session.say, session.out, session.language
    out.print(f"{clause.id}  {clause.meaning.to(language)}", style="bold")
    print_place(session, clause)
    out.print("  " + say("类别：", "Kind: ") + CLASSES[clause.clause_class].to(language))
    for target in clause.targets:
        out.print("  " + say("目标：", "Target: ") + target_words(target, session))
    if clause.places:
        names = (session.policy.divisions.name(code).to(language) for code in clause.places)
        out.print("  " + say("地区：", "Places: ") + say("、", ", ").join(names))
    if clause.baseline is not None:
        out.print("  " + say("基期：", "Before: ") + f"“{clause.baseline.words}”")
    if clause.responsible:
        out.print("  " + say("责任单位：", "Answers for it: ") + answering_words(clause, session))
    evidence = clause.evidence
    kind, answer = evidence_word(evidence.kind, session), ANSWERED[evidence.answer].to(language)
    out.print(
        "  " + say("如何回答：", "Answered by: ") + say(f"{kind}，{answer}", f"{kind}, {answer}")
    )
    out.print("  " + say("需要：", "Needs: ") + evidence.needs.to(language))
    if evidence.limits is not None:
        out.print("  " + say("仍不知道：", "Unknown even then: ") + evidence.limits.to(language))
    print_readings(session, clause)
    out.print("  " + say("核对于 ", "Reviewed on ") + clause.reviewed_on.isoformat())


def print_place(session: Session, of: Mandate | Clause) -> None:
    """Where a clause stands, its words, how strongly and how long it binds."""
    say, out, document = session.say, session.out, of.document
    if not isinstance(document, str):
        number = f" {document.number}" if document.number else ""
        out.print(f"  《{document.title}》{number}  {document.issuer}  {document.issued_on}")
        if document.is_national:
            out.print("  " + say("国家文件，不在四份文件之内", "a national paper, not of the four"))
        if document.is_national and document.place is not None:
            out.print("  " + say("来源：", "Source: ") + document.place.to(session.language))
    out.print("  " + say("位置：", "Place: ") + of.section)
    out.print("  " + say("原文：", "Words: ") + f"“{of.words}”")
    strength = STRENGTHS[of.strength].to(session.language)
    out.print("  " + say("强度：", "Strength: ") + f"{strength}（{of.strength_word}）")
    out.print("  " + say("有效期：", "In force: ") + f"{of.valid_from} – {of.valid_to}")


def print_readings(session: Session, of: Mandate | Clause) -> None:
    """Every choice that was taken, by whom and when, and where its other readings stand."""
    say = session.say
    for reading in of.readings:
        name = getattr(reading, "recorded", None)
        more = (
            say(f"；另有读法：fleetmon readings {name}", f"; others: fleetmon readings {name}")
            if name
            else ""
        )
        session.out.print(
            "  "
            + say("口径：", "Reading: ")
            + reading.what.to(session.language)
            + say(f"（{reading.by}，{reading.on}{more}）", f" ({reading.by}, {reading.on}{more})")
        )


def show_coverage(session: Session, rows: Sequence[Coverage], *, as_json: bool) -> None:
    """Every clause with what would answer it, what answers it now, and why nothing does."""
    policy = session.policy
    if as_json:
        from monitor.corridor.clause_documents import (  # noqa: PLC0415  # --help needs none of it
            coverage_document,
        )

        print_json(
            {
                "ruleset": policy.ruleset,
                "counts": dict(sorted(Counter(row.now for row in rows).items())),
                "mandates": [coverage_document(policy, row, session.language) for row in rows],
            }
        )
        return
    from monitor.cli.tables import print_table  # noqa: PLC0415  # rich

    say, language = session.say, session.language
    print_table(
        session,
        say(f"{len(rows)} 条条文", plural(len(rows), "clause")),
        (
            (say("编号", "id"), False),
            (say("类别", "kind"), False),
            (say("地区", "place"), False),
            (say("年度", "years"), False),
            (say("强度", "strength"), False),
            (say("依据", "evidence"), False),
            (say("可得", "would be"), False),
            (say("现在", "now"), False),
            (say("为什么", "why"), False),
        ),
        [
            (
                row.id,
                CLASSES[row.clause_class].to(language),
                session.policy.divisions.name(row.jurisdiction).to(language),
                f"{row.years.start}–{row.years.stop - 1}",
                STRENGTHS[row.strength].to(language),
                evidence_word(row.evidence, session),
                ANSWERED[row.answer].to(language),
                ANSWERED[row.now].to(language),
                _why(row, session) or "—",
            )
            for row in rows
        ],
    )
    counted = Counter(row.now for row in rows)
    told = [f"{ANSWERED[now].to(language)} {count}" for now, count in sorted(counted.items())]
    session.out.print(say("现在：", "Now: ") + say("，", ", ").join(told))


def _why(row: Coverage, session: Session) -> str:
    """What must be sent while it is not there, and what stays unknown."""
    say, language = session.say, session.language
    parts = []
    if row.needs is not None and row.now in {"needs_extract", "not_computable"}:
        lead = say("需要：", "Needs: ") if row.now == "needs_extract" else ""
        parts.append(lead + row.needs.to(language))
    if row.limits is not None:
        parts.append(row.limits.to(language))
    return say("", " ").join(parts)
