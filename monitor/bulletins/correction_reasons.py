"""The findings of a submission grouped by reason, with nothing personal in them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from monitor.bulletins import formats
from monitor.bulletins.correction_codes import (
    allowed_words,
    because_words,
    declared_column,
    is_near,
    table_of,
)
from monitor.bulletins.correction_facts import CorrectionFacts
from monitor.bulletins.quality import rule_title
from monitor.bulletins.words import Words
from monitor.model import Finding, Severity
from monitor.policy.codes import CodeTable
from monitor.policy.policy import Policy
from monitor.policy.rules import Rule

_LINES_SHOWN: Final = 12
_VALUES_SHOWN: Final = 5
# Columns whose values are codes, days and numbers; of the others (vehicles, plates, owners,
# contracts) a letter never tells one.
_IMPERSONAL: Final = frozenset(
    {
        *("fuel", "category", "use", "vehicle_type", "plate_kind", "owner_kind", "area", "reason"),
        *("exemption", "business", "division_code", "registered_on", "retired_on", "signed_on"),
        *("delivery_on", "quantity", "range_km", "gross_mass_kg", "fast_charge"),
    }
)
# Of a kind that declares its columns, those of these natures.
_IMPERSONAL_NATURES: Final = frozenset({"code", "clause", "item", "day", "whole", "decimal"})
# In a file whose columns have shifted anything may stand in them: a value is shown where it is a
# short number or day, or stands in several rows, and never where it looks like a vehicle's.
_NUMBER_OR_DAY: Final = re.compile(r"[0-9年月日时分秒辆.,:/\s-]{1,20}")
_SEVERAL: Final = 3
_MANY_DIGITS: Final = 10
_LONGEST_VALUE: Final = 24
_VEHICLE: Final = re.compile(
    # numbers of vehicles, people, organisations, telephones
    r"(?=[0-9A-Za-z]*[0-9])[0-9A-Za-z]{11,}"
    # plates of GA 36: province, office, serial
    r"|[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使]\s?[A-Za-z][·.\s-]?"
    r"(?=[0-9A-Za-z]*[0-9])[0-9A-Za-z]{4,6}"
)
_WRITTEN_CELLS: Final = re.compile(r"（“.*”与“.*”）|\(\".*\" and \".*\"\)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ReasonGroup:
    """One reason: how many rows, which lines, why it matters, how to mend it.

    `lines`, `values` and `allowed` (what may be written) are sentences, empty where there is
    nothing to tell.
    """

    title: str
    code: str
    rows: str
    lines: str
    values: str
    allowed: str
    because: str
    mend: str


def reasons_of(
    facts: CorrectionFacts, severity: Severity, policy: Policy, words: Words
) -> tuple[ReasonGroup, ...]:
    """The reasons of one severity in the order of their first lines, then those of no line.

    A warning is told of the lines that count: what was set aside has to be mended anyway.
    """
    suite = policy.rules.get(facts.summary.kind)
    kind, rules = facts.summary.kind, suite.by_code() if suite else {}
    every: dict[str, list[Finding]] = {}
    for finding in facts.findings:
        if finding.severity is severity:
            every.setdefault(finding.code, []).append(finding)
    groups: list[tuple[float, str, ReasonGroup]] = []
    for (code, weight), tally in facts.tallies.items():
        if weight is not severity or not tally:
            continue
        known = every.get(code, [])
        found = known
        if severity is Severity.WARNING:
            found = [one for one in known if one.line is None or one.line not in facts.aside]
            if known and not found:
                continue
        reason = _Reason(
            rules.get(code), tally - len(known) + len(found), found, is_all=len(known) >= tally
        )
        first = min((one.line for one in found if one.line is not None), default=float("inf"))
        groups.append((first, code, _group(code, reason, kind, policy, words)))
    return tuple(group for _, _, group in sorted(groups, key=lambda item: item[:2]))


class _Reason(NamedTuple):
    """What was found for one rule: so many rows, of which `found` are known one by one."""

    rule: Rule | None
    rows: int
    found: Sequence[Finding]
    is_all: bool


def _group(code: str, reason: _Reason, kind: str, policy: Policy, words: Words) -> ReasonGroup:
    rule, found = reason.rule, reason.found
    lines = sorted({finding.line for finding in found if finding.line is not None})
    table = table_of(rule, kind, policy)
    may_tell = rule is not None and _is_impersonal(rule, kind, policy)
    has_empty = any(not (finding.value or "").strip() for finding in found)
    return ReasonGroup(
        title=rule_title(rule, words) if rule else code,
        code=code if rule else "",
        rows=_rows(reason, words) if lines else "",
        lines=_lines(lines, reason.rows, words),
        values=_values(found, table, words) if may_tell else "",
        allowed=allowed_words(table, policy, words, has_empty=has_empty) if table else "",
        because=because_words(rule, words) if rule else "",
        mend=words.text(rule.mend) if rule else "",
    )


def _rows(reason: _Reason, words: Words) -> str:
    """How many rows; where not all are known one by one, some of a warning's may be set aside."""
    rule = reason.rule
    if reason.is_all or rule is None or rule.severity is Severity.ERROR:
        return words.plural("%(num)s 行", reason.rows)
    return words("至少 %(num)s 行", num=formats.number(len(reason.found)))


