"""The handbook's view as a page of its own and as paper; same files, same bytes."""

from __future__ import annotations

from typing import Final, Literal

from monitor.bulletins.handbook.parts import HandbookView
from monitor.bulletins.handbook.view import HandbookFacts, build_handbook
from monitor.bulletins.render import environment
from monitor.bulletins.typst_paper import press
from monitor.model import Language
from monitor.policy.project import Project

Form = Literal["html", "pdf"]
FORMS: Final[tuple[Form, ...]] = ("html", "pdf")


def set_handbook(facts: HandbookFacts, language: Language, form: Form) -> bytes:
    """The handbook in one language and form."""
    view = build_handbook(facts, language)
    setting = set_page if form == "html" else set_paper
    return setting(view, facts.policy.project, language)


def set_page(view: HandbookView, project: Project, language: Language) -> bytes:
    """One HTML file with its style in it; it loads nothing and runs nothing."""
    template = environment(project, language).get_template("handbook/handbook.html.j2")
    lines = (line.strip() for line in template.render(h=view).splitlines())
    return ("\n".join(line for line in lines if line) + "\n").encode()


def set_paper(view: HandbookView, project: Project, language: Language) -> bytes:
    """A4 as PDF, with bookmarks, contents, page numbers and an index.

    Raises TemplateFault where the template asks for what is not there.
    """
    return press(project).paper(view, lang=language, sheet="handbook")
