"""The letter that a confirmed report is answered with: what came in, its receipt, how to verify."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from monitor.bulletins import formats, labels
from monitor.bulletins.render import set_pages
from monitor.bulletins.rendered import RenderedBulletin
from monitor.bulletins.words import Words, load_words
from monitor.model import Language, Status
from monitor.model import SubmissionSummary as Summary
from monitor.policy.policy import Policy

_TAGS: Final[dict[Language, str]] = {"zh": "zh-CN", "en": "en"}


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """A whole letter; both forms are set from this and add nothing."""

    language_tag: str
    subject: str
    product: str
    division: str
    issue: str
    headline: str
    facts: tuple[tuple[str, str], ...]
    code: str
    command: str


def render_receipt(summary: Summary, policy: Policy, language: Language) -> RenderedBulletin:
    """Set the letter about one submission; same facts, same bytes, no cell of the file."""
    view = _view(summary, policy, load_words(policy.project, language), language)
    html, text = set_pages("receipt", view, policy.project, language)
    return RenderedBulletin(view.subject, html, text, view.language_tag)


def _view(summary: Summary, policy: Policy, words: Words, language: Language) -> ReceiptView:
    name = policy.divisions.name(summary.division).to(language) if summary.division else ""
    return ReceiptView(
        language_tag=_TAGS[language],
        subject=words("报送已确认：%(number)s", number=summary.submission),
        product=words("报送回执"),
        division=name,
        issue=formats.moment(summary.received_at, words),
        headline=words("报送已确认，自收到之时起生效。请保存本回执。"),
        facts=tuple(_facts(summary, policy, words)),
        code=summary.receipt,
        command=f"fleetmon verify {summary.receipt}",
    )


def _facts(summary: Summary, policy: Policy, words: Words) -> list[tuple[str, str]]:
    kind = labels.kind_word(summary.kind, policy, words)
    told = [(words("编号"), summary.submission), (words("报表"), kind)]
    if summary.period is not None:
        start, end = summary.period
        told.append((words("所属期间"), words("%(start)s 至 %(end)s", start=start, end=end)))
    if summary.status is Status.NIL:
        return [*told, (words("内容"), words("零报告"))]
    rows, changes = summary.rows, summary.changes
    counted = words(
        "计入 %(accepted)s，退回 %(rejected)s", accepted=rows.accepted, rejected=rows.rejected
    )
    turned = words(
        "新增 %(added)s，更正 %(corrected)s，不变 %(unchanged)s，撤下 %(withdrawn)s",
        added=changes.added,
        corrected=changes.corrected,
        unchanged=changes.unchanged,
        withdrawn=changes.withdrawn,
    )
    return [*told, (words("行数"), counted), (words("变化"), turned)]
