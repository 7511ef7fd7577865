"""The bulletin as an official circular on A4 (GB/T 9704-2012): a view to PDF bytes."""

from __future__ import annotations

from monitor.bulletins.bulletin_view import BulletinView
from monitor.bulletins.typst_paper import press
from monitor.model import Language
from monitor.policy.project import Project


def set_circular(view: BulletinView, project: Project, language: Language) -> bytes:
    """Set a view as PDF; same view, same bytes.

    Raises TemplateFault where a template asks for what is not there.
    """
    return press(project).paper(view, lang=language)
