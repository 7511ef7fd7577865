"""What a bulletin says of its data: what came, what was set aside, who is silent."""

from __future__ import annotations

import re
from collections import Counter

from monitor.bulletins import formats, labels
from monitor.bulletins.facts import BulletinFacts
from monitor.bulletins.parts import Line, Quality, Reason
from monitor.bulletins.reporting import reporting_lines
from monitor.bulletins.words import Words
from monitor.model import RowCounts, Status
from monitor.policy.policy import Policy
from monitor.policy.rules import Rule

# The hole for a row's own value, with the quotation marks about it.
_HOLE = re.compile(r"\s*[“\"]?\{[^{}]*\}[”\"]?")


def finding_title(code: str, facts: BulletinFacts, policy: Policy, words: Words) -> str:
    """A finding in few words: its rule's message without the value of any one row.

    Where two kinds have a rule of this code, the kind that was submitted more often speaks, else
    the one that stands first.
    """
    kinds = Counter(one.kind for one in facts.submissions)
    for kind in sorted(policy.rules, key=lambda kind: (-kinds[kind], *_place(kind, policy))):
        rule = policy.rules[kind].by_code().get(code)
        if rule is not None:
            return rule_title(rule, words)
    return code


def rule_title(rule: Rule, words: Words) -> str:
    """What breaks a rule, without the value of any one row."""
    return " ".join(_HOLE.sub("", words.text(rule.message)).split()) or rule.code


def quality_of(facts: BulletinFacts, policy: Policy, words: Words) -> Quality:
    """The data behind the figures, silence and checks that did not run included."""
    return Quality(
        lines=(
            *_received(facts, policy, words),
            *_absent(facts, policy, words),
            *reporting_lines(facts, policy, words),
            *_unclear(facts, policy, words),
            _checks(facts, words),
        ),
        set_aside=_reasons(facts.rejected, facts, policy, words),
        warned=_reasons(facts.warned, facts, policy, words),
    )


def uncovered_of(facts: BulletinFacts, policy: Policy, words: Words) -> list[str]:
    """The spans that no submission covers; a province's divisions are told together by span."""
    together: dict[str, list[str]] = {}
    for code, periods in facts.uncovered.items():
        spans = words.listed([formats.span(period, words) for period in periods])
        if spans and code not in facts.silent:
            together.setdefault(spans, []).append(code)
    if not facts.is_province:
        return list(together)
    everyone = len(policy.divisions.members(facts.division))
    return [
        words(
            "%(name)s（%(spans)s）",
            name=words("各市")
            if len(codes) == everyone
            else words.listed(names_of(tuple(codes), policy, words)),
            spans=spans,
        )
        for spans, codes in together.items()
    ]


def _place(kind: str, policy: Policy) -> tuple[int, str]:
    """Where a kind stands in lists; behind all others what no file declares."""
    listed = list(policy.kinds)
    return (listed.index(kind) if kind in listed else len(listed), kind)


def _received(facts: BulletinFacts, policy: Policy, words: Words) -> list[Line]:
    kinds = Counter(one.kind for one in facts.submissions)
    by_kind = [
        words.plural("%(kind)s %(num)s 份", number, kind=labels.kind_word(kind, policy, words))
        for kind, number in sorted(kinds.items(), key=lambda item: _place(item[0], policy))
    ]
    refused = sum(one.status is Status.REFUSED for one in facts.submissions)
    rows = (
        RowCounts(
            *(sum(counts) for counts in zip(*(one.rows for one in facts.submissions), strict=True))
        )
        if facts.submissions
        else RowCounts()
    )
    lines = [
        Line(words("收到报送"), words.listed(by_kind) if by_kind else words("无"), "quiet"),
        rows_line(rows, words),
    ]
    if refused:
        lines.append(Line(words("整份拒收"), words.plural("%(num)s 份", refused), "warn"))
    return lines


def rows_line(rows: RowCounts, words: Words) -> Line:
    """What became of the lines of one file, or of several."""
    return Line(
        words("数据行"),
        words(
            "读入 %(read)s，采用 %(accepted)s，剔除 %(rejected)s，略过标题、合计和说明 %(ignored)s",
            read=formats.number(rows.read),
            accepted=formats.number(rows.accepted),
            rejected=formats.number(rows.rejected),
            ignored=formats.number(rows.ignored),
        ),
        "warn" if rows.rejected else "quiet",
    )


def _absent(facts: BulletinFacts, policy: Policy, words: Words) -> list[Line]:
    lines = []
    if facts.silent:
        silent = (
            words.listed(names_of(facts.silent, policy, words))
            if facts.is_province
            else words("本市")
        )
        lines.append(Line(words("未报送"), silent, "warn"))
    if facts.nil:
        nil = (
            words.listed(names_of(facts.nil, policy, words)) if facts.is_province else words("本市")
        )
        lines.append(Line(words("零报告"), nil, "quiet"))
    uncovered = uncovered_of(facts, policy, words)
    if uncovered:
        lines.append(Line(words("未涵盖的时段"), words.listed(uncovered), "warn"))
    return lines


def names_of(codes: tuple[str, ...], policy: Policy, words: Words) -> list[str]:
    """The names of divisions."""
    return [words.text(policy.divisions.name(code)) for code in codes]


def _unclear(facts: BulletinFacts, policy: Policy, words: Words) -> list[Line]:
    rows = [
        row
        for row in facts.assessments
        if row.division == facts.division
        and row.role == "finding"
        and row.period.startswith(str(facts.as_of.year))
    ]
    lines = []
    energy = [
        words(
            "%(what)s：%(count)s 辆",
            what=labels.subject_of(row, policy, words),
            count=formats.number(row.undetermined),
        )
        for row in rows
        if not formats.is_zero(row.undetermined)
    ]
    if energy:
        lines.append(Line(words("能源类型无法判定"), words.listed(energy), "unsure"))
    category = [
        words(
            "%(what)s：%(count)s 辆",
            what=labels.subject_of(row, policy, words),
            count=formats.number(row.category_undetermined),
        )
        for row in rows
        if row.category_undetermined
    ]
    if category:
        lines.append(Line(words("用途不明，可能有关"), words.listed(category), "unsure"))
    return lines


def _checks(facts: BulletinFacts, words: Words) -> Line:
    if not facts.checks_declared:
        return Line(words("检查"), words("没有数据可检查"), "quiet")
    missing = facts.checks_declared - facts.checks_run
    run = words(
        "应执行 %(declared)s 项，已执行 %(run)s 项",
        declared=formats.number(facts.checks_declared),
        run=formats.number(facts.checks_run),
    )
    if missing:
        unrun = words.plural("有 %(num)s 项未执行，其结果不能视为通过", missing)
        return Line(words("检查"), words.listed([run, unrun]), "bad")
    return Line(words("检查"), run, "quiet")


def _reasons(
    counts: dict[str, int], facts: BulletinFacts, policy: Policy, words: Words
) -> tuple[Reason, ...]:
    ordered = [
        (finding_title(code, facts, policy, words), code, rows)
        for code, rows in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]
    return tuple(
        Reason(title, "" if title == code else code, formats.number(rows))
        for title, code, rows in ordered
        if rows
    )
