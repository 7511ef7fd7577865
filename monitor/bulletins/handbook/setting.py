"""The handbook's view as a page of its own and as paper; same view, same bytes."""

from __future__ import annotations

from monitor.bulletins.handbook.parts import HandbookView
from monitor.bulletins.render import environment
from monitor.bulletins.typst_paper import press
from monitor.model import Language
from monitor.policy.project import Project


def set_page(view: HandbookView, project: Project, language: Language) -> bytes:
    """One HTML file with its style in it; it loads nothing and runs nothing."""
    template = environment(project, language).get_template("handbook/handbook.html.j2")
    lines = (line.strip() for line in template.render(h=view).splitlines())
    return ("\n".join(line for line in lines if line) + "\n").encode()


def set_paper(view: HandbookView, project: Project, language: Language) -> bytes:
    """A4 as PDF, with bookmarks, contents and page numbers.

    Raises TemplateFault where the template asks for what is not there.
    """
    return press(project).paper(view, lang=language, sheet="handbook")
