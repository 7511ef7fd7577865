"""What is not worked out and why: nothing is left out for want of data."""

from __future__ import annotations

from collections.abc import Callable

from monitor.bulletins.handbook.clauses import Concerns, clause_anchor, title_of
from monitor.bulletins.handbook.pieces import Fact
from monitor.bulletins.handbook.table_parts import Gap, GapSection
from monitor.bulletins.words import Words
from monitor.policy.clause_coverage import Coverage, coverage_of
from monitor.policy.policy import Policy


def gap_sections(
    policy: Policy, words: Words, concerns: Concerns, number: str
) -> tuple[GapSection, ...]:
    """Clauses by what is not known of them; sorts that have none are left out."""
    rows = [row for row in coverage_of(policy) if concerns(row.jurisdiction)]
    sorts: tuple[tuple[str, str, str, Callable[[Coverage], bool]], ...] = (
        (
            "never",
            words("没有报表能够回答"),
            words("下列条文没有任何报送能够回答，只列出，不计算。"),
            lambda row: row.now == "not_computable",
        ),
        (
            "awaited",
            words("还没有相应的报表"),
            words("下列条文有了相应的报表就能回答。"),
            lambda row: row.now == "needs_extract",
        ),
        (
            "partly",
            words("算出来了，仍有不知道的"),
            words("下列条文能够计算，但数字说明不了全部：没有数值的只报告走势，不判定。"),
            lambda row: row.now == "computed" and row.limits is not None,
        ),
        (
            "told",
            words("只照报送的列出，不自行核算"),
            words("下列条文的数值或文件由有关单位报送，注明出处；监测不能自行核算。"),
            lambda row: row.now in {"reported", "documented"},
        ),
    )
    found: list[GapSection] = []
    for name, title, about, belongs in sorts:
        chosen = [row for row in rows if belongs(row)]
        if chosen:
            gaps = tuple(_gap(row, policy, words) for row in chosen)
            place = f"{number}.{len(found) + 1}"
            found.append(GapSection(place, f"gaps-{name}", title, about, gaps))
    return tuple(found)


def _gap(row: Coverage, policy: Policy, words: Words) -> Gap:
    clause = policy.mandates.get(row.id) or policy.clauses[row.id]
    told = [row.limits] if row.limits else []
    if row.now != "computed" and row.needs is not None:
        told.insert(0, row.needs)
    return Gap(
        id=row.id,
        anchor=clause_anchor(row.id),
        title=title_of(clause, policy, words),
        why=words.sentences([words.text(one) for one in told]),
    )


def agreement_facts(policy: Policy, words: Words, concerns: Concerns) -> tuple[Fact, ...]:
    """How figures of different clauses must go together, and why."""
    return tuple(
        Fact(words.text(check.what), words.text(check.because))
        for check in policy.consistency
        if any(
            concerns(policy.clauses[part.clause].jurisdiction)
            for part in (*check.parts, check.whole)
        )
    )
