"""A letter to the operators in words: what failed, since when, how often tried, what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from monitor.bulletins import formats
from monitor.bulletins.notice_facts import OperatorsFacts, Report
from monitor.bulletins.words import Words, load_words
from monitor.model import Language, Text
from monitor.policy.project import Project

_TAGS: Final[dict[Language, str]] = {"zh": "zh-CN", "en": "en"}


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One failure as the letter tells it; `command` is what to type, empty where nothing is."""

    what: str
    since: str
    why: str
    remedy: str
    command: str


@dataclass(frozen=True, slots=True)
class OperatorsView:
    """A whole letter to the operators; both forms are set from this and add nothing."""

    language_tag: str
    subject: str
    product: str
    division: str
    issue: str
    headline: str
    reports: tuple[ReportLine, ...]


def report_text(report: Report, project: Project) -> Text:
    """A report as it is kept until a letter tells it: a paragraph for each field of its line.

    Line breaks within a field become blanks, so that the paragraphs stay told apart.
    """
    said = []
    languages: tuple[Language, ...] = ("zh", "en")
    for language in languages:
        words = load_words(project, language)
        since = formats.moment(report.since, words)
        begun = (
            words("自 %(moment)s起", moment=since)
            if report.tries is None
            else words.plural("自 %(moment)s起，已试 %(num)s 次", report.tries, moment=since)
        )
        fields = (words.text(report.what), begun, words.text(report.why))
        remedy = (words.text(report.remedy), report.command)
        said.append("\n".join(" ".join(field.split()) for field in (*fields, *remedy)))
    return Text(*said)


def build_operators(facts: OperatorsFacts, project: Project, language: Language) -> OperatorsView:
    """Put the reports that no letter told yet into one."""
    words = load_words(project, language)
    lines = tuple(ReportLine(*words.text(one).split("\n")) for one in facts.reports)
    return OperatorsView(
        language_tag=_TAGS[language],
        subject=" ".join(_subject(lines, words).split()),
        product=words("运行告警"),
        division=words("监测系统"),
        issue=formats.moment(facts.at, words),
        headline=_headline(lines, words),
        reports=lines,
    )


def _subject(lines: Sequence[ReportLine], words: Words) -> str:
    first = lines[0].what
    if len(lines) == 1:
        return words("监测系统需要处理：%(what)s", what=first)
    return words.plural("监测系统有 %(num)s 件事需要处理：%(what)s等", len(lines), what=first)


def _headline(lines: Sequence[ReportLine], words: Words) -> str:
    return words.plural("%(num)s 件事自动重试后仍未解决，需要人工处理。", len(lines))
