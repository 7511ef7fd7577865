"""A correction request as a letter carries it."""

from __future__ import annotations

from monitor.bulletins.correction_facts import CorrectionFacts
from monitor.bulletins.correction_view import build_correction
from monitor.bulletins.render import set_pages
from monitor.bulletins.rendered import RenderedBulletin
from monitor.model import Language
from monitor.policy.policy import Policy


def render_correction(
    facts: CorrectionFacts, policy: Policy, language: Language
) -> RenderedBulletin:
    """Set one correction request, with the rows to mend beside it; same facts, same bytes."""
    view = build_correction(facts, policy, language)
    html, text = set_pages("correction", view, policy.project, language)
    return RenderedBulletin(
        subject=view.subject,
        html=html,
        text=text,
        language_tag=view.language_tag,
        attachments=(facts.table,) if facts.table else (),
    )
