"""A page from its template: the frame around it, the menu, the words of the visitor's language."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from monitor.bulletins import formats
from monitor.bulletins.labels import verdict
from monitor.bulletins.render import environment
from monitor.bulletins.words import Words
from monitor.door.rights import Visitor
from monitor.model import Language, Text
from monitor.policy.project import Project
from monitor.site.desk import Desk, desk_of
from monitor.site.menu import Entry, menu_of
from monitor.site.visitors import csrf_of, language_of, visitor_of

STATIC: Final = "templates/site/static"
# Everything comes from here, nothing runs or is dressed from inside a page.
PAGE_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
}


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page."""

    visitor: Visitor
    whose: Text | None
    language: Language
    path: str
    csrf: str
    menu: tuple[Entry, ...]
    css: str
    script: str
    icon: str


def render(request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
    """A page of `templates/site/`; a template that asks for what is not there stops it.

    Blocking and short; whoever reads the store first does that in a thread.
    """
    desk, language = desk_of(request), language_of(request)
    words = desk.words(language)
    page = _templates(desk.project, language).get_template(f"site/{template}")
    told = page.render(frame=_frame(request, desk, language), words=words, **_said(words), **values)
    return HTMLResponse(told, status, headers=PAGE_HEADERS)


def text_of(request: Request) -> Words:
    """The words of the visitor's language."""
    return desk_of(request).words(language_of(request))


def _frame(request: Request, desk: Desk, language: Language) -> Frame:
    visitor = visitor_of(request)
    divisions = desk.policy().divisions
    return Frame(
        visitor=visitor,
        whose=divisions.name(visitor.division) if visitor.division else None,
        language=language,
        path=request.url.path,
        csrf=csrf_of(request) or "",
        menu=menu_of(visitor, request.url.path),
        css=static_address(desk.project, "site.css"),
        script=static_address(desk.project, "site.js"),
        icon=static_address(desk.project, "icon.svg"),
    )


def _said(words: Words) -> dict[str, Any]:
    """What templates write with: numbers, days and verdicts as bulletins write them."""
    return {
        "say": words.text,
        "number": formats.number,
        "percent": formats.percent,
        "day": lambda on: formats.day(on, words),
        "moment": lambda at: formats.moment(at, words),
        "span": lambda period: formats.span(period, words),
        "verdict": lambda status: verdict(status, words),
    }


@lru_cache(maxsize=8)
def _templates(project: Project, language: Language) -> Any:
    """The bulletins' templates with nothing added: what pages need is given to each."""
    return environment(project, language)


def static_address(project: Project, name: str) -> str:
    """Where a file of the install is served; its content is in the address, so it is kept."""
    return f"/static/{_digest(project.file(f'{STATIC}/{name}'))}/{name}"


@lru_cache(maxsize=16)
def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