def _lines(lines: Sequence[int], count: int, words: Words) -> str:
    """The first lines; runs of neighbours are told as from-to."""
    if not lines:
        return ""
    runs: list[tuple[int, int]] = []
    for line in lines:
        if runs and line == runs[-1][1] + 1:
            runs[-1] = runs[-1][0], line
        else:
            runs.append((line, line))
    told = [_run(first, last, words) for first, last in runs[:_LINES_SHOWN]]
    numbers = words.listed(told)
    are_all = len(runs) <= _LINES_SHOWN and len(lines) == count
    if are_all:
        return words.plural("第 %(numbers)s 行", len(lines), numbers=numbers)
    return words("第 %(numbers)s 行等", numbers=numbers)


def _run(first: int, last: int, words: Words) -> str:
    if last - first <= 1:
        return words.listed([str(line) for line in dict.fromkeys((first, last))])
    return words("%(first)s 至 %(last)s", first=first, last=last)


def _is_impersonal(rule: Rule, kind: str, policy: Policy) -> bool:
    """Whether the column that a rule is about holds nothing that tells one."""
    declared = declared_column(rule, kind, policy)
    if declared is not None:
        return declared.nature in _IMPERSONAL_NATURES
    return rule.column in _IMPERSONAL


def _values(found: Sequence[Finding], table: CodeTable | None, words: Words) -> str:
    """The commonest values that may be told, with how often each stands there."""
    written = Counter(
        " ".join(finding.value.split()) for finding in found if finding.value is not None
    )
    told = [
        words("“%(value)s” %(times)s 次", value=value, times=formats.number(times))
        for value, times in sorted(written.items(), key=lambda item: (-item[1], item[0]))
        if may_be_told(value, times) or (table is not None and is_near(value, table))
    ]
    if not told:
        return ""
    more = words("等") if len(told) > _VALUES_SHOWN else ""
    return words("写作：%(values)s%(more)s", values=words.listed(told[:_VALUES_SHOWN]), more=more)


def may_be_told(value: str, times: int) -> bool:
    """Whether a value of a column of codes, days or numbers can stand in a letter."""
    if not value or len(value) > _LONGEST_VALUE or _VEHICLE.search(value):
        return False
    if _NUMBER_OR_DAY.fullmatch(value):
        return sum(character.isdigit() for character in value) <= _MANY_DIGITS
    return times >= _SEVERAL


def refusal_words(facts: CorrectionFacts, words: Words) -> str:
    """Why the whole file was refused, without the sender's own cells."""
    said = []
    for finding in facts.findings:
        if finding.severity is not Severity.ERROR:
            continue
        message = _WRITTEN_CELLS.sub("", words.text(finding.message))
        if finding.value and finding.code == "header_not_found":
            message = message.replace(finding.value, words("（从略，见原文件）"))
        said.append(_VEHICLE.sub("…", message))
    return words.sentences(said)
