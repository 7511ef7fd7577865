"""Notices and operators' letters as letters carry them."""

from __future__ import annotations

from monitor.bulletins.notice_facts import NoticeFacts, OperatorsFacts
from monitor.bulletins.notice_operators import build_operators
from monitor.bulletins.notice_view import build_notice
from monitor.bulletins.render import set_pages
from monitor.bulletins.rendered import RenderedBulletin
from monitor.model import Language
from monitor.policy.policy import Policy
from monitor.policy.project import Project


def render_notice(facts: NoticeFacts, policy: Policy, language: Language) -> RenderedBulletin:
    """Set one letter about due dates; same facts, same bytes."""
    view = build_notice(facts, policy, language)
    html, text = set_pages("notice", view, policy.project, language)
    return RenderedBulletin(view.subject, html, text, view.language_tag)


def render_operators(
    facts: OperatorsFacts, project: Project, language: Language
) -> RenderedBulletin:
    """Set one letter to the operators; same facts, same bytes."""
    view = build_operators(facts, project, language)
    html, text = set_pages("operators", view, project, language)
    return RenderedBulletin(view.subject, html, text, view.language_tag)
