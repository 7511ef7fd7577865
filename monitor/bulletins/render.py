"""A bulletin's view to HTML and plain text, by the project's templates."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from css_inline import CSSInliner
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from monitor.bulletins import typeset
from monitor.bulletins.bulletin_view import BulletinView
from monitor.bulletins.facts import BulletinFacts
from monitor.bulletins.rendered import RenderedBulletin
from monitor.bulletins.view import build_view
from monitor.bulletins.words import load_words
from monitor.model import Language
from monitor.policy.policy import Policy
from monitor.policy.project import Project

# The inliner puts the kept media queries before everything else in the head; the charset must
# stand within the first 1024 bytes, so it is set after inlining.
_CHARSET: Final = '<meta charset="utf-8">'


def render(facts: BulletinFacts, policy: Policy, language: Language) -> RenderedBulletin:
    """Set one bulletin; a template that asks for what is not there stops it."""
    return render_view(build_view(facts, policy, language), policy.project, language)


def render_view(view: BulletinView, project: Project, language: Language) -> RenderedBulletin:
    """Set a view in both forms."""
    html, text = set_pages("province" if view.is_province else "bulletin", view, project, language)
    return RenderedBulletin(view.subject, html, text, view.language_tag)


def set_pages(product: str, view: object, project: Project, language: Language) -> tuple[str, str]:
    """The HTML of a product's view, its styles inlined, and its plain text."""
    templates = environment(project, language)
    page = _inliner().inline(templates.get_template(f"{product}/{product}.html.j2").render(b=view))
    twin = templates.get_template(f"{product}/{product}.txt.j2").render(b=view)
    return _compact(page.replace("<head>", f"<head>{_CHARSET}", 1)), _tidy(twin)


@lru_cache(maxsize=8)
def environment(project: Project, language: Language) -> Environment:
    """The templates of the config folder, then the project's; only plain text is not escaped."""
    words = load_words(project, language)
    made = Environment(
        loader=FileSystemLoader([root / "templates" for root in project.roots]),
        undefined=StrictUndefined,
        autoescape=select_autoescape(
            enabled_extensions=("html.j2",),
            disabled_extensions=("txt.j2",),
            default=True,
            default_for_string=True,
        ),
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.install_gettext_callables(  # type: ignore[attr-defined]  # added by the i18n extension
        words.gettext, words.ngettext, newstyle=True
    )
    made.filters.update(wrap=typeset.wrap, ends=typeset.ends)
    made.globals.update(pairs=typeset.pairs, table=typeset.table)
    return made


@lru_cache(maxsize=1)
def _inliner() -> CSSInliner:
    return CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


def _compact(page: str) -> str:
    """No empty lines and no indentation: mail services cut long letters short."""
    return "\n".join(line.strip() for line in page.splitlines() if line.strip()) + "\n"


def _tidy(text: str) -> str:
    """At most one empty line in a row, and one line end at the end."""
    lines: list[str] = []
    for line in text.splitlines():
        kept = line.rstrip()
        if kept or (lines and lines[-1]):
            lines.append(kept)
    return "\n".join(lines).strip("\n") + "\n"
